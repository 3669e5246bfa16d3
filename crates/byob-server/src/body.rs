//! Request bodies and queries: read strictly, refused with the field's name.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{StatusCode, header, request::Parts},
};
use byob_core::{Error, Kind};
use serde::de::DeserializeOwned;

use crate::problem::Failure;

/// The largest body of most calls, in bytes.
pub const LARGEST: usize = 1024 * 1024;

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        if !is_json(&request) {
            return Err(not_json());
        }
        parse(&whole(request, state).await?).map(Self)
    }
}

/// A JSON body that may be left out, which means the default of every field.
pub struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let is_json = is_json(&request);
        let bytes = whole(request, state).await?;
        match (bytes.is_empty(), is_json) {
            (true, _) => Ok(Self(T::default())),
            (false, true) => parse(&bytes).map(Self),
            (false, false) => Err(not_json()),
        }
    }
}

fn is_json(request: &Request) -> bool {
    request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json") || essence.to_ascii_lowercase().ends_with("+json")
    })
}

fn not_json() -> Failure {
    malformed("not_json", "The body is not declared as JSON.", "Send the header `Content-Type: application/json`.")
}

async fn whole<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Failure> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = "The body is larger than this call takes.";
            Failure(Error::new(Kind::TooLarge, "body_too_large", detail).hint("Send less at once, in several calls."))
        }
        _ => malformed("body_unreadable", "The body did not arrive whole.", "Send the request again."),
    })
}

/// Reads JSON; the error names the field or the position.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    // A list would be taken for the fields in their order.
    if bytes.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        return Err(malformed("not_an_object", "The body is not a JSON object.", "Send an object: `{…}`."));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let inner = error.inner();
        if inner.is_data() {
            return Failure(Error::unreadable(&error.path().to_string(), &inner.to_string()));
        }
        malformed("invalid_json", &format!("The body is not JSON: {inner}."), "Check the body at that line and column.")
    })?;
    deserializer.end().map_err(|error| {
        malformed("invalid_json", &format!("Something follows the JSON: {error}."), "Send one JSON value.")
    })?;
    Ok(value)
}

/// The query of a URL.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let pairs = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let deserializer = serde_html_form::Deserializer::new(pairs);
        serde_path_to_error::deserialize(deserializer)
            .map(Self)
            .map_err(|error| Failure(Error::unreadable(&error.path().to_string(), &error.inner().to_string())))
    }
}

fn malformed(code: &'static str, detail: &str, hint: &str) -> Failure {
    Failure(Error::new(Kind::Malformed, code, detail).hint(hint))
}
