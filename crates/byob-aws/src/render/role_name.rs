//! The name of the role that a customer makes.

use std::fmt;

use serde::Serialize;

use crate::{Invalid, RoleArn};

/// A role's name: 1 to 64 letters, digits and `+=,.@_-`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct RoleName(String);

/// The longest name, in characters.
pub const LONGEST: usize = 64;

impl RoleName {
    /// Checks length and characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
        if (1..=LONGEST).contains(&text.len()) && text.bytes().all(allowed) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            "invalid_role_name",
            format!("`{text}` cannot be a role's name."),
            "A role's name has 1 to 64 letters, digits and `+=,.@_-`.",
        ))
    }

    /// The name of a role that is there.
    pub fn of(role: &RoleArn) -> Self {
        Self(role.name().to_owned())
    }

    /// A name for a new role, which tells people what it is for and meets no other.
    ///
    /// Each integration has an external ID of its own and so needs a role of its own: the end of `unique`, such as an
    /// integration's ID, keeps the documents of a second one from changing the role of the first.
    ///
    /// ```
    /// use byob_aws::render::RoleName;
    /// assert_eq!(RoleName::suggest("acme-images", "int_01jd8w2v5n3x").as_str(), "byob-acme-images-2v5n3x");
    /// assert_eq!(RoleName::suggest("", "int_01jd8w2v5n3x").as_str(), "byob-2v5n3x");
    /// ```
    pub fn suggest(about: &str, unique: &str) -> Self {
        let plain = |c: &char| c.is_ascii_alphanumeric() || ['.', '-'].contains(c);
        // The ARN of an access point ends with its name.
        let about = about.rsplit([':', '/']).next().unwrap_or_default();
        let about: String = about.chars().filter(plain).take(40).collect();
        let skipped = unique.chars().filter(plain).count().saturating_sub(6);
        let unique: String = unique.chars().filter(plain).skip(skipped).collect();
        let words = ["byob", &about, &unique];
        Self(words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-"))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arn::Dialect;

    #[test]
    fn names_are_those_that_iam_takes() {
        assert_eq!(RoleName::parse("a+=,.@_-Z9").unwrap().to_string(), "a+=,.@_-Z9");
        for bad in ["", "a b", "a/b", "rôle", "a*", "a'", &"a".repeat(65)] {
            assert_eq!(RoleName::parse(bad).unwrap_err().code(), "invalid_role_name", "{bad}");
        }
        let arn = RoleArn::parse("arn:aws:iam::123456789012:role/a/b/name", Dialect::Aws).unwrap();
        assert_eq!(RoleName::of(&arn).as_str(), "name");
    }

    proptest! {
        #[test]
        fn every_suggestion_is_a_name(about in ".{0,200}", unique in ".{0,60}") {
            let name = RoleName::suggest(&about, &unique);
            prop_assert_eq!(RoleName::parse(name.as_str()).unwrap(), name);
        }
    }
}
