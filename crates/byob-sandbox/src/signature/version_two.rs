//! Verifies Signature Version 2, which S3 still takes in its oldest region: boto3 presigns with it there unless told otherwise, and forms of
//! old pages carry it.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html> and, for forms,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/HTTPPOSTForms.html>.

use std::collections::BTreeMap;

use axum::http::request::Parts;
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::query_pairs;
use crate::{http, s3::address};

/// The only region whose buckets take it.
pub const REGION: &str = "us-east-1";

/// Parameters that belong to the resource, and so are signed.
const SIGNED_PARAMETERS: [&str; 32] = [
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "defaultObjectAcl",
    "delete",
    "encryption",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "partNumber",
    "policy",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
];

/// What a request should have signed, in the two ways that clients write the resource of a bucket: as in the path, and with a slash
/// at its end. `date` is the text of the date, or of the moment in which the URL ends.
pub fn strings_to_sign(parts: &Parts, date: &str) -> [String; 2] {
    let path = parts.uri.path();
    let in_host = address::bucket_in_host(&http::host(parts)).is_some();
    let is_bucket = !in_host && path.len() > 1 && !path[1..].contains('/');
    [
        string_to_sign(parts, path, date),
        string_to_sign(parts, &if is_bucket { format!("{path}/") } else { path.to_owned() }, date),
    ]
}

fn string_to_sign(parts: &Parts, path: &str, date: &str) -> String {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A time of Amazon's own takes the place of the date.
    let date = if parts.headers.contains_key("x-amz-date") { "" } else { date };
    let mut amz: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in &parts.headers {
        if name.as_str().starts_with("x-amz-") {
            let value = String::from_utf8_lossy(value.as_bytes()).trim().to_owned();
            amz.entry(name.as_str().to_owned()).or_default().push(value);
        }
    }
    let pairs = query_pairs(parts.uri.query().unwrap_or_default());
    // Presigned URLs carry such headers in the query, where they are signed as if they were headers; whoever repeats one, says it once.
    for (name, value) in pairs.iter().filter(|(name, _)| name.to_ascii_lowercase().starts_with("x-amz-")) {
        let values = amz.entry(name.to_ascii_lowercase()).or_default();
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    let amz = amz.iter().map(|(name, values)| format!("{name}:{}\n", values.join(","))).collect::<Vec<_>>().concat();
    let bucket = address::bucket_in_host(&http::host(parts)).map(|bucket| format!("/{bucket}")).unwrap_or_default();
    let mut signed: Vec<String> = pairs
        .iter()
        .filter(|(name, _)| SIGNED_PARAMETERS.contains(&name.as_str()))
        .map(|(name, value)| if value.is_empty() { name.clone() } else { format!("{name}={value}") })
        .collect();
    signed.sort();
    let query = if signed.is_empty() { String::new() } else { format!("?{}", signed.join("&")) };
    format!("{}\n{}\n{}\n{date}\n{amz}{bucket}{path}{query}", parts.method, text("content-md5"), text("content-type"))
}

/// The signature of a text, in base64.
pub fn sign(secret: &str, text: &str) -> String {
    // HMAC takes keys of any length, so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(text.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "Object GET" and "List" of AWS's own examples, with its key.
    #[test]
    fn the_examples_of_the_documentation_come_out() {
        const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        for (uri, date, expected) in [
            ("/photos/puppy.jpg", "Tue, 27 Mar 2007 19:36:42 +0000", "qgk2+6Sv9/oM7G3qLEjTH1a1l1g="),
            (
                "/?prefix=photos&max-keys=50&marker=puppy",
                "Tue, 27 Mar 2007 19:42:41 +0000",
                "m0WP8eCtspQl5Ahe6L1SozdX9YA=",
            ),
            ("/?acl", "Tue, 27 Mar 2007 19:44:46 +0000", "82ZHiFIjc+WbcwFKGUVEQspPn+0="),
        ] {
            let request = axum::http::Request::get(uri).header("host", "awsexamplebucket1.s3.us-west-1.amazonaws.com");
            let (parts, ()) = request.body(()).unwrap().into_parts();
            assert_eq!(sign(SECRET, &string_to_sign(&parts, parts.uri.path(), date)), expected, "{uri}");
        }
    }
}
