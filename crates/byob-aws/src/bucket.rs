//! What stands between `s3://` and the key: a bucket's name, or the alias or ARN of an access point.
//!
//! Naming rules: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>. Access points:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html>.

use std::fmt;

use crate::{Arn, Invalid, Partition};

/// A bucket, as the `Bucket` parameter of the S3 API takes it: a name, an access point's alias, or an access point's ARN.
///
/// ```
/// use byob_aws::{Bucket, Partition};
/// let bucket = Bucket::parse("amzn-s3-demo-bucket")?;
/// assert_eq!(bucket.arn(Partition::AwsCn), "arn:aws-cn:s3:::amzn-s3-demo-bucket");
/// assert!(Bucket::parse("Not_A_Bucket").is_err());
/// # Ok::<(), byob_aws::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bucket(String);

const CODE: &str = "invalid_bucket";
const HINT: &str = "A bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens, and begins and ends with a letter or digit.";

impl Bucket {
    /// Checks a name, an alias or an access point's ARN.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.starts_with("arn:") {
            access_point_arn(text)?;
        } else {
            name(text)?;
        }
        Ok(Self(text.to_owned()))
    }

    /// As given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is given as an access point's ARN, not as a name.
    pub fn is_arn(&self) -> bool {
        self.0.starts_with("arn:")
    }

    /// What policies name as the bucket's resource.
    pub fn arn(&self, partition: Partition) -> String {
        if self.is_arn() {
            self.0.replace("accesspoint:", "accesspoint/")
        } else {
            format!("arn:{partition}:s3:::{}", self.0)
        }
    }

    /// What policies name as the resource of its objects, up to and including the `/` before the key.
    pub fn object_arn_base(&self, partition: Partition) -> String {
        let arn = self.arn(partition);
        if self.is_arn() { format!("{arn}/object/") } else { format!("{arn}/") }
    }

    /// Splits `bucket/key` where the bucket ends; an access point's ARN may hold slashes of its own.
    pub(crate) fn split_from_key(text: &str) -> (&str, Option<&str>) {
        let mut end = text.find('/').unwrap_or(text.len());
        if text.starts_with("arn:") {
            // `…:accesspoint/NAME/key` and `…:outpost/ID/accesspoint/NAME/key` (or with colons): the name is the bucket's last part.
            while end < text.len() && ["accesspoint", "outpost"].contains(&last_word(&text[..end]))
                || is_outpost_id(&text[..end])
            {
                let rest = &text[(end + 1).min(text.len())..];
                end = text.len() - rest.len() + rest.find('/').unwrap_or(rest.len());
                if rest.is_empty() {
                    break;
                }
            }
        }
        (&text[..end], text.get(end + 1..))
    }
}

fn last_word(text: &str) -> &str {
    text.rsplit([':', '/']).next().unwrap_or_default()
}

/// `…:outpost/op-0123` without the access point that must follow.
fn is_outpost_id(text: &str) -> bool {
    let mut words = text.rsplit([':', '/']);
    words.next().is_some_and(|word| !word.is_empty()) && words.next() == Some("outpost")
}

