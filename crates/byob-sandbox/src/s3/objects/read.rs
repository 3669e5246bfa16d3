//! Reading: the object, or only what is known about it.

use axum::{body::Body, http::Method, response::Response};

use super::{
    check_archived, deleted,
    describe::{describe, describe_checksums, describe_part},
    find,
    range::{part, range, range_header},
};
use crate::{
    call::Caller,
    refusal::Refusal,
    s3::{
        conditions::{Conditions, Outcome},
        encryption, lifecycle,
        request::S3Request,
        respond::{empty, set},
    },
};

/// Headers that the reader of a signed URL may be given instead of the object's.
const OVERRIDES: [&str; 6] =
    ["cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires"];

/// Answers with the object, or only with what is known about it (HEAD).
pub fn get(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    let version = find(request, bucket, "s3:GetObject", "s3:GetObjectVersion")?;
    let Some(object) = &version.object else { return Err(deleted(request, bucket, version)) };
    encryption::demand_read(request, bucket, &request.key, &object.encryption)?;
    if request.method != Method::HEAD {
        check_archived(object)?;
    }
    let overrides = overrides(request)?;

    let outcome = Conditions::of_read(request).check(object, version.modified)?;
    if outcome == Outcome::NotModified {
        let mut response = empty(304);
        describe(&mut response, bucket, version, object);
        response.headers_mut().remove("content-type");
        return Ok(response);
    }
    let part = part(request, object)?;
    let range = match (&part, range_header(request, object, version)) {
        // There is no way to say which bytes nothing is.
        (Some((part, _)), _) => Some(part.clone()).filter(|part| !part.is_empty()),
        (None, Some(text)) => range(text, object.size)?,
        (None, None) => None,
    };
    let mut response = empty(if range.is_some() { 206 } else { 200 });
    describe(&mut response, bucket, version, object);
    if bucket.newest(&request.key).is_some_and(|newest| newest.id == version.id) {
        lifecycle::describe(&mut response, bucket, &request.key, object, version.modified);
    }
    for (name, value) in &overrides {
        set(&mut response, name, value);
    }
    if part.is_some() && !object.parts.is_empty() {
        set(&mut response, "x-amz-mp-parts-count", object.parts.len().to_string());
    }
    if request.header_or_param("x-amz-checksum-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("enabled")) {
        match part.as_ref().filter(|_| !object.parts.is_empty()) {
            Some((_, at)) => describe_part(&mut response, object, *at),
            None if range.as_ref().is_none_or(|range| *range == (0..object.size)) => {
                describe_checksums(&mut response, object);
            }
            None => {}
        }
    }
    let whole = 0..object.size;
    let wanted = range.clone().unwrap_or(whole);
    set(&mut response, "content-length", (wanted.end - wanted.start).to_string());
    if range.is_some() {
        let text = format!("bytes {}-{}/{}", wanted.start, wanted.end.saturating_sub(1), object.size);
        set(&mut response, "content-range", text);
    }
    if request.method != Method::HEAD {
        let blob = object.blob.clone();
        drop(state);
        let content = request.call.sandbox.blobs().get(&blob).map_err(|_| Refusal::internal())?;
        let slice = usize::try_from(wanted.start).ok().zip(usize::try_from(wanted.end).ok());
        let slice = slice.filter(|(_, end)| *end <= content.len()).ok_or_else(Refusal::internal)?;
        *response.body_mut() = Body::from(content.slice(slice.0..slice.1));
    }
    Ok(response)
}

/// `response-content-type` and its relatives, which only signed requests may use.
fn overrides(request: &S3Request) -> Result<Vec<(&'static str, String)>, Refusal> {
    let named =
        OVERRIDES.iter().filter_map(|name| Some((*name, request.param(&format!("response-{name}"))?.to_owned())));
    let overrides: Vec<_> = named.collect();
    if !overrides.is_empty() && matches!(request.call.caller, Caller::Anonymous) {
        let message = "Request specific response headers cannot be used for anonymous GET requests.";
        return Err(Refusal::new(400, "InvalidRequest", message));
    }
    Ok(overrides)
}
