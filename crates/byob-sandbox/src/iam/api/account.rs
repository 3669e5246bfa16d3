//! Operations on the account as a whole.

use byob_aws::iam::Context;
use maud::html;

use super::{Answer, account_of, permit, written};
use crate::{call::Call, iam::account, query::Params};

/// Answers an operation on the account; nothing where it is another.
pub fn act(call: &Call, params: &Params) -> Option<Answer> {
    Some(match params.action() {
        "GetAccountSummary" => summary(call, params),
        "ListAccountAliases" => aliases(call, params),
        _ => return None,
    })
}

/// How much there is of everything, and how much there can be.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>.
fn summary(call: &Call, params: &Params) -> Answer {
    permit(call, params, "*", Context::new())?;
    let iam = written(call);
    let account = account(&iam, account_of(call))?;
    let entries = [
        ("Users", account.users.len()),
        ("UsersQuota", 5_000),
        ("Roles", account.roles.len()),
        ("RolesQuota", 1_000),
        ("Policies", account.policies.len()),
        ("PoliciesQuota", 1_500),
        ("Groups", 0),
        ("GroupsQuota", 300),
        ("AccessKeysPerUserQuota", 2),
        ("AttachedPoliciesPerUserQuota", 10),
        ("AttachedPoliciesPerRoleQuota", 10),
        ("PolicySizeQuota", 6_144),
        ("VersionsPerPolicyQuota", 5),
        ("AssumeRolePolicySizeQuota", 2_048),
        ("AccountMFAEnabled", 0),
        ("AccountAccessKeysPresent", 0),
    ];
    Ok(Some(html! {
        SummaryMap { @for (key, value) in entries { entry { key { (key) } value { (value) } } } }
    }))
}

/// Accounts have no aliases here.
fn aliases(call: &Call, params: &Params) -> Answer {
    permit(call, params, "*", Context::new())?;
    Ok(Some(html! { AccountAliases {} IsTruncated { "false" } }))
}
