//! Key policies: the usual one, read, written, and checked before it is.

use byob_aws::iam::{Context, PolicyKind};
use serde_json::{Value, json};

use super::{
    Input, account_of,
    found::{key_mut, permitted},
};
use crate::{
    call::{Ask, Call},
    iam::documents,
    refusal::Refusal,
    state::{iam::BoundPolicy, principals},
};

/// The largest key policy, in bytes.
const LARGEST_POLICY: usize = 32_768;

/// The key policy that a key gets where nothing else is said.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>.
pub fn default_policy(account: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account}:root"}},"Action":"kms:*","Resource":"*"}}]}}"#
    )
}

/// `GetKeyPolicy`.
pub fn get(call: &Call, input: &Input) -> Result<Value, Refusal> {
    let found = permitted(call, "GetKeyPolicy", input)?;
    let policy = found.key.policy.in_force(call.sandbox.read().iam.written());
    Ok(json!({ "Policy": policy, "PolicyName": "default" }))
}

/// `PutKeyPolicy`.
pub fn put(call: &Call, input: &Input) -> Result<Value, Refusal> {
    let found = permitted(call, "PutKeyPolicy", input)?;
    let text = input.policy.clone().unwrap_or_default();
    check(call, &found.arn, &text, input.bypass_policy_lockout_safety_check)?;
    call.sandbox.change_iam(|iam| {
        let policy = BoundPolicy::bind(text, iam);
        key_mut(iam, &found)?.policy = policy;
        Ok::<_, Refusal>(json!({}))
    })
}

/// Refuses what is no key policy, and what would lock the caller out.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>.
pub fn check(call: &Call, arn: &str, text: &str, bypass: bool) -> Result<(), Refusal> {
    let malformed = |message: String| Refusal::new(400, "MalformedPolicyDocumentException", message);
    documents::check(text, PolicyKind::Resource).map_err(|refusal| malformed(refusal.message))?;
    if text.len() > LARGEST_POLICY {
        return Err(Refusal::new(400, "LimitExceededException", "The key policy is larger than 32 KB."));
    }
    if principals::unknown(text, call.sandbox.read().iam.written()).is_some() {
        return Err(malformed("Policy contains a statement with one or more invalid principals.".to_owned()));
    }
    let ask = Ask {
        action: "kms:PutKeyPolicy",
        resource: arn,
        resource_account: arn.split(':').nth(4).unwrap_or_default(),
        resource_policy: Some((PolicyKind::Resource, text)),
        context: Context::new().with("kms:CallerAccount", account_of(call)),
    };
    if bypass || call.decide(ask).is_allowed() {
        return Ok(());
    }
    Err(malformed("The new key policy will not allow you to update the key policy in the future.".to_owned()))
}
