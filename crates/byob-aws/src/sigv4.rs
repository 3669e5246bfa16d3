//! AWS Signature Version 4: the key derivation and the names around it.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use time::{OffsetDateTime, UtcOffset, format_description::BorrowedFormatItem, macros::format_description};

use crate::Credentials;

/// The only algorithm of this crate's signatures.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

const TIMESTAMP: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");

/// A moment as SigV4 writes it (`20130524T000000Z`), to the second, in UTC. Its first eight characters are the signing day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp(String);

impl Timestamp {
    /// Fractions of a second are cut off.
    pub fn new(at: OffsetDateTime) -> Self {
        // Writing digits to a string cannot fail; a year outside 0 to 9999 would only give a signature that S3 refuses.
        Self(at.to_offset(UtcOffset::UTC).format(TIMESTAMP).unwrap_or_default())
    }

    /// `20130524T000000Z`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `20130524`.
    pub fn day(&self) -> &str {
        self.0.get(..8).unwrap_or_default()
    }
}

/// Day, region and service that a signing key is good for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope(String);

impl Scope {
    /// The credential scope of a signature made at `timestamp`.
    pub fn new(timestamp: &Timestamp, region: &str, service: &str) -> Self {
        Self(format!("{}/{region}/{service}/aws4_request", timestamp.day()))
    }

    /// `20130524/us-east-1/s3/aws4_request`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The signing key of one secret for one [`Scope`], kept as the state of an HMAC that has already absorbed it.
///
/// Deriving it costs four HMACs; use one for all signatures of its scope.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Derives the key.
    pub fn derive(credentials: &Credentials, scope: &Scope) -> Self {
        let seed = zeroize::Zeroizing::new(format!("AWS4{}", credentials.secret_access_key()));
        let key = scope.as_str().split('/').fold(keyed(seed.as_bytes()), |mut mac, part| {
            mac.update(part.as_bytes());
            keyed(&mac.finalize().into_bytes())
        });
        Self(key)
    }

    /// The signature of a string to sign, in hexadecimal.
    pub fn sign(&self, string_to_sign: &str) -> String {
        let mut mac = self.hmac();
        mac.update(string_to_sign.as_bytes());
        base16ct::lower::encode_string(&mac.finalize().into_bytes())
    }

    /// An HMAC to feed the string to sign into.
    pub(crate) fn hmac(&self) -> Hmac<Sha256> {
        self.0.clone()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of any length, so this cannot fail.
    #[allow(clippy::expect_used)]
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}
