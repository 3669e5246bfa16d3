//! Operations on access keys.

use byob_aws::iam::Context;
use maud::html;

use super::{Answer, account_of, pages::page, permit, users::permit_named, written, xml};
use crate::{
    call::Call,
    iam::{access_keys, users},
    query::{Params, constraint},
    refusal::{Refusal, iso},
};

/// Answers an operation on access keys; nothing where it is another. Without the name of a user, all are about the caller's own keys.
pub fn act(call: &Call, params: &Params) -> Option<Answer> {
    Some(match params.action() {
        "CreateAccessKey" => create(call, params),
        "ListAccessKeys" => list(call, params),
        "UpdateAccessKey" => update(call, params),
        "DeleteAccessKey" => delete(call, params),
        "GetAccessKeyLastUsed" => last_used(call, params),
        _ => return None,
    })
}

fn create(call: &Call, params: &Params) -> Answer {
    let (_, user) = permit_named(call, params)?;
    let key = call.sandbox.change_iam(|iam| access_keys::create(iam, account_of(call), &user, call.now))?;
    Ok(Some(html! {
        AccessKey {
            UserName { (user) }
            AccessKeyId { (key.id) }
            Status { "Active" }
            SecretAccessKey { (key.secret) }
            CreateDate { (iso(key.created)) }
        }
    }))
}

fn list(call: &Call, params: &Params) -> Answer {
    let (iam, user) = permit_named(call, params)?;
    let keys = users::get(&iam, account_of(call), &user)?.access_keys.iter();
    let mut keys: Vec<_> = keys.map(|key| (key.id.clone(), key)).collect();
    keys.sort_by(|(a, _), (b, _)| a.cmp(b));
    let page = page(params, keys)?;
    Ok(Some(html! {
        AccessKeyMetadata { @for key in &page.items { member { (xml::access_key(&user, key)) } } }
        (page.end())
    }))
}

fn update(call: &Call, params: &Params) -> Answer {
    let (_, user) = permit_named(call, params)?;
    let id = params.required("AccessKeyId")?;
    let active = match params.required("Status")? {
        "Active" => true,
        "Inactive" => false,
        other => {
            return Err(constraint(other, "status", "Member must satisfy enum value set: [Active, Inactive]"));
        }
    };
    call.sandbox.change_iam(|iam| access_keys::set_active(iam, account_of(call), &user, id, active))?;
    Ok(None)
}

fn delete(call: &Call, params: &Params) -> Answer {
    let (_, user) = permit_named(call, params)?;
    let id = params.required("AccessKeyId")?;
    call.sandbox.change_iam(|iam| access_keys::delete(iam, account_of(call), &user, id))?;
    Ok(None)
}

/// The sandbox does not remember when a key was used, and says so as AWS does of keys that never were.
fn last_used(call: &Call, params: &Params) -> Answer {
    let id = params.required("AccessKeyId")?;
    let iam = written(call);
    let known = iam.access_key(id).filter(|(account, ..)| account.id == account_of(call));
    let arn = known.map_or_else(
        || format!("arn:aws:iam::{}:user/*", account_of(call)),
        |(account, user, _)| account.user_arn(user),
    );
    permit(call, params, &arn, Context::new())?;
    let (_, user, _) = known.ok_or_else(|| {
        // AWS does not tell a key of another account from none.
        let who = call.caller.arn();
        let message =
            format!("User: {who} is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key {id}");
        Refusal::new(403, "AccessDenied", message)
    })?;
    Ok(Some(html! {
        UserName { (user.name) }
        AccessKeyLastUsed { ServiceName { "N/A" } Region { "N/A" } }
    }))
}
