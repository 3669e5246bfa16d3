//! Presigned URLs: Signature Version 4 in the query string.
//!
//! A [`Presigner`] prepares everything that the URLs of one host, one session and one moment share: the signing key, the
//! constant query parameters, the states of the hashes. Each URL then costs the hashing of its own bytes and one growth of the
//! caller's buffer.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::{
    Credentials, Invalid, ObjectKey, encode,
    sigv4::{ALGORITHM, Scope, SigningKey, Timestamp},
};

/// The longest life of a presigned URL: 7 days, in seconds.
pub const LONGEST_EXPIRES: u32 = 7 * 24 * 3600;

/// What a presigned URL may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read the object, whole or by range.
    Get,
    /// Read its metadata.
    Head,
}

impl Method {
    /// As in the request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
        }
    }
}

/// Where the objects of one bucket are reached, and what their signatures name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Scheme, host and perhaps path, without a `/` at the end.
    base_url: String,
    /// Where in `base_url` the path begins (its length if there is none).
    path_start: usize,
    /// The host as the signature names it: without the scheme's default port.
    host: String,
    region: String,
    service: String,
}

impl Endpoint {
    /// `base_url` already names the bucket: in its host (`https://bucket.s3.eu-west-1.amazonaws.com`) or its path
    /// (`https://s3.example.com/bucket`). `service` is `s3` but for access points of other services.
    pub fn new(base_url: &str, region: impl Into<String>, service: impl Into<String>) -> Result<Self, Invalid> {
        let invalid = |detail: String| {
            Invalid::new(
                "invalid_endpoint_url",
                detail,
                "Write scheme, host and perhaps port, such as `https://s3.example.com`.",
            )
        };
        let url = url::Url::parse(base_url).map_err(|error| match error {
            url::ParseError::RelativeUrlWithoutBase => invalid("The endpoint has no scheme.".to_owned()),
            error => invalid(format!("The endpoint is not a URL: {error}.")),
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid(format!("The endpoint's scheme is `{}`, not `https` or `http`.", url.scheme())));
        }
        let Some(name) = url.host_str().filter(|host| !host.is_empty()) else {
            return Err(invalid("The endpoint has no host.".to_owned()));
        };
        if !url.username().is_empty() || url.password().is_some() {
            // The URL is not repeated: it holds a password.
            return Err(invalid("The endpoint holds a user name or password.".to_owned()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("The endpoint holds a query or fragment.".to_owned()));
        }
        // `Url::port` is `None` for the scheme's default port, which clients leave out of the `Host` header as well.
        let host = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        let origin = format!("{}://{host}", url.scheme());
        let path_start = origin.len();
        let base_url = origin + url.path().trim_end_matches('/');
        Ok(Self { base_url, path_start, host, region: region.into(), service: service.into() })
    }

    /// Scheme, host and path, without a `/` at the end; the scheme's default port is left out.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The host, with the port if it is not the scheme's own.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The region that signatures name.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The service that signatures name.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The object's URL without a signature, for buckets that everybody may read.
    pub fn public_url(&self, key: &ObjectKey, version_id: Option<&str>) -> String {
        let mut url = self.base_url.clone();
        push_key(&mut url, key);
        if let Some(version_id) = version_id {
            url.push_str("?versionId=");
            encode::push(&mut url, encode::query(version_id));
        }
        url
    }
}

/// What S3 is told to answer, apart from the object itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ResponseOptions<'a> {
    /// The `Content-Type` of the answer, in place of the stored one.
    pub content_type: Option<&'a str>,
    /// The `Content-Disposition` of the answer, in place of the stored one.
    pub content_disposition: Option<&'a str>,
    /// The caller's account pays (the parameter `x-amz-request-payer`); buckets with requester pays refuse without it.
    pub requester_pays: bool,
}

/// Signs URLs of one endpoint with one session for one moment and lifetime.
#[derive(Clone)]
pub struct Presigner {
    base_url: String,
    path_start: usize,
    /// `?X-Amz-Algorithm=…&X-Amz-SignedHeaders=host`: what sorts before the parameters of each URL.
    query_head: String,
    /// `\nhost:…\n\nhost\nUNSIGNED-PAYLOAD`: the end of each canonical request.
    canonical_tail: String,
    /// Has absorbed the signing key and the string to sign up to the canonical request's hash.
    string_to_sign: Hmac<Sha256>,
    /// Has absorbed `GET\n` and `HEAD\n`.
    get: Sha256,
    head: Sha256,
}

