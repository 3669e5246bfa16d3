//! The one door: finds out which service is meant, who asks, and what is broken on purpose.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::from_fn,
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::{Sandbox, console, control, iam, kms, query, random, refusal::Refusal, s3, state::Fault, sts};

/// The largest request, in bytes: bodies are held in memory.
const LARGEST: usize = 512 * 1024 * 1024;
/// The largest request to a service that takes no objects.
const LARGEST_FORM: usize = 1024 * 1024;

/// What a request is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    S3,
    Sts,
    Iam,
    Kms,
}

impl Service {
    fn name(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Sts => "sts",
            Self::Iam => "iam",
            Self::Kms => "kms",
        }
    }
}

/// Everything under one roof. `/_console` and `/_sandbox` cannot be buckets, whose names hold no `_`.
pub fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .merge(console::router())
        .nest("/_sandbox", control::router().layer(from_fn(console::loopback_names_only)))
        .fallback(answer)
        .with_state(sandbox)
}

async fn answer(State(sandbox): State<Sandbox>, request: Request) -> Response {
    let ends = lacks_continue(request.headers());
    let mut response = respond(sandbox.clone(), request).await;
    // By its own clock, which tests move.
    if let Ok(date) = HeaderValue::from_str(&s3::respond::http_date(sandbox.clock().now())) {
        response.headers_mut().insert(header::DATE, date);
    }
    if ends {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Who expects `100 Continue` before a body that is empty gets the answer at once. AWS's CLI (1.46) then takes that answer for the one to
/// the next request of the connection, and waits forever: it has to take another connection.
fn lacks_continue(headers: &HeaderMap) -> bool {
    let is = |name, expected: &str| {
        headers.get(name).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(expected.as_bytes()))
    };
    is(header::EXPECT, "100-continue") && is(header::CONTENT_LENGTH, "0")
}

async fn respond(sandbox: Sandbox, request: Request) -> Response {
    let source = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let source = source.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let (parts, body) = request.into_parts();
    let service = service_of(&parts);
    if service == Service::S3 && is_visitor(&parts) {
        return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/_console/")]).into_response();
    }
    let limit = if service == Service::S3 { LARGEST } else { LARGEST_FORM };
    let body = match Limited::new(body, limit).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let refusal = Refusal::new(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
            return refuse(service, &refusal, &parts);
        }
        Err(_) => {
            let message = "You did not provide the number of bytes specified by the Content-Length HTTP header";
            return refuse(service, &Refusal::new(400, "IncompleteBody", message), &parts);
        }
    };
    let fault = sandbox.faults().next(service.name());
    match fault {
        Some(Fault::Slow { milliseconds, .. }) => {
            tokio::time::sleep(Duration::from_millis(u64::from(milliseconds.min(60_000)))).await;
        }
        Some(fault) => return refuse(service, &broken(service, &fault), &parts),
        None => {}
    }
    match service {
        Service::S3 => s3::answer(&sandbox, parts, body, source).await,
        Service::Sts => query::answer(&sandbox, &parts, &body, source, &sts::SERVICE),
        Service::Iam => query::answer(&sandbox, &parts, &body, source, &iam::SERVICE),
        Service::Kms => kms::answer(&sandbox, &parts, &body, source),
    }
}

/// The service that the signature is for; of unsigned requests, that of the host's name, or of a form posted to `/`.
fn service_of(parts: &Parts) -> Service {
    let text =
        |name: header::HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let scope = text(header::AUTHORIZATION).split_once("Credential=").map_or("", |(_, rest)| rest);
    let signed_for = scope.split([',', ' ']).next().unwrap_or_default().rsplit('/').nth(1).unwrap_or_default();
    let host = host(parts);
    let host_for = host.split('.').next().unwrap_or_default();
    let is_form =
        parts.uri.path() == "/" && text(header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded");
    let is_known = matches!(signed_for, "s3" | "sts" | "iam" | "kms");
    match if is_known { signed_for } else { host_for } {
        "sts" => Service::Sts,
        "iam" => Service::Iam,
        "kms" => Service::Kms,
        _ if is_form && !is_known => Service::Sts,
        _ => Service::S3,
    }
}

/// The host that was asked for, without its port.
pub fn host(parts: &Parts) -> String {
    let header = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let authority =
        header.or_else(|| parts.uri.authority().map(axum::http::uri::Authority::as_str)).unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !host.ends_with(':') => {
            host.to_ascii_lowercase()
        }
        _ => authority.to_ascii_lowercase(),
    }
}

