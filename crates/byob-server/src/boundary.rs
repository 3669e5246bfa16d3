//! What every request passes: it gets an ID, is measured and logged once, and its failure becomes a problem.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use byob_core::{Error, Kind};
use tracing::Instrument;

use crate::{console, problem::Failure, router::App};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Marks an answer that is complete as it is, though its status is one of a refusal.
#[derive(Clone, Copy)]
pub struct Explained;

/// The ID of the request under way, for whoever writes down what it did.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The ID of the request that these parts are of.
pub fn request_id(extensions: &Extensions) -> Option<String> {
    extensions.get::<RequestId>().map(|id| id.0.clone())
}

/// Wraps a request. Only the route's pattern is logged: paths hold IDs, and queries hold what people look at.
pub async fn boundary(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = app.core.new_request_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let wants_page = console::trouble::wants_page(&request);
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let started = Instant::now();
    let span = tracing::info_span!("request", id, %method, route, organization = tracing::field::Empty);
    let response = next.run(request).instrument(span.clone()).await;

    let failure = response.extensions().get::<Failure>().cloned().or_else(|| unexplained(&response));
    let is_shared = |(name, _): &(&HeaderName, &HeaderValue)| name.as_str().starts_with("access-control-");
    let shared: HeaderMap =
        response.headers().iter().filter(is_shared).map(|(name, value)| (name.clone(), value.clone())).collect();
    let mut response = failure.as_ref().map_or(response, |failure| {
        if wants_page { console::trouble::page(failure, &id) } else { failure.render(&id) }
    });
    // Pages that may read an answer may also read why there is none.
    response.headers_mut().extend(shared);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let (status, elapsed) = (response.status(), started.elapsed());
    let labels = [("method", known(&method).to_owned()), ("route", route), ("status", status.as_u16().to_string())];
    metrics::histogram!("byob_http_request_duration_seconds", &labels).record(elapsed.as_secs_f64());
    let _in_span = span.enter();
    match failure {
        Some(Failure(error)) if status.is_server_error() => {
            tracing::error!(status = status.as_u16(), code = error.code(), cause = %error.causes(), "{error}");
        }
        // Of a refused request only codes and fields are logged: its text may repeat what was sent, a misplaced secret included.
        Some(Failure(error)) => {
            let fields: Vec<&str> = error.field_faults().iter().map(|fault| fault.field.as_str()).collect();
            tracing::info!(status = status.as_u16(), code = error.code(), ?fields, "refused");
        }
        None => tracing::info!(status = status.as_u16(), elapsed_us = elapsed.as_micros(), "done"),
    }
    response
}

/// Methods are free text; metrics keep a series for each that they see.
fn known(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "OTHER",
    }
}

/// Refusals of the framework itself, which know nothing of problems. A page says itself what is wrong.
fn unexplained(response: &Response) -> Option<Failure> {
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page || response.extensions().get::<Explained>().is_some() {
        return None;
    }
    let error = match response.status() {
        StatusCode::NOT_FOUND => Error::new(Kind::NotFound, "no_such_path", "There is nothing under this path.")
            .hint("The API's description is at /api/v1/openapi.json."),
        StatusCode::METHOD_NOT_ALLOWED => {
            Error::new(Kind::MethodNotAllowed, "method_not_allowed", "This path does not take that method.")
                .hint("The API's description is at /api/v1/openapi.json.")
        }
        StatusCode::GATEWAY_TIMEOUT => Error::new(Kind::Unavailable, "timeout", "The request took too long.")
            .hint("Try again in a moment, with less at once."),
        status if status.is_server_error() => Error::internal("the framework failed"),
        status if status.is_client_error() => {
            Error::new(Kind::Malformed, "malformed_request", "The request cannot be read.")
                .hint("The API's description is at /api/v1/openapi.json.")
        }
        _ => return None,
    };
    Some(Failure(error))
}

/// What a panic becomes; the message went to the log already.
pub fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Failure(Error::internal("a handler panicked")).into_response()
}
