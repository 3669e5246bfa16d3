//! AWS refuses: the right locators fail, with the cause.

use byob_e2e::{Actor, Answer, Crowd, Service, given};
use serde_json::{Value, json};

#[tokio::test]
async fn one_broken_role_fails_no_other_locator() {
    let service = Service::start().await;
    for name in ["broken", "images", "videos"] {
        service.admin().connect(&given::bucket(name)).await;
    }
    service.sts().answer_for(&given::role_arn("broken"), Answer::ACCESS_DENIED);

    let locators = ["s3://images/1", "s3://broken/2", "s3://videos/3", "s3://broken/4", "s3://images/5"];
    let results = service.viewer().resolve(&locators).await;

    let codes: Vec<_> = results.iter().map(|result| result["error"]["code"].as_str()).collect();
    assert_eq!(codes, [None, Some("role_not_assumable"), None, Some("role_not_assumable"), None]);
    let aws = json!({"operation": "sts:AssumeRole", "code": "AccessDenied", "request_id": "stand-in"});
    assert_eq!(results[1]["error"]["aws"], aws);
    assert!(!results[1].to_string().contains("arn:aws"), "settings are for admins: {}", results[1]);
}

#[tokio::test]
async fn every_refusal_of_sts_is_told_by_its_cause() {
    let service = Service::start().await;
    let causes = [
        (Answer::ACCESS_DENIED, "role_not_assumable"),
        (Answer::THROTTLED, "aws_throttled"),
        (Answer::BROKEN, "sts_unavailable"),
        (Answer::EXPIRED, "platform_credentials_expired"),
        (Answer::Fault(403, "InvalidClientTokenId", "Not valid"), "platform_credentials_invalid"),
        (Answer::Fault(400, "PackedPolicyTooLarge", "Too large"), "session_policy_too_large"),
        (
            Answer::Fault(400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration"),
            "session_duration_too_long",
        ),
        (Answer::Fault(403, "RegionDisabledException", "Not activated"), "sts_region_disabled"),
    ];
    let mut locators = Vec::new();
    for (number, (answer, _)) in causes.into_iter().enumerate() {
        let name = format!("bucket-{number}");
        service.admin().connect(&given::bucket(&name)).await;
        service.sts().answer_for(&given::role_arn(&name), answer);
        locators.push(format!("s3://{name}/k"));
    }

    let results = service.viewer().resolve_with(&json!({"locators": locators})).await;

    for (result, (answer, code)) in results.iter().zip(causes) {
        let error = &result["error"];
        assert_eq!(error["code"], code, "{answer:?}");
        assert!(
            error["detail"].is_string() && error["hint"].is_string() && error["aws"]["code"].is_string(),
            "{error}"
        );
    }
}

#[tokio::test]
async fn expired_credentials_of_the_platform_are_loaded_afresh_once() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.sts().answer_once(Answer::EXPIRED);

    service.resolve_in_process("s3://images/k").await.unwrap();

    assert_eq!(service.sts().count(), 2);
}

#[tokio::test]
async fn credentials_of_the_platform_that_stay_expired_are_not_tried_again_and_again() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.sts().answer(Answer::EXPIRED);

    assert_eq!(service.resolve_in_process("s3://images/k").await, Err("platform_credentials_expired"));

    assert_eq!(service.sts().count(), 2);
}

#[tokio::test]
async fn sessions_that_are_over_when_they_come_are_not_asked_for_by_every_request() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.sts().answer(Answer::SessionOf(30));

    for _ in 0..10 {
        service.resolve_in_process("s3://images/k").await.unwrap_err();
        service.clock().advance(std::time::Duration::from_millis(100));
    }

    assert_eq!(service.sts().count(), 1);
}

#[tokio::test]
async fn an_organization_is_not_held_up_by_the_broken_role_of_another() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("broken")).await;
    let other = service.client(Actor::OtherOrganization);
    other.connect(&given::bucket("images")).await;
    other.url("s3://images/k", 600).await;
    let gate = service.sts().hold();

    let mut waiting = Crowd::of([service.resolve_in_process("s3://broken/k")]);
    waiting.all_wait().await;
    service.sts().wait_for(2).await;
    other.url("s3://images/k", 600).await;

    gate.open();
    waiting.answers().await.remove(0).unwrap();
}

#[tokio::test]
async fn an_integration_removed_while_sts_is_asked_is_no_fault_of_ours() {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let gate = service.sts().hold();
    let mut waiting = Crowd::of([service.resolve_in_process("s3://images/k")]);
    waiting.all_wait().await;
    service.sts().wait_for(1).await;

    let path = given::integration_path(&integration);
    assert_eq!(service.admin().delete(&path).await.status, 204);
    gate.open();

    assert_ne!(waiting.answers().await[0], Err("internal"));
    let after = service.viewer().resolve(&["s3://images/k"]).await;
    assert_eq!(after[0]["error"]["code"], Value::from("no_integration"));
}
