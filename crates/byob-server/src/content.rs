//! Files that come through the service: by a pass, as they come from the bucket, and no faster than they are taken.

use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use byob_core::{
    Error, Kind,
    display::is_safe,
    files::stream::{Answer, Content, Wanted},
    pass::{PATH, Pass},
};
use tower_http::cors::{Any, CorsLayer};

use crate::{boundary::Explained, problem::Failure, router::App};

/// For so long browsers show what they have without asking again, in seconds.
const FRESH: i64 = 60;

/// Where passes are taken. Whoever has one may use it from any page, as with a presigned URL.
pub fn router() -> Router<App> {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([
            header::RANGE,
            header::IF_RANGE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::IF_MODIFIED_SINCE,
            header::IF_UNMODIFIED_SINCE,
        ])
        .expose_headers([
            header::ACCEPT_RANGES,
            header::CONTENT_RANGE,
            header::CONTENT_LENGTH,
            header::ETAG,
            header::LAST_MODIFIED,
        ]);
    Router::new().route(&format!("{PATH}{{pass}}"), get(serve)).layer(cors)
}

async fn serve(State(app): State<App>, Path(pass): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    let pass = app.core.read_pass(&pass)?;
    let mut response = match app.core.stream_file(&pass, &wanted(&headers)).await.map_err(discreet)? {
        Answer::Content(content) => whole_or_part(&pass, content),
        Answer::NotModified(tag) => {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            set(&mut response, header::ETAG, &tag.unwrap_or_default());
            response
        }
        Answer::PreconditionFailed => return Ok(empty(StatusCode::PRECONDITION_FAILED)),
        Answer::NoSuchRange(length) => {
            let mut response = empty(StatusCode::RANGE_NOT_SATISFIABLE);
            if let Some(length) = length {
                set(&mut response, header::CONTENT_RANGE, &format!("bytes */{length}"));
            }
            return Ok(response);
        }
    };
    let seconds = (pass.expires_at - app.core.clock().now().unix_timestamp()).clamp(0, FRESH);
    set(&mut response, header::CACHE_CONTROL, &format!("private, max-age={seconds}"));
    Ok(response)
}

/// Whoever has a pass need not be of the organization, and is told nothing of its integration.
fn discreet(error: Error) -> Error {
    match error.kind() {
        Kind::Conflict | Kind::NotServed | Kind::AwsRefused | Kind::AwsUnavailable | Kind::AddressRefused => {
            Error::new(error.kind(), error.code(), "The file cannot be loaded at the moment.")
                .hint("Its page in the console says why, to those who may open it there.")
                .caused_by(error)
        }
        _ => error,
    }
}

/// Programs that ask for ranges and conditions know these, and read no document.
fn empty(status: StatusCode) -> Response {
    (status, Extension(Explained)).into_response()
}

fn wanted(headers: &HeaderMap) -> Wanted {
    // S3 folds blanks before it looks at a signature, so that a tab would make it a wrong one.
    let text = |name: HeaderName| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.filter(|value| !value.contains('\t')).map(str::to_owned)
    };
    Wanted {
        range: text(header::RANGE),
        if_range: text(header::IF_RANGE),
        if_match: text(header::IF_MATCH),
        if_none_match: text(header::IF_NONE_MATCH),
        if_modified_since: text(header::IF_MODIFIED_SINCE),
        if_unmodified_since: text(header::IF_UNMODIFIED_SINCE),
    }
}

fn whole_or_part(pass: &Pass, content: Content) -> Response {
    let status = if content.range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut response = (status, Body::from_stream(content.bytes)).into_response();
    let length = content.length.map(|length| length.to_string());
    let known = [
        (header::CONTENT_LENGTH, length),
        (header::CONTENT_RANGE, content.range),
        (header::CONTENT_ENCODING, content.encoding),
        (header::ETAG, content.etag),
        (header::LAST_MODIFIED, content.last_modified),
        (header::CONTENT_TYPE, Some(harmless(&pass.content_type).to_owned())),
        (header::CONTENT_DISPOSITION, Some(pass.content_disposition.clone())),
        (header::ACCEPT_RANGES, Some("bytes".to_owned())),
        (header::X_CONTENT_TYPE_OPTIONS, Some("nosniff".to_owned())),
        (header::CONTENT_SECURITY_POLICY, Some(policy(&pass.content_type).to_owned())),
        (HeaderName::from_static("cross-origin-resource-policy"), Some("cross-origin".to_owned())),
        (header::REFERRER_POLICY, Some("no-referrer".to_owned())),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            set(&mut response, name, &value);
        }
    }
    response
}

/// Our own pages take scripts and styles of our origin, so none of a customer's is called one.
fn harmless(content_type: &str) -> &str {
    let lower = content_type.to_ascii_lowercase();
    let runs = ["javascript", "ecmascript", "text/css"].iter().any(|kind| lower.contains(kind));
    if runs { "text/plain; charset=utf-8" } else { content_type }
}

/// Files of customers come from our origin here, so nothing of them may run in it. A sandbox has an origin of its own and runs no scripts;
/// the viewers that browsers have for pictures, films and PDF do not work in one, and need none.
fn policy(content_type: &str) -> &'static str {
    if is_safe(content_type) {
        "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'"
    } else {
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
    }
}

/// What cannot stand in a header is left out.
fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
