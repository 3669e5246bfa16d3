//! IAM's protocol: forms are read, permissions asked for, rules of the files above applied, answers written.

mod access_keys;
mod account;
mod identities;
mod pages;
mod policies;
mod roles;
mod simulate;
mod users;
mod xml;

use std::{collections::BTreeMap, sync::Arc};

use byob_aws::iam::Context;
use maud::Markup;

use super::{names, policies::owner};
use crate::{
    call::Call,
    query::{Params, QueryService},
    refusal::Refusal,
    state::Iam,
};

/// IAM.
pub const SERVICE: QueryService =
    QueryService { name: "iam", namespace: "https://iam.amazonaws.com/doc/2010-05-08/", act };

/// The content of `<ActionResult>`, or nothing.
type Answer = Result<Option<Markup>, Refusal>;

fn act(call: &Call, params: &Params) -> Answer {
    let parts = [users::act, access_keys::act, roles::act, identities::act, policies::act, account::act, simulate::act];
    parts.iter().find_map(|act| act(call, params)).unwrap_or_else(|| {
        let message = format!("Could not find operation {} for version 2010-05-08", params.action());
        Err(Refusal::new(400, "InvalidAction", message))
    })
}

/// The account that the caller belongs to and acts in.
fn account_of(call: &Call) -> &str {
    call.caller.account().unwrap_or_default()
}

/// What was written last: IAM's answers do not lag behind its changes, only what follows from them does.
fn written(call: &Call) -> Arc<Iam> {
    Arc::clone(call.sandbox.read().iam.written())
}

/// Whether the caller may do what it asks for, to something of its own account or with a managed policy of any.
fn permit(call: &Call, params: &Params, arn: &str, context: Context) -> Result<(), Refusal> {
    let action = format!("iam:{}", params.action());
    let account = match owner(arn) {
        // Policies of AWS, and `*`, belong to nobody else.
        "aws" | "" => account_of(call),
        account => account,
    };
    call.require_with(&action, arn, account, None, context)
}

/// The conditions that look at tags of what something is done to.
fn resource_tags(tags: &BTreeMap<String, String>) -> Context {
    tags.iter().fold(Context::new(), |context, (key, value)| {
        context
            .with(&format!("aws:ResourceTag/{key}"), value.clone())
            .with(&format!("iam:ResourceTag/{key}"), value.clone())
    })
}

/// The conditions that look at tags of the request.
fn request_tags(tags: &BTreeMap<String, String>) -> Context {
    let context = tags
        .iter()
        .fold(Context::new(), |context, (key, value)| context.with(&format!("aws:RequestTag/{key}"), value.clone()));
    if tags.is_empty() { context } else { context.with_values("aws:TagKeys", tags.keys().cloned()) }
}

/// `Tags.member.N`.
fn tags(params: &Params) -> Result<BTreeMap<String, String>, Refusal> {
    names::tags(&params.pairs("Tags", "Key", "Value"))
}

/// Whether the caller may make something with these tags: that is a permission of its own.
fn permit_tags(call: &Call, action: &str, arn: &str, tags: &BTreeMap<String, String>) -> Result<(), Refusal> {
    if tags.is_empty() {
        return Ok(());
    }
    call.require_with(action, arn, account_of(call), None, request_tags(tags))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::testing::{ACCOUNT, ALLOW_S3, call_of_user, sandbox, trust};

    /// Every operation that is known.
    const ACTIONS: &[&str] = &[
        "CreateUser",
        "GetUser",
        "ListUsers",
        "UpdateUser",
        "DeleteUser",
        "ListGroupsForUser",
        "ListMFADevices",
        "ListSSHPublicKeys",
        "ListSigningCertificates",
        "ListServiceSpecificCredentials",
        "GetLoginProfile",
        "DeleteLoginProfile",
        "CreateAccessKey",
        "ListAccessKeys",
        "UpdateAccessKey",
        "DeleteAccessKey",
        "GetAccessKeyLastUsed",
        "CreateRole",
        "GetRole",
        "ListRoles",
        "UpdateRole",
        "UpdateRoleDescription",
        "UpdateAssumeRolePolicy",
        "DeleteRole",
        "ListInstanceProfilesForRole",
        "PutUserPolicy",
        "GetUserPolicy",
        "DeleteUserPolicy",
        "ListUserPolicies",
        "AttachUserPolicy",
        "DetachUserPolicy",
        "ListAttachedUserPolicies",
        "PutUserPermissionsBoundary",
        "DeleteUserPermissionsBoundary",
        "TagUser",
        "UntagUser",
        "ListUserTags",
        "PutRolePolicy",
        "GetRolePolicy",
        "DeleteRolePolicy",
        "ListRolePolicies",
        "AttachRolePolicy",
        "DetachRolePolicy",
        "ListAttachedRolePolicies",
        "PutRolePermissionsBoundary",
        "DeleteRolePermissionsBoundary",
        "TagRole",
        "UntagRole",
        "ListRoleTags",
        "CreatePolicy",
        "GetPolicy",
        "ListPolicies",
        "DeletePolicy",
        "CreatePolicyVersion",
        "GetPolicyVersion",
        "ListPolicyVersions",
        "SetDefaultPolicyVersion",
        "DeletePolicyVersion",
        "ListEntitiesForPolicy",
        "TagPolicy",
        "UntagPolicy",
        "ListPolicyTags",
        "GetAccountSummary",
        "ListAccountAliases",
        "SimulatePrincipalPolicy",
        "SimulateCustomPolicy",
    ];

    /// A request that lacks nothing.
    fn asked(action: &str, trust: &str) -> Params {
        Params::from_pairs([
            ("Action", action),
            ("UserName", "admin"),
            ("RoleName", "reader"),
            ("PolicyName", "p"),
            ("AccessKeyId", "AKIAIOSFODNN7EXAMPLE"),
            ("Status", "Active"),
            ("PolicyArn", "arn:aws:iam::111111111111:policy/p"),
            ("PermissionsBoundary", "arn:aws:iam::aws:policy/AdministratorAccess"),
            ("VersionId", "v1"),
            ("PolicySourceArn", "arn:aws:iam::111111111111:user/admin"),
            ("PolicyDocument", ALLOW_S3),
            ("AssumeRolePolicyDocument", trust),
        ])
    }

    #[test]
    fn every_operation_asks_for_its_own_permission() {
        let sandbox = sandbox();
        let call = call_of_user(&sandbox, ACCOUNT, "admin");
        let before = serde_json::to_string(&**sandbox.read().iam.written()).unwrap();
        for action in ACTIONS {
            let refusal = act(&call, &asked(action, &trust(ACCOUNT))).unwrap_err();
            assert_eq!((refusal.status.as_u16(), refusal.code.as_str()), (403, "AccessDenied"), "{action}");
            assert!(refusal.message.contains(&format!("is not authorized to perform: iam:{action} on resource: ")));
        }
        assert_eq!(serde_json::to_string(&**sandbox.read().iam.written()).unwrap(), before);
    }

    #[test]
    fn what_iam_does_not_know_is_an_invalid_action() {
        let refusal = act(&call_of_user(&sandbox(), ACCOUNT, "admin"), &asked("GetEverything", "")).unwrap_err();
        assert_eq!((refusal.status.as_u16(), refusal.code.as_str()), (400, "InvalidAction"));
        assert_eq!(refusal.message, "Could not find operation GetEverything for version 2010-05-08");
    }
}
