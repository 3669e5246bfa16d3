//! The elements that several answers have.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::{
    iam::documents,
    refusal::iso,
    state::{AccessKey, Account, Iam, ManagedPolicy, Role, User, iam::PolicyVersion},
};

/// How much of a thing is told: lists leave tags, boundaries and the like out.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// In a list.
    Summary,
    /// By itself.
    Full,
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html>.
pub fn user(account: &Account, user: &User, detail: Detail) -> Markup {
    html! {
        Path { (user.path) }
        UserName { (user.name) }
        UserId { (user.id) }
        Arn { (account.user_arn(user)) }
        CreateDate { (iso(user.created)) }
        @if detail == Detail::Full {
            (boundary(user.boundary.as_deref()))
            (tags(&user.tags))
        }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html>. The trust policy is shown as it is in force.
pub fn role(iam: &Iam, account: &Account, role: &Role, detail: Detail) -> Markup {
    html! {
        Path { (role.path) }
        RoleName { (role.name) }
        RoleId { (role.id) }
        Arn { (account.role_arn(role)) }
        CreateDate { (iso(role.created)) }
        AssumeRolePolicyDocument { (documents::encoded(&role.trust.in_force(iam))) }
        @if !role.description.is_empty() { Description { (role.description) } }
        MaxSessionDuration { (role.max_session_duration) }
        @if detail == Detail::Full {
            (boundary(role.boundary.as_deref()))
            (tags(&role.tags))
            RoleLastUsed {}
        }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachedPermissionsBoundary.html>.
fn boundary(arn: Option<&str>) -> Markup {
    html! {
        @if let Some(arn) = arn {
            PermissionsBoundary {
                PermissionsBoundaryType { "Policy" }
                PermissionsBoundaryArn { (arn) }
            }
        }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html>.
pub fn policy(arn: &str, policy: &ManagedPolicy, (attached, bounds): (usize, usize), detail: Detail) -> Markup {
    html! {
        PolicyName { (policy.name) }
        PolicyId { (policy.id) }
        Arn { (arn) }
        Path { (policy.path) }
        DefaultVersionId { (policy.default_version) }
        AttachmentCount { (attached) }
        PermissionsBoundaryUsageCount { (bounds) }
        IsAttachable { "true" }
        @if detail == Detail::Full && !policy.description.is_empty() { Description { (policy.description) } }
        CreateDate { (iso(policy.created)) }
        UpdateDate { (iso(policy.updated)) }
        @if detail == Detail::Full { (tags(&policy.tags)) }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html>.
pub fn version(version: &PolicyVersion, default: &str, detail: Detail) -> Markup {
    html! {
        @if detail == Detail::Full { Document { (documents::encoded(&version.text)) } }
        VersionId { (version.id) }
        IsDefaultVersion { (version.id == default) }
        CreateDate { (iso(version.created)) }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyMetadata.html>.
pub fn access_key(user: &str, key: &AccessKey) -> Markup {
    html! {
        UserName { (user) }
        AccessKeyId { (key.id) }
        Status { (if key.active { "Active" } else { "Inactive" }) }
        CreateDate { (iso(key.created)) }
    }
}

/// `Tags`.
pub fn tags(tags: &BTreeMap<String, String>) -> Markup {
    html! { @if !tags.is_empty() { Tags { (tag_members(tags.iter())) } } }
}

/// The members of `Tags`.
pub fn tag_members<'a>(tags: impl Iterator<Item = (&'a String, &'a String)>) -> Markup {
    html! { @for (key, value) in tags { member { Key { (key) } Value { (value) } } } }
}

/// A list of texts.
pub fn members(texts: &[String]) -> Markup {
    html! { @for text in texts { member { (text) } } }
}
