//! STS is down: what was handed out before keeps working, for as long as it can.

use byob_e2e::{Answer, Presigned, Service, given, patiently};
use time::Duration;

#[tokio::test]
async fn a_session_that_is_still_valid_serves_on_with_the_life_that_it_has_left() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let issued_at = service.clock().now();
    let before = Presigned::parse(&service.viewer().url("s3://images/k", 900).await);
    service.advance(3300);
    service.sts().answer(Answer::BROKEN);

    let during = Presigned::parse(&service.viewer().url("s3://images/k", 900).await);

    assert_eq!(during.access_key_id(), before.access_key_id());
    assert_eq!(during.expires_at(), issued_at + Duration::seconds(3540));
    assert!(service.sts().count() > 1, "STS was asked first");
}

#[tokio::test]
async fn a_session_that_is_over_serves_no_more() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.resolve_in_process("s3://images/k").await.unwrap();
    service.advance(3540);
    service.sts().answer(Answer::BROKEN);

    assert_eq!(service.resolve_in_process("s3://images/k").await, Err("sts_unavailable"));
}

#[tokio::test]
async fn during_an_outage_sts_is_asked_every_few_seconds_and_not_by_every_request() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.resolve_in_process("s3://images/k").await.unwrap();
    service.advance(3300);
    service.sts().answer(Answer::ACCESS_DENIED);

    for _ in 0..10 {
        service.resolve_in_process("s3://images/k").await.unwrap();
    }
    assert_eq!(service.sts().count(), 2);

    service.advance(5);
    service.resolve_in_process("s3://images/k").await.unwrap();
    service.sts().wait_for(3).await;
}

#[tokio::test]
async fn after_an_outage_urls_live_their_whole_life_again() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.viewer().url("s3://images/k", 900).await;
    service.advance(3300);
    service.sts().answer(Answer::ACCESS_DENIED);
    let url = async || Presigned::parse(&service.viewer().url("s3://images/k", 900).await);
    let old_session = url().await.access_key_id().to_owned();
    service.sts().answer(Answer::Session);
    service.advance(10);

    let recovered = async { while url().await.access_key_id() == old_session {} };
    patiently("URLs come of a new session", recovered).await;

    assert_eq!(url().await.expires_at(), service.clock().now() + Duration::seconds(900));
}

#[tokio::test]
async fn while_sts_hangs_after_a_failure_nobody_waits_for_it() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.resolve_in_process("s3://images/k").await.unwrap();
    service.advance(3300);
    service.sts().answer(Answer::ACCESS_DENIED);
    service.resolve_in_process("s3://images/k").await.unwrap();
    service.advance(10);
    let gate = service.sts().hold();

    for _ in 0..10 {
        service.resolve_in_process("s3://images/k").await.unwrap();
    }

    service.sts().wait_for(3).await;
    gate.open();
}
