//! What names, paths, descriptions and tags may look like.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.

use std::collections::BTreeMap;

use super::{MOST_TAGS, limit_exceeded};
use crate::{
    query::{constraint, invalid},
    refusal::Refusal,
};

/// The longest name of a user or role.
pub const IDENTITY: usize = 64;
/// The longest name of a policy.
pub const POLICY: usize = 128;
/// The longest path.
const PATH: usize = 512;
/// The longest description, in characters.
const DESCRIPTION: usize = 1_000;

/// Whether a text may be a name; `field` is what the request calls it.
pub fn check(field: &str, name: &str, longest: usize) -> Result<(), Refusal> {
    length(field, name, 1, longest)?;
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte)) {
        return Ok(());
    }
    Err(invalid(format!(
        "The specified value for {field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
    )))
}

/// Whether a text may be the path that something lies at.
pub fn check_path(path: &str) -> Result<(), Refusal> {
    length("path", path, 1, PATH)?;
    if path.starts_with('/') && path.ends_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(invalid(
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / \
         characters.",
    ))
}

/// Whether a text may describe something.
pub fn check_description(description: &str) -> Result<(), Refusal> {
    length("description", description, 0, DESCRIPTION)?;
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a1}'..='\u{ff}');
    if description.chars().all(allowed) {
        return Ok(());
    }
    let rule = "Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*";
    Err(constraint(description, "description", rule))
}

/// Whether pairs may be tags. Keys that differ in case only are the same.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules>.
pub fn tags(pairs: &[(&str, &str)]) -> Result<BTreeMap<String, String>, Refusal> {
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    for (n, (key, value)) in pairs.iter().enumerate() {
        let n = n + 1;
        length(&format!("tags.{n}.member.key"), key, 1, 128)?;
        length(&format!("tags.{n}.member.value"), value, 0, 256)?;
        let allowed = |c: char| c.is_alphabetic() || c.is_numeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
        for (part, text) in [("key", key), ("value", value)] {
            if !text.chars().all(allowed) {
                let rule = "Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*";
                return Err(constraint(text, &format!("tags.{n}.member.{part}"), rule));
            }
        }
        if key.to_lowercase().starts_with("aws:") {
            return Err(invalid_input("aws: prefixed tag key names are not allowed for external use."));
        }
        if tags.keys().any(|other| same_key(other, key)) {
            return Err(invalid_input("Duplicate tag keys found. Please note that Tag keys are case insensitive."));
        }
        tags.insert((*key).to_owned(), (*value).to_owned());
    }
    if tags.len() > MOST_TAGS {
        return Err(too_many_tags());
    }
    Ok(tags)
}

/// Adds tags; one of the same key is replaced.
pub fn add_tags(tags: &mut BTreeMap<String, String>, new: BTreeMap<String, String>) -> Result<(), Refusal> {
    let mut all = tags.clone();
    all.retain(|key, _| !new.keys().any(|other| same_key(other, key)));
    all.extend(new);
    if all.len() > MOST_TAGS {
        return Err(too_many_tags());
    }
    *tags = all;
    Ok(())
}

/// Takes tags away; keys that there are none of are no error.
pub fn remove_tags(tags: &mut BTreeMap<String, String>, keys: &[&str]) {
    tags.retain(|key, _| !keys.iter().any(|other| same_key(other, key)));
}

fn same_key(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

fn too_many_tags() -> Refusal {
    limit_exceeded("The number of tags has reached the maximum limit.")
}

fn invalid_input(message: &str) -> Refusal {
    Refusal::new(400, "InvalidInput", message)
}

/// Whether a text has a length, in characters, within bounds.
pub fn length(field: &str, text: &str, shortest: usize, longest: usize) -> Result<(), Refusal> {
    let characters = text.chars().count();
    if characters < shortest {
        return Err(constraint(text, field, format!("Member must have length greater than or equal to {shortest}")));
    }
    if characters > longest {
        return Err(constraint(text, field, format!("Member must have length less than or equal to {longest}")));
    }
    Ok(())
}

/// Whether a number lies within bounds.
pub fn range(field: &str, number: i64, least: i64, most: i64) -> Result<(), Refusal> {
    let text = number.to_string();
    if number < least {
        return Err(constraint(&text, field, format!("Member must have value greater than or equal to {least}")));
    }
    if number > most {
        return Err(constraint(&text, field, format!("Member must have value less than or equal to {most}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_letters_digits_and_a_few_signs() {
        assert!(check("userName", "Ana+=,.@_-9", IDENTITY).is_ok());
        for bad in ["", "a b", "a/b", "ä", "a*", &"a".repeat(65)] {
            assert_eq!(check("userName", bad, IDENTITY).unwrap_err().code, "ValidationError", "{bad}");
        }
        let long = check("roleName", &"a".repeat(65), IDENTITY).unwrap_err();
        assert!(
            long.message.ends_with(
                "at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64"
            )
        );
    }

    #[test]
    fn paths_begin_and_end_with_a_slash() {
        assert!(["/", "/a/", "/a/b.c/"].iter().all(|path| check_path(path).is_ok()));
        assert!(["", "a", "/a", "a/", "/a b/", "/ä/"].iter().all(|path| check_path(path).is_err()));
    }

    #[test]
    fn tags_that_differ_in_case_only_are_the_same() {
        assert_eq!(tags(&[("Team", "a"), ("team", "b")]).unwrap_err().code, "InvalidInput");
        let mut have = tags(&[("Team", "a")]).unwrap();
        add_tags(&mut have, tags(&[("TEAM", "b")]).unwrap()).unwrap();
        assert_eq!(have, tags(&[("TEAM", "b")]).unwrap());
        remove_tags(&mut have, &["tEAM", "none"]);
        assert!(have.is_empty());
    }

    #[test]
    fn there_are_at_most_fifty_tags() {
        let keys: Vec<String> = (0..51).map(|n| format!("k{n}")).collect();
        let pairs: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "")).collect();
        assert_eq!(tags(&pairs).unwrap_err().code, "LimitExceeded");
        let mut have = tags(&pairs[..50]).unwrap();
        assert!(add_tags(&mut have, tags(&pairs[..2]).unwrap()).is_ok());
        assert_eq!(add_tags(&mut have, tags(&pairs[50..]).unwrap()).unwrap_err().code, "LimitExceeded");
    }

    #[test]
    fn tag_keys_of_aws_are_its_own() {
        assert!(tags(&[("aws:x", "")]).is_err() && tags(&[("", "x")]).is_err() && tags(&[("a<b", "")]).is_err());
    }
}
