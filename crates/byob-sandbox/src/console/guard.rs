//! What keeps other sites out: the console needs no password, so that only pages of its own may use it.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::problem::Problem;
use crate::http;

/// No scripts, no frames, nothing from elsewhere, and forms that go nowhere else.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; img-src 'self' data:; base-uri 'none'; \
                      frame-ancestors 'none'";

/// Headers of every answer. The referrer stays within the console: with `no-referrer`, browsers would send `Origin: null` with forms.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Adds them.
pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Refuses every host name that does not mean this machine. Otherwise a site could have its own name resolved to this machine, and
/// would be of the same origin as the sandbox (DNS rebinding).
pub async fn loopback_names_only(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let host = http::host(&parts);
    if matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost") {
        return next.run(Request::from_parts(parts, body)).await;
    }
    Problem::new(
        403,
        "The console answers to names of this machine only",
        format!(
            "You asked for the host “{host}”. The sandbox needs no password, so it takes only localhost, names below .localhost, \
             127.0.0.1 and [::1]: a name of another site could lead here, too. Open it on the machine it runs on."
        ),
    )
    .into_response()
}

/// Refuses what changes something unless the browser says that a page of the console asks for it.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || is_same_origin(request.headers()) {
        return next.run(request).await;
    }
    Problem::new(
        403,
        "This form was not sent from the console",
        "Your browser did not say that this request comes from a page of the sandbox’s console, so nothing was changed: another site \
         may have sent it. Open the console and use the form there.",
    )
    .into_response()
}

/// `Sec-Fetch-Site` and `Origin` have to agree where both are sent, and one of them has to be.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = text("host").unwrap_or_default();
    let site = text("sec-fetch-site").map(|site| site == "same-origin");
    let origin = text("origin").map(|origin| origin.split_once("://").is_some_and(|(_, authority)| authority == host));
    match (site, origin) {
        (None, None) => false,
        (site, origin) => site.unwrap_or(true) && origin.unwrap_or(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_to_come_from_the_console() {
        for (site, origin, expected) in [
            (Some("same-origin"), Some("http://localhost:9444"), true),
            (Some("same-origin"), None, true),
            (None, Some("http://localhost:9444"), true),
            (None, None, false),
            (Some("cross-site"), Some("http://localhost:9444"), false),
            (Some("same-site"), None, false),
            (Some("none"), None, false),
            (Some("same-origin"), Some("http://evil.example"), false),
            (None, Some("http://localhost:8080"), false),
            (None, Some("null"), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("host", HeaderValue::from_static("localhost:9444"));
            for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
                value.map(|value| headers.insert(name, HeaderValue::from_static(value)));
            }
            assert_eq!(is_same_origin(&headers), expected, "{site:?} {origin:?}");
        }
    }
}
