//! The answer that a form asks for: another page, a document, or nothing.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use url::Url;

use super::form::Form;
use crate::{
    refusal::xml,
    s3::respond::{empty, location, set, xml_text},
};

/// Answers the one who sent the form, when its object is stored.
pub fn respond(form: &Form, headers: &HeaderMap, bucket: &str, key: &str, stored: &Response) -> Response {
    let etag = stored.headers().get(header::ETAG).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let location = location(headers, bucket, key);
    let redirect =
        form.get("success_action_redirect").or_else(|| form.get("redirect")).and_then(|url| Url::parse(url).ok());
    let mut response = if let Some(mut url) = redirect.filter(|url| matches!(url.scheme(), "http" | "https")) {
        url.query_pairs_mut().append_pair("bucket", bucket).append_pair("key", key).append_pair("etag", etag);
        let mut response = empty(303);
        set(&mut response, "location", url.as_str());
        response
    } else {
        let status = form.get("success_action_status").unwrap_or("204");
        let mut response = match status {
            "201" => {
                let mut response = xml_text(xml(&maud::html! {
                    PostResponse { Location { (location) } Bucket { (bucket) } Key { (key) } ETag { (etag) } }
                }));
                *response.status_mut() = StatusCode::CREATED;
                response
            }
            "200" => empty(200),
            _ => empty(204),
        };
        set(&mut response, "location", location);
        response
    };
    for (name, value) in stored.headers() {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    response
}
