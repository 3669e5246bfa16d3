//! The policy of a form: how long it is good, and which fields and files it allows.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::form::Form;
use crate::refusal::Refusal;

/// Fields that need no condition; checksums say nothing that the file does not say itself.
const FREE: [&str; 5] = ["x-amz-signature", "signature", "awsaccesskeyid", "policy", "file"];
/// The same, by how their names begin.
const FREE_HEADS: [&str; 2] = ["x-ignore-", "x-amz-checksum-"];

/// Whether the policy is still good, and the form is what it allows: every field but a few needs a condition, and every condition holds.
pub fn check(policy: &str, form: &Form, bucket: &str, key: &str, now: OffsetDateTime) -> Result<(), Refusal> {
    let invalid = |why: &str| Refusal::new(400, "InvalidPolicyDocument", format!("Invalid Policy: {why}"));
    let text: String = policy.split_whitespace().collect();
    let decoded = BASE64_STANDARD.decode(text).map_err(|_| invalid("Invalid base64."))?;
    let document: Value = serde_json::from_slice(&decoded).map_err(|_| invalid("Invalid JSON."))?;
    let expiration = document.get("expiration").ok_or_else(|| invalid("Policy missing expiration."))?;
    let expires = expiration.as_str().and_then(moment);
    let expires = expires.ok_or_else(|| invalid("Invalid 'expiration' value."))?;
    let denied = |why: &str| Refusal::new(403, "AccessDenied", format!("Invalid according to Policy: {why}"));
    if now >= expires {
        return Err(denied("Policy expired."));
    }
    let conditions = document.get("conditions").ok_or_else(|| invalid("Policy missing conditions."))?;
    let conditions = conditions.as_array().ok_or_else(|| invalid("Invalid 'conditions' value: must be a List."))?;
    let value_of = |name: &str| match name {
        "bucket" => Some(bucket.to_owned()),
        "key" => Some(form.get("key").unwrap_or(key).replace("${filename}", &form.file_name)),
        name => form.get(name).map(str::to_owned),
    };
    let mut covered = BTreeSet::new();
    for condition in conditions {
        for (operator, name, wanted) in tests(condition).ok_or_else(|| invalid("Invalid Condition."))? {
            let shown = format!("[\"{operator}\", \"${name}\", \"{wanted}\"]");
            let value = value_of(&name);
            let holds = match (operator.as_str(), &value) {
                ("eq", Some(value)) => *value == wanted,
                ("starts-with", Some(value)) => value.starts_with(&wanted),
                ("starts-with", None) => wanted.is_empty(),
                _ => false,
            };
            if !holds {
                return Err(denied(&format!("Policy Condition failed: {shown}")));
            }
            covered.insert(name);
        }
        check_length(condition, form.file.len() as u64, &invalid)?;
    }
    let is_free = |name: &str| FREE.contains(&name) || FREE_HEADS.iter().any(|head| name.starts_with(head));
    // The bucket is in the address, and counts as a field all the same.
    let fields = form.fields.keys().map(String::as_str).chain(["bucket"]);
    match fields.into_iter().find(|name| !covered.contains(*name) && !is_free(name)) {
        Some(name) => Err(denied(&format!("Extra input fields: {name}"))),
        None => Ok(()),
    }
}

/// A moment as policies write it: `2030-01-01T12:00:00.000Z`.
fn moment(text: &str) -> Option<OffsetDateTime> {
    let is_zulu = text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    OffsetDateTime::parse(text, &Rfc3339).ok().filter(|_| is_zulu)
}

