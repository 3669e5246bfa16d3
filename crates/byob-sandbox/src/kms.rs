//! KMS: as much of it as encrypted objects need. Nothing is encrypted; permissions are demanded as if it were.
//!
//! Source: <https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html>.

use std::net::IpAddr;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use byob_aws::iam::{Context, PolicyKind};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

use crate::{
    Sandbox,
    call::{Ask, Call, Caller},
    http,
    iam::documents,
    query, random,
    refusal::Refusal,
    state::{Account, Iam, KmsKey, iam::BoundPolicy, principals},
};

/// The largest key policy, in bytes.
const LARGEST_POLICY: usize = 32_768;

/// The fields that requests have; each action takes its own.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Input {
    key_id: String,
    description: String,
    policy: Option<String>,
    bypass_policy_lockout_safety_check: bool,
    pending_window_in_days: Option<i64>,
    limit: Option<usize>,
    marker: Option<String>,
}

/// Answers a request in the protocol JSON 1.1.
pub fn answer(sandbox: &Sandbox, parts: &Parts, body: &Bytes, source: IpAddr) -> Response<Body> {
    let request_id = random::uuid();
    let mut response = match act(sandbox, parts, body, source, &request_id) {
        Ok(output) => respond(StatusCode::OK, &output),
        Err(refused) => refusal(&refused),
    };
    http::stamp(&mut response, false, &request_id, "");
    response
}

/// A refusal as this protocol says it. Its codes are called exceptions.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html>.
pub fn refusal(refusal: &Refusal) -> Response<Body> {
    let code = match refusal.code.as_str() {
        "InvalidClientTokenId" => "UnrecognizedClientException".to_owned(),
        "SignatureDoesNotMatch" => "InvalidSignatureException".to_owned(),
        "ValidationError" => "ValidationException".to_owned(),
        "InternalFailure" | "InternalError" => "KMSInternalException".to_owned(),
        code if code.ends_with("Exception") => code.to_owned(),
        code => format!("{code}Exception"),
    };
    let status = if refusal.status.is_server_error() { refusal.status } else { StatusCode::BAD_REQUEST };
    respond(status, &json!({ "__type": code, "message": refusal.message }))
}

fn respond(status: StatusCode, output: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(output.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/x-amz-json-1.1");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn act(sandbox: &Sandbox, parts: &Parts, body: &Bytes, source: IpAddr, request_id: &str) -> Result<Value, Refusal> {
    let call = query::call(sandbox, parts, body, source, request_id)?;
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let Some(action) = target.strip_prefix("TrentService.") else { return Err(unknown_operation()) };
    let input: Input = serde_json::from_slice(body)
        .map_err(|error| Refusal::new(400, "SerializationException", format!("The request cannot be read: {error}")))?;
    let output = dispatch(&call, action, &input)?;
    sandbox.count(format!("kms:{action}"));
    Ok(output)
}

fn dispatch(call: &Call, action: &str, input: &Input) -> Result<Value, Refusal> {
    match action {
        "CreateKey" => create(call, input),
        "ListKeys" => list(call, input),
        // There are no aliases.
        "ListAliases" => call.require("kms:ListAliases", "*").map(|()| json!({ "Aliases": [], "Truncated": false })),
        "DescribeKey" => permitted(call, action, input).map(|key| json!({ "KeyMetadata": metadata(&key) })),
        "GetKeyPolicy" => get_policy(call, input),
        "PutKeyPolicy" => put_policy(call, input),
        "EnableKey" => alter(call, action, input, |key| key.enabled = true).map(|_| json!({})),
        "DisableKey" => alter(call, action, input, |key| key.enabled = false).map(|_| json!({})),
        "ScheduleKeyDeletion" => schedule_deletion(call, input),
        "CancelKeyDeletion" => {
            let key = alter(call, action, input, |key| {
                // "After the deletion is cancelled, the key is disabled."
                key.deletion = None;
                key.enabled = false;
            })?;
            Ok(json!({ "KeyId": key.arn }))
        }
        "GetKeyRotationStatus" => permitted(call, action, input).map(|_| json!({ "KeyRotationEnabled": false })),
        "ListResourceTags" => permitted(call, action, input).map(|_| json!({ "Tags": [], "Truncated": false })),
        _ => Err(unknown_operation()),
    }
}

fn unknown_operation() -> Refusal {
    Refusal::new(400, "UnknownOperationException", "")
}

/// A key that the caller may do something with.
struct Found {
    arn: String,
    account: String,
    key: KmsKey,
}

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html>.
fn metadata(found: &Found) -> Value {
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

fn region_of(call: &Call) -> String {
    let region = call.context.get("aws:RequestedRegion").and_then(|regions| regions.first());
    region.cloned().unwrap_or_else(|| "us-east-1".to_owned())
}

fn account_of(call: &Call) -> &str {
    call.caller.account().unwrap_or_default()
}

/// The key policy that a key gets where nothing else is said.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>.
pub fn default_policy(account: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account}:root"}},"Action":"kms:*","Resource":"*"}}]}}"#
    )
}

