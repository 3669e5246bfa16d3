//! Cross-origin requests: preflights, and the headers that let a page read the answer.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html>.

use axum::{
    http::{header, request::Parts},
    response::Response,
};
use s3s::dto::{CORSConfiguration, CORSRule};

use super::{
    request::{malformed_xml, parse_xml},
    respond::{empty, set},
};
use crate::{Sandbox, refusal::Refusal};

/// Where a request comes from, as far as browsers say.
pub struct Origin {
    from: Option<String>,
    method: String,
    bucket: String,
}

impl Origin {
    /// Of an ordinary request. One that names the method of a preflight is judged by that.
    pub fn of(parts: &Parts, bucket: Option<&str>) -> Self {
        let method = text(parts, "access-control-request-method").unwrap_or(parts.method.as_str());
        Self {
            from: text(parts, "origin").map(str::to_owned),
            method: method.to_owned(),
            bucket: bucket.unwrap_or_default().to_owned(),
        }
    }

    /// Lets the page read the answer, if the bucket's rules do. Answers depend on the origin, so caches are told.
    pub fn allow(&self, sandbox: &Sandbox, response: &mut Response) {
        let Some(origin) = &self.from else { return };
        let rules = rules(sandbox, &self.bucket).unwrap_or_default();
        if let Some(rule) = rules.iter().find(|rule| rule.allows(origin, &self.method)) {
            rule.write(response, origin);
        }
    }
}

/// Answers a preflight.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html>.
pub fn preflight(sandbox: &Sandbox, parts: &Parts, bucket: Option<&str>) -> Result<Response, Refusal> {
    let forbidden = |why: &str| {
        let method = text(parts, "access-control-request-method").unwrap_or_default();
        Refusal::new(403, "AccessForbidden", format!("CORSResponse: {why}"))
            .with("Method", method)
            .with("ResourceType", "OBJECT")
    };
    let Some(origin) = text(parts, "origin") else {
        return Err(Refusal::new(400, "BadRequest", "Insufficient information. Origin request header needed."));
    };
    let Some(method) = text(parts, "access-control-request-method") else {
        let message = "Invalid Access-Control-Request-Method: null";
        return Err(Refusal::new(400, "BadRequest", message));
    };
    if !METHODS.contains(&method) {
        return Err(Refusal::new(400, "BadRequest", format!("Invalid Access-Control-Request-Method: {method}")));
    }
    let bucket = bucket.unwrap_or_default();
    let rules = match rules(sandbox, bucket) {
        Some(rules) => rules,
        None if sandbox.read().buckets.contains_key(bucket) => {
            return Err(forbidden("CORS is not enabled for this bucket."));
        }
        None => return Err(forbidden("Bucket not found")),
    };
    let asked: Vec<&str> = parts
        .headers
        .get_all(header::ACCESS_CONTROL_REQUEST_HEADERS)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    let rule =
        rules.iter().find(|rule| rule.allows(origin, method) && asked.iter().all(|name| rule.allows_header(name)));
    let Some(rule) = rule else {
        return Err(forbidden(
            "This CORS request is not allowed. This is usually because the evalution of Origin, request method / \
             Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
        ));
    };
    let mut response = empty(200);
    rule.write(&mut response, origin);
    if !asked.is_empty() {
        set(&mut response, "access-control-allow-headers", asked.join(", ").to_ascii_lowercase());
    }
    set(&mut response, "content-length", "0");
    Ok(response)
}

const METHODS: [&str; 5] = ["GET", "PUT", "HEAD", "POST", "DELETE"];

trait Rule {
    fn allows(&self, origin: &str, method: &str) -> bool;
    fn allows_header(&self, name: &str) -> bool;
    fn write(&self, response: &mut Response, origin: &str);
}

impl Rule for CORSRule {
    fn allows(&self, origin: &str, method: &str) -> bool {
        self.allowed_methods.iter().any(|allowed| allowed == method)
            && self.allowed_origins.iter().any(|allowed| matches_pattern(allowed, origin))
    }

    fn allows_header(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.allowed_headers.iter().flatten().any(|allowed| matches_pattern(&allowed.to_ascii_lowercase(), &name))
    }

    fn write(&self, response: &mut Response, origin: &str) {
        // A rule for everybody is answered with `*`, and without leave to send cookies.
        if self.allowed_origins.iter().any(|allowed| allowed == "*") {
            set(response, "access-control-allow-origin", "*");
        } else {
            set(response, "access-control-allow-origin", origin);
            set(response, "access-control-allow-credentials", "true");
        }
        set(response, "access-control-allow-methods", self.allowed_methods.join(", "));
        if let Some(exposed) = self.expose_headers.as_ref().filter(|exposed| !exposed.is_empty()) {
            set(response, "access-control-expose-headers", exposed.join(", "));
        }
        if let Some(seconds) = self.max_age_seconds.filter(|seconds| *seconds > 0) {
            set(response, "access-control-max-age", seconds.to_string());
        }
        set(response, "vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    }
}

/// A pattern with at most one `*`.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.len() >= head.len() + tail.len() && text.starts_with(head) && text.ends_with(tail),
    }
}

fn rules(sandbox: &Sandbox, bucket: &str) -> Option<Vec<CORSRule>> {
    let state = sandbox.read();
    let text = state.buckets.get(bucket)?.configuration.get("cors")?;
    parse_xml::<CORSConfiguration>(text.as_bytes()).ok().map(|configuration| configuration.cors_rules)
}

/// Whether a document is a CORS configuration.
pub fn check(text: &[u8]) -> Result<(), Refusal> {
    let configuration: CORSConfiguration = parse_xml(text)?;
    let invalid = |message: String| Err(Refusal::new(400, "InvalidRequest", message));
    if configuration.cors_rules.is_empty() || configuration.cors_rules.len() > 100 {
        return Err(malformed_xml());
    }
    for rule in &configuration.cors_rules {
        if rule.allowed_methods.is_empty() || rule.allowed_origins.is_empty() {
            return Err(malformed_xml());
        }
        if let Some(method) = rule.allowed_methods.iter().find(|method| !METHODS.contains(&method.as_str())) {
            return invalid(format!("Found unsupported HTTP method in CORS config. Unsupported method is {method}"));
        }
        if let Some(origin) = rule.allowed_origins.iter().find(|origin| origin.matches('*').count() > 1) {
            return invalid(format!("AllowedOrigin \"{origin}\" can not have more than one wildcard."));
        }
        if let Some(name) = rule.allowed_headers.iter().flatten().find(|name| name.matches('*').count() > 1) {
            return invalid(format!("AllowedHeader \"{name}\" can not have more than one wildcard."));
        }
        if let Some(name) = rule.expose_headers.iter().flatten().find(|name| name.contains('*')) {
            return invalid(format!(
                "ExposeHeader \"{name}\" contains wildcard. We currently do not support wildcard for ExposeHeader."
            ));
        }
    }
    Ok(())
}

fn text<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("*", "https://a.example", true),
            ("https://*.example", "https://a.example", true),
            ("https://*.example", "https://.example", true),
            ("https://*.example", "http://a.example", false),
            ("ab*ba", "aba", false),
            ("exact", "exact", true),
        ] {
            assert_eq!(super::matches_pattern(pattern, text), expected, "{pattern} {text}");
        }
    }
}
