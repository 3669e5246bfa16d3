//! Conditional requests: `If-Match` and its relatives, for reading, copying and writing.
//!
//! Sources: RFC 9110 section 13, and <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html>.

use time::OffsetDateTime;

use super::{request::S3Request, respond::parse_http_date};
use crate::{
    refusal::Refusal,
    state::{Version, buckets::Object},
};

/// What a conditional read comes to.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Go on.
    Send,
    /// The client has it already.
    NotModified,
}

/// The four conditions of a request, or of the source of a copy.
pub struct Conditions<'a> {
    matches: Option<&'a str>,
    differs: Option<&'a str>,
    modified_since: Option<OffsetDateTime>,
    unmodified_since: Option<OffsetDateTime>,
}

impl<'a> Conditions<'a> {
    /// `If-Match`, … of a read.
    pub fn of_read(request: &'a S3Request) -> Self {
        Self::named(request, ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"])
    }

    /// `x-amz-copy-source-if-match`, … of a copy.
    pub fn of_source(request: &'a S3Request) -> Self {
        Self::named(
            request,
            [
                "x-amz-copy-source-if-match",
                "x-amz-copy-source-if-none-match",
                "x-amz-copy-source-if-modified-since",
                "x-amz-copy-source-if-unmodified-since",
            ],
        )
    }

    fn named(request: &'a S3Request, [matches, differs, modified, unmodified]: [&str; 4]) -> Self {
        Self {
            matches: request.header(matches),
            differs: request.header(differs),
            modified_since: request.header(modified).and_then(parse_http_date),
            unmodified_since: request.header(unmodified).and_then(parse_http_date),
        }
    }

    /// Compares with the object. Entity tags count before times, as RFC 9110 says and S3 documents.
    pub fn check(&self, object: &Object, modified: OffsetDateTime) -> Result<Outcome, Refusal> {
        let modified = modified.replace_nanosecond(0).unwrap_or(modified);
        match (self.matches, self.unmodified_since) {
            (Some(tags), _) if !lists(tags, &object.etag) => return Err(failed("If-Match")),
            (None, Some(since)) if modified > since => return Err(failed("If-Unmodified-Since")),
            _ => {}
        }
        match (self.differs, self.modified_since) {
            (Some(tags), _) if lists(tags, &object.etag) => Ok(Outcome::NotModified),
            (None, Some(since)) if modified <= since => Ok(Outcome::NotModified),
            _ => Ok(Outcome::Send),
        }
    }
}

/// Conditional writes: only if there is nothing, or only over what the client knows.
pub fn check_write(request: &S3Request, existing: Option<&Version>) -> Result<(), Refusal> {
    let existing = existing.and_then(|version| version.object.as_ref());
    if let Some(tags) = request.header_or_param("if-none-match") {
        if tags != "*" {
            let message = "A header you provided implies functionality that is not implemented";
            return Err(Refusal::new(501, "NotImplemented", message).with("Header", "If-None-Match"));
        }
        if existing.is_some() {
            return Err(failed("If-None-Match"));
        }
    }
    match (request.header_or_param("if-match"), existing) {
        (Some(_), None) => Err(super::request::no_such_key(&request.key)),
        (Some(tags), Some(object)) if !lists(tags, &object.etag) => Err(failed("If-Match")),
        _ => Ok(()),
    }
}

/// Whether a list of entity tags, or `*`, has one. Quotes may be missing.
pub fn lists(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| {
        let tag = tag.strip_prefix("W/").unwrap_or(tag);
        tag == "*" || tag.trim_matches('"') == etag
    })
}

fn failed(condition: &str) -> Refusal {
    let message = "At least one of the pre-conditions you specified did not hold";
    Refusal::new(412, "PreconditionFailed", message).with("Condition", condition)
}
