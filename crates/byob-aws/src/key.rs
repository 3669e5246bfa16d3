//! Object keys, and prefixes of them.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>.

use std::fmt;

use crate::Invalid;

/// The longest key, in bytes of UTF-8.
pub const LONGEST: usize = 1024;

/// An object key: 1 to 1,024 bytes of UTF-8, any characters, compared and signed byte for byte.
///
/// ```
/// use byob_aws::ObjectKey;
/// assert_eq!(ObjectKey::parse("a//../b")?.as_str(), "a//../b");
/// assert_eq!(ObjectKey::parse_typed("/some-folder/image.png")?.as_str(), "some-folder/image.png");
/// # Ok::<(), byob_aws::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// Checks the length; nothing is changed.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::new(
                "invalid_key",
                "The object key is empty.",
                "Name an object, such as `folder/image.png`.",
            ));
        }
        if text.len() > LONGEST {
            return Err(Invalid::new(
                "invalid_key",
                format!("The object key has {} bytes of UTF-8; S3 allows {LONGEST}.", text.len()),
                "Check that the locator is one key, not several joined together.",
            )
            .at(text.floor_char_boundary(LONGEST)));
        }
        Ok(Self(text.to_owned()))
    }

    /// A file key as a person types it: one leading `/` is accepted and dropped.
    pub fn parse_typed(text: &str) -> Result<Self, Invalid> {
        Self::parse(text.strip_prefix('/').unwrap_or(text))
    }

    /// The key, byte for byte.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the last `/`: the name a person would give the file. Empty for a folder marker (`a/`).
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A folder of a bucket, without the `/` at its end: `team` stands for `team/…`, and not for `team2/…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix(String);

impl Prefix {
    /// As a person types it: one `/` at the start and one at the end are dropped.
    ///
    /// ```
    /// use byob_aws::{ObjectKey, Prefix};
    /// let prefix = Prefix::parse_typed("/team/")?;
    /// assert!(prefix.covers(&ObjectKey::parse("team/x")?));
    /// assert!(!prefix.covers(&ObjectKey::parse("team2/x")?));
    /// # Ok::<(), byob_aws::Invalid>(())
    /// ```
    pub fn parse_typed(text: &str) -> Result<Self, Invalid> {
        let inner = text.strip_prefix('/').unwrap_or(text);
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        let invalid = |detail: String, hint: &str| Err(Invalid::new("invalid_prefix", detail, hint));
        if inner.is_empty() {
            return invalid("The prefix is empty.".to_owned(), "Leave the prefix out to serve the whole bucket.");
        }
        // `LONGEST` less the slash and one byte of key below it.
        if inner.len() > LONGEST - 2 {
            return invalid(
                format!("The prefix has {} bytes; no key could lie below it.", inner.len()),
                "Use a shorter prefix.",
            );
        }
        if inner.starts_with("s3://") || inner.starts_with("s3:/") {
            return invalid(
                "The prefix holds a whole locator.".to_owned(),
                "Write only the folder; the bucket's name has a field of its own.",
            );
        }
        if inner.chars().any(char::is_control) {
            return invalid("The prefix holds a control character.".to_owned(), "Type the folder's name again.");
        }
        Ok(Self(inner.to_owned()))
    }

    /// Without a `/` at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the key lies below this folder, by whole path segments, on the bytes as they are.
    pub fn covers(&self, key: &ObjectKey) -> bool {
        key.as_str().strip_prefix(&self.0).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_covers_whole_segments_only() {
        let prefix = Prefix::parse_typed("team").unwrap();
        for (key, covered) in [
            ("team/x", true),
            ("team/", true),
            ("team//x", true),
            ("team", false),
            ("team2/x", false),
            ("Team/x", false),
            ("/team/x", false),
            ("x/../team/x", false),
            ("team/../other", true),
        ] {
            assert_eq!(prefix.covers(&ObjectKey::parse(key).unwrap()), covered, "{key}");
        }
    }

    #[test]
    fn keys_are_bounded_in_bytes() {
        assert!(ObjectKey::parse(&"é".repeat(512)).is_ok());
        assert!(ObjectKey::parse(&"é".repeat(513)).is_err());
        assert!(ObjectKey::parse("").is_err());
    }

    #[test]
    fn useless_prefixes_are_refused() {
        for bad in ["", "/", "//", "s3://b/x", "a\nb"] {
            assert_eq!(Prefix::parse_typed(bad).unwrap_err().code(), "invalid_prefix", "{bad:?}");
        }
        assert_eq!(Prefix::parse_typed("a//").unwrap().as_str(), "a/");
    }
}
