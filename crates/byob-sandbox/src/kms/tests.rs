//! Keys, as their account, others and S3 find them.

use axum::{body::Body, response::Response};
use byob_aws::iam::Context;
use serde_json::{Value, json};

use super::{Input, default_policy, dispatch, managed_by_aws, refusal, require};
use crate::{
    Sandbox,
    call::Call,
    iam::{
        identities::{self, Who},
        testing::{ACCOUNT, OTHER, call_of_user, change, sandbox},
    },
    refusal::Refusal,
};

const MAY_ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}"#;

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
