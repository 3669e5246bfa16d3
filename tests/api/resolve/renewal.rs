//! Sessions are renewed before anybody has to wait for it.

use byob_e2e::{Presigned, Service, given};
use time::Duration;

/// Of a session of an hour, of which 59 minutes are used: 70 to 85 % is when it is renewed.
const EARLY: u64 = 2400;
const DUE: u64 = 3020;

#[tokio::test]
async fn a_request_that_would_outlive_the_session_renews_it_first() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let first = Presigned::parse(&service.viewer().url("s3://images/k", 900).await);
    service.advance(3300);

    let second = Presigned::parse(&service.viewer().url("s3://images/k", 900).await);

    assert_ne!(first.access_key_id(), second.access_key_id());
    assert_eq!(
        second.expires_at(),
        service.clock().now() + Duration::seconds(900),
        "the whole life that was asked for"
    );
    assert_eq!(service.sts().count(), 2);
}

#[tokio::test]
async fn a_session_that_lasts_is_not_renewed() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    for _ in 0..8 {
        service.viewer().url("s3://images/k", 60).await;
        service.advance(EARLY / 8);
    }

    assert_eq!(service.sts().count(), 1);
}

#[tokio::test]
async fn a_busy_integration_is_renewed_in_the_background() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let first = Presigned::parse(&service.viewer().url("s3://images/k", 60).await);
    service.advance(DUE);
    let gate = service.sts().hold();

    for _ in 0..3 {
        let url = Presigned::parse(&service.viewer().url("s3://images/k", 60).await);
        assert_eq!(url.access_key_id(), first.access_key_id(), "nobody waits for STS");
    }

    service.sts().wait_for(2).await;
    gate.open();
}

#[tokio::test]
async fn an_integration_used_now_and_then_is_renewed_in_the_background_too() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.viewer().url("s3://images/k", 60).await;
    service.advance(DUE);

    service.viewer().url("s3://images/k", 60).await;

    service.sts().wait_for(2).await;
}

#[tokio::test]
async fn a_renewal_in_the_background_is_made_once() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.viewer().url("s3://images/k", 60).await;
    service.advance(DUE);
    for _ in 0..10 {
        service.viewer().url("s3://images/k", 60).await;
    }
    service.sts().wait_for(2).await;

    for _ in 0..10 {
        service.viewer().url("s3://images/k", 60).await;
    }

    assert_eq!(service.sts().count(), 2);
}
