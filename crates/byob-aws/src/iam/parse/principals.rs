//! `Principal` and `NotPrincipal`: who a statement is about, in the policies that say so.

use super::members::{either, strings};
use crate::iam::{
    document::{PolicyKind, Principals},
    json::{Fault, Kind, Member, Value},
    principal::Principal,
};

/// Whom a statement names; none in policies that are about whoever has them.
pub(super) fn principals(
    statement: &Value,
    members: &[Member],
    kind: PolicyKind,
    allows: bool,
) -> Result<Option<Principals>, Fault> {
    let (member, not) = match either(members, "Principal", "NotPrincipal")? {
        Some((member, _)) if !kind.has_principals() => {
            let (what, about) = match kind {
                PolicyKind::Session => ("A session policy", "the session that it is passed to"),
                PolicyKind::Boundary => ("A permissions boundary", "the identity that it is attached to"),
                _ => ("An identity policy", "the identity that it is attached to"),
            };
            return Err(Fault::new(member.at, format!("{what} has no `{}`: it is about {about}.", member.key)));
        }
        Some(found) => found,
        None if !kind.has_principals() => return Ok(None),
        None => return Err(Fault::new(statement.at, "The statement has no `Principal`.")),
    };
    // Both from https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    if not && kind == PolicyKind::Trust {
        return Err(Fault::new(member.at, "A trust policy has no `NotPrincipal`."));
    }
    if not && allows {
        return Err(Fault::new(member.at, "`NotPrincipal` goes with `Deny` only: it would allow everybody else."));
    }
    let entries = match &member.value.kind {
        Kind::String(text) if text == "*" => vec![Principal::Everybody],
        Kind::Object(kinds) if !kinds.is_empty() => {
            let mut entries = Vec::new();
            for kind in kinds {
                for (at, text) in strings(&kind.value, &format!("`{}`", kind.key))? {
                    entries.push(Principal::parse(&kind.key, text).map_err(|detail| Fault::new(at, detail))?);
                }
            }
            entries
        }
        _ => {
            let detail = format!("`{}` is `\"*\"`, or an object such as `{{\"AWS\": \"111122223333\"}}`.", member.key);
            return Err(Fault::new(member.value.at, detail));
        }
    };
    Ok(Some(Principals { not, entries }))
}
