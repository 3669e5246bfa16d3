//! Identifiers: a prefix that says of what, then a ULID, so that they sort by age and can be told apart in a log.

use std::fmt;

use byob_aws::Invalid;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    runtime::{Clock, Rng},
};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $noun:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A new one.
            pub fn new(clock: &Clock, rng: &Rng) -> Self {
                Self(format!("{}_{}", $prefix, ulid(clock, rng)))
            }

            /// An ID that a client names: what is not one names nothing.
            pub fn parse(text: &str) -> Result<Self> {
                let ulid = text.strip_prefix(concat!($prefix, "_")).filter(|ulid| is_ulid(ulid));
                ulid.map(|_| Self(text.to_owned())).ok_or_else(|| Error::not_found($noun))
            }

            /// Takes any text, such as an ID of the database.
            pub fn from_text(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// As in the API and the database.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// An organization.
    OrganizationId,
    "org",
    "organization"
);
id!(
    /// A member of an organization.
    MemberId,
    "mem",
    "member"
);
id!(
    /// Somebody who signs in.
    AccountId,
    "acc",
    "account"
);
id!(
    /// An API token.
    TokenId,
    "tok",
    "token"
);
id!(
    /// An integration, from its first day as a draft on.
    IntegrationId,
    "int",
    "draft or integration"
);

id!(
    /// A connection check.
    CheckId,
    "chk",
    "check"
);

/// A request's ID, which stands in its log lines and in its answer.
pub(crate) fn request(clock: &Clock, rng: &Rng) -> String {
    format!("req_{}", ulid(clock, rng))
}

fn is_ulid(text: &str) -> bool {
    text.len() == 26 && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
}

fn ulid(clock: &Clock, rng: &Rng) -> String {
    let millis = u64::try_from(clock.now_millis()).unwrap_or(0);
    ulid::Ulid::from_parts(millis, u128::from_be_bytes(rng.bytes())).to_string().to_ascii_lowercase()
}

/// A name that people give to things: 1 to 100 characters on one line.
pub(crate) fn name(text: &str) -> Result<String, Invalid> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Invalid::new(
            "invalid_name",
            "The name is empty, longer than 100 characters, or not on one line.",
            "Choose a short name.",
        ));
    }
    Ok(name.to_owned())
}
