//! The console: pages for people, rendered here.
//!
//! Every page works by links and forms; scripts add what makes it pleasant. A page is a handler, a `view` and small parts; a form that is
//! refused comes back with what was typed and the reason at the field. Pages call the same methods of `byob-core` as the API does.
//!
//! The organization stands in the path, so that a page can be shared and two tabs can show two organizations.

mod account;
mod assets;
mod audit;
mod connect;
mod connection;
mod files;
mod form;
mod frame;
mod guard;
mod here;
mod home;
mod icons;
mod integrations;
mod join;
mod live;
mod members;
mod operator;
mod organization;
mod parts;
mod search;
mod sign_in;
mod tokens;
pub(crate) mod trouble;
pub(crate) mod visitor;

use axum::{
    Router,
    middleware::from_fn,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use tower_http::compression::CompressionLayer;

use crate::{problem::Failure, router::App};

pub(crate) use guard::csrf;

/// What a handler of a page gives.
type Answer<T = Response> = Result<T, Failure>;

/// Every page, with full paths.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/", get(home::enter))
        .route("/favicon.ico", get(assets::no_icon))
        .route("/assets/{version}/{name}", get(assets::serve))
        .merge(sign_in::router())
        .merge(join::router())
        .merge(account::router())
        .route("/o/{organization}", get(home::page))
        // As people type it.
        .route("/o/{organization}/", get(home::page))
        .merge(integrations::router())
        .merge(connect::router())
        .merge(files::router())
        .merge(members::router())
        .merge(tokens::router())
        .merge(audit::router())
        .merge(organization::router())
        .merge(search::router())
        .merge(operator::router())
        .layer(from_fn(guard::lead_to_form))
        .layer(from_fn(guard::headers))
        .layer(CompressionLayer::new())
}

/// Checks, each step of which has a deadline of its own.
pub(crate) fn checks() -> Router<App> {
    integrations::checks_router()
        .merge(connect::checks_router())
        .layer(from_fn(guard::lead_to_form))
        .layer(from_fn(guard::headers))
}

/// Leads on after a change, so that reloading the page does not repeat it.
fn then(path: &str) -> Response {
    Redirect::to(path).into_response()
}
