//! Operations that users and roles have in common, such as `PutUserPolicy` and `PutRolePolicy`.

use byob_aws::iam::Context;
use maud::html;

use super::{
    Answer, account_of,
    pages::page,
    permit, request_tags, roles, tags,
    users::{self, bounded},
    written, xml,
};
use crate::{
    call::Call,
    iam::{
        documents,
        identities::{self, Who},
    },
    query::Params,
    refusal::Refusal,
};

/// Answers an operation; nothing where it is another.
pub fn act(call: &Call, params: &Params) -> Option<Answer> {
    Some(match params.action() {
        "PutUserPolicy" | "PutRolePolicy" => put_inline(call, params),
        "GetUserPolicy" | "GetRolePolicy" => get_inline(call, params),
        "DeleteUserPolicy" | "DeleteRolePolicy" => delete_inline(call, params),
        "ListUserPolicies" | "ListRolePolicies" => list_inline(call, params),
        "AttachUserPolicy" | "AttachRolePolicy" => attach(call, params),
        "DetachUserPolicy" | "DetachRolePolicy" => detach(call, params),
        "ListAttachedUserPolicies" | "ListAttachedRolePolicies" => list_attached(call, params),
        "PutUserPermissionsBoundary" | "PutRolePermissionsBoundary" => put_boundary(call, params),
        "DeleteUserPermissionsBoundary" | "DeleteRolePermissionsBoundary" => delete_boundary(call, params),
        "TagUser" | "TagRole" => tag(call, params),
        "UntagUser" | "UntagRole" => untag(call, params),
        "ListUserTags" | "ListRoleTags" => list_tags(call, params),
        _ => return None,
    })
}

/// Who the operation is about, and whether the caller may do it.
fn permit_on<'a>(call: &Call, params: &'a Params, context: Context) -> Result<Who<'a>, Refusal> {
    let iam = written(call);
    let who = if params.action().contains("User") {
        Who::User(params.required("UserName")?)
    } else {
        Who::Role(params.required("RoleName")?)
    };
    let (arn, facts) = match who {
        Who::User(name) => users::subject(&iam, account_of(call), name),
        Who::Role(name) => roles::subject(&iam, account_of(call), name),
    };
    // Whoever changes what somebody may do can be held to those who are bounded.
    let boundary = identities::get(&iam, account_of(call), who).ok().and_then(|common| common.boundary.clone());
    permit(call, params, &arn, bounded(boundary.as_deref()).and(facts).and(context))?;
    Ok(who)
}

fn put_inline(call: &Call, params: &Params) -> Answer {
    let who = permit_on(call, params, Context::new())?;
    let (name, text) = (params.required("PolicyName")?, params.required("PolicyDocument")?);
    call.sandbox.change_iam(|iam| identities::put_inline(iam, account_of(call), who, name, text))?;
    Ok(None)
}

fn get_inline(call: &Call, params: &Params) -> Answer {
    let who = permit_on(call, params, Context::new())?;
    let name = params.required("PolicyName")?;
    let iam = written(call);
    let text = identities::inline(&iam, account_of(call), who, name)?;
    Ok(Some(html! {
        @match who {
            Who::User(user) => UserName { (user) },
            Who::Role(role) => RoleName { (role) },
        }
        PolicyName { (name) }
        PolicyDocument { (documents::encoded(text)) }
    }))
}

fn delete_inline(call: &Call, params: &Params) -> Answer {
    let who = permit_on(call, params, Context::new())?;
    let name = params.required("PolicyName")?;
    call.sandbox.change_iam(|iam| identities::delete_inline(iam, account_of(call), who, name))?;
    Ok(None)
}

fn list_inline(call: &Call, params: &Params) -> Answer {
    let who = permit_on(call, params, Context::new())?;
    let iam = written(call);
    let names = identities::get(&iam, account_of(call), who)?.inline.keys();
    let page = page(params, names.map(|name| (name.clone(), name.clone())))?;
    Ok(Some(html! { PolicyNames { (xml::members(&page.items)) } (page.end()) }))
}

/// The condition that looks at the policy to be attached or detached.
fn with_policy(arn: &str) -> Context {
    Context::new().with("iam:PolicyARN", arn)
}

fn attach(call: &Call, params: &Params) -> Answer {
    let arn = params.required("PolicyArn")?;
    let who = permit_on(call, params, with_policy(arn))?;
    call.sandbox.change_iam(|iam| identities::attach(iam, account_of(call), who, arn))?;
    Ok(None)
}

fn detach(call: &Call, params: &Params) -> Answer {
    let arn = params.required("PolicyArn")?;
    let who = permit_on(call, params, with_policy(arn))?;
    call.sandbox.change_iam(|iam| identities::detach(iam, account_of(call), who, arn))?;
    Ok(None)
}

fn list_attached(call: &Call, params: &Params) -> Answer {
    let who = permit_on(call, params, Context::new())?;
    let iam = written(call);
    let attached = identities::get(&iam, account_of(call), who)?.attached.iter();
    let page = page(params, attached.map(|arn| (arn.clone(), arn)))?;
    Ok(Some(html! {
        AttachedPolicies {
            @for arn in &page.items {
                member { PolicyName { (arn.rsplit('/').next().unwrap_or_default()) } PolicyArn { (arn) } }
            }
        }
        (page.end())
    }))
}

fn put_boundary(call: &Call, params: &Params) -> Answer {
    let arn = params.required("PermissionsBoundary")?;
    let who = permit_on(call, params, bounded(Some(arn)))?;
    call.sandbox.change_iam(|iam| identities::set_boundary(iam, account_of(call), who, Some(arn)))?;
    Ok(None)
}

fn delete_boundary(call: &Call, params: &Params) -> Answer {
    let who = permit_on(call, params, Context::new())?;
    call.sandbox.change_iam(|iam| identities::set_boundary(iam, account_of(call), who, None))?;
    Ok(None)
}

fn tag(call: &Call, params: &Params) -> Answer {
    let tags = tags(params)?;
    let who = permit_on(call, params, request_tags(&tags))?;
    call.sandbox.change_iam(|iam| identities::tag(iam, account_of(call), who, tags))?;
    Ok(None)
}

fn untag(call: &Call, params: &Params) -> Answer {
    let keys = params.list("TagKeys");
    let who = permit_on(call, params, Context::new().with_values("aws:TagKeys", keys.iter().copied()))?;
    call.sandbox.change_iam(|iam| identities::untag(iam, account_of(call), who, &keys))?;
    Ok(None)
}

fn list_tags(call: &Call, params: &Params) -> Answer {
    let who = permit_on(call, params, Context::new())?;
    let iam = written(call);
    let tags = identities::get(&iam, account_of(call), who)?.tags.iter();
    let page = page(params, tags.map(|tag| (tag.0.clone(), tag)))?;
    Ok(Some(html! { Tags { (xml::tag_members(page.items.iter().copied())) } (page.end()) }))
}
