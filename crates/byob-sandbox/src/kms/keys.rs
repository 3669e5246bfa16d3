//! Keys: made, listed, described, and deleted after a while.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::{
    Input, account_of,
    found::{Found, alter},
    policy, region_of,
};
use crate::{
    call::Call,
    query, random,
    refusal::Refusal,
    state::{KmsKey, iam::BoundPolicy},
};

/// `CreateKey`.
pub fn create(call: &Call, input: &Input) -> Result<Value, Refusal> {
    call.require("kms:CreateKey", "*")?;
    let region = region_of(call);
    let policy = match &input.policy {
        Some(text) => text.clone(),
        None => policy::default_policy(account_of(call)),
    };
    let key = KmsKey {
        id: random::uuid(),
        region,
        description: input.description.clone(),
        policy: BoundPolicy::default(),
        created: call.now,
        enabled: true,
        deletion: None,
    };
    let arn = format!("arn:aws:kms:{}:{}:key/{}", key.region, account_of(call), key.id);
    policy::check(call, &arn, &policy, input.bypass_policy_lockout_safety_check)?;
    let key = call.sandbox.change_iam(|iam| {
        let policy = BoundPolicy::bind(policy, iam);
        let key = KmsKey { policy, ..key };
        let account = iam.accounts.get_mut(account_of(call)).ok_or_else(Refusal::internal)?;
        account.keys.insert(key.id.clone(), key.clone());
        Ok::<_, Refusal>(key)
    })?;
    Ok(json!({ "KeyMetadata": metadata(&Found { arn, account: account_of(call).to_owned(), key }) }))
}

/// `ListKeys`, of one region.
pub fn list(call: &Call, input: &Input) -> Result<Value, Refusal> {
    call.require("kms:ListKeys", "*")?;
    let (region, limit) = (region_of(call), input.limit.unwrap_or(100).clamp(1, 1_000));
    let state = call.sandbox.read();
    let account = state.iam.written().accounts.get(account_of(call)).ok_or_else(Refusal::internal)?;
    let keys = account.keys.values().filter(|key| key.region == region);
    let mut keys = keys.filter(|key| input.marker.as_ref().is_none_or(|marker| key.id > *marker));
    let page: Vec<&KmsKey> = keys.by_ref().take(limit).collect();
    let entries: Vec<Value> =
        page.iter().map(|key| json!({ "KeyId": key.id, "KeyArn": account.key_arn(key) })).collect();
    let mut output = json!({ "Keys": entries, "Truncated": false });
    if let (Some(last), Some(_)) = (page.last(), keys.next()) {
        output["Truncated"] = true.into();
        output["NextMarker"] = last.id.clone().into();
    }
    Ok(output)
}

/// What is told of a key.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html>.
pub fn metadata(found: &Found) -> Value {
    let Found { arn, account, key } = found;
    let state = match key {
        KmsKey { deletion: Some(_), .. } => "PendingDeletion",
        KmsKey { enabled: true, .. } => "Enabled",
        KmsKey { .. } => "Disabled",
    };
    let mut metadata = json!({
        "AWSAccountId": account,
        "KeyId": key.id,
        "Arn": arn,
        "CreationDate": key.created.unix_timestamp(),
        "Enabled": state == "Enabled",
        "Description": key.description,
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": state,
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": false,
    });
    if let Some(at) = key.deletion {
        metadata["DeletionDate"] = at.unix_timestamp().into();
    }
    metadata
}

/// `ScheduleKeyDeletion`.
pub fn schedule_deletion(call: &Call, input: &Input) -> Result<Value, Refusal> {
    let days = input.pending_window_in_days.unwrap_or(30);
    if !(7..=30).contains(&days) {
        let rule = if days < 7 { "greater than or equal to 7" } else { "less than or equal to 30" };
        return Err(query::constraint(
            &days.to_string(),
            "pendingWindowInDays",
            format!("Member must have value {rule}"),
        ));
    }
    let at: OffsetDateTime = call.now + Duration::days(days);
    let found = alter(call, "ScheduleKeyDeletion", input, |key| key.deletion = Some(at))?;
    Ok(json!({
        "KeyId": found.arn,
        "DeletionDate": at.unix_timestamp(),
        "KeyState": "PendingDeletion",
        "PendingWindowInDays": days,
    }))
}
