//! Operations on managed policies.

use byob_aws::iam::Context;
use maud::html;

use super::{
    Answer, account_of,
    pages::page,
    permit, permit_tags, request_tags, resource_tags, tags, written,
    xml::{self, Detail},
};
use crate::{
    call::Call,
    iam::{
        account,
        identities::Common,
        policies::{self, NewPolicy},
    },
    query::{Params, constraint},
    refusal::Refusal,
    state::{Iam, ManagedPolicy},
};

/// Answers an operation on managed policies; nothing where it is another.
pub fn act(call: &Call, params: &Params) -> Option<Answer> {
    Some(match params.action() {
        "CreatePolicy" => create(call, params),
        "GetPolicy" => get(call, params),
        "ListPolicies" => list(call, params),
        "DeletePolicy" => delete(call, params),
        "CreatePolicyVersion" => create_version(call, params),
        "GetPolicyVersion" => get_version(call, params),
        "ListPolicyVersions" => list_versions(call, params),
        "SetDefaultPolicyVersion" => set_default_version(call, params),
        "DeletePolicyVersion" => delete_version(call, params),
        "ListEntitiesForPolicy" => entities(call, params),
        "TagPolicy" => tag(call, params),
        "UntagPolicy" => untag(call, params),
        "ListPolicyTags" => list_tags(call, params),
        _ => return None,
    })
}

/// The ARN of the policy, and whether the caller may do it; tags count if there is such a policy.
fn permit_policy<'a>(call: &Call, params: &'a Params, context: Context) -> Result<&'a str, Refusal> {
    let arn = params.required("PolicyArn")?;
    if !arn.starts_with("arn:aws:iam::") || !arn.contains(":policy/") {
        let message = format!("ARN {arn} is not valid.");
        return Err(Refusal::new(400, "InvalidInput", message));
    }
    let tags = policies::get(&written(call), arn).map(|policy| resource_tags(&policy.tags)).unwrap_or_default();
    permit(call, params, arn, tags.and(context))?;
    Ok(arn)
}

fn create(call: &Call, params: &Params) -> Answer {
    let ask = NewPolicy {
        name: params.required("PolicyName")?,
        path: params.get("Path"),
        description: params.get("Description").unwrap_or_default(),
        text: params.required("PolicyDocument")?,
        tags: tags(params)?,
    };
    let arn = format!("arn:aws:iam::{}:policy{}{}", account_of(call), ask.path.unwrap_or("/"), ask.name);
    permit(call, params, &arn, request_tags(&ask.tags))?;
    permit_tags(call, "iam:TagPolicy", &arn, &ask.tags)?;
    let (arn, policy) = call.sandbox.change_iam(|iam| policies::create(iam, account_of(call), ask, call.now))?;
    Ok(Some(html! { Policy { (xml::policy(&arn, &policy, (0, 0), Detail::Full)) } }))
}

fn get(call: &Call, params: &Params) -> Answer {
    let arn = permit_policy(call, params, Context::new())?;
    let iam = written(call);
    let policy = policies::get(&iam, arn)?;
    let uses = policies::uses(&iam, account_of(call), arn);
    Ok(Some(html! { Policy { (xml::policy(arn, &policy, uses, Detail::Full)) } }))
}

fn list(call: &Call, params: &Params) -> Answer {
    permit(call, params, &format!("arn:aws:iam::{}:policy/", account_of(call)), Context::new())?;
    let iam = written(call);
    let scope = params.get("Scope").unwrap_or("All");
    if !matches!(scope, "All" | "AWS" | "Local") {
        return Err(constraint(scope, "scope", "Member must satisfy enum value set: [All, AWS, Local]"));
    }
    let prefix = params.get("PathPrefix").unwrap_or("/");
    let only_attached = params.get("OnlyAttached") == Some("true");
    let usage = params.get("PolicyUsageFilter");
    let chosen = all(&iam, account_of(call), scope)?.into_iter().filter(|(arn, policy)| {
        let (attached, bounds) = policies::uses(&iam, account_of(call), arn);
        let used = match usage {
            Some("PermissionsBoundary") => bounds > 0,
            _ => attached > 0 || !only_attached,
        };
        used && policy.path.starts_with(prefix)
    });
    let page = page(params, chosen.map(|(arn, policy)| (arn.clone(), (arn, policy))))?;
    Ok(Some(html! {
        Policies {
            @for (arn, policy) in &page.items {
                member { (xml::policy(arn, policy, policies::uses(&iam, account_of(call), arn), Detail::Summary)) }
            }
        }
        (page.end())
    }))
}

