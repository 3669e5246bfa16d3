//! Whether a signature is in time, and that of its request.

use axum::http::{HeaderMap, HeaderName, request::Parts};
use byob_aws::{encode, sigv4::ALGORITHM};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

use super::{Fault, MAX_SKEW, Mismatch, Signed, Version, query_pairs, version_two};

impl Signed {
    /// Whether the request's time is near enough to the sandbox's, or its life has not ended.
    pub fn check_time(&self, now: OffsetDateTime) -> Result<(), Fault> {
        let Some(expires_in) = self.expires_in else {
            return if (now - self.at).abs() > MAX_SKEW { Err(Fault::Skewed { at: self.at }) } else { Ok(()) };
        };
        if self.at > now + MAX_SKEW {
            return Err(Fault::NotYetValid);
        }
        let Some(ends) = self.at.checked_add(Duration::seconds(expires_in)) else {
            return Err(Fault::invalid_moment(&self.timestamp));
        };
        if now > ends { Err(Fault::Expired { expires_in, at: ends }) } else { Ok(()) }
    }

    /// Whether the signature is that of this request with this secret. `payload_hash` is what the body hashes to where the client
    /// does not say (STS and IAM).
    pub fn verify(&self, parts: &Parts, secret: &str, payload_hash: &str) -> Result<(), Fault> {
        if self.version == Version::Two {
            let [text, other] = version_two::strings_to_sign(parts, &self.timestamp);
            let fault = |_| self.verify_text(secret, &text, "");
            return self.verify_text(secret, &other, "").or_else(fault);
        }
        if let Some(unsigned) = self.unsigned_headers(&parts.headers) {
            return Err(Fault::NotSigned(unsigned));
        }
        let canonical_request = self.canonical_request(parts, payload_hash);
        let hash = base16ct::lower::encode_string(&Sha256::digest(&canonical_request));
        let string_to_sign = format!("{ALGORITHM}\n{}\n{}\n{hash}", self.timestamp, self.scope().as_str());
        self.verify_text(secret, &string_to_sign, &canonical_request)
    }

    /// Whether the signature is that of this text with this secret.
    pub fn verify_text(&self, secret: &str, string_to_sign: &str, canonical_request: &str) -> Result<(), Fault> {
        let expected = match self.version {
            Version::Two => version_two::sign(secret, string_to_sign),
            Version::Four => self.signing_key(secret).sign(string_to_sign),
        };
        if same(&expected, &self.signature) {
            return Ok(());
        }
        Err(Fault::Mismatch(Box::new(Mismatch {
            access_key_id: self.access_key_id.clone(),
            string_to_sign: string_to_sign.to_owned(),
            signature: self.signature.clone(),
            canonical_request: canonical_request.to_owned(),
        })))
    }

    /// Headers that AWS demands to be signed and are not: the host and every `x-amz-…`.
    fn unsigned_headers(&self, headers: &HeaderMap) -> Option<Vec<String>> {
        let signed = |name: &str| self.header_names.iter().any(|signed| signed == name);
        let names = headers.keys().map(HeaderName::as_str);
        let mut unsigned: Vec<String> = names
            .filter(|name| (*name == "host" || name.starts_with("x-amz-")) && !signed(name))
            // Presigned URLs may carry the payload's hash in a header that was not known when they were signed.
            .filter(|name| !(self.expires_in.is_some() && *name == "x-amz-content-sha256"))
            .map(str::to_owned)
            .collect();
        if !signed("host") && !unsigned.iter().any(|name| name == "host") {
            unsigned.push("host".to_owned());
        }
        (!unsigned.is_empty()).then_some(unsigned)
    }

    fn canonical_request(&self, parts: &Parts, payload_hash: &str) -> String {
        let path: Vec<u8> = percent_decode_str(parts.uri.path()).collect();
        let path = encode::path_bytes(&path).to_string();
        // Every service but S3 encodes the path twice; the others' paths are all `/`.
        let mut pairs: Vec<(String, String)> = query_pairs(parts.uri.query().unwrap_or_default())
            .into_iter()
            .filter(|(name, _)| !(self.expires_in.is_some() && name == "X-Amz-Signature"))
            .map(|(name, value)| (encode::query(&name).to_string(), encode::query(&value).to_string()))
            .collect();
        pairs.sort();
        let query = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let mut names = self.header_names.clone();
        names.sort();
        let headers = names.iter().map(|name| format!("{name}:{}\n", header_value(parts, name)));
        let headers = headers.collect::<Vec<_>>().concat();
        format!("{}\n{path}\n{query}\n{headers}\n{}\n{payload_hash}", parts.method, names.join(";"))
    }
}

/// Values of one header, blanks folded; those that came several times joined by commas.
fn header_value(parts: &Parts, name: &str) -> String {
    let values = parts.headers.get_all(name).iter();
    let folded = values.map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
    });
    folded.collect::<Vec<_>>().join(",")
}

/// Compares in a time that does not depend on where they differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}
