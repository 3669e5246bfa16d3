//! Verifies the signatures of requests, in headers and in presigned URLs: Version 4, and with `signature_v2` Version 2.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html> and, for the errors,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.

use crate::signature_v2;
use axum::http::{HeaderMap, request::Parts};
use byob_aws::{
    Credentials, encode,
    sigv4::{ALGORITHM, Scope, SigningKey, Timestamp},
};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime, PrimitiveDateTime, macros::format_description};

/// How far clocks may differ.
pub const MAX_SKEW: Duration = Duration::minutes(15);
/// The longest life of a presigned URL, in seconds.
const LONGEST: i64 = 604_800;
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
        return in_header(header.to_str().unwrap_or_default(), &parts.headers).map(Some);
    }
    if in_query("X-Amz-Algorithm").is_some() || in_query("X-Amz-Signature").is_some() {
        return from_query(in_query, &parts.headers).map(Some);
    }
    if let (Some(key), Some(signature), Some(expires)) =
        (in_query("AWSAccessKeyId"), in_query("Signature"), in_query("Expires"))
    {
        // The URL ends at a moment, which is told as a life that began in 1970.
        let ends = expires.parse().map_err(|_| invalid_moment(expires))?;
        let token = in_query("x-amz-security-token").map(str::to_owned);
        return Ok(Some(Signed {
            expires_in: Some(ends),
            timestamp: expires.to_owned(),
            token,
            ..Signed::version_two(key, signature)
        }));
    }
    if in_query("AWSAccessKeyId").is_some() || in_query("Signature").is_some() {
        return Err(Fault::Malformed(format!("{OLD_QUERY} the Signature, Expires and AWSAccessKeyId parameters")));
    }
    Ok(None)
}

/// How the sentence begins that refuses half a signature of Version 2.
pub const OLD_QUERY: &str = "Query-string authentication requires";
/// How the sentence begins that refuses the end of a URL of Version 2.
pub const INVALID_MOMENT: &str = "Invalid date (should be seconds since epoch)";

fn invalid_moment(text: &str) -> Fault {
    Fault::Malformed(format!("{INVALID_MOMENT}: {text}"))
}

/// `Authorization: AWS AKIA…:signature`.
fn in_old_header(fields: &str, headers: &HeaderMap) -> Result<Signed, Fault> {
    let (key, signature) = fields.split_once(':').ok_or(Fault::MalformedOld)?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let date = text("x-amz-date").or_else(|| text("date")).unwrap_or_default();
    let at = parse_http_date(date).or_else(|| parse_timestamp(date));
    let at =
        at.ok_or_else(|| Fault::Malformed("AWS authentication requires a valid Date or x-amz-date header".to_owned()))?;
    let token = text("x-amz-security-token").map(str::to_owned);
    Ok(Signed { at, timestamp: date.to_owned(), token, ..Signed::version_two(key.trim(), signature.trim()) })
}

fn in_header(authorization: &str, headers: &HeaderMap) -> Result<Signed, Fault> {
    if let Some(fields) = authorization.strip_prefix("AWS ") {
        return in_old_header(fields, headers);
    }
    let Some(fields) = authorization.strip_prefix(ALGORITHM) else {
        return Err(Fault::UnsupportedScheme);
    };
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
        (Some(stamp), _) => (stamp.to_owned(), parse_timestamp(stamp)),
        (None, Some(date)) => {
            let at = parse_http_date(date).or_else(|| parse_timestamp(date));
            (at.map(|at| Timestamp::new(at).as_str().to_owned()).unwrap_or_default(), at)
        }
        (None, None) => {
            return Err(Fault::Malformed("AWS authentication requires a valid Date or x-amz-date header".to_owned()));
        }
    };
    let at =
        at.ok_or_else(|| Fault::Malformed("AWS authentication requires a valid Date or x-amz-date header".to_owned()))?;
    Signed {
        expires_in: None,
        payload_hash: text("x-amz-content-sha256").unwrap_or_default().to_owned(),
        token: text("x-amz-security-token").map(str::to_owned),
        header_names: split_headers(signed_headers),
        signature: signature.to_owned(),
        timestamp,
        at,
        ..Signed::scoped(credential)?
    }
    .checked()
}