/// Somebody who typed the address into a browser.
fn is_visitor(parts: &Parts) -> bool {
    let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    parts.method == axum::http::Method::GET
        && parts.uri.path() == "/"
        && parts.uri.query().is_none()
        && accept.contains("text/html")
        && !parts.headers.contains_key(header::AUTHORIZATION)
        && s3::address::bucket_in_host(&host(parts)).is_none()
}

/// What AWS answers when it is overloaded or ill.
fn broken(service: Service, fault: &Fault) -> Refusal {
    match (service, fault) {
        (Service::S3, Fault::Throttle { .. }) => Refusal::new(503, "SlowDown", "Please reduce your request rate."),
        (_, Fault::Throttle { .. }) => Refusal::new(400, "Throttling", "Rate exceeded"),
        (Service::S3, _) => Refusal::internal(),
        _ => Refusal::new(500, "InternalFailure", "The request processing has failed because of an unknown error."),
    }
}

fn refuse(service: Service, refusal: &Refusal, parts: &Parts) -> Response {
    let request_id = if service == Service::S3 { random::request_id() } else { random::uuid() };
    let mut response = match service {
        Service::S3 => refusal.s3_response(&parts.method, parts.uri.path(), &request_id, &random::hex(64)),
        Service::Sts => refusal.query_response(sts::SERVICE.namespace, &request_id),
        Service::Iam => refusal.query_response(iam::SERVICE.namespace, &request_id),
        Service::Kms => kms::refusal(refusal),
    };
    stamp(&mut response, service == Service::S3, &request_id, "");
    response
}

/// Every answer of AWS says which request it belongs to.
pub fn stamp(response: &mut Response<Body>, is_s3: bool, request_id: &str, host_id: &str) {
    let name = if is_s3 { "x-amz-request-id" } else { "x-amzn-requestid" };
    for (name, value) in [(name, request_id), ("x-amz-id-2", host_id)] {
        if let (false, Ok(value)) = (value.is_empty(), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(header::SERVER, HeaderValue::from_static(if is_s3 { "AmazonS3" } else { "AWS" }));
    if is_s3 && !is_harmless(response) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    }
}

/// Whether a browser will run nothing of it. Everything else gets an origin of its own, for the console has the sandbox's: also types that
/// browsers do not know, and look into. At AWS the console and the buckets have different hosts, so that S3 needs no such header.
fn is_harmless(response: &Response<Body>) -> bool {
    const PICTURES: [&str; 7] =
        ["image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp", "image/x-icon"];
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.to_ascii_lowercase();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let is_medium = essence.starts_with("video/") || essence.starts_with("audio/");
    // Several types in one header are read as the last of them.
    !kind.contains(',')
        && (is_medium || PICTURES.contains(&essence) || matches!(essence, "application/pdf" | "text/plain"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_browsers_run_nothing_of_has_the_origin_of_the_console() {
        let of = |kind: Option<&str>| {
            let mut response = Response::new(Body::empty());
            if let Some(kind) = kind {
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap());
            }
            stamp(&mut response, true, "id", "");
            !response.headers().contains_key(header::CONTENT_SECURITY_POLICY)
        };
        for kind in
            ["image/png", "IMAGE/JPEG", "video/mp4", "audio/wav", "application/pdf", "text/plain; charset=utf-8"]
        {
            assert!(of(Some(kind)), "{kind}");
        }
        let looked_into =
            ["", " ", "x", "*/*", "unknown/unknown", "text/plain, text/html", "text/html", "image/svg+xml"];
        for kind in looked_into {
            assert!(!of(Some(kind)), "{kind}");
        }
        assert!(!of(None));
    }
}
