//! Elements of a policy: found by name, and of the kind that the grammar wants.

use crate::iam::json::{Fault, Kind, Member, Value};

/// The element of that name.
pub(super) fn get<'v>(members: &'v [Member], key: &str) -> Option<&'v Member> {
    members.iter().find(|member| member.key == key)
}

/// One of two elements that exclude each other, and whether it is the negative one.
pub(super) fn either<'v>(members: &'v [Member], key: &str, not: &str) -> Result<Option<(&'v Member, bool)>, Fault> {
    match (get(members, key), get(members, not)) {
        (Some(_), Some(second)) => Err(Fault::new(second.at, format!("A statement has `{key}` or `{not}`, not both."))),
        (Some(member), None) => Ok(Some((member, false))),
        (None, Some(member)) => Ok(Some((member, true))),
        (None, None) => Ok(None),
    }
}

/// Refuses what is none of the elements that there are.
pub(super) fn known(members: &[Member], names: &[&str], what: &str) -> Result<(), Fault> {
    let Some(unknown) = members.iter().find(|member| !names.contains(&member.key.as_str())) else { return Ok(()) };
    let key = &unknown.key;
    let meant = names.iter().find(|name| name.eq_ignore_ascii_case(key));
    let hint = meant.map(|name| format!(" Write `{name}`.")).unwrap_or_default();
    Err(Fault::new(unknown.at, format!("`{key}` is no element of {what}.{hint}")))
}

/// The members of a value that has to be an object.
pub(super) fn object<'v>(value: &'v Value, what: &str) -> Result<&'v [Member], Fault> {
    match &value.kind {
        Kind::Object(members) => Ok(members),
        _ => Err(Fault::new(value.at, format!("{what} is an object, not {}.", value.name()))),
    }
}

/// The text of a value that has to be a string.
pub(super) fn string<'v>(value: &'v Value, what: &str) -> Result<&'v str, Fault> {
    match &value.kind {
        Kind::String(text) => Ok(text),
        _ => Err(Fault::new(value.at, format!("{what} is a string, not {}.", value.name()))),
    }
}

/// One string or several, with their places. None at all is a mistake.
pub(super) fn strings<'v>(value: &'v Value, what: &str) -> Result<Vec<(usize, &'v str)>, Fault> {
    let values = value.entries();
    if values.is_empty() {
        return Err(Fault::new(value.at, format!("{what} is empty.")));
    }
    values.iter().map(|value| Ok((value.at, string(value, &format!("Each entry of {what}"))?))).collect()
}