/// The comparisons of a condition: operator, lower-case field, value. Those of lengths have none.
fn tests(condition: &Value) -> Option<Vec<(String, String, String)>> {
    match condition {
        Value::Object(fields) if fields.len() == 1 => fields
            .iter()
            .map(|(name, value)| Some(("eq".to_owned(), name.to_ascii_lowercase(), value.as_str()?.to_owned())))
            .collect(),
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(operator), Value::String(name), Value::String(value)] => {
                let operator = operator.to_ascii_lowercase();
                let name = name.strip_prefix('$')?.to_ascii_lowercase();
                matches!(operator.as_str(), "eq" | "starts-with").then(|| vec![(operator, name, value.clone())])
            }
            [Value::String(operator), _, _] if operator.eq_ignore_ascii_case("content-length-range") => {
                Some(Vec::new())
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether the file is as long as a condition wants it.
fn check_length(condition: &Value, size: u64, invalid: &impl Fn(&str) -> Refusal) -> Result<(), Refusal> {
    let Some([Value::String(operator), least, most]) = condition.as_array().map(Vec::as_slice) else { return Ok(()) };
    if !operator.eq_ignore_ascii_case("content-length-range") {
        return Ok(());
    }
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let (Some(least), Some(most)) = (number(least), number(most)) else {
        return Err(invalid("Invalid content-length-range."));
    };
    if size > most {
        return Err(Refusal::new(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
            .with("ProposedSize", size.to_string())
            .with("MaxSizeAllowed", most.to_string()));
    }
    if size < least {
        return Err(Refusal::new(
            400,
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
        )
        .with("ProposedSize", size.to_string())
        .with("MinSizeAllowed", least.to_string()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::{BASE64_STANDARD, Engine, Form, OffsetDateTime, moment};

    const NOW: OffsetDateTime = datetime!(2030-01-01 0:00 UTC);

    fn form(fields: &[(&str, &str)]) -> Form {
        Form {
            fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            file: Bytes::from_static(b"12345"),
            file_name: "f.txt".to_owned(),
            file_type: None,
        }
    }

    fn check(document: &str, fields: &[(&str, &str)]) -> Result<(), String> {
        let (form, policy) = (form(fields), BASE64_STANDARD.encode(document));
        let key = form.key().unwrap_or_default();
        super::check(&policy, &form, "b", &key, NOW).map_err(|refusal| refusal.code)
    }

    #[test]
    fn moments_are_written_as_aws_writes_them() {
        for (text, expected) in [
            ("2030-01-01T00:00:01Z", Some(datetime!(2030-01-01 0:00:01 UTC))),
            ("2030-01-01T00:00:01.000Z", Some(datetime!(2030-01-01 0:00:01 UTC))),
            ("2030-01-01 00:00:01Z", None),
            ("2030-01-01T00:00:01+00:00", None),
            ("2030-01-01", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(moment(text), expected, "{text}");
        }
    }

    #[test]
    fn conditions_cover_all_fields_and_hold() {
        const ENDS: &str = "\"expiration\": \"2031-01-01T00:00:00Z\"";
        for (conditions, fields, expected) in [
            (r#"{"bucket": "b"}, {"key": "k"}"#, &[("key", "k")][..], Ok(())),
            (r#"{"bucket": "b"}, ["starts-with", "$key", ""]"#, &[("key", "a/${filename}")], Ok(())),
            (r#"{"bucket": "b"}, ["eq", "$key", "a/f.txt"]"#, &[("key", "a/${filename}")], Ok(())),
            (r#"{"bucket": "b"}, {"key": "k"}, ["content-length-range", 5, 5]"#, &[("key", "k")], Ok(())),
            (
                r#"{"bucket": "b"}, {"key": "k"}, ["content-length-range", 0, 4]"#,
                &[("key", "k")],
                Err("EntityTooLarge"),
            ),
            (r#"{"bucket": "c"}, {"key": "k"}"#, &[("key", "k")], Err("AccessDenied")),
            (r#"{"bucket": "b"}"#, &[("key", "k")], Err("AccessDenied")),
            (r#"{"key": "k"}"#, &[("key", "k")], Err("AccessDenied")),
            (r#"{"bucket": "b"}, {"key": "k"}"#, &[("key", "k"), ("acl", "private")], Err("AccessDenied")),
            (r#"{"bucket": "b"}, {"key": "k"}"#, &[("key", "k"), ("x-ignore-a", "1")], Ok(())),
            (r#"{"bucket": "b"}, {"key": "k"}, []"#, &[("key", "k")], Err("InvalidPolicyDocument")),
        ] {
            let document = format!("{{{ENDS}, \"conditions\": [{conditions}]}}");
            assert_eq!(check(&document, fields), expected.map_err(str::to_owned), "{document}");
        }
        let ended = r#"{"expiration": "2029-12-31T23:59:59Z", "conditions": []}"#;
        assert_eq!(check(ended, &[("key", "k")]), Err("AccessDenied".to_owned()));
    }

    proptest! {
        #[test]
        fn no_document_panics(text in "\\PC*", conditions in "[\\[\\]{}\",:a-z$0-9 -]{0,60}") {
            drop(check(&text, &[("key", "k")]));
            let document = format!("{{\"expiration\": \"2031-01-01T00:00:00Z\", \"conditions\": [{conditions}]}}");
            drop(check(&document, &[("key", "k")]));
            drop(super::check(&text, &form(&[]), "b", "k", NOW));
        }

        #[test]
        fn only_whole_numbers_are_lengths(least in any::<i64>(), most in any::<i64>()) {
            let document = format!(
                "{{\"expiration\": \"2031-01-01T00:00:00Z\", \"conditions\": \
                 [{{\"bucket\": \"b\"}}, {{\"key\": \"k\"}}, [\"content-length-range\", {least}, {most}]]}}"
            );
            let expected = match (least, most) {
                (..0, _) | (_, ..0) => Err("InvalidPolicyDocument".to_owned()),
                (_, ..5) => Err("EntityTooLarge".to_owned()),
                (6.., _) => Err("EntityTooSmall".to_owned()),
                _ => Ok(()),
            };
            prop_assert_eq!(check(&document, &[("key", "k")]), expected);
        }
    }
}
