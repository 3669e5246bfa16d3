//! The key that a request names: found, permitted, changed.

use byob_aws::iam::{Context, PolicyKind};
use time::OffsetDateTime;

use super::{Input, account_of, region_of};
use crate::{
    call::Call,
    refusal::Refusal,
    state::{Account, Iam, KmsKey},
};

/// A key that the caller may do something with.
pub struct Found {
    pub arn: String,
    pub account: String,
    pub key: KmsKey,
}

/// The key that a request names, by ID or ARN, if the caller may do this with it.
pub fn permitted(call: &Call, action: &str, input: &Input) -> Result<Found, Refusal> {
    let state = call.sandbox.read();
    let iam = state.iam.written();
    let arn = match input.key_id.as_str() {
        arn if arn.starts_with("arn:") => arn.to_owned(),
        id => format!("arn:aws:kms:{}:{}:key/{id}", region_of(call), account_of(call)),
    };
    let missing = || Refusal::new(400, "NotFoundException", format!("Key '{arn}' does not exist"));
    let (account, key) = lookup(iam, &arn, call.now).ok_or_else(missing)?;
    if key.region != region_of(call) {
        return Err(Refusal::new(400, "NotFoundException", format!("Invalid arn {}", key.region)));
    }
    let policy = key.policy.in_force(iam);
    let context = Context::new().with("kms:CallerAccount", account_of(call));
    let resource_policy = Some((PolicyKind::Resource, policy.as_str()));
    call.require_with(&format!("kms:{action}"), &arn, &account.id, resource_policy, context)?;
    Ok(Found { account: account.id.clone(), key: key.clone(), arn })
}

/// The key with that ARN, unless its time has come.
pub fn lookup<'a>(iam: &'a Iam, arn: &str, now: OffsetDateTime) -> Option<(&'a Account, &'a KmsKey)> {
    iam.kms_key(arn).filter(|(_, key)| key.deletion.is_none_or(|at| at > now))
}

/// Changes a key, if the caller may.
pub fn alter(call: &Call, action: &str, input: &Input, change: impl FnOnce(&mut KmsKey)) -> Result<Found, Refusal> {
    let found = permitted(call, action, input)?;
    if found.key.deletion.is_some() && action != "CancelKeyDeletion" {
        let message = format!("{} is pending deletion.", found.arn);
        return Err(Refusal::new(400, "KMSInvalidStateException", message));
    }
    let key = call.sandbox.change_iam(|iam| {
        let key = key_mut(iam, &found)?;
        change(key);
        Ok::<_, Refusal>(key.clone())
    })?;
    Ok(Found { key, ..found })
}

/// The same key, to be changed.
pub fn key_mut<'a>(iam: &'a mut Iam, found: &Found) -> Result<&'a mut KmsKey, Refusal> {
    let account = iam.accounts.get_mut(&found.account).ok_or_else(Refusal::internal)?;
    account.keys.get_mut(&found.key.id).ok_or_else(Refusal::internal)
}
