//! Region names, of AWS and of S3-compatible stores.

use std::fmt;

use crate::{Invalid, Partition};

/// A region such as `eu-central-1`, or the name that an S3-compatible store uses for its only one, such as `default`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(String);

impl Region {
    /// A region of AWS. Its shape is checked, not its existence: AWS opens new ones.
    ///
    /// ```
    /// use byob_aws::Region;
    /// assert_eq!(Region::parse("eu-central-1")?.as_str(), "eu-central-1");
    /// assert!(Region::parse("eu-central-1a").unwrap_err().hint().contains("eu-central-1"));
    /// # Ok::<(), byob_aws::Invalid>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if Self::has_aws_shape(text) {
            return Ok(Self(text.to_owned()));
        }
        let lower = text.trim().to_ascii_lowercase().replace('_', "-");
        let without_zone = lower.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let hint = if Self::has_aws_shape(&lower) {
            format!("Write `{lower}`.")
        } else if Self::has_aws_shape(without_zone) {
            format!("That is an availability zone; its region is `{without_zone}`.")
        } else {
            "Use the region's code, such as `eu-central-1`; the bucket's page in the S3 console shows it. For an \
             S3-compatible store set the endpoint URL too."
                .to_owned()
        };
        Err(Invalid::new("invalid_region", format!("`{text}` is not the code of an AWS region."), hint))
    }

    /// A region of an S3-compatible store: any short name of letters, digits, `-` and `_`.
    pub fn parse_compatible(text: &str) -> Result<Self, Invalid> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            "invalid_region",
            format!("`{text}` cannot be a region."),
            "Use 1 to 64 letters, digits, `-` or `_`. Many S3-compatible stores expect `us-east-1`.",
        ))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition it lies in; commercial AWS for names that AWS does not use.
    pub fn partition(&self) -> Partition {
        Partition::of_region(&self.0).unwrap_or(Partition::Aws)
    }

    /// A known prefix, then words, then a number, such as `us-gov-west-1`.
    fn has_aws_shape(text: &str) -> bool {
        let Some((area, number)) = text.rsplit_once('-') else { return false };
        let words = area.split('-').count();
        Partition::of_region(text).is_some()
            && (2..=3).contains(&words)
            && area.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
            && (1..=2).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Region;

    #[test]
    fn codes_are_told_from_everything_else() {
        for good in ["us-east-1", "ap-southeast-3", "us-gov-west-1", "cn-northwest-1", "eusc-de-east-1", "il-central-1"]
        {
            assert!(Region::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "us-east", "useast1", "us-east-1a", "US-EAST-1", "eu central 1", "mars-north-1", "us--1", "us-east-1/"]
        {
            assert_eq!(Region::parse(bad).unwrap_err().code(), "invalid_region", "{bad}");
        }
        assert_eq!(Region::parse("US_EAST_1").unwrap_err().hint(), "Write `us-east-1`.");
        assert!(Region::parse_compatible("default").is_ok());
        assert!(Region::parse_compatible("a b").is_err());
    }
}
