//! What AWS refuses, or takes for something else than was meant, and the mends that need no knowledge of what is wanted.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

mod elements;
mod principals;

use super::{
    actions::nearest,
    codes::Code,
    finding::{Findings, Place},
    pasted::entries_mut,
    question::Want,
};
use crate::{
    iam::{
        PolicyKind,
        json::{Kind, Member, Value},
    },
    policies::session,
    render::{LONGEST_ACCESS_POLICY, LONGEST_TRUST_POLICY},
};

/// Mends the document. For each statement, whether it has a mistake that could not be mended.
pub(super) fn mend(root: &mut Value, kind: PolicyKind, want: &Want, findings: &mut Findings) -> Vec<bool> {
    wrap_bare(root, findings);
    if !matches!(root.kind, Kind::Object(_)) {
        let detail = format!("A policy is an object, not {}.", root.name());
        findings.add(Code::Refused, Place::of(root.at), detail);
        return Vec::new();
    }
    let known: &[&str] =
        if kind == PolicyKind::Trust { &["Version", "Id", "Statement"] } else { &["Version", "Statement"] };
    rename(root, known, "a policy", None, findings);
    check_size(root, kind, findings);
    let is_old = mend_version(root, findings);
    let at = root.at;
    let Some(statement) = super::pasted::get_mut(root, "Statement") else {
        findings.add(Code::MissingElement, Place::of(at), "The policy has no `Statement`.");
        return Vec::new();
    };
    let at = statement.at;
    let entries = entries_mut(statement);
    if entries.is_empty() {
        findings.add(Code::MissingElement, Place::of(at), "The policy has no statement.");
    }
    let mut sids = Vec::new();
    let mut broken = Vec::new();
    for (index, value) in entries.iter_mut().enumerate() {
        let mut statement = elements::Mender { index, kind, want, findings, broken: false };
        statement.mend(value, &mut sids);
        broken.push(statement.broken);
        if is_old {
            find_variables(value, index, findings);
        }
    }
    broken
}

/// One statement, or a list of them, without the policy around it.
fn wrap_bare(root: &mut Value, findings: &mut Findings) {
    let is_statement = |value: &Value| {
        let has = |name: &str| value.members().iter().any(|member| member.key.eq_ignore_ascii_case(name));
        has("Effect") && !has("Statement")
    };
    let bare = match &root.kind {
        Kind::Array(values) => values.iter().any(is_statement),
        _ => is_statement(root),
    };
    if !bare {
        return;
    }
    findings.add(Code::BareStatement, Place::of(root.at), "A statement stands here without the policy around it.");
    let at = root.at;
    let version = Member { at, key: "Version".into(), value: text(at, "2012-10-17") };
    let statement = Member { at, key: "Statement".into(), value: root.clone() };
    root.kind = Kind::Object(vec![version, statement]);
}

/// A text that stands in the place of something.
pub(super) fn text(at: usize, text: impl Into<String>) -> Value {
    Value { at, kind: Kind::String(text.into()) }
}

/// Gives members their right names, and removes those that have none.
pub(super) fn rename(value: &mut Value, names: &[&str], what: &str, statement: Option<usize>, findings: &mut Findings) {
    let Kind::Object(members) = &mut value.kind else { return };
    let mut present: Vec<String> = members.iter().map(|member| member.key.clone()).collect();
    members.retain_mut(|member| {
        if names.contains(&member.key.as_str()) {
            return true;
        }
        let same = names.iter().copied().find(|name| name.eq_ignore_ascii_case(&member.key));
        let place = Place { at: member.at, statement };
        let meant = same.or_else(|| nearest(&member.key, names));
        if let Some(name) = meant.filter(|name| !present.iter().any(|key| key == name)) {
            let code = if same.is_some() { Code::WrongCapitals } else { Code::WrongName };
            findings.add_with(
                code,
                place,
                format!("`{}` is no element of {what}.", member.key),
                format!("Write `{name}`."),
            );
            present.push(name.to_owned());
            name.clone_into(&mut member.key);
            return true;
        }
        let of_resources = if member.key == "Id" { " Only policies of resources have one." } else { "" };
        let detail = format!("`{}` is no element of {what}.{of_resources}", member.key);
        findings.add(Code::UnknownElement, place, detail);
        false
    });
}

/// Whether the document was written in the old language.
fn mend_version(root: &mut Value, findings: &mut Findings) -> bool {
    let at = root.at;
    let Kind::Object(members) = &mut root.kind else { return false };
    let Some(version) = members.iter_mut().find(|member| member.key == "Version") else {
        let detail = "The policy has no `Version`, so AWS reads it in the language of 2008, which has no variables: \
            neither `${aws:username}` nor the escapes `${*}` and `${$}`.";
        findings.add(Code::VersionMissing, Place::of(at), detail);
        members.insert(0, Member { at, key: "Version".into(), value: text(at, "2012-10-17") });
        return true;
    };
    let place = Place::of(version.value.at);
    let is_old = match version.value.as_str() {
        Some("2012-10-17") => return false,
        Some("2008-10-17") => {
            findings.add(Code::VersionOld, place, "`2008-10-17` is the old language, which has no variables.");
            true
        }
        Some(other) => {
            let detail = format!("There is no version `{other}` of the policy language.");
            findings.add(Code::VersionUnknown, place, detail);
            false
        }
        None => {
            let detail = format!("`Version` is a string, not {}.", version.value.name());
            findings.add(Code::VersionUnknown, place, detail);
            false
        }
    };
    version.value.kind = Kind::String("2012-10-17".into());
    is_old
}

fn find_variables(statement: &Value, index: usize, findings: &mut Findings) {
    let conditions = statement.get("Condition").map(Value::members).unwrap_or_default();
    let values = conditions.iter().flat_map(|operator| operator.value.members()).map(|key| &key.value);
    let resources = ["Resource", "NotResource"].into_iter().filter_map(|element| statement.get(element));
    for value in values.chain(resources).flat_map(Value::entries) {
        if value.as_str().is_some_and(|text| text.contains("${")) {
            let detail =
                "There is a variable, which the language of 2008 takes for text: it matches nothing that was meant.";
            findings.add(Code::VariableInOldVersion, Place::in_statement(value.at, index), detail);
        }
    }
}

/// How long a policy is for AWS, in characters: blanks between words do not count, and what is beyond Latin-1 is written as escapes of six.
pub(super) fn length(root: &Value) -> usize {
    let json = serde_json::to_string(root).unwrap_or_default();
    json.chars().map(|c| if c > 'ÿ' { 6 * c.len_utf16() } else { 1 }).sum()
}

/// Whether AWS takes a policy of that length.
fn check_size(root: &Value, kind: PolicyKind, findings: &mut Findings) {
    let length = length(root);
    let (longest, code, whose) = match kind {
        PolicyKind::Trust => {
            (LONGEST_TRUST_POLICY, Code::LargeForQuota, "a role takes unless its account has a higher quota")
        }
        PolicyKind::Session => (session::LONGEST, Code::TooLarge, "a session takes"),
        _ => (LONGEST_ACCESS_POLICY, Code::TooLarge, "a role has room for in all its inline policies"),
    };
    if length > longest {
        let detail =
            format!("The policy has {length} characters without blanks, more than the {longest} that {whose}.");
        findings.add(code, Place::of(root.at), detail);
    }
}
