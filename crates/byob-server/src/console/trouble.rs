//! What somebody sees where something went wrong: the same error as the API's, as a page with a way out.

use axum::{
    http::{Method, Request, header},
    response::{IntoResponse, Response},
};
use byob_core::{Error, Kind, check::file::MENDED_BY_ADMINS};
use maud::html;

use super::{frame::door, guard::add_headers, here::Here, parts::prose};
use crate::problem::{self, Failure};

/// Whether somebody looks at the answer, not a program.
pub fn wants_page<B>(request: &Request<B>) -> bool {
    let of_programs = ["/api/", "/livez", "/readyz", "/metrics", "/assets/"];
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = request.uri().path();
    !of_programs.iter().any(|other| path.starts_with(other))
        && (accept.contains("text/html") || request.method() == Method::POST)
}

/// The page.
pub fn page(Failure(error): &Failure, request_id: &str) -> Response {
    let status = problem::status(error.kind()).0;
    let title = match error.kind() {
        Kind::NotFound => "This page does not exist",
        Kind::Forbidden => "This is not for you to see",
        Kind::Gone => "This is no longer there",
        Kind::TooMany => "A moment, please",
        Kind::Internal => "Something went wrong on our side",
        _ => "That did not work",
    };
    let mut response = (
        status,
        door(
            title,
            &html! {
                p { (prose(error.detail())) }
                @if let Some(hint) = error.hint_text().filter(|_| error.kind() != Kind::NotFound) { p .lead { (prose(hint)) } }
                p { a .button href="/" { "To the start" } }
                p .hint { "Request " code { (request_id) } }
            },
        ),
    )
        .into_response();
    add_headers(&mut response);
    response
}

/// Whether it is mended in the customer's account or in the settings of an integration, which only admins see.
pub fn is_for_admins(error: &Error) -> bool {
    match error.kind() {
        // No policy helps whoever wants a file that is archived.
        Kind::AwsRefused => error.code() != "object_archived",
        // Where it is STS's address, the operator has to know it.
        Kind::AddressRefused => operation(error).starts_with("s3:"),
        _ => false,
    }
}

/// What went wrong, for whoever looks: roles, policies and settings are for admins.
pub fn told(here: &Here, error: Error) -> Error {
    if here.is_admin() || !is_for_admins(&error) {
        return error;
    }
    let operation = operation(&error);
    let detail = match error.code() {
        "no_such_bucket" | "wrong_region" | "address_refused" => "The bucket cannot be reached.",
        "access_denied" | "s3_refused" if operation.starts_with("s3:List") => "The bucket refuses to list its files.",
        "access_denied" | "s3_refused" if operation.starts_with("s3:") => "The bucket refuses this file.",
        _ => "The bucket's account does not let this service in.",
    };
    error.with_detail(detail).hint(MENDED_BY_ADMINS)
}

fn operation(error: &Error) -> &'static str {
    error.aws_fault().map_or("", |fault| fault.operation)
}
