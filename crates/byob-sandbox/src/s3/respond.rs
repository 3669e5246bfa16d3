//! Answers of S3, and the small values in them.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use s3s::{
    dto::{ETag, Timestamp},
    xml::{Serialize, Serializer},
};
use time::{OffsetDateTime, UtcOffset, macros::format_description};

use super::address::bucket_in_host;
use crate::refusal::Refusal;

/// An answer without a body.
pub fn empty(status: u16) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    response
}

/// An answer that is a document of S3.
pub fn document<T: Serialize>(value: &T) -> Result<Response, Refusal> {
    Ok(xml_text(to_xml(value)?))
}

/// An answer that is XML already.
pub fn xml_text(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}

/// A document of S3 as text.
pub fn to_xml<T: Serialize>(value: &T) -> Result<String, Refusal> {
    let mut text = Vec::new();
    let mut writer = Serializer::new(&mut text);
    writer.decl().and_then(|()| value.serialize(&mut writer)).map_err(|_| Refusal::internal())?;
    String::from_utf8(text).map_err(|_| Refusal::internal())
}

/// The address of an object, in the way that the request was addressed.
pub fn location(headers: &HeaderMap, bucket: &str, key: &str) -> String {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let key = byob_aws::encode::path(key);
    match bucket_in_host(&name) {
        Some(_) => format!("http://{host}/{key}"),
        None => format!("http://{host}/{bucket}/{key}"),
    }
}

/// Adds a header; a value that cannot be one is left out.
pub fn set(response: &mut Response, name: &str, value: impl AsRef<[u8]>) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_ref())) {
        response.headers_mut().insert(name, value);
    }
}

/// A time as documents have it, to the millisecond.
pub fn timestamp(at: OffsetDateTime) -> Timestamp {
    Timestamp::from(at.replace_nanosecond(u32::from(at.millisecond()) * 1_000_000).unwrap_or(at))
}

/// A time as headers have it.
pub fn http_date(at: OffsetDateTime) -> String {
    let format =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    at.to_offset(UtcOffset::UTC).format(format).unwrap_or_default()
}

/// The time in a header; none where it cannot be read.
pub fn parse_http_date(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &time::format_description::well_known::Rfc2822).ok()
}

/// An entity tag for a document.
pub fn etag(hex: &str) -> ETag {
    ETag::Strong(hex.to_owned())
}
