//! `Condition`: what else has to hold.

use std::collections::HashSet;

use super::members::object;
use crate::iam::{
    condition::{Condition, Operator},
    json::{Fault, Kind, Value},
};

/// Every comparison of the element.
pub(super) fn read_conditions(value: &Value) -> Result<Vec<Condition>, Fault> {
    let mut conditions = Vec::new();
    let mut seen = HashSet::new();
    for operator_member in object(value, "`Condition`")? {
        let name = &operator_member.key;
        let Some(operator) = Operator::parse(name) else {
            return Err(Fault::new(operator_member.at, format!("There is no condition operator `{name}`.")));
        };
        for key_member in object(&operator_member.value, &format!("`{name}`"))? {
            let key = &key_member.key;
            if key.is_empty() {
                return Err(Fault::new(key_member.at, "The name of a condition key is missing."));
            }
            // The same key with other capitals is the same key. Access Analyzer calls it an error.
            if !seen.insert((name.to_lowercase(), key.to_lowercase())) {
                return Err(Fault::new(
                    key_member.at,
                    format!("The condition key `{key}` is given twice for `{name}`."),
                ));
            }
            let mut values = Vec::new();
            for value in key_member.value.entries() {
                let text = scalar(value, key)?;
                if !operator.takes(&text) {
                    return Err(Fault::new(value.at, format!("`{text}` is no date that `{name}` could compare with.")));
                }
                values.push(text);
            }
            conditions.push(Condition { operator, key: key.clone(), values });
        }
    }
    Ok(conditions)
}

/// Numbers and booleans may stand without quotation marks.
fn scalar(value: &Value, key: &str) -> Result<String, Fault> {
    match &value.kind {
        Kind::String(text) | Kind::Number(text) => Ok(text.clone()),
        Kind::Bool(b) => Ok(b.to_string()),
        _ => {
            let detail = format!("`{key}` is compared with strings, numbers or booleans, not with {}.", value.name());
            Err(Fault::new(value.at, detail))
        }
    }
}
