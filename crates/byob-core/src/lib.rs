//! The rules of BYOB. It knows no HTTP server, no command line and no page; those are doors into the rooms here.
//!
//! The main path is [`resolve`]: a locator is parsed, an integration chosen ([`integration::select`]), a session taken
//! ([`credentials`]), and a URL signed ([`byob_aws::presign`]).

pub mod audit;
pub mod aws_io;
pub mod check;
pub mod core;
pub mod credentials;
pub mod display;
pub mod error;
pub mod events;
pub mod files;
pub mod id;
pub mod integration;
pub mod operator;
pub mod organization;
pub mod pass;
pub mod resolve;
pub mod runtime;
mod signer;
pub mod store;
pub mod vault;
pub mod window;
pub mod work;

pub use self::{
    core::{Core, CoreConfig},
    error::{Error, Kind, Result},
};
