//! S3: finds the bucket, believes or refuses the request, and hands it to the operation.

mod acl;
pub mod address;
pub mod admin;
mod attributes;
mod body;
mod buckets;
mod checksums;
mod conditions;
mod configuration;
mod copy;
mod cors;
mod delete;
mod encryption;
mod lifecycle;
pub mod list;
mod multipart;
mod objects;
mod operations;
mod policy;
mod post_form;
pub mod public_access;
pub mod request;
pub mod respond;
mod tagging;
mod versions;

use std::{collections::BTreeMap, net::IpAddr};

use axum::{
    body::Body,
    http::{Method, header, request::Parts},
    response::Response,
};
use byob_aws::iam::Context;
use bytes::Bytes;
use percent_encoding::percent_decode_str;

use self::request::S3Request;
use crate::{
    Sandbox,
    call::{Call, Caller},
    http, random,
    refusal::Refusal,
    signature::{self, Fault, Signed, Version},
};

/// The longest key, in bytes.
const LONGEST_KEY: usize = 1_024;

/// Answers a request, with the headers that every answer of S3 has.
pub async fn answer(sandbox: &Sandbox, parts: Parts, body: Bytes, source: IpAddr) -> Response {
    let (request_id, host_id) = (random::request_id(), random::hex(64));
    let (bucket, key) = match target(&parts) {
        Ok(target) => target,
        Err(refusal) => return refusal.s3_response(&parts.method, parts.uri.path(), &request_id, &host_id),
    };
    let origin = cors::Origin::of(&parts, bucket.as_deref());
    let method = parts.method.clone();
    let resource = format!(
        "/{}{}",
        bucket.as_deref().unwrap_or_default(),
        key.as_deref().map(|key| format!("/{key}")).unwrap_or_default()
    );
    let answered = if method == Method::OPTIONS {
        cors::preflight(sandbox, &parts, bucket.as_deref())
    } else if post_form::is_form(&parts) {
        post_form::answer(sandbox, &parts, &body, bucket.as_deref(), source, &request_id).await
    } else {
        operate(sandbox, &parts, body, bucket, key, source, &request_id)
    };
    let mut response =
        answered.unwrap_or_else(|refusal| refusal.s3_response(&method, &resource, &request_id, &host_id));
    if method != Method::OPTIONS {
        origin.allow(sandbox, &mut response);
    }
    if method == Method::HEAD {
        // A HEAD says how long the body would be, and has none.
        *response.body_mut() = Body::empty();
    }
    http::stamp(&mut response, true, &request_id, &host_id);
    response
}

/// Bucket and key, from the host or the path.
fn target(parts: &Parts) -> Result<(Option<String>, Option<String>), Refusal> {
    let unreadable = || Refusal::new(400, "InvalidURI", "Couldn't parse the specified URI.");
    if !address::is_encoded(parts.uri.path()) {
        return Err(unreadable());
    }
    let path = percent_decode_str(parts.uri.path()).decode_utf8().map_err(|_| unreadable())?;
    let (bucket, key) = match address::bucket_in_host(&http::host(parts)) {
        Some(bucket) => (Some(bucket), path.strip_prefix('/').filter(|key| !key.is_empty()).map(str::to_owned)),
        None => address::split_path(&path),
    };
    if key.as_ref().is_some_and(|key| key.len() > LONGEST_KEY) {
        return Err(Refusal::new(400, "KeyTooLongError", "Your key is too long")
            .with("Size", key.map_or(0, |key| key.len()).to_string())
            .with("MaxSizeAllowed", LONGEST_KEY.to_string()));
    }
    Ok((bucket, key))
}

fn operate(
    sandbox: &Sandbox,
    parts: &Parts,
    body: Bytes,
    bucket: Option<String>,
    key: Option<String>,
    source: IpAddr,
    request_id: &str,
) -> Result<Response, Refusal> {
    let now = sandbox.clock().now();
    let in_query = parts.uri.query().is_some_and(|query| query.contains("X-Amz-"));
    let (caller, signed) = Call::authenticate(sandbox, parts, &body, now)
        .map_err(|disbelief| Refusal::s3_disbelief(disbelief, in_query, now))?;
    let query: BTreeMap<String, String> =
        signature::query_pairs(parts.uri.query().unwrap_or_default()).into_iter().collect();
    let (body, headers) = body::decode(parts, key.as_deref(), body, signed.as_ref())?;
    let region = signed.as_ref().map(|(signed, _)| signed.region.clone()).unwrap_or_default();
    let context = Call::facts(parts, signed.as_ref().map(|(signed, _)| signed), source, now).and(facts(
        &headers,
        &query,
        signed.as_ref().map(|(signed, _)| signed),
        now,
    ));
    let call = Call {
        sandbox: sandbox.clone(),
        request_id: request_id.to_owned(),
        now,
        caller,
        iam: sandbox.read().iam.in_force(now),
        body,
        context,
    };
    let request = S3Request {
        call,
        method: parts.method.clone(),
        bucket: bucket.unwrap_or_default(),
        key: key.unwrap_or_default(),
        query,
        headers,
        region,
    };
    check_region(
        &request,
        signed.as_ref().map(|(signed, _)| signed),
        address::host(&http::host(parts)).region.as_ref(),
    )?;
    check_owner(&request)?;
    let charged = check_payer(&request)?;
    let mut response = operations::perform(&request)?;
    if charged {
        response.headers_mut().insert("x-amz-request-charged", header::HeaderValue::from_static("requester"));
    }
    Ok(response)
}

