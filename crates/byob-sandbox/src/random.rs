//! Identifiers as AWS makes them.

use base64::{Engine, prelude::BASE64_STANDARD};
use rand::RngCore;

const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &[u8] = b"0123456789abcdef";

/// A unique ID: `AIDA…` for users, `AROA…` for roles, `ANPA…` for policies, `AKIA…` and `ASIA…` for access keys.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>.
pub fn unique_id(prefix: &str) -> String {
    format!("{prefix}{}", draw(BASE32, 16))
}

/// A secret access key, with the `+` and `/` that real ones have.
pub fn secret_key() -> String {
    base64(30)
}

/// A session token, about as long as those of AWS.
pub fn session_token() -> String {
    base64(510)
}

/// A version ID of 32 characters.
pub fn version_id() -> String {
    draw(ALPHANUMERIC, 32)
}

/// A request ID as S3 has them, 16 capitals and digits.
pub fn request_id() -> String {
    draw(BASE32, 16)
}

/// Lower-case hexadecimal digits.
pub fn hex(length: usize) -> String {
    draw(HEX, length)
}

/// A UUID-shaped name, as STS and IAM give their requests and KMS its keys.
pub fn uuid() -> String {
    [8, 4, 4, 4, 12].map(hex).join("-")
}

fn base64(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    rand::rng().fill_bytes(&mut random);
    BASE64_STANDARD.encode(random)
}

fn draw(alphabet: &[u8], length: usize) -> String {
    let mut random = vec![0; length];
    rand::rng().fill_bytes(&mut random);
    // Alphabets of 62 come out a little uneven, which names can bear; secrets are Base64 of all bits.
    random.iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
}
