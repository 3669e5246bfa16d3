//! The pages for visitors, who play a customer's administrator: a small console for S3, IAM and KMS, and a page to break things with.
//!
//! Every page is rendered here and works without scripts: links, forms, and a redirect after each change. A form that is refused comes
//! back with what was typed and AWS's reason at the field. What is refused is decided by the functions that the APIs use, so that the
//! console takes what AWS takes and nothing else.
//!
//! A page is a handler, a `view` and small parts. Names travel in the query, never in the path: `..` is a name that roles may have.

mod breakage;
mod calls;
mod done;
mod form;
mod guard;
mod home;
mod iam;
mod kms;
mod link;
mod mistake;
mod parts;
mod problem;
mod s3;
mod shell;
#[cfg(test)]
mod tests;
mod trial;
mod visit;

use axum::{
    Router,
    http::header,
    middleware::from_fn,
    response::IntoResponse,
    routing::{any, get},
};

pub use guard::loopback_names_only;

use crate::Sandbox;

/// What a handler gives: a page or a redirect, or a page that says why not.
type Answer = Result<axum::response::Response, problem::Problem>;

const STYLES: &str = include_str!("../../assets/console.css");

/// Everything below `/_console`, with full paths: nothing of it passes by the guards.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_console", get(home::enter))
        .route("/_console/", get(home::enter))
        .route("/_console/console.css", get(styles))
        .route("/_console/{account}", get(home::page))
        .merge(s3::router())
        .merge(iam::router())
        .merge(kms::router())
        .merge(breakage::router())
        .merge(calls::router())
        .route("/_console/{account}/", get(home::page))
        .route("/_console/{account}/{*rest}", any(problem::no_such_page))
        .method_not_allowed_fallback(problem::only_for_forms)
        .layer(from_fn(guard::same_origin))
        .layer(from_fn(guard::loopback_names_only))
        .layer(from_fn(guard::headers))
}

async fn styles() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLES)
}