fn create(call: &Call, input: &Input) -> Result<Value, Refusal> {
    call.require("kms:CreateKey", "*")?;
    let region = region_of(call);
    let policy = match &input.policy {
        Some(text) => text.clone(),
        None => default_policy(account_of(call)),
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
    check_policy(call, &arn, &policy, input.bypass_policy_lockout_safety_check)?;
    let key = call.sandbox.change_iam(|iam| {
        let policy = BoundPolicy::bind(policy, iam);
        let key = KmsKey { policy, ..key };
        let account = iam.accounts.get_mut(account_of(call)).ok_or_else(Refusal::internal)?;
        account.keys.insert(key.id.clone(), key.clone());
        Ok::<_, Refusal>(key)
    })?;
    Ok(json!({ "KeyMetadata": metadata(&Found { arn, account: account_of(call).to_owned(), key }) }))
}

fn list(call: &Call, input: &Input) -> Result<Value, Refusal> {
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

fn get_policy(call: &Call, input: &Input) -> Result<Value, Refusal> {
    let found = permitted(call, "GetKeyPolicy", input)?;
    let policy = found.key.policy.in_force(call.sandbox.read().iam.written());
    Ok(json!({ "Policy": policy, "PolicyName": "default" }))
}

fn put_policy(call: &Call, input: &Input) -> Result<Value, Refusal> {
    let found = permitted(call, "PutKeyPolicy", input)?;
    let text = input.policy.clone().unwrap_or_default();
    check_policy(call, &found.arn, &text, input.bypass_policy_lockout_safety_check)?;
    call.sandbox.change_iam(|iam| {
        let policy = BoundPolicy::bind(text, iam);
        key_mut(iam, &found)?.policy = policy;
        Ok::<_, Refusal>(json!({}))
    })
}

/// Refuses what is no key policy, and what would lock the caller out.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>.
fn check_policy(call: &Call, arn: &str, text: &str, bypass: bool) -> Result<(), Refusal> {
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

fn schedule_deletion(call: &Call, input: &Input) -> Result<Value, Refusal> {
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

/// The key that a request names, by ID or ARN, if the caller may do this with it.
fn permitted(call: &Call, action: &str, input: &Input) -> Result<Found, Refusal> {
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
fn lookup<'a>(iam: &'a Iam, arn: &str, now: OffsetDateTime) -> Option<(&'a Account, &'a KmsKey)> {
    iam.kms_key(arn).filter(|(_, key)| key.deletion.is_none_or(|at| at > now))
}

fn key_mut<'a>(iam: &'a mut Iam, found: &Found) -> Result<&'a mut KmsKey, Refusal> {
    let account = iam.accounts.get_mut(&found.account).ok_or_else(Refusal::internal)?;
    account.keys.get_mut(&found.key.id).ok_or_else(Refusal::internal)
}

/// Changes a key, if the caller may.
fn alter(call: &Call, action: &str, input: &Input, change: impl FnOnce(&mut KmsKey)) -> Result<Found, Refusal> {
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

/// The ARN of the key that S3 uses in an account and region where a request names none: `alias/aws/s3`, which AWS manages.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key>.
pub fn managed_by_aws(account: &str, region: &str) -> String {
    let digest = base16ct::lower::encode_string(&Sha256::digest(format!("aws/s3 {account} {region}")));
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    let id = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-");
    format!("arn:aws:kms:{region}:{account}:key/{id}")
}

/// Account and region of a key that AWS manages.
fn owner_of_managed(key_arn: &str) -> Option<(&str, &str)> {
    let mut parts = key_arn.split(':').skip(3);
    let (region, account) = (parts.next()?, parts.next()?);
    (managed_by_aws(account, region) == key_arn).then_some((account, region))
}

/// Everybody of the account, by way of S3 alone.
fn managed_policy(account: &str, region: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": "*" },
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": "*",
            "Condition": { "StringEquals": {
                "kms:CallerAccount": account,
                "kms:ViaService": format!("s3.{region}.amazonaws.com"),
            } },
        }],
    })
    .to_string()
}

