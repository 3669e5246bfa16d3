//! Signatures in the `Authorization` header.

use axum::http::HeaderMap;
use byob_aws::sigv4::{ALGORITHM, Timestamp};

use super::{Fault, Signed, moments};

/// What the header says, in either version.
pub fn read(authorization: &str, headers: &HeaderMap) -> Result<Signed, Fault> {
    if let Some(fields) = authorization.strip_prefix("AWS ") {
        return version_two(fields, headers);
    }
    let fields = authorization.strip_prefix(ALGORITHM).ok_or(Fault::UnsupportedScheme)?;
    version_four(fields, headers)
}

/// `Authorization: AWS4-HMAC-SHA256 Credential=AKIA…/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;…,Signature=…`.
fn version_four(fields: &str, headers: &HeaderMap) -> Result<Signed, Fault> {
    let field = |name: &str| {
        let mut fields = fields.split(',').filter_map(|field| field.trim().split_once('='));
        fields.find(|(key, _)| *key == name).map(|(_, value)| value.trim())
    };
    let missing = |name: &str| Fault::Malformed(format!("the authorization header requires {name}"));
    let credential = field("Credential").ok_or_else(|| missing("Credential"))?;
    let signed_headers = field("SignedHeaders").ok_or_else(|| missing("SignedHeaders"))?;
    let signature = field("Signature").ok_or_else(|| missing("Signature"))?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (timestamp, at) = match (text("x-amz-date"), text("date")) {
        (Some(stamp), _) => (stamp.to_owned(), moments::timestamp(stamp)),
        (None, date) => {
            let at = date.and_then(moments::date);
            (at.map(|at| Timestamp::new(at).as_str().to_owned()).unwrap_or_default(), at)
        }
    };
    let at = at.ok_or_else(Fault::undated)?;
    Signed {
        expires_in: None,
        payload_hash: text("x-amz-content-sha256").unwrap_or_default().to_owned(),
        token: text("x-amz-security-token").map(str::to_owned),
        header_names: Signed::names(signed_headers),
        signature: signature.to_owned(),
        timestamp,
        at,
        ..Signed::scoped(credential)?
    }
    .checked()
}

/// `Authorization: AWS AKIA…:signature`.
fn version_two(fields: &str, headers: &HeaderMap) -> Result<Signed, Fault> {
    let (key, signature) = fields.split_once(':').ok_or(Fault::MalformedOld)?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let date = text("x-amz-date").or_else(|| text("date")).unwrap_or_default();
    let at = moments::date(date).ok_or_else(Fault::undated)?;
    let token = text("x-amz-security-token").map(str::to_owned);
    Ok(Signed { at, timestamp: date.to_owned(), token, ..Signed::version_two(key.trim(), signature.trim()) })
}
