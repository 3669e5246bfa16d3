//! From JSON to a policy, refusing what AWS refuses.
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html> and the errors of
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>.

mod conditions;
mod members;
mod patterns;
mod principals;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use self::{
    conditions::read_conditions,
    members::{either, get, known, object, string},
    patterns::{check_action, check_resource, patterns},
    principals::principals,
};
use super::{
    document::{Policy, PolicyKind, Statement, Version},
    json::{self, Fault, Member, Value},
};

/// Reads a policy.
pub(crate) fn policy(text: &str, kind: PolicyKind) -> Result<Policy, Fault> {
    let root = json::read(text)?;
    let members = object(&root, "A policy")?;
    known(members, &["Version", "Id", "Statement"], "a policy")?;
    if let Some(id) = get(members, "Id") {
        // The grammar has `Id` for policies of resources only.
        if !kind.has_principals() {
            return Err(Fault::new(id.at, "Only policies of resources have an `Id`."));
        }
        string(&id.value, "`Id`")?;
    }
    let version = match get(members, "Version") {
        None => Version::V2008,
        Some(member) => match string(&member.value, "`Version`")? {
            "2012-10-17" => Version::V2012,
            "2008-10-17" => Version::V2008,
            other => {
                let detail = format!("There is no version `{other}` of the policy language; use `2012-10-17`.");
                return Err(Fault::new(member.value.at, detail));
            }
        },
    };
    let Some(statement) = get(members, "Statement") else {
        return Err(Fault::new(root.at, "The policy has no `Statement`."));
    };
    let values = statement.value.entries();
    if values.is_empty() {
        return Err(Fault::new(statement.value.at, "The policy has no statement."));
    }
    let mut sids = HashSet::new();
    let statements = values.iter().map(|value| read_statement(value, kind, &mut sids)).collect::<Result<_, _>>()?;
    Ok(Policy { kind, version, statements })
}

const ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// Reads a statement, whose name must not be among those of the statements before it.
pub(crate) fn read_statement(value: &Value, kind: PolicyKind, sids: &mut HashSet<String>) -> Result<Statement, Fault> {
    let members = object(value, "A statement")?;
    known(members, &ELEMENTS, "a statement")?;
    let sid = match sid(members, kind)? {
        Some((sid, at)) if !sids.insert(sid.clone()) => {
            return Err(Fault::new(at, format!("Two statements have the `Sid` `{sid}`.")));
        }
        found => found.map(|(sid, _)| sid),
    };
    let Some(effect) = get(members, "Effect") else {
        return Err(Fault::new(value.at, "The statement has no `Effect`."));
    };
    // Capitals matter here:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html
    let allows = match string(&effect.value, "`Effect`")? {
        "Allow" => true,
        "Deny" => false,
        other => {
            let detail = format!("`Effect` is `Allow` or `Deny`, not `{other}`.");
            return Err(Fault::new(effect.value.at, detail));
        }
    };
    let principals = principals(value, members, kind, allows)?;
    let Some((action, not)) = either(members, "Action", "NotAction")? else {
        return Err(Fault::new(value.at, "The statement has neither `Action` nor `NotAction`."));
    };
    let actions = patterns(action, not, |text| check_action(text, kind))?;
    let resources = match either(members, "Resource", "NotResource")? {
        // A trust policy is about the role that it is attached to.
        Some((member, _)) if kind == PolicyKind::Trust => {
            return Err(Fault::new(member.at, format!("A trust policy has no `{}`.", member.key)));
        }
        Some((member, not)) => Some(patterns(member, not, check_resource)?),
        None if kind.has_principals() => None,
        None => return Err(Fault::new(value.at, "The statement has neither `Resource` nor `NotResource`.")),
    };
    let conditions = match get(members, "Condition") {
        Some(member) => read_conditions(&member.value)?,
        None => Vec::new(),
    };
    Ok(Statement { sid, allows, principals, actions, resources, conditions })
}

/// The name of a statement and its place; an empty one is none. IAM takes names of ASCII letters and digits only. Other
/// services, whose resources have policies, take other ones too.
fn sid(members: &[Member], kind: PolicyKind) -> Result<Option<(String, usize)>, Fault> {
    let Some(member) = get(members, "Sid") else { return Ok(None) };
    let sid = string(&member.value, "`Sid`")?;
    if kind != PolicyKind::Resource && !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
        let detail = format!("A `Sid` has letters and digits only, not `{sid}`.");
        return Err(Fault::new(member.value.at, detail));
    }
    Ok((!sid.is_empty()).then(|| (sid.to_owned(), member.value.at)))
}
