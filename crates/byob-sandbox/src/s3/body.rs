//! The body of a request: without its framing, and what its hashes say.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use md5::Md5;
use sha2::{Digest, Sha256};

use crate::{
    chunks::{self, BadChunks, ChunkSigner},
    refusal::Refusal,
    signature::{Signed, UNSIGNED, Version},
};

/// Takes the framing off, checks the hashes that the client sent, and adds trailers to the headers.
pub fn decode(
    parts: &Parts,
    key: Option<&str>,
    body: Bytes,
    signed: Option<&(Signed, String)>,
) -> Result<(Bytes, HeaderMap), Refusal> {
    check_length(parts, key)?;
    let mut headers = parts.headers.clone();
    let claimed = match signed {
        Some((signed, _)) => signed.payload_hash.clone(),
        None => text(&headers, "x-amz-content-sha256").unwrap_or(UNSIGNED).to_owned(),
    };
    let body = match (claimed.strip_prefix("STREAMING-"), signed) {
        (Some(kind), _) => decode_chunks(kind, &body, signed, &mut headers)?,
        (None, Some((signed, _)))
            if signed.expires_in.is_none()
                && signed.version == Version::Four
                && text(&headers, "x-amz-content-sha256").is_none() =>
        {
            let message = "Missing required header for this request: x-amz-content-sha256";
            return Err(Refusal::new(400, "InvalidRequest", message));
        }
        (None, _) => body,
    };
    if claimed != UNSIGNED && !claimed.starts_with("STREAMING-") {
        check_sha256(&claimed, &body)?;
    }
    md5_of(&headers)?;
    drop_framing(&mut headers);
    Ok((body, headers))
}

fn decode_chunks(
    kind: &str,
    body: &[u8],
    signed: Option<&(Signed, String)>,
    headers: &mut HeaderMap,
) -> Result<Bytes, Refusal> {
    let verifier = match (kind, signed) {
        ("UNSIGNED-PAYLOAD-TRAILER", _) => None,
        ("AWS4-HMAC-SHA256-PAYLOAD" | "AWS4-HMAC-SHA256-PAYLOAD-TRAILER", Some((signed, secret))) => {
            Some(ChunkSigner::new(signed, secret))
        }
        _ => {
            return Err(Refusal::new(
                501,
                "NotImplemented",
                "A header you provided implies functionality that is not implemented",
            ));
        }
    };
    let Some(length) = text(headers, "x-amz-decoded-content-length").map(str::parse::<usize>) else {
        return Err(missing_length());
    };
    let decoded = chunks::decode(body, verifier).map_err(|bad| match bad {
        BadChunks::Incomplete => incomplete(),
        BadChunks::Signature => Refusal::new(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        ),
    })?;
    if length != Ok(decoded.body.len()) {
        return Err(incomplete());
    }
    for (name, value) in decoded.trailers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    Ok(Bytes::from(decoded.body))
}

/// `aws-chunked` is the framing of the request, not an encoding of the object.
fn drop_framing(headers: &mut HeaderMap) {
    let Some(encodings) = text(headers, "content-encoding") else { return };
    let encodings = encodings.split(',').map(str::trim);
    let left = encodings.filter(|encoding| !encoding.is_empty() && *encoding != "aws-chunked");
    match HeaderValue::try_from(left.collect::<Vec<_>>().join(",")) {
        Ok(left) if !left.is_empty() => headers.insert(header::CONTENT_ENCODING, left),
        _ => headers.remove(header::CONTENT_ENCODING),
    };
}

/// A PUT says how long it is: S3 takes no `Transfer-Encoding`, except around chunks that say so themselves.
fn check_length(parts: &Parts, key: Option<&str>) -> Result<(), Refusal> {
    let has = |name: &str| parts.headers.contains_key(name);
    if parts.method != Method::PUT || has("content-length") || has("x-amz-decoded-content-length") {
        return Ok(());
    }
    if has("transfer-encoding") {
        let message = "A header you provided implies functionality that is not implemented";
        return Err(Refusal::new(501, "NotImplemented", message).with("Header", "Transfer-Encoding"));
    }
    // Without either header there is no body, which everything but the content of an object can do without.
    let is_acl = parts.uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "acl" || pair == "acl="));
    let is_content = key.is_some() && !is_acl && !has("x-amz-copy-source");
    if is_content { Err(missing_length()) } else { Ok(()) }
}

fn missing_length() -> Refusal {
    Refusal::new(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
}

fn check_sha256(claimed: &str, body: &[u8]) -> Result<(), Refusal> {
    let is_hash = claimed.len() == 64 && claimed.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_hash {
        let message = "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, \
                       STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.";
        return Err(Refusal::new(400, "InvalidArgument", message)
            .with("ArgumentName", "x-amz-content-sha256")
            .with("ArgumentValue", claimed));
    }
    let computed = base16ct::lower::encode_string(&Sha256::digest(body));
    if !computed.eq_ignore_ascii_case(claimed) {
        let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
        return Err(Refusal::new(400, "XAmzContentSHA256Mismatch", message)
            .with("ClientComputedContentSHA256", claimed)
            .with("S3ComputedContentSHA256", computed));
    }
    Ok(())
}

/// The MD5 that the client claims, if it is one.
fn md5_of(headers: &HeaderMap) -> Result<Option<(&str, Vec<u8>)>, Refusal> {
    let Some(claimed) = text(headers, "content-md5") else { return Ok(None) };
    let decoded = BASE64_STANDARD.decode(claimed).ok().filter(|bytes| bytes.len() == 16);
    let invalid = || {
        Refusal::new(400, "InvalidDigest", "The Content-MD5 you specified was invalid.").with("Content-MD5", claimed)
    };
    decoded.map(|decoded| Some((claimed, decoded))).ok_or_else(invalid)
}

/// Compares the content with the MD5 that the client claims. This comes after the question whether the client may write at all.
pub fn check_md5(headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let Some((claimed, decoded)) = md5_of(headers)? else { return Ok(()) };
    let computed = Md5::digest(body);
    if computed.as_slice() != decoded {
        return Err(Refusal::new(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
            .with("ExpectedDigest", claimed)
            .with("CalculatedDigest", BASE64_STANDARD.encode(computed)));
    }
    Ok(())
}

fn incomplete() -> Refusal {
    Refusal::new(400, "IncompleteBody", "The request body terminated unexpectedly")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