fn name(text: &str) -> Result<(), Invalid> {
    let invalid = |detail: String| Invalid::new(CODE, detail, HINT);
    if text.is_empty() {
        return Err(invalid("The bucket's name is empty.".to_owned()).at(0));
    }
    if let Some(rest) = text.strip_prefix("s3://") {
        let name = rest.split('/').next().unwrap_or_default();
        return Err(invalid(format!("`{text}` is a locator; write the bucket's name alone, `{name}`.")).at(0));
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
    if let Some((position, c)) = text.char_indices().find(|(_, c)| !allowed(*c)) {
        return Err(invalid(format!(
            "A bucket's name cannot hold `{}` (position {}).",
            c.escape_default(),
            position + 1
        ))
        .at(position));
    }
    if !(3..=63).contains(&text.len()) {
        let characters = if text.len() == 1 { "character" } else { "characters" };
        return Err(invalid(format!("`{text}` has {} {characters}.", text.len())));
    }
    if text.starts_with(['.', '-']) || text.ends_with(['.', '-']) {
        return Err(invalid(format!("`{text}` begins or ends with a dot or hyphen.")));
    }
    if let Some(position) = text.find("..") {
        return Err(invalid(format!("`{text}` has two dots in a row.")).at(position));
    }
    if text.parse::<std::net::Ipv4Addr>().is_ok() {
        return Err(invalid(format!("`{text}` is an IP address; S3 has no bucket of that name.")));
    }
    // No bucket can be made with these; `amzn-s3-demo-` is reserved too, but AWS's own examples use it.
    if let Some(prefix) = ["xn--", "sthree-"].iter().find(|prefix| text.starts_with(**prefix)) {
        return Err(invalid(format!("S3 has no buckets whose name begins with `{prefix}`.")).at(0));
    }
    Ok(())
}

fn access_point_arn(text: &str) -> Result<(), Invalid> {
    let invalid = |detail: String| {
        Invalid::new(CODE, detail, "An access point's ARN reads `arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME`.")
    };
    let arn = Arn::parse(text).map_err(|error| invalid(error.detail().to_owned()))?;
    let words: Vec<&str> = arn.resource().split([':', '/']).collect();
    let known = match (arn.service(), words.as_slice()) {
        ("s3" | "s3-object-lambda", ["accesspoint", name]) => !name.is_empty(),
        ("s3-outposts", ["outpost", id, "accesspoint", name]) => !id.is_empty() && !name.is_empty(),
        ("s3", ["", "", name] | [name]) => {
            return Err(invalid(format!("`{text}` is a bucket's ARN; write the bucket's name, `{name}`.")));
        }
        _ => false,
    };
    let characters_ok = arn.resource().bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:/".contains(&b));
    if known && characters_ok && arn.has_account_id() {
        Ok(())
    } else {
        Err(invalid(format!("`{text}` is not the ARN of an access point.")))
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_s3() {
        for good in [
            "abc",
            "my-bucket",
            "my.bucket.example.com",
            "0bucket9",
            "amzn-s3-demo-bucket",
            "my-ap-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias",
        ] {
            assert!(Bucket::parse(good).is_ok(), "{good}");
        }
        let long = "a".repeat(64);
        for bad in [
            "",
            "ab",
            &long,
            "Upper",
            "under_score",
            "-a-",
            "a.",
            "a..b",
            "192.168.5.4",
            "xn--a",
            "a b",
            "a/b",
            "ü",
            "arn:aws:s3:::b",
            "arn:aws:sns:us-east-1:123456789012:t",
        ] {
            assert_eq!(Bucket::parse(bad).unwrap_err().code(), "invalid_bucket", "{bad}");
        }
        assert!(Bucket::parse("a").unwrap_err().detail().contains("`a` has 1 character."));
        assert!(Bucket::parse("arn:aws:s3:::images").unwrap_err().detail().contains("`images`"));
        assert!(Bucket::parse("s3://images/2024").unwrap_err().detail().contains("`images`"));
    }

    #[test]
    fn access_points_name_their_own_resources() {
        let bucket = Bucket::parse("arn:aws:s3:us-west-2:123456789012:accesspoint:my-ap").unwrap();
        assert_eq!(
            bucket.object_arn_base(Partition::Aws),
            "arn:aws:s3:us-west-2:123456789012:accesspoint/my-ap/object/"
        );
    }

    #[test]
    fn the_bucket_ends_where_the_key_begins() {
        for (text, bucket, key) in [
            ("b", "b", None),
            ("b/", "b", Some("")),
            ("b//k", "b", Some("/k")),
            ("arn:aws:s3:r:1:accesspoint/ap/k/l", "arn:aws:s3:r:1:accesspoint/ap", Some("k/l")),
            ("arn:aws:s3:r:1:accesspoint:ap/k/l", "arn:aws:s3:r:1:accesspoint:ap", Some("k/l")),
            ("arn:aws:s3:r:1:accesspoint/ap", "arn:aws:s3:r:1:accesspoint/ap", None),
            ("arn:aws:s3:r:1:accesspoint/", "arn:aws:s3:r:1:accesspoint/", None),
            (
                "arn:aws:s3-outposts:r:1:outpost/op-1/accesspoint/ap/k",
                "arn:aws:s3-outposts:r:1:outpost/op-1/accesspoint/ap",
                Some("k"),
            ),
            (
                "arn:aws:s3-outposts:r:1:outpost:op-1:accesspoint:ap/k",
                "arn:aws:s3-outposts:r:1:outpost:op-1:accesspoint:ap",
                Some("k"),
            ),
        ] {
            assert_eq!(Bucket::split_from_key(text), (bucket, key), "{text}");
        }
    }
}
