//! What users and roles have in common: inline policies, attached policies, a boundary and tags.

use std::collections::{BTreeMap, BTreeSet};

use byob_aws::iam::PolicyKind;

use super::{delete_conflict, documents, limit_exceeded, names, no_such_entity, roles, users};
use crate::{
    refusal::Refusal,
    state::{Iam, Role, User},
};

/// The most managed policies that a user or role can have.
const MOST_ATTACHED: usize = 10;

/// A user or a role, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who<'a> {
    /// A user.
    User(&'a str),
    /// A role.
    Role(&'a str),
}

impl Who<'_> {
    /// `user` or `role`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Role(_) => "role",
        }
    }

    /// `PoliciesPerUser` or `PoliciesPerRole`.
    fn quota(self) -> &'static str {
        match self {
            Self::User(_) => "PoliciesPerUser",
            Self::Role(_) => "PoliciesPerRole",
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::User(name) | Self::Role(name) => name,
        }
    }

    /// How large its inline policies can be, all together, without their blanks.
    fn inline_quota(self) -> usize {
        match self {
            Self::User(_) => 2_048,
            Self::Role(_) => 10_240,
        }
    }
}

/// What users and roles have in common.
pub struct Common<'a> {
    /// Inline policies by name.
    pub inline: &'a BTreeMap<String, String>,
    /// ARNs of managed policies.
    pub attached: &'a BTreeSet<String>,
    /// The ARN of the managed policy that bounds it.
    pub boundary: &'a Option<String>,
    /// Tags.
    pub tags: &'a BTreeMap<String, String>,
}

/// The same, to be changed.
struct CommonMut<'a> {
    inline: &'a mut BTreeMap<String, String>,
    attached: &'a mut BTreeSet<String>,
    boundary: &'a mut Option<String>,
    tags: &'a mut BTreeMap<String, String>,
}

impl<'a> From<&'a User> for Common<'a> {
    fn from(user: &'a User) -> Self {
        Self { inline: &user.inline, attached: &user.attached, boundary: &user.boundary, tags: &user.tags }
    }
}

impl<'a> From<&'a Role> for Common<'a> {
    fn from(role: &'a Role) -> Self {
        Self { inline: &role.inline, attached: &role.attached, boundary: &role.boundary, tags: &role.tags }
    }
}

/// What a user or role of an account has.
pub fn get<'a>(iam: &'a Iam, account: &str, who: Who<'_>) -> Result<Common<'a>, Refusal> {
    match who {
        Who::User(name) => users::get(iam, account, name).map(Common::from),
        Who::Role(name) => roles::get(iam, account, name).map(Common::from),
    }
}

fn get_mut<'a>(iam: &'a mut Iam, account: &str, who: Who<'_>) -> Result<CommonMut<'a>, Refusal> {
    match who {
        Who::User(name) => users::get_mut(iam, account, name).map(|user| CommonMut {
            inline: &mut user.inline,
            attached: &mut user.attached,
            boundary: &mut user.boundary,
            tags: &mut user.tags,
        }),
        Who::Role(name) => roles::get_mut(iam, account, name).map(|role| CommonMut {
            inline: &mut role.inline,
            attached: &mut role.attached,
            boundary: &mut role.boundary,
            tags: &mut role.tags,
        }),
    }
}

/// Writes a policy into a user or role, in place of one of the same name.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>.
pub fn put_inline(iam: &mut Iam, account: &str, who: Who<'_>, name: &str, text: &str) -> Result<(), Refusal> {
    names::check("policyName", name, names::POLICY)?;
    documents::check(text, PolicyKind::Identity)?;
    let inline = get_mut(iam, account, who)?.inline;
    let others = inline.iter().filter(|(other, _)| *other != name);
    let size = documents::size(text) + others.map(|(_, other)| documents::size(other)).sum::<usize>();
    let most = who.inline_quota();
    if size > most {
        let (kind, name) = (who.kind(), who.name());
        return Err(limit_exceeded(format!("Maximum policy size of {most} bytes exceeded for {kind} {name}")));
    }
    inline.insert(name.to_owned(), text.to_owned());
    Ok(())
}

/// One of the inline policies.
pub fn inline<'a>(iam: &'a Iam, account: &str, who: Who<'_>, name: &str) -> Result<&'a str, Refusal> {
    let text = get(iam, account, who)?.inline.get(name);
    text.map(String::as_str).ok_or_else(|| no_inline(who, name))
}

/// Takes an inline policy away.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html>.
pub fn delete_inline(iam: &mut Iam, account: &str, who: Who<'_>, name: &str) -> Result<(), Refusal> {
    let removed = get_mut(iam, account, who)?.inline.remove(name);
    removed.map(drop).ok_or_else(|| no_inline(who, name))
}

fn no_inline(who: Who<'_>, name: &str) -> Refusal {
    no_such_entity(format!("The {} policy with name {name} cannot be found.", who.kind()))
}

/// Attaches a managed policy; one that is attached already stays.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html>.
pub fn attach(iam: &mut Iam, account: &str, who: Who<'_>, policy_arn: &str) -> Result<(), Refusal> {
    if !may_attach(iam, account, policy_arn) {
        return Err(no_such_entity(format!("Policy {policy_arn} does not exist or is not attachable.")));
    }
    let attached = get_mut(iam, account, who)?.attached;
    if attached.len() >= MOST_ATTACHED && !attached.contains(policy_arn) {
        return Err(limit_exceeded(format!("Cannot exceed quota for {}: {MOST_ATTACHED}", who.quota())));
    }
    attached.insert(policy_arn.to_owned());
    Ok(())
}

