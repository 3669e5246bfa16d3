//! Addresses of the console's pages.

use std::fmt;

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use byob_aws::encode;

use super::done::Done;

/// An address, whose values are encoded byte for byte: object keys may hold anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    /// A page of an account, such as `iam/roles`; the empty page is the account's own.
    pub fn to(account: &str, page: &str) -> Self {
        let separator = if page.is_empty() { "" } else { "/" };
        Self(format!("/_console/{}{separator}{page}", encode::query(account)))
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        let separator = if self.0.contains('?') { '&' } else { '?' };
        Self(format!("{}{separator}{name}={}", self.0, encode::query(value)))
    }

    /// Goes there after a change, and says there that it was made.
    pub fn after(self, done: Done) -> Response {
        let to = self.with("done", done.name());
        (StatusCode::SEE_OTHER, [(header::LOCATION, to.0)]).into_response()
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_whatever_they_hold() {
        let link = Link::to("222222222222", "s3/object").with("bucket", "b").with("key", "../a//b?#&=é");
        assert_eq!(link.to_string(), "/_console/222222222222/s3/object?bucket=b&key=..%2Fa%2F%2Fb%3F%23%26%3D%C3%A9");
    }
}
