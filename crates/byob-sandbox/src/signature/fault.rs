//! Why a request is not believed, and the beginnings of sentences by which the doors tell it apart.

use time::OffsetDateTime;

/// How the sentence begins that refuses half a signature of Version 2.
pub const OLD_QUERY: &str = "Query-string authentication requires";
/// How the sentence begins that refuses the end of a URL of Version 2.
pub const INVALID_MOMENT: &str = "Invalid date (should be seconds since epoch)";

/// Why a request is not believed. Each door has its own codes and sentences for them.
#[derive(Debug)]
pub enum Fault {
    /// Signature Version 2 where it is not taken, or another scheme.
    UnsupportedScheme,
    /// A header of Signature Version 2 that cannot be read.
    MalformedOld,
    /// The header or the query cannot be read; the sentence says why.
    Malformed(String),
    /// The life of the URL is not from 1 second to a week.
    BadLifetime(&'static str),
    /// Too far from the sandbox's time.
    Skewed {
        /// The request's time.
        at: OffsetDateTime,
    },
    /// The URL's life is over.
    Expired {
        /// Its life in seconds.
        expires_in: i64,
        /// When it ended.
        at: OffsetDateTime,
    },
    /// The URL's life has not begun.
    NotYetValid,
    /// Headers that have to be signed are not.
    NotSigned(Vec<String>),
    /// Not the signature of this request with this key.
    Mismatch(Box<Mismatch>),
}

/// What was verified, for people who compare it with what they signed.
#[derive(Debug)]
pub struct Mismatch {
    /// The key's ID.
    pub access_key_id: String,
    /// What was signed, as the sandbox sees it.
    pub string_to_sign: String,
    /// What came.
    pub signature: String,
    /// What the string to sign is the hash of.
    pub canonical_request: String,
}

impl Fault {
    /// The end of a URL of Version 2 is no moment.
    pub(super) fn invalid_moment(text: &str) -> Self {
        Self::Malformed(format!("{INVALID_MOMENT}: {text}"))
    }

    /// Nothing says when a header was signed.
    pub(super) fn undated() -> Self {
        Self::Malformed("AWS authentication requires a valid Date or x-amz-date header".to_owned())
    }
}
