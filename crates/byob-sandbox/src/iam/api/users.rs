//! Operations on users.

use std::sync::Arc;

use byob_aws::iam::Context;
use maud::{Markup, html};

use super::{
    Answer, account_of,
    pages::page,
    permit, permit_tags, request_tags, resource_tags, tags, written,
    xml::{self, Detail},
};
use crate::{
    call::{Call, Caller},
    iam::{
        account, no_such_entity,
        users::{self, NewUser},
    },
    query::{Params, invalid},
    refusal::Refusal,
    state::Iam,
};

/// Answers an operation on users; nothing where it is another.
pub fn act(call: &Call, params: &Params) -> Option<Answer> {
    Some(match params.action() {
        "CreateUser" => create(call, params),
        "GetUser" => get(call, params),
        "ListUsers" => list(call, params),
        "UpdateUser" => update(call, params),
        "DeleteUser" => delete(call, params),
        // There are no groups and none of these credentials, but whoever removes a user asks for them first.
        "ListGroupsForUser" => none_of(call, params, &html! { Groups {} }),
        "ListMFADevices" => none_of(call, params, &html! { MFADevices {} }),
        "ListSSHPublicKeys" => none_of(call, params, &html! { SSHPublicKeys {} }),
        "ListSigningCertificates" => none_of(call, params, &html! { Certificates {} }),
        "ListServiceSpecificCredentials" => none_of(call, params, &html! { ServiceSpecificCredentials {} }),
        "GetLoginProfile" | "DeleteLoginProfile" => no_login_profile(call, params),
        _ => return None,
    })
}

fn create(call: &Call, params: &Params) -> Answer {
    let ask = NewUser {
        name: params.required("UserName")?,
        path: params.get("Path"),
        boundary: params.get("PermissionsBoundary"),
        tags: tags(params)?,
    };
    let arn = format!("arn:aws:iam::{}:user{}{}", account_of(call), ask.path.unwrap_or("/"), ask.name);
    permit(call, params, &arn, bounded(ask.boundary).and(request_tags(&ask.tags)))?;
    permit_tags(call, "iam:TagUser", &arn, &ask.tags)?;
    let user = call.sandbox.change_iam(|iam| users::create(iam, account_of(call), ask, call.now))?;
    Ok(Some(html! { User { (xml::user(account(&written(call), account_of(call))?, &user, Detail::Full)) } }))
}

/// The condition that looks at the boundary that is asked for.
pub fn bounded(boundary: Option<&str>) -> Context {
    boundary.map_or_else(Context::new, |arn| Context::new().with("iam:PermissionsBoundary", arn))
}

/// Without a name, the caller itself.
fn get(call: &Call, params: &Params) -> Answer {
    let (iam, name) = permit_named(call, params)?;
    let user = users::get(&iam, account_of(call), &name)?;
    Ok(Some(html! { User { (xml::user(account(&iam, account_of(call))?, user, Detail::Full)) } }))
}

fn list(call: &Call, params: &Params) -> Answer {
    let prefix = params.get("PathPrefix").unwrap_or("/");
    permit(call, params, &format!("arn:aws:iam::{}:user{prefix}", account_of(call)), Context::new())?;
    let iam = written(call);
    let account = account(&iam, account_of(call))?;
    let users = account.users.values().filter(|user| user.path.starts_with(prefix));
    let page = page(params, users.map(|user| (user.name.clone(), user)))?;
    Ok(Some(html! {
        Users { @for user in &page.items { member { (xml::user(account, user, Detail::Summary)) } } }
        (page.end())
    }))
}

fn update(call: &Call, params: &Params) -> Answer {
    let name = params.required("UserName")?;
    permit_user(call, params, name)?;
    let (new_name, new_path) = (params.get("NewUserName"), params.get("NewPath"));
    call.sandbox.change_iam(|iam| users::rename(iam, account_of(call), name, new_name, new_path))?;
    Ok(None)
}

fn delete(call: &Call, params: &Params) -> Answer {
    let name = params.required("UserName")?;
    permit_user(call, params, name)?;
    call.sandbox.change_iam(|iam| users::delete(iam, account_of(call), name))?;
    Ok(None)
}

/// A list that is empty for every user.
fn none_of(call: &Call, params: &Params, list: &Markup) -> Answer {
    let (iam, name) = permit_named(call, params)?;
    users::get(&iam, account_of(call), &name)?;
    Ok(Some(html! { (list) IsTruncated { "false" } }))
}

fn no_login_profile(call: &Call, params: &Params) -> Answer {
    let (_, name) = permit_named(call, params)?;
    Err(no_such_entity(format!("Login Profile for User {name} cannot be found.")))
}

/// The user that a request names, or the caller itself, and whether the caller may do it.
pub fn permit_named(call: &Call, params: &Params) -> Result<(Arc<Iam>, String), Refusal> {
    let name = match (params.get("UserName"), &call.caller) {
        (Some(_), _) => params.required("UserName")?.to_owned(),
        (None, Caller::User { arn, .. }) => arn.rsplit('/').next().unwrap_or_default().to_owned(),
        (None, _) => return Err(invalid("Must specify userName when calling with non-User credentials")),
    };
    permit_user(call, params, &name)?;
    Ok((written(call), name))
}

/// Whether the caller may do it to a user, whose path and tags count if there is such a user.
fn permit_user(call: &Call, params: &Params, name: &str) -> Result<(), Refusal> {
    let iam = written(call);
    let (arn, context) = subject(&iam, account_of(call), name);
    permit(call, params, &arn, context)
}

/// The ARN of a user and what conditions see of it, be there such a user or not.
pub fn subject(iam: &Iam, id: &str, name: &str) -> (String, Context) {
    match (account(iam, id), users::get(iam, id, name)) {
        (Ok(account), Ok(user)) => (account.user_arn(user), resource_tags(&user.tags)),
        _ => (format!("arn:aws:iam::{id}:user/{name}"), Context::new()),
    }
}
