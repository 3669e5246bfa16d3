//! Policies that are changed by the console: read, edited and written again as people write them.

use serde::{Serialize, Serializer, ser::SerializeMap, ser::SerializeSeq};
use serde_json::Value;

use super::nothing;
use crate::refusal::Refusal;

/// The order in which people write the elements of a policy; others follow by name.
const ORDER: [&str; 13] = [
    "Version",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
    "AWS",
];

/// The policy with its statements changed. Nothing where there was nothing to change; an empty text where no statement is left, which
/// AWS would not take as a policy.
pub fn edited(text: &str, edit: impl FnOnce(&mut Vec<Value>) -> bool) -> Result<Option<String>, Refusal> {
    let mut document: Value = serde_json::from_str(text).map_err(|_| nothing("The policy cannot be read."))?;
    let mut statements = match document["Statement"].take() {
        Value::Array(statements) => statements,
        one => vec![one],
    };
    if !edit(&mut statements) {
        return Ok(None);
    }
    if statements.is_empty() {
        return Ok(Some(String::new()));
    }
    document["Statement"] = Value::Array(statements);
    Ok(Some(written(&document)))
}

/// A document as text.
pub fn written(document: &Value) -> String {
    serde_json::to_string_pretty(&InOrder(document)).unwrap_or_default()
}

/// The strings of an element that is one or a list of them.
pub fn strings(element: &Value) -> Vec<String> {
    match element {
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        one => one.as_str().map(str::to_owned).into_iter().collect(),
    }
}

/// Changes each string of an element, and says whether any became another.
pub fn map_strings(element: &mut Value, change: impl Fn(&str) -> Option<String>) -> bool {
    let list = match element {
        Value::Array(list) => list.as_mut_slice(),
        one => std::slice::from_mut(one),
    };
    let mut changed = false;
    for value in list {
        if let Some(text) = value.as_str().and_then(&change) {
            *value = Value::String(text);
            changed = true;
        }
    }
    changed
}

/// Whether a pattern of actions means this one, whatever the case.
pub fn means(pattern: &str, action: &str) -> bool {
    fn matches(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) => (0..=text.len()).any(|skipped| matches(rest, &text[skipped..])),
            (Some((b'?', pattern)), Some((_, text))) => matches(pattern, text),
            (Some((one, pattern)), Some((other, text))) => one.eq_ignore_ascii_case(other) && matches(pattern, text),
            _ => false,
        }
    }
    matches(pattern.as_bytes(), action.as_bytes())
}

struct InOrder<'a>(&'a Value);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                let mut members: Vec<(&String, &Value)> = members.iter().collect();
                let rank = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
                members.sort_by_key(|(key, _)| rank(key));
                let mut map = serializer.serialize_map(Some(members.len()))?;
                members.into_iter().try_for_each(|(key, value)| map.serialize_entry(key, &InOrder(value)))?;
                map.end()
            }
            Value::Array(list) => {
                let mut sequence = serializer.serialize_seq(Some(list.len()))?;
                list.iter().try_for_each(|value| sequence.serialize_element(&InOrder(value)))?;
                sequence.end()
            }
            other => other.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_keeps_the_order_that_people_know() {
        let text =
            r#"{"Version":"2012-10-17","Statement":{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
        let changed = edited(text, |statements| {
            statements[0]["Sid"] = "b".into();
            true
        });
        let flat: String = changed.unwrap().unwrap().split_whitespace().collect();
        assert_eq!(
            flat,
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"b","Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#
        );
    }

    #[test]
    fn patterns_of_actions_are_read() {
        for (pattern, expected) in [
            ("s3:GetObject", true),
            ("S3:get*", true),
            ("*", true),
            ("s3:GetObjec?", true),
            ("s3:GetObjectAcl", false),
            ("s3:Get", false),
        ] {
            assert_eq!(means(pattern, "s3:GetObject"), expected, "{pattern}");
        }
    }
}
