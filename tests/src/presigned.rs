//! What a presigned URL says about itself.

use std::collections::HashMap;

use time::{Duration, OffsetDateTime, PrimitiveDateTime, macros::format_description};
use url::Url;

/// A presigned URL, taken apart.
#[derive(Debug)]
pub struct Presigned {
    url: Url,
    query: HashMap<String, String>,
}

impl Presigned {
    /// Takes a URL apart.
    pub fn parse(url: &str) -> Self {
        let url = Url::parse(url).expect("a presigned URL is a URL");
        let query = url.query_pairs().into_owned().collect();
        Self { url, query }
    }

    /// One parameter of the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The path, encoded.
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// `X-Amz-Date`.
    pub fn signed_at(&self) -> OffsetDateTime {
        let format = format_description!("[year][month][day]T[hour][minute][second]Z");
        PrimitiveDateTime::parse(self.parameter("X-Amz-Date").unwrap(), format).unwrap().assume_utc()
    }

    /// `X-Amz-Date` and `X-Amz-Expires` together.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.signed_at() + Duration::seconds(self.parameter("X-Amz-Expires").unwrap().parse().unwrap())
    }

    /// Whose signature it is.
    pub fn access_key_id(&self) -> &str {
        self.parameter("X-Amz-Credential").unwrap().split('/').next().unwrap()
    }
}
