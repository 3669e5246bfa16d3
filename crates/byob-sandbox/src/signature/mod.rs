//! Verifies the signatures of requests, in headers and in presigned URLs: Version 4, and for S3 Version 2.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html> and, for the errors,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.

mod credential;
mod fault;
mod header;
mod moments;
mod query;
#[cfg(test)]
mod tests;
mod verify;
pub mod version_two;

use axum::http::request::Parts;
use time::{Duration, OffsetDateTime};

pub use self::{
    fault::{Fault, INVALID_MOMENT, Mismatch, OLD_QUERY},
    query::query_pairs,
};

/// How far clocks may differ.
pub const MAX_SKEW: Duration = Duration::minutes(15);
/// The payload hash of a presigned URL, and of clients that do not hash.
pub const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// Which way of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// HMAC-SHA-1 of a short text, for S3 alone.
    Two,
    /// What everything signs with today.
    Four,
}

/// A signature as a request carries it, not verified yet.
#[derive(Debug)]
pub struct Signed {
    /// Which way it was made.
    pub version: Version,
    /// Whose key it claims.
    pub access_key_id: String,
    /// `20130524`.
    day: String,
    /// The region of the credential scope.
    pub region: String,
    /// The service of the credential scope.
    pub service: String,
    /// When it was made, as written.
    timestamp: String,
    /// When it was made.
    pub at: OffsetDateTime,
    /// Lower-case names, in the order given.
    header_names: Vec<String>,
    /// Hexadecimal.
    pub signature: String,
    /// The session token that came with it.
    pub token: Option<String>,
    /// In the query, with its life in seconds; or in a header.
    pub expires_in: Option<i64>,
    /// What the client says its payload hashes to.
    pub payload_hash: String,
}

/// The signature that a request carries; none for an anonymous one.
pub fn find(parts: &Parts) -> Result<Option<Signed>, Fault> {
    let query = query_pairs(parts.uri.query().unwrap_or_default());
    let in_query = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    // An empty header says as much as none.
    if let Some(header) = parts.headers.get("authorization").filter(|header| !header.is_empty()) {
        if in_query("X-Amz-Algorithm").is_some() {
            return Err(Fault::Malformed(
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string \
                 parameter or the Authorization header should be specified"
                    .to_owned(),
            ));
        }
        return header::read(header.to_str().unwrap_or_default(), &parts.headers).map(Some);
    }
    query::read(in_query, &parts.headers)
}