/// Whether a caller of S3 may use a key. `context` holds what S3 tells KMS: `kms:ViaService`, whose region has to be the key's, the
/// encryption context and the caller's account. Refusals are those that S3 passes on.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>.
pub fn require(call: &Call, key_arn: &str, action: &str, context: Context) -> Result<(), Refusal> {
    if matches!(call.caller, Caller::Anonymous) {
        return Err(Refusal::new(
            400,
            "InvalidArgument",
            "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
        ));
    }
    if let Some((account, region)) = owner_of_managed(key_arn) {
        let policy = managed_policy(account, region);
        return call.require_with(action, key_arn, account, Some((PolicyKind::Resource, &policy)), context);
    }
    let Some((account, key)) = lookup(&call.iam, key_arn, call.now) else {
        return Err(Refusal::new(400, "KMS.NotFoundException", format!("Key '{key_arn}' does not exist")));
    };
    let service = context.get("kms:ViaService").and_then(|services| services.first());
    if service.is_some_and(|service| service.split('.').nth(1) != Some(&key.region)) {
        return Err(Refusal::new(400, "KMS.NotFoundException", format!("Invalid arn {}", key.region)));
    }
    let policy = key.policy.in_force(&call.iam);
    call.require_with(action, key_arn, &account.id, Some((PolicyKind::Resource, &policy)), context)?;
    if key.deletion.is_some() {
        return Err(Refusal::new(400, "KMS.KMSInvalidStateException", format!("{key_arn} is pending deletion.")));
    }
    if !key.enabled {
        return Err(Refusal::new(400, "KMS.DisabledException", format!("{key_arn} is disabled.")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{
        identities::{self, Who},
        testing::{ACCOUNT, OTHER, call_of_user, change, sandbox},
    };

    const MAY_ALL: &str =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}"#;

    /// A sandbox whose `admin` may use KMS and has made a key.
    fn with_key() -> (Sandbox, String) {
        let sandbox = sandbox();
        change(&sandbox, |iam| {
            identities::put_inline(iam, ACCOUNT, Who::User("admin"), "kms", MAY_ALL).unwrap();
            identities::put_inline(iam, OTHER, Who::User("stranger"), "kms", MAY_ALL).unwrap();
        });
        let made = dispatch(&admin(&sandbox), "CreateKey", &Input::default()).unwrap();
        (sandbox, made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned())
    }

    fn admin(sandbox: &Sandbox) -> Call {
        call_of_user(sandbox, ACCOUNT, "admin")
    }

    fn stranger(sandbox: &Sandbox) -> Call {
        call_of_user(sandbox, OTHER, "stranger")
    }

    fn of_key(arn: &str) -> Input {
        Input { key_id: arn.to_owned(), ..Input::default() }
    }

    fn decrypt(call: &Call, arn: &str, region: &str) -> Result<(), Refusal> {
        let facts = Context::new().with("kms:ViaService", format!("s3.{region}.amazonaws.com"));
        require(call, arn, "kms:Decrypt", facts)
    }

    #[test]
    fn the_key_that_aws_manages_serves_its_account_and_nobody_else() {
        let (sandbox, _) = with_key();
        let managed = managed_by_aws(ACCOUNT, "us-east-1");
        let decrypt = |call: &Call, region: &str| {
            let facts = Context::new()
                .with("kms:ViaService", format!("s3.{region}.amazonaws.com"))
                .with("kms:CallerAccount", call.caller.account().unwrap());
            require(call, &managed, "kms:Decrypt", facts)
        };
        decrypt(&admin(&sandbox), "us-east-1").unwrap();
        assert_eq!(decrypt(&stranger(&sandbox), "us-east-1").unwrap_err().code, "AccessDenied");
    }

    #[test]
    fn a_new_key_leaves_it_to_the_policies_of_its_account() {
        let (sandbox, arn) = with_key();
        assert!(decrypt(&admin(&sandbox), &arn, "eu-central-1").is_ok());
        assert_eq!(decrypt(&stranger(&sandbox), &arn, "eu-central-1").unwrap_err().code, "AccessDenied");
        change(&sandbox, |iam| identities::delete_inline(iam, ACCOUNT, Who::User("admin"), "kms").unwrap());
        assert_eq!(decrypt(&admin(&sandbox), &arn, "eu-central-1").unwrap_err().code, "AccessDenied");
    }

    #[test]
    fn between_accounts_the_key_policy_has_to_agree() {
        let (sandbox, arn) = with_key();
        let text = default_policy(ACCOUNT).replace(
            "\"AWS\":\"arn:aws:iam::111111111111:root\"",
            "\"AWS\":[\"arn:aws:iam::111111111111:root\",\"222222222222\"]",
        );
        let input = Input { policy: Some(text), ..of_key(&arn) };
        dispatch(&admin(&sandbox), "PutKeyPolicy", &input).unwrap();
        assert!(decrypt(&stranger(&sandbox), &arn, "eu-central-1").is_ok());
    }

    #[test]
    fn a_key_belongs_to_one_region_and_can_be_switched_off() {
        let (sandbox, arn) = with_key();
        let refusal = decrypt(&admin(&sandbox), &arn, "us-east-1").unwrap_err();
        assert_eq!((refusal.code.as_str(), refusal.status.as_u16()), ("KMS.NotFoundException", 400));
        dispatch(&admin(&sandbox), "DisableKey", &of_key(&arn)).unwrap();
        assert_eq!(decrypt(&admin(&sandbox), &arn, "eu-central-1").unwrap_err().code, "KMS.DisabledException");
        dispatch(&admin(&sandbox), "EnableKey", &of_key(arn.rsplit('/').next().unwrap())).unwrap();
        assert!(decrypt(&admin(&sandbox), &arn, "eu-central-1").is_ok());
        dispatch(&admin(&sandbox), "ScheduleKeyDeletion", &of_key(&arn)).unwrap();
        assert_eq!(decrypt(&admin(&sandbox), &arn, "eu-central-1").unwrap_err().code, "KMS.KMSInvalidStateException");
        let missing = arn.replace(":key/", ":key/0");
        assert_eq!(decrypt(&admin(&sandbox), &missing, "eu-central-1").unwrap_err().code, "KMS.NotFoundException");
    }

    #[test]
    fn a_key_policy_that_locks_its_writer_out_is_refused() {
        let (sandbox, arn) = with_key();
        for (text, says) in [
            (default_policy(OTHER), "will not allow you to update"),
            (default_policy("999999999999"), "invalid principals"),
            (MAY_ALL.to_owned(), "Principal"),
        ] {
            let input = Input { policy: Some(text), ..of_key(&arn) };
            let refusal = dispatch(&admin(&sandbox), "PutKeyPolicy", &input).unwrap_err();
            assert_eq!(refusal.code, "MalformedPolicyDocumentException");
            assert!(refusal.message.contains(says), "{}", refusal.message);
        }
    }

    #[test]
    fn keys_are_listed_by_region_and_page() {
        let (sandbox, _) = with_key();
        dispatch(&admin(&sandbox), "CreateKey", &Input::default()).unwrap();
        let first = dispatch(&admin(&sandbox), "ListKeys", &Input { limit: Some(1), ..Input::default() }).unwrap();
        assert_eq!(first["Truncated"], true);
        let marker = first["NextMarker"].as_str().map(str::to_owned);
        let rest = dispatch(&admin(&sandbox), "ListKeys", &Input { marker, ..Input::default() }).unwrap();
        assert_eq!((rest["Keys"].as_array().unwrap().len(), &rest["Truncated"]), (1, &json!(false)));
        assert_ne!(rest["Keys"][0], first["Keys"][0]);
    }

    #[test]
    fn refusals_are_exceptions() {
        for (code, status, expected) in [
            ("AccessDenied", 403, (400, "AccessDeniedException")),
            ("InvalidClientTokenId", 403, (400, "UnrecognizedClientException")),
            ("NotFoundException", 400, (400, "NotFoundException")),
            ("InternalError", 500, (500, "KMSInternalException")),
        ] {
            let response = refusal(&Refusal::new(status, code, "why"));
            assert_eq!(response.status().as_u16(), expected.0);
            let body = futures_body(response);
            assert_eq!(body["__type"], expected.1);
        }
    }

    fn futures_body(response: Response<Body>) -> Value {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let body = runtime.block_on(http_body_util::BodyExt::collect(response.into_body())).unwrap();
        serde_json::from_slice(&body.to_bytes()).unwrap()
    }
}