/// Policies by ARN, in its order.
fn all(iam: &Iam, id: &str, scope: &str) -> Result<Vec<(String, ManagedPolicy)>, Refusal> {
    let account = account(iam, id)?;
    let local = account.policies.values().map(|policy| (account.policy_arn(policy), policy.clone()));
    let local = local.filter(|_| scope != "AWS");
    let mut all: Vec<_> = local.chain(policies::of_aws().filter(|_| scope != "Local")).collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(all)
}

fn delete(call: &Call, params: &Params) -> Answer {
    let arn = permit_policy(call, params, Context::new())?;
    call.sandbox.change_iam(|iam| policies::delete(iam, arn))?;
    Ok(None)
}

fn create_version(call: &Call, params: &Params) -> Answer {
    let arn = permit_policy(call, params, Context::new())?;
    let text = params.required("PolicyDocument")?;
    let as_default = params.get("SetAsDefault") == Some("true");
    let version = call.sandbox.change_iam(|iam| policies::create_version(iam, arn, text, as_default, call.now))?;
    let default = if as_default { version.id.as_str() } else { "" };
    Ok(Some(html! { PolicyVersion { (xml::version(&version, default, Detail::Summary)) } }))
}

fn get_version(call: &Call, params: &Params) -> Answer {
    let arn = permit_policy(call, params, Context::new())?;
    let policy = policies::get(&written(call), arn)?;
    let version = policies::version(&policy, arn, params.required("VersionId")?)?;
    Ok(Some(html! { PolicyVersion { (xml::version(version, &policy.default_version, Detail::Full)) } }))
}

/// The newest first, as AWS lists them.
fn list_versions(call: &Call, params: &Params) -> Answer {
    let arn = permit_policy(call, params, Context::new())?;
    let policy = policies::get(&written(call), arn)?;
    let versions = policy.versions.iter().rev().enumerate();
    let page = page(params, versions.map(|(n, version)| (n.to_string(), version)))?;
    Ok(Some(html! {
        Versions {
            @for version in &page.items {
                member { (xml::version(version, &policy.default_version, Detail::Summary)) }
            }
        }
        (page.end())
    }))
}

fn set_default_version(call: &Call, params: &Params) -> Answer {
    let arn = permit_policy(call, params, Context::new())?;
    let id = params.required("VersionId")?;
    call.sandbox.change_iam(|iam| policies::set_default_version(iam, arn, id, call.now))?;
    Ok(None)
}

fn delete_version(call: &Call, params: &Params) -> Answer {
    let arn = permit_policy(call, params, Context::new())?;
    let id = params.required("VersionId")?;
    call.sandbox.change_iam(|iam| policies::delete_version(iam, arn, id))?;
    Ok(None)
}

/// Whom a policy is attached to, or bounds.
fn entities(call: &Call, params: &Params) -> Answer {
    let arn = permit_policy(call, params, Context::new())?;
    let iam = written(call);
    policies::get(&iam, arn)?;
    let account = account(&iam, account_of(call))?;
    let filter = params.get("EntityFilter").unwrap_or("");
    let bounds = params.get("PolicyUsageFilter") == Some("PermissionsBoundary");
    let has_it = |identity: Common<'_>| {
        if bounds { identity.boundary.as_deref() == Some(arn) } else { identity.attached.contains(arn) }
    };
    let users = account.users.values().filter(|user| matches!(filter, "" | "User") && has_it(Common::from(*user)));
    let roles = account.roles.values().filter(|role| matches!(filter, "" | "Role") && has_it(Common::from(*role)));
    Ok(Some(html! {
        PolicyGroups {}
        PolicyUsers { @for user in users { member { UserName { (user.name) } UserId { (user.id) } } } }
        PolicyRoles { @for role in roles { member { RoleName { (role.name) } RoleId { (role.id) } } } }
        IsTruncated { "false" }
    }))
}

fn tag(call: &Call, params: &Params) -> Answer {
    let tags = tags(params)?;
    let arn = permit_policy(call, params, request_tags(&tags))?;
    call.sandbox.change_iam(|iam| policies::tag(iam, arn, tags))?;
    Ok(None)
}

fn untag(call: &Call, params: &Params) -> Answer {
    let keys = params.list("TagKeys");
    let arn = permit_policy(call, params, Context::new().with_values("aws:TagKeys", keys.iter().copied()))?;
    call.sandbox.change_iam(|iam| policies::untag(iam, arn, &keys))?;
    Ok(None)
}

fn list_tags(call: &Call, params: &Params) -> Answer {
    let arn = permit_policy(call, params, Context::new())?;
    let policy = policies::get(&written(call), arn)?;
    let page = page(params, policy.tags.iter().map(|tag| (tag.0.clone(), tag)))?;
    Ok(Some(html! { Tags { (xml::tag_members(page.items.iter().copied())) } (page.end()) }))
}
