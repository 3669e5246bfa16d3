//! The service's doors: a REST API and a web console over [`byob_core`]. The rooms behind them know nothing of HTTP.

mod actor;
pub mod api;
mod body;
mod boundary;
pub mod config;
mod console;
mod content;
mod openapi;
mod page;
mod problem;
mod router;
mod serve;

pub use self::{
    config::Config,
    openapi::document as openapi,
    router::{App, router},
    serve::serve,
};