impl Presigner {
    /// Prepares everything that the URLs share. `expires_in` is in seconds, 1 to [`LONGEST_EXPIRES`].
    pub fn new(
        endpoint: &Endpoint,
        credentials: &Credentials,
        signed_at: OffsetDateTime,
        expires_in: u32,
    ) -> Result<Self, Invalid> {
        let timestamp = Timestamp::new(signed_at);
        let scope = Scope::new(&timestamp, &endpoint.region, &endpoint.service);
        let key = SigningKey::derive(credentials, &scope);
        Self::with_key(endpoint, credentials, &key, signed_at, expires_in)
    }

    /// Like [`new`](Self::new), with a signing key that was derived before, for the day of `signed_at` and the endpoint's region
    /// and service.
    pub fn with_key(
        endpoint: &Endpoint,
        credentials: &Credentials,
        key: &SigningKey,
        signed_at: OffsetDateTime,
        expires_in: u32,
    ) -> Result<Self, Invalid> {
        if !(1..=LONGEST_EXPIRES).contains(&expires_in) {
            return Err(Invalid::new(
                "invalid_expires_in",
                format!("A presigned URL cannot live for {expires_in} seconds."),
                format!("Ask for 1 to {LONGEST_EXPIRES} seconds (7 days)."),
            ));
        }
        let timestamp = Timestamp::new(signed_at);
        let scope = Scope::new(&timestamp, &endpoint.region, &endpoint.service);
        let mut string_to_sign = key.hmac();
        string_to_sign.update(format!("{ALGORITHM}\n{}\n{}\n", timestamp.as_str(), scope.as_str()).as_bytes());

        let credential = format!("{}/{}", credentials.access_key_id(), scope.as_str());
        let mut query_head = format!(
            "?X-Amz-Algorithm={ALGORITHM}&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-Expires={expires_in}",
            encode::query(&credential),
            timestamp.as_str(),
        );
        if let Some(token) = credentials.session_token() {
            query_head.push_str("&X-Amz-Security-Token=");
            encode::push(&mut query_head, encode::query(token));
        }
        query_head.push_str("&X-Amz-SignedHeaders=host");
        Ok(Self {
            base_url: endpoint.base_url.clone(),
            path_start: endpoint.path_start,
            query_head,
            canonical_tail: format!("\nhost:{}\n\nhost\nUNSIGNED-PAYLOAD", endpoint.host),
            string_to_sign,
            get: Sha256::new_with_prefix("GET\n"),
            head: Sha256::new_with_prefix("HEAD\n"),
        })
    }

    /// Appends a presigned URL to `out`.
    ///
    /// The query is written in the order in which it is signed (names sorted), so one buffer serves both.
    pub fn append_url(
        &self,
        out: &mut String,
        method: Method,
        key: &ObjectKey,
        version_id: Option<&str>,
        options: &ResponseOptions<'_>,
    ) {
        const TAIL: usize = "&X-Amz-Signature=".len() + 64;
        out.reserve(self.base_url.len() + 1 + key.as_str().len() * 3 / 2 + self.query_head.len() + 128 + TAIL);
        let path_start = out.len() + self.path_start;
        out.push_str(&self.base_url);
        push_key(out, key);
        let query_start = out.len();
        out.push_str(&self.query_head);
        let mut parameter = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                out.push_str(name);
                encode::push(out, encode::query(value));
            }
        };
        parameter("&response-content-disposition=", options.content_disposition);
        parameter("&response-content-type=", options.content_type);
        parameter("&versionId=", version_id);
        if options.requester_pays {
            out.push_str("&x-amz-request-payer=requester");
        }

        let mut canonical = match method {
            Method::Get => self.get.clone(),
            Method::Head => self.head.clone(),
        };
        canonical.update(&out.as_bytes()[path_start..query_start]);
        canonical.update(b"\n");
        canonical.update(&out.as_bytes()[query_start + 1..]);
        canonical.update(&self.canonical_tail);

        let mut hex = [0; 64];
        let mut mac = self.string_to_sign.clone();
        mac.update(hex_of(&canonical.finalize(), &mut hex).as_bytes());
        out.push_str("&X-Amz-Signature=");
        out.push_str(hex_of(&mac.finalize().into_bytes(), &mut hex));
    }

    /// A presigned URL in a string of its own.
    pub fn url(
        &self,
        method: Method,
        key: &ObjectKey,
        version_id: Option<&str>,
        options: &ResponseOptions<'_>,
    ) -> String {
        let mut url = String::new();
        self.append_url(&mut url, method, key, version_id, options);
        url
    }
}

