//! What keeps other sites out, and scripts that are not ours.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use byob_core::{Error, Kind};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::then;
use crate::problem::Failure;

/// No script, style or picture from elsewhere, none written into a page, no frames, and forms that go nowhere else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every page that does not set its own. The referrer stays here: with `no-referrer`, browsers would send `Origin: null` with
/// forms.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Adds them.
pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    add_headers(&mut response);
    response
}

pub fn add_headers(response: &mut Response) {
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// Whoever opens an address to which only forms are sent, such as by Enter where a refused form has left it, gets the page with the form.
pub async fn lead_to_form(request: Request, next: Next) -> Response {
    let reads = request.method() == Method::GET || request.method() == Method::HEAD;
    let uri = request.uri().clone();
    let response = next.run(request).await;
    if !reads || response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let page = page_of(uri.path());
    // It says which of many the page is about.
    then(&uri.query().map_or_else(|| page.to_owned(), |query| format!("{page}?{query}")))
}

/// The page above an address. Some forms are about one of what their page lists.
fn page_of(path: &str) -> &str {
    let levels = match path.rsplit('/').next() {
        Some("revoke") => 2,
        Some("leave") => 3,
        _ => 1,
    };
    path.rsplitn(levels + 1, '/').last().filter(|above| !above.is_empty()).unwrap_or("/")
}

/// What somebody gets whose browser says that another site asks.
fn cross_site(_: ProtectionError) -> Response {
    let detail = "Your browser says that another site sent this request, so nothing was changed.";
    Failure(Error::new(Kind::Forbidden, "cross_site", detail).hint(
        "Open the page here, and use the form on it. A proxy in front must pass on `Host` and `Origin` unchanged.",
    ))
    .into_response()
}

/// Cookies are sent along with what other sites ask for; this tells them apart.
pub fn csrf(origin: &str) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let layer = CsrfLayer::new();
    // The origin was read from an address, so that it is one.
    let layer = layer.clone().add_trusted_origin(origin).unwrap_or(layer);
    layer.with_rejection_response(cross_site)
}