fn from_query<'a>(get: impl Fn(&str) -> Option<&'a str>, headers: &HeaderMap) -> Result<Signed, Fault> {
    let all = (
        get("X-Amz-Algorithm"),
        get("X-Amz-Credential"),
        get("X-Amz-Signature"),
        get("X-Amz-Date"),
        get("X-Amz-SignedHeaders"),
        get("X-Amz-Expires"),
    );
    let (Some(algorithm), Some(credential), Some(signature), Some(timestamp), Some(signed_headers), Some(expires)) =
        all
    else {
        return Err(Fault::Malformed(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, \
             X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
                .to_owned(),
        ));
    };
    if algorithm != ALGORITHM {
        return Err(Fault::Malformed(format!("X-Amz-Algorithm only supports \"{ALGORITHM}\"")));
    }
    let expires_in = match expires.parse::<i64>() {
        Err(_) => return Err(Fault::BadLifetime("X-Amz-Expires should be a number")),
        Ok(seconds) if seconds < 0 => return Err(Fault::BadLifetime("X-Amz-Expires must be non-negative")),
        Ok(seconds) if seconds > LONGEST => {
            return Err(Fault::BadLifetime(
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less \
                 than 604800 seconds",
            ));
        }
        Ok(seconds) => seconds,
    };
    let at = parse_timestamp(timestamp).ok_or_else(|| {
        Fault::Malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"".to_owned())
    })?;
    let hash = get("X-Amz-Content-Sha256").or_else(|| headers.get("x-amz-content-sha256")?.to_str().ok());
    Signed {
        expires_in: Some(expires_in),
        payload_hash: hash.unwrap_or(UNSIGNED).to_owned(),
        token: get("X-Amz-Security-Token").map(str::to_owned),
        header_names: split_headers(signed_headers),
        signature: signature.to_owned(),
        timestamp: timestamp.to_owned(),
        at,
        ..Signed::scoped(credential)?
    }
    .checked()
}

impl Signed {
    /// A signature over something else than a request, such as the policy of a form.
    pub fn over(credential: &str, timestamp: &str, signature: &str) -> Result<Self, Fault> {
        let at = parse_timestamp(timestamp).ok_or_else(|| Fault::Malformed("the date cannot be read".to_owned()))?;
        Self { timestamp: timestamp.to_owned(), at, signature: signature.to_owned(), ..Self::scoped(credential)? }
            .checked()
    }

    /// What the credential scope says; the rest is empty.
    fn scoped(credential: &str) -> Result<Self, Fault> {
        // Access key IDs of AWS hold no slash, but those of others may.
        let parts: Vec<&str> = credential.rsplitn(5, '/').collect();
        let [terminator, service, region, day, access_key_id] = parts[..] else {
            return Err(Fault::Malformed(
                "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\""
                    .to_owned(),
            ));
        };
        if terminator != "aws4_request" {
            return Err(Fault::Malformed(format!(
                "the Credential is mal-formed; \"{terminator}\" should be \"aws4_request\""
            )));
        }
        Ok(Self {
            version: Version::Four,
            access_key_id: access_key_id.to_owned(),
            day: day.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            timestamp: String::new(),
            at: OffsetDateTime::UNIX_EPOCH,
            header_names: Vec::new(),
            signature: String::new(),
            token: None,
            expires_in: None,
            payload_hash: String::new(),
        })
    }

    /// A signature of Version 2.
    pub fn version_two(access_key_id: &str, signature: &str) -> Self {
        Self {
            version: Version::Two,
            access_key_id: access_key_id.to_owned(),
            day: String::new(),
            region: signature_v2::REGION.to_owned(),
            service: "s3".to_owned(),
            timestamp: String::new(),
            at: OffsetDateTime::UNIX_EPOCH,
            header_names: Vec::new(),
            signature: signature.to_owned(),
            token: None,
            expires_in: None,
            payload_hash: UNSIGNED.to_owned(),
        }
    }

    fn checked(self) -> Result<Self, Fault> {
        if self.timestamp.get(..8) != Some(&self.day) {
            return Err(Fault::Malformed(format!(
                "Invalid credential date \"{}\". This date is not the same as X-Amz-Date: \"{}\".",
                self.day,
                self.timestamp.get(..8).unwrap_or_default()
            )));
        }
        Ok(self)
    }

    /// Whether the request's time is near enough to the sandbox's, or its life has not ended.
    pub fn check_time(&self, now: OffsetDateTime) -> Result<(), Fault> {
        let Some(expires_in) = self.expires_in else {
            return if (now - self.at).abs() > MAX_SKEW { Err(Fault::Skewed { at: self.at }) } else { Ok(()) };
        };
        if self.at > now + MAX_SKEW {
            return Err(Fault::NotYetValid);
        }
        let Some(ends) = self.at.checked_add(Duration::seconds(expires_in)) else {
            return Err(invalid_moment(&self.timestamp));
        };
        if now > ends { Err(Fault::Expired { expires_in, at: ends }) } else { Ok(()) }
    }