/// What the conditions of policies may look at: most of S3's keys are headers, by the same names.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys>.
fn facts(
    headers: &axum::http::HeaderMap,
    query: &BTreeMap<String, String>,
    signed: Option<&Signed>,
    now: time::OffsetDateTime,
) -> Context {
    let mut context = Context::new();
    if let Some(signed) = signed {
        let kind = if signed.expires_in.is_some() { "REST-QUERY-STRING" } else { "REST-HEADER" };
        context = context
            .with("s3:authType", kind)
            .with("s3:signatureversion", if signed.version == Version::Two { "AWS" } else { "AWS4-HMAC-SHA256" })
            .with("s3:x-amz-content-sha256", signed.payload_hash.clone());
        if signed.expires_in.is_some() && signed.version == Version::Four {
            context = context.with("s3:signatureAge", (now - signed.at).whole_milliseconds().max(0).to_string());
        }
    }
    for (name, value) in headers {
        let name = name.as_str();
        let is_fact = name.starts_with("x-amz-") && !name.starts_with("x-amz-meta-") && name != "x-amz-content-sha256";
        if let (true, Ok(value)) = (is_fact || name == "if-match" || name == "if-none-match", value.to_str()) {
            let value = if name == "x-amz-copy-source" { value.trim_start_matches('/') } else { value };
            context = context.with(&format!("s3:{name}"), value);
        }
    }
    for (parameter, key) in [
        ("prefix", "s3:prefix"),
        ("delimiter", "s3:delimiter"),
        ("max-keys", "s3:max-keys"),
        ("versionId", "s3:VersionId"),
    ] {
        if let Some(value) = query.get(parameter) {
            context = context.with(key, value.clone());
        }
    }
    context
}

/// A bucket is served by its own region only. Everybody else is told where to go.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html> (`PermanentRedirect`,
/// `AuthorizationHeaderMalformed`).
fn check_region(request: &S3Request, signed: Option<&Signed>, host_region: Option<&String>) -> Result<(), Refusal> {
    let Some(signed) = signed else { return Ok(()) };
    let makes_bucket = request.method == Method::PUT && request.key.is_empty() && request.query.is_empty();
    if request.bucket.is_empty()
        || makes_bucket
        || (request.param("location").is_some() && signed.region == "us-east-1")
    {
        return Ok(());
    }
    let state = request.call.sandbox.read();
    let Some(bucket) = state.buckets.get(&request.bucket) else { return Ok(()) };
    if signed.version == Version::Two && bucket.region != signed.region {
        return Err(Refusal::s3_signature(Fault::UnsupportedScheme, false, request.now()));
    }
    let (region, asked) = (&bucket.region, host_region.unwrap_or(&signed.region));
    if region != asked {
        let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send \
                       all future requests to this endpoint.";
        return Err(Refusal::new(301, "PermanentRedirect", message)
            .with("Endpoint", format!("{}.s3.{region}.amazonaws.com", bucket.name))
            .with("Bucket", bucket.name.clone())
            .header("x-amz-bucket-region", region.clone()));
    }
    if *region != signed.region {
        let wrong = format!("the region '{}' is wrong; expecting '{region}'", signed.region);
        let refusal = if signed.expires_in.is_some() {
            let message = format!("Error parsing the X-Amz-Credential parameter; {wrong}");
            Refusal::new(400, "AuthorizationQueryParametersError", message)
        } else {
            let message = format!("The authorization header is malformed; {wrong}");
            Refusal::new(400, "AuthorizationHeaderMalformed", message)
        };
        return Err(refusal.with("Region", region.clone()).header("x-amz-bucket-region", region.clone()));
    }
    Ok(())
}

/// `x-amz-expected-bucket-owner`: who fears to have the wrong bucket says whose it should be.
fn check_owner(request: &S3Request) -> Result<(), Refusal> {
    let Some(expected) = request.header_or_param("x-amz-expected-bucket-owner") else { return Ok(()) };
    let state = request.call.sandbox.read();
    match state.buckets.get(&request.bucket) {
        Some(bucket) if bucket.account != expected && !request.is_canonical_id_of(&bucket.account, expected) => {
            Err(Refusal::new(403, "AccessDenied", "Access Denied"))
        }
        _ => Ok(()),
    }
}

/// Buckets whose requester pays serve other accounts only when they agree to. Says whether they are charged.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html>.
fn check_payer(request: &S3Request) -> Result<bool, Refusal> {
    let state = request.call.sandbox.read();
    let Some(bucket) = state.buckets.get(&request.bucket) else { return Ok(false) };
    let requester_pays =
        bucket.configuration.get("requestPayment").is_some_and(|xml| xml.contains("<Payer>Requester</Payer>"));
    if !requester_pays || request.call.caller.account() == Some(&bucket.account) {
        return Ok(false);
    }
    let agreed =
        request.header_or_param("x-amz-request-payer").is_some_and(|payer| payer.eq_ignore_ascii_case("requester"));
    if !agreed || matches!(request.call.caller, Caller::Anonymous) {
        return Err(Refusal::new(403, "AccessDenied", "Access Denied"));
    }
    Ok(true)
}