fn push_key(out: &mut String, key: &ObjectKey) {
    out.push('/');
    encode::push(out, encode::path(key.as_str()));
}

fn hex_of<'a>(digest: &[u8], buffer: &'a mut [u8; 64]) -> &'a str {
    // 32 bytes fill 64 digits, so this cannot fail.
    base16ct::lower::encode_str(digest, buffer).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const AT: OffsetDateTime = datetime!(2013-05-24 0:00 UTC);

    fn example() -> Credentials {
        Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None)
    }

    fn sign(base_url: &str, key: &str) -> String {
        let endpoint = Endpoint::new(base_url, "us-east-1", "s3").unwrap();
        let presigner = Presigner::new(&endpoint, &example(), AT, 86_400).unwrap();
        presigner.url(Method::Get, &ObjectKey::parse(key).unwrap(), None, &ResponseOptions::default())
    }

    /// The worked example of <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>.
    #[test]
    fn the_published_example_of_aws_is_reproduced() {
        assert_eq!(
            sign("https://examplebucket.s3.amazonaws.com", "test.txt"),
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z\
             &X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }

    #[test]
    fn the_default_port_is_neither_signed_nor_printed() {
        assert_eq!(sign("https://h.example:443/b", "k"), sign("https://h.example/b/", "k"));
        assert!(sign("https://h.example:8443", "k").starts_with("https://h.example:8443/k?"));
        assert!(sign("http://[::1]:9000/b", "k").starts_with("http://[::1]:9000/b/k?"));
    }

    #[test]
    fn paths_are_encoded_once_and_never_normalised() {
        assert!(
            sign("https://h.example/b", "a//b/../ü+%2F").starts_with("https://h.example/b/a//b/../%C3%BC%2B%252F?")
        );
    }

    #[test]
    fn parameters_stand_in_sorted_order() {
        let endpoint = Endpoint::new("https://b.example", "us-east-1", "s3").unwrap();
        let credentials = Credentials::new("A", "S", Some("a+b/c=".into()));
        let options = ResponseOptions {
            content_type: Some("image/png"),
            content_disposition: Some("inline"),
            requester_pays: true,
        };
        let key = ObjectKey::parse("k").unwrap();
        let url = Presigner::new(&endpoint, &credentials, AT, 60).unwrap().url(Method::Head, &key, Some("v"), &options);
        let query = url.split_once('?').unwrap().1;
        let names: Vec<&str> = query.split('&').map(|pair| pair.split_once('=').unwrap().0).collect();
        let (signature, signed) = names.split_last().unwrap();
        assert_eq!(*signature, "X-Amz-Signature");
        assert!(signed.is_sorted(), "{signed:?}");
        assert!(query.contains("&X-Amz-Security-Token=a%2Bb%2Fc%3D&"));
    }

    #[test]
    fn unusable_endpoints_and_lifetimes_are_refused() {
        for bad in [
            "s3.example.com",
            "ftp://h",
            "https://",
            "https://u:p@h",
            "https://u@h",
            "https://h/?x=1",
            "https://h/#f",
            "mailto:a@b",
        ] {
            let error = Endpoint::new(bad, "us-east-1", "s3").unwrap_err();
            assert_eq!(error.code(), "invalid_endpoint_url", "{bad}");
            assert!(!error.detail().contains("u:p"), "{error}");
        }
        let endpoint = Endpoint::new("https://h", "us-east-1", "s3").unwrap();
        for bad in [0, LONGEST_EXPIRES + 1] {
            assert_eq!(Presigner::new(&endpoint, &example(), AT, bad).err().unwrap().code(), "invalid_expires_in");
        }
    }
}