/// Detaches a managed policy.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html>.
pub fn detach(iam: &mut Iam, account: &str, who: Who<'_>, policy_arn: &str) -> Result<(), Refusal> {
    if get_mut(iam, account, who)?.attached.remove(policy_arn) {
        return Ok(());
    }
    Err(no_such_entity(format!("Policy {policy_arn} was not found.")))
}

/// Sets or removes the boundary.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html>.
pub fn set_boundary(iam: &mut Iam, account: &str, who: Who<'_>, policy_arn: Option<&str>) -> Result<(), Refusal> {
    get(iam, account, who)?;
    check_boundary(iam, account, policy_arn)?;
    *get_mut(iam, account, who)?.boundary = policy_arn.map(str::to_owned);
    Ok(())
}

/// Whether a managed policy can be a boundary of somebody in an account.
pub fn check_boundary(iam: &Iam, account: &str, policy_arn: Option<&str>) -> Result<(), Refusal> {
    match policy_arn {
        Some(arn) if !may_attach(iam, account, arn) => {
            Err(no_such_entity(format!("Scope ARN: {arn} does not exist or is not attachable.")))
        }
        _ => Ok(()),
    }
}

/// Managed policies of other accounts cannot be attached.
fn may_attach(iam: &Iam, account: &str, policy_arn: &str) -> bool {
    let owner = policy_arn.split(':').nth(4).unwrap_or_default();
    (owner == "aws" || owner == account) && iam.policy_text(policy_arn).is_some()
}

/// Adds tags.
pub fn tag(iam: &mut Iam, account: &str, who: Who<'_>, tags: BTreeMap<String, String>) -> Result<(), Refusal> {
    names::add_tags(get_mut(iam, account, who)?.tags, tags)
}

/// Takes tags away.
pub fn untag(iam: &mut Iam, account: &str, who: Who<'_>, keys: &[&str]) -> Result<(), Refusal> {
    names::remove_tags(get_mut(iam, account, who)?.tags, keys);
    Ok(())
}

/// Whether a user or role has no policies any more, so that it can go.
pub fn is_bare<'a>(identity: impl Into<Common<'a>>) -> Result<(), Refusal> {
    let common = identity.into();
    if !common.attached.is_empty() {
        return Err(delete_conflict("Cannot delete entity, must detach all policies first."));
    }
    if !common.inline.is_empty() {
        return Err(delete_conflict("Cannot delete entity, must delete policies first."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::testing::{ACCOUNT, ALLOW_S3, world};

    const WHO: Who<'_> = Who::User("admin");

    #[test]
    fn inline_policies_have_a_size_all_together() {
        let mut iam = world();
        let large = |resource: usize| ALLOW_S3.replace("\"*\"", &format!("\"arn:aws:s3:::{}\"", "a".repeat(resource)));
        put_inline(&mut iam, ACCOUNT, WHO, "one", &large(1_000)).unwrap();
        let refusal = put_inline(&mut iam, ACCOUNT, WHO, "two", &large(1_000)).unwrap_err();
        assert_eq!(refusal.message, "Maximum policy size of 2048 bytes exceeded for user admin");
        assert_eq!((refusal.code.as_str(), refusal.status.as_u16()), ("LimitExceeded", 409));
        put_inline(&mut iam, ACCOUNT, WHO, "one", &large(1_500)).unwrap();
    }

    #[test]
    fn only_what_exists_is_attached_and_detached() {
        let mut iam = world();
        let arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
        attach(&mut iam, ACCOUNT, WHO, arn).unwrap();
        attach(&mut iam, ACCOUNT, WHO, arn).unwrap();
        detach(&mut iam, ACCOUNT, WHO, arn).unwrap();
        assert_eq!(detach(&mut iam, ACCOUNT, WHO, arn).unwrap_err().message, format!("Policy {arn} was not found."));
        for bad in ["arn:aws:iam::aws:policy/None", "arn:aws:iam::111111111111:policy/none", "none"] {
            let refusal = attach(&mut iam, ACCOUNT, WHO, bad).unwrap_err();
            assert_eq!(refusal.message, format!("Policy {bad} does not exist or is not attachable."));
        }
        let refusal = set_boundary(&mut iam, ACCOUNT, WHO, Some("none")).unwrap_err();
        assert_eq!(refusal.message, "Scope ARN: none does not exist or is not attachable.");
    }

    #[test]
    fn policies_that_name_principals_are_not_inline_policies() {
        let mut iam = world();
        let text = crate::iam::testing::trust("*");
        assert_eq!(put_inline(&mut iam, ACCOUNT, WHO, "p", &text).unwrap_err().code, "MalformedPolicyDocument");
        assert_eq!(put_inline(&mut iam, ACCOUNT, WHO, "a b", ALLOW_S3).unwrap_err().code, "ValidationError");
        let missing = delete_inline(&mut iam, ACCOUNT, WHO, "p").unwrap_err();
        assert_eq!(missing.message, "The user policy with name p cannot be found.");
    }
}