    /// Whether the signature is that of this request with this secret. `payload_hash` is what the body hashes to where the client
    /// does not say (STS and IAM).
    pub fn verify(&self, parts: &Parts, secret: &str, payload_hash: &str) -> Result<(), Fault> {
        if self.version == Version::Two {
            let [text, other] = signature_v2::strings_to_sign(parts, &self.timestamp);
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
            Version::Two => signature_v2::sign(secret, string_to_sign),
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

    /// The key that signs the chunks of a body.
    pub fn signing_key(&self, secret: &str) -> SigningKey {
        SigningKey::derive(&Credentials::new(&self.access_key_id, secret, None), &self.scope())
    }

    /// `20130524T000000Z`.
    pub fn timestamp(&self) -> &str {
        &self.timestamp
    }

    /// Day, region and service.
    pub fn scope(&self) -> Scope {
        // `checked` has made sure that the day is the one of the time.
        Scope::new(&Timestamp::new(self.at), &self.region, &self.service)
    }

    /// Headers that AWS demands to be signed and are not: the host and every `x-amz-…`.
    fn unsigned_headers(&self, headers: &HeaderMap) -> Option<Vec<String>> {
        let signed = |name: &str| self.header_names.iter().any(|signed| signed == name);
        let names = headers.keys().map(axum::http::HeaderName::as_str);
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

/// Names and values of a query, decoded. A name without `=` has an empty value.
pub fn query_pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', "%20")).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn split_headers(names: &str) -> Vec<String> {
    names.split(';').map(str::to_ascii_lowercase).collect()
}

fn parse_timestamp(text: &str) -> Option<OffsetDateTime> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    PrimitiveDateTime::parse(text, format).ok().map(PrimitiveDateTime::assume_utc)
}

/// Times before 1970 are none to AWS.
fn parse_http_date(text: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(text, &time::format_description::well_known::Rfc2822).ok();
    at.filter(|at| *at >= OffsetDateTime::UNIX_EPOCH)
}

/// Compares in a time that does not depend on where they differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Option<Parts> {
        let request = headers.iter().fold(Request::get(uri), |request, (name, value)| request.header(*name, *value));
        request.body(()).ok().map(|request| request.into_parts().0)
    }

    /// "Example: GET object" and "Example: presigned URL" of the pages above.
    #[test]
    fn the_examples_of_the_documentation_are_verified() {
        const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let host = ("host", "examplebucket.s3.amazonaws.com");
        let authorization = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
        let date = ("x-amz-date", "20130524T000000Z");
        let headers =
            [host, ("range", "bytes=0-9"), date, ("x-amz-content-sha256", EMPTY), ("authorization", authorization)];
        let in_header = parts("/test.txt", &headers).unwrap();
        let in_query = parts(
            "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
             &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
            &[host],
        );
        for (request, hash) in [(in_header, EMPTY), (in_query.unwrap(), UNSIGNED)] {
            let signed = find(&request).unwrap().unwrap();
            assert!(signed.check_time(datetime!(2013-05-24 0:10 UTC)).is_ok());
            assert!(signed.verify(&request, SECRET, hash).is_ok());
            assert!(matches!(signed.verify(&request, "another", hash), Err(Fault::Mismatch(_))));
        }
    }

    #[test]
    fn times_far_from_now_are_refused() {
        let now = datetime!(2030-01-01 0:00 UTC);
        for (date, readable) in [
            ("Tue, 01 Jan 2030 00:14:00 GMT", true),
            ("20300101T000000Z", true),
            ("Tue, 07 Jul 1950 21:53:04 GMT", false),
            ("Bad Date", false),
            ("", false),
        ] {
            let request = parts("/", &[("authorization", "AWS a:b"), ("x-amz-date", date)]).unwrap();
            let found = find(&request).ok().flatten();
            assert_eq!(found.is_some_and(|signed| signed.check_time(now).is_ok()), readable, "{date}");
        }
        for expires in ["9223372036854775807", "-9223372036854775808", "99999999999999999999", "never"] {
            let request = parts(&format!("/?AWSAccessKeyId=a&Signature=b&Expires={expires}"), &[]).unwrap();
            assert!(
                !find(&request).is_ok_and(|found| found.is_some_and(|signed| signed.check_time(now).is_ok())),
                "{expires}"
            );
        }
    }

    #[test]
    fn names_and_values_of_a_query_are_decoded() {
        let pairs = query_pairs("a=b%20c+d&e&=f&&%ff=%zz&g=h=i");
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("a", "b c d"), ("e", ""), ("", "f"), ("\u{fffd}", "%zz"), ("g", "h=i")]);
    }

    proptest! {
        #[test]
        fn noise_never_panics(query in "[a-zA-Z0-9%&=+;/_.-]{0,120}", header in "\\PC{0,80}", date in "[0-9TZ]{0,20}", expires in any::<i64>()) {
            let query = format!(
                "{query}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/{0}/b/c/aws4_request&X-Amz-Date={date}\
                 &X-Amz-SignedHeaders=host&X-Amz-Signature=d&X-Amz-Expires={expires}",
                date.get(..8).unwrap_or_default()
            );
            let requests = [
                parts(&format!("/?{query}"), &[("host", "a")]),
                parts("/", &[("authorization", &format!("AWS4-HMAC-SHA256 {header}")), ("x-amz-date", &date)]),
                parts("/", &[("authorization", &header), ("date", &date)]),
            ];
            for request in requests.into_iter().flatten() {
                if let Ok(Some(signed)) = find(&request) {
                    drop(signed.check_time(datetime!(2030-01-01 0:00 UTC)));
                    drop(signed.verify(&request, "secret", UNSIGNED));
                }
            }
        }
    }
}
