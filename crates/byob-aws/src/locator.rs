//! `s3://bucket/key`, optionally with `?versionId=…`.

use std::fmt;

use crate::{Bucket, Invalid, ObjectKey};

const SCHEME: &str = "s3://";
const VERSION: &str = "?versionId=";

/// The longest version ID that S3 documents, in bytes.
const LONGEST_VERSION: usize = 1024;

/// Where an object is: bucket, key and perhaps version.
///
/// The key is everything after the bucket's `/`, byte for byte: there are no escapes, so `%2F`, `+`, `?` and `#` are just
/// characters of the key. The *last* `?versionId=` splits a version off; an empty one says "no version", which only a key
/// that itself holds `?versionId=` needs. `Display` prints the canonical form, and parsing that gives the same locator.
///
/// ```
/// use byob_aws::Locator;
/// let locator = Locator::parse("s3://bucket/a b/ü#?.png?versionId=v1")?;
/// assert_eq!(locator.bucket().as_str(), "bucket");
/// assert_eq!(locator.key().as_str(), "a b/ü#?.png");
/// assert_eq!(locator.version_id(), Some("v1"));
///
/// let odd = Locator::parse("s3://bucket/what?versionId=is this?versionId=")?;
/// assert_eq!((odd.key().as_str(), odd.version_id()), ("what?versionId=is this", None));
/// # Ok::<(), byob_aws::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Locator {
    bucket: Bucket,
    key: ObjectKey,
    version_id: Option<String>,
}

impl Locator {
    /// Parses a locator. The error's position is a byte offset into `text`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let Some(rest) = text.strip_prefix(SCHEME) else { return Err(wrong_scheme(text)) };
        let (bucket_text, key_text) = Bucket::split_from_key(rest);
        let bucket = Bucket::parse(bucket_text).map_err(|error| shift(error, SCHEME.len()))?;
        let key_start = SCHEME.len() + bucket_text.len() + 1;
        let Some(key_text) = key_text else {
            return Err(invalid(
                format!("`{text}` names a bucket but no key."),
                "Add the object's key: `s3://bucket/key`.",
            )
            .at(text.len()));
        };
        let (key_text, version) = match key_text.rfind(VERSION) {
            Some(at) => (&key_text[..at], &key_text[at + VERSION.len()..]),
            None => (key_text, ""),
        };
        if version.len() > LONGEST_VERSION || version.chars().any(char::is_control) {
            let position = key_start + key_text.len() + VERSION.len();
            return Err(invalid(
                "The version ID is too long or holds a control character.".to_owned(),
                "Copy the version ID from S3.",
            )
            .at(position));
        }
        let key = ObjectKey::parse(key_text).map_err(|error| shift(error, key_start))?;
        Ok(Self { bucket, key, version_id: (!version.is_empty()).then(|| version.to_owned()) })
    }

    /// Puts a locator together from its parts; an empty version ID counts as none.
    pub fn new(bucket: Bucket, key: ObjectKey, version_id: Option<String>) -> Self {
        Self { bucket, key, version_id: version_id.filter(|version| !version.is_empty()) }
    }

    /// The bucket or access point.
    pub fn bucket(&self) -> &Bucket {
        &self.bucket
    }

    /// The key, byte for byte.
    pub fn key(&self) -> &ObjectKey {
        &self.key
    }

    /// The version, where one is asked for.
    pub fn version_id(&self) -> Option<&str> {
        self.version_id.as_deref()
    }
}

fn invalid(detail: String, hint: &str) -> Invalid {
    Invalid::new("invalid_locator", detail, hint)
}

fn shift(error: Invalid, by: usize) -> Invalid {
    let position = error.position().unwrap_or(0) + by;
    error.at(position)
}

fn wrong_scheme(text: &str) -> Invalid {
    let hint = match text.split_once(':').map(|(scheme, _)| scheme) {
        Some("http" | "https") => "Give the object as `s3://bucket/key`, not as a URL.",
        Some("s3" | "S3" | "s3a" | "s3n") => {
            "Write exactly `s3://` in front of the bucket, in lower case and with two slashes."
        }
        _ => "Write `s3://bucket/key`.",
    };
    invalid("The locator does not start with `s3://`.".to_owned(), hint).at(0)
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.bucket, self.key)?;
        match &self.version_id {
            Some(version) => write!(f, "{VERSION}{version}"),
            None if self.key.as_str().contains(VERSION) => f.write_str(VERSION),
            None => Ok(()),
        }
    }
}

impl std::str::FromStr for Locator {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_keys_are_keys() {
        for key in [
            "a//b",
            "/lead",
            "../x",
            "./x",
            "a+b%2F ü #?.png",
            "?",
            "#",
            "a?b=c",
            " ",
            "日本/🦀.png",
            "trail/",
            "?versionId",
            "versionId=x",
        ] {
            let locator = Locator::parse(&format!("s3://bucket/{key}")).unwrap();
            assert_eq!((locator.key().as_str(), locator.version_id()), (key, None));
            assert_eq!(locator.to_string(), format!("s3://bucket/{key}"));
        }
    }

    #[test]
    fn the_last_version_splits_and_an_empty_one_is_none() {
        for (text, key, version, canonical) in [
            ("s3://buc/k?versionId=v1", "k", Some("v1"), "s3://buc/k?versionId=v1"),
            ("s3://buc/k?versionId=", "k", None, "s3://buc/k"),
            ("s3://buc/k?versionId=a?versionId=b", "k?versionId=a", Some("b"), "s3://buc/k?versionId=a?versionId=b"),
            ("s3://buc/k?versionId=a?versionId=", "k?versionId=a", None, "s3://buc/k?versionId=a?versionId="),
            ("s3://buc/k?versionid=a", "k?versionid=a", None, "s3://buc/k?versionid=a"),
        ] {
            let locator = Locator::parse(text).unwrap();
            assert_eq!((locator.key().as_str(), locator.version_id()), (key, version), "{text}");
            assert_eq!(locator.to_string(), canonical);
        }
    }

    #[test]
    fn malformed_locators_say_what_and_where() {
        for (text, code, position) in [
            ("", "invalid_locator", 0),
            ("bucket/key", "invalid_locator", 0),
            ("S3://bucket/key", "invalid_locator", 0),
            ("s3:://bucket/key", "invalid_locator", 0),
            ("https://bucket.s3.amazonaws.com/key", "invalid_locator", 0),
            ("s3://", "invalid_bucket", 5),
            ("s3:///key", "invalid_bucket", 5),
            ("s3://bucket", "invalid_locator", 11),
            ("s3://bucket/", "invalid_key", 12),
            ("s3://bucket/?versionId=v1", "invalid_key", 12),
            ("s3://my_bucket/key", "invalid_bucket", 7),
        ] {
            let error = Locator::parse(text).unwrap_err();
            assert_eq!((error.code(), error.position()), (code, Some(position)), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn every_key_and_version_round_trips(
            key in prop_oneof![".{1,40}", "[a/?.versionId=%+ #]{1,40}", "(a|[?]versionId=|b){1,5}"],
            version in prop_oneof![Just(String::new()), "[A-Za-z0-9._-]{1,32}"],
        ) {
            let bucket = Bucket::parse("bucket").unwrap();
            let locator = Locator::new(bucket, ObjectKey::parse(&key).unwrap(), Some(version));
            prop_assert_eq!(Locator::parse(&locator.to_string()).unwrap(), locator);
        }

        #[test]
        fn nothing_makes_the_parser_panic(text in "(s3://)?(arn:aws:s3:[a-z:/-]{0,30})?.{0,40}") {
            let _ = Locator::parse(&text);
        }
    }
}
