//! KMS: as much of it as encrypted objects need. Nothing is encrypted; permissions are demanded as if it were.
//!
//! Source: <https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html>.

mod for_s3;
mod found;
mod keys;
mod policy;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use self::found::{alter, permitted};
pub use self::{
    for_s3::{managed_by_aws, require},
    policy::default_policy,
};
use crate::{Sandbox, call::Call, http, query, random, refusal::Refusal};

/// The fields that requests have; each action takes its own.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Input {
    key_id: String,
    description: String,
    policy: Option<String>,
    bypass_policy_lockout_safety_check: bool,
    pending_window_in_days: Option<i64>,
    limit: Option<usize>,
    marker: Option<String>,
}

/// Answers a request in the protocol JSON 1.1.
pub fn answer(sandbox: &Sandbox, parts: &Parts, body: &Bytes, source: IpAddr) -> Response<Body> {
    let request_id = random::uuid();
    let mut response = match act(sandbox, parts, body, source, &request_id) {
        Ok(output) => respond(StatusCode::OK, &output),
        Err(refused) => refusal(&refused),
    };
    http::stamp(&mut response, false, &request_id, "");
    response
}

fn act(sandbox: &Sandbox, parts: &Parts, body: &Bytes, source: IpAddr, request_id: &str) -> Result<Value, Refusal> {
    let call = query::call(sandbox, parts, body, source, request_id)?;
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let Some(action) = target.strip_prefix("TrentService.") else { return Err(unknown_operation()) };
    let input: Input = serde_json::from_slice(body)
        .map_err(|error| Refusal::new(400, "SerializationException", format!("The request cannot be read: {error}")))?;
    let output = dispatch(&call, action, &input)?;
    sandbox.count(format!("kms:{action}"));
    Ok(output)
}

fn dispatch(call: &Call, action: &str, input: &Input) -> Result<Value, Refusal> {
    match action {
        "CreateKey" => keys::create(call, input),
        "ListKeys" => keys::list(call, input),
        // There are no aliases.
        "ListAliases" => call.require("kms:ListAliases", "*").map(|()| json!({ "Aliases": [], "Truncated": false })),
        "DescribeKey" => permitted(call, action, input).map(|key| json!({ "KeyMetadata": keys::metadata(&key) })),
        "GetKeyPolicy" => policy::get(call, input),
        "PutKeyPolicy" => policy::put(call, input),
        "EnableKey" => alter(call, action, input, |key| key.enabled = true).map(|_| json!({})),
        "DisableKey" => alter(call, action, input, |key| key.enabled = false).map(|_| json!({})),
        "ScheduleKeyDeletion" => keys::schedule_deletion(call, input),
        "CancelKeyDeletion" => {
            let key = alter(call, action, input, |key| {
                // "After the deletion is cancelled, the key is disabled."
                key.deletion = None;
                key.enabled = false;
            })?;
            Ok(json!({ "KeyId": key.arn }))
        }
        "GetKeyRotationStatus" => permitted(call, action, input).map(|_| json!({ "KeyRotationEnabled": false })),
        "ListResourceTags" => permitted(call, action, input).map(|_| json!({ "Tags": [], "Truncated": false })),
        _ => Err(unknown_operation()),
    }
}

fn unknown_operation() -> Refusal {
    Refusal::new(400, "UnknownOperationException", "")
}

fn respond(status: StatusCode, output: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(output.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/x-amz-json-1.1");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// A refusal as this protocol says it. Its codes are called exceptions.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html>.
pub fn refusal(refusal: &Refusal) -> Response<Body> {
    let code = match refusal.code.as_str() {
        "InvalidClientTokenId" => "UnrecognizedClientException".to_owned(),
        "SignatureDoesNotMatch" => "InvalidSignatureException".to_owned(),
        "ValidationError" => "ValidationException".to_owned(),
        "InternalFailure" | "InternalError" => "KMSInternalException".to_owned(),
        code if code.ends_with("Exception") => code.to_owned(),
        code => format!("{code}Exception"),
    };
    let status = if refusal.status.is_server_error() { refusal.status } else { StatusCode::BAD_REQUEST };
    respond(status, &json!({ "__type": code, "message": refusal.message }))
}

fn region_of(call: &Call) -> String {
    let region = call.context.get("aws:RequestedRegion").and_then(|regions| regions.first());
    region.cloned().unwrap_or_else(|| "us-east-1".to_owned())
}

fn account_of(call: &Call) -> &str {
    call.caller.account().unwrap_or_default()
}
