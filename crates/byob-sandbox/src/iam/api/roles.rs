//! Operations on roles.

use byob_aws::iam::Context;
use maud::html;

use super::{
    Answer, account_of,
    pages::page,
    permit, permit_tags, request_tags, resource_tags, tags,
    users::bounded,
    written,
    xml::{self, Detail},
};
use crate::{
    call::Call,
    iam::{
        account,
        roles::{self, NewRole, SESSION},
    },
    query::Params,
    refusal::Refusal,
    state::Iam,
};

/// Answers an operation on roles; nothing where it is another.
pub fn act(call: &Call, params: &Params) -> Option<Answer> {
    Some(match params.action() {
        "CreateRole" => create(call, params),
        "GetRole" => get(call, params),
        "ListRoles" => list(call, params),
        "UpdateRole" => update(call, params),
        "UpdateRoleDescription" => update_description(call, params),
        "UpdateAssumeRolePolicy" => update_trust(call, params),
        "DeleteRole" => delete(call, params),
        // There are no instance profiles, but whoever removes a role asks for them first.
        "ListInstanceProfilesForRole" => instance_profiles(call, params),
        _ => return None,
    })
}

fn create(call: &Call, params: &Params) -> Answer {
    let ask = NewRole {
        name: params.required("RoleName")?,
        path: params.get("Path"),
        trust: params.required("AssumeRolePolicyDocument")?,
        description: params.get("Description").unwrap_or_default(),
        max_session_duration: params.number("MaxSessionDuration")?,
        boundary: params.get("PermissionsBoundary"),
        tags: tags(params)?,
    };
    let arn = format!("arn:aws:iam::{}:role{}{}", account_of(call), ask.path.unwrap_or("/"), ask.name);
    permit(call, params, &arn, bounded(ask.boundary).and(request_tags(&ask.tags)))?;
    permit_tags(call, "iam:TagRole", &arn, &ask.tags)?;
    let role = call.sandbox.change_iam(|iam| roles::create(iam, account_of(call), ask, call.now))?;
    let iam = written(call);
    Ok(Some(html! { Role { (xml::role(&iam, account(&iam, account_of(call))?, &role, Detail::Full)) } }))
}

fn get(call: &Call, params: &Params) -> Answer {
    let name = permit_role(call, params)?;
    let iam = written(call);
    let role = roles::get(&iam, account_of(call), name)?;
    Ok(Some(html! { Role { (xml::role(&iam, account(&iam, account_of(call))?, role, Detail::Full)) } }))
}

fn list(call: &Call, params: &Params) -> Answer {
    let prefix = params.get("PathPrefix").unwrap_or("/");
    permit(call, params, &format!("arn:aws:iam::{}:role{prefix}", account_of(call)), Context::new())?;
    let iam = written(call);
    let account = account(&iam, account_of(call))?;
    let roles = account.roles.values().filter(|role| role.path.starts_with(prefix));
    let page = page(params, roles.map(|role| (role.name.clone(), role)))?;
    Ok(Some(html! {
        Roles { @for role in &page.items { member { (xml::role(&iam, account, role, Detail::Summary)) } } }
        (page.end())
    }))
}

/// What is left out becomes what it is in a new role: "If you do not specify a value for this setting, the default value of one hour
/// is applied" (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html>); descriptions stay.
fn update(call: &Call, params: &Params) -> Answer {
    let name = permit_role(call, params)?;
    let seconds = params.number("MaxSessionDuration")?.unwrap_or(SESSION);
    let description = params.get("Description");
    call.sandbox.change_iam(|iam| roles::update(iam, account_of(call), name, description, Some(seconds)))?;
    // AWS answers with an empty result.
    Ok(Some(html! {}))
}

fn update_description(call: &Call, params: &Params) -> Answer {
    let name = permit_role(call, params)?;
    let description = params.get("Description").unwrap_or_default();
    call.sandbox.change_iam(|iam| roles::update(iam, account_of(call), name, Some(description), None))?;
    let iam = written(call);
    let role = roles::get(&iam, account_of(call), name)?;
    Ok(Some(html! { Role { (xml::role(&iam, account(&iam, account_of(call))?, role, Detail::Summary)) } }))
}

fn update_trust(call: &Call, params: &Params) -> Answer {
    let name = permit_role(call, params)?;
    let text = params.required("PolicyDocument")?;
    call.sandbox.change_iam(|iam| roles::set_trust(iam, account_of(call), name, text))?;
    Ok(None)
}

fn delete(call: &Call, params: &Params) -> Answer {
    let name = permit_role(call, params)?;
    call.sandbox.change_iam(|iam| roles::delete(iam, account_of(call), name))?;
    Ok(None)
}

fn instance_profiles(call: &Call, params: &Params) -> Answer {
    let name = permit_role(call, params)?;
    roles::get(&written(call), account_of(call), name)?;
    Ok(Some(html! { InstanceProfiles {} IsTruncated { "false" } }))
}

/// The name of the role, and whether the caller may do it; path and tags count if there is such a role.
fn permit_role<'a>(call: &Call, params: &'a Params) -> Result<&'a str, Refusal> {
    let name = params.required("RoleName")?;
    let (arn, context) = subject(&written(call), account_of(call), name);
    permit(call, params, &arn, context)?;
    Ok(name)
}

/// The ARN of a role and what conditions see of it, be there such a role or not.
pub fn subject(iam: &Iam, id: &str, name: &str) -> (String, Context) {
    match (account(iam, id), roles::get(iam, id, name)) {
        (Ok(account), Ok(role)) => (account.role_arn(role), resource_tags(&role.tags)),
        _ => (format!("arn:aws:iam::{id}:role/{name}"), Context::new()),
    }
}
