//! How much of a session token session policies and tags take.

use std::collections::BTreeMap;

/// What there is room for, in packed bytes.
const ROOM: usize = 455;
/// JSON packs well: so many characters of a policy are about one packed byte.
const POLICY: usize = 4;

/// The share in percent, which must not exceed 100; none where there is nothing to pack.
///
/// AWS does not say how it packs. This is an estimate: tags and ARNs are taken as they are, which is what people measured (nine tags
/// of 252 characters: 498 %), a policy without its blanks as a quarter of its length, so that one just below the other limit of 2,048
/// characters can be too much.
///
/// Source: `PackedPolicySize` in <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
pub fn percentage(policy: Option<&str>, arns: &[&str], tags: &BTreeMap<String, String>) -> Option<usize> {
    if policy.is_none() && arns.is_empty() && tags.is_empty() {
        return None;
    }
    let policy = policy.map_or(0, |text| text.chars().filter(|c| !c.is_whitespace()).count().div_ceil(POLICY));
    let arns: usize = arns.iter().map(|arn| arn.len()).sum();
    let tags: usize = tags.iter().map(|(key, value)| key.len() + value.len()).sum();
    Some(((policy + arns + tags) * 100).div_ceil(ROOM))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_long_tags_are_five_times_too_much() {
        let tags = (1..=9).map(|n| (format!("T{n}"), "a".repeat(250))).collect();
        assert_eq!(percentage(None, &[], &tags), Some(499));
    }

    #[test]
    fn a_policy_counts_without_its_blanks() {
        let percent = |text: &str| percentage(Some(text), &[], &BTreeMap::new()).unwrap();
        assert_eq!(percent(&"a b\n".repeat(100)), percent(&"ab".repeat(100)));
        assert!(percent(&"a".repeat(1_500)) <= 100 && percent(&"a".repeat(2_000)) > 100);
        assert_eq!(percentage(None, &[], &BTreeMap::new()), None);
    }
}
