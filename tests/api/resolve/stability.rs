//! The same locator gives the same URL for a while, so that browsers can cache.

use std::collections::HashSet;

use byob_core::{runtime::Rng, vault::Vault};
use byob_e2e::{Presigned, Service, given};
use serde_json::json;

/// Half of the lifetime.
const WINDOW: u64 = 300;
const LIFETIME: u32 = 600;

async fn url(service: &Service) -> String {
    service.viewer().url("s3://images/k", LIFETIME).await
}

/// Moves the time to the moment at which the next window begins, and gives its URL.
async fn next_window(service: &Service) -> String {
    let before = url(service).await;
    for _ in 0..WINDOW {
        service.advance(1);
        let now = url(service).await;
        if now != before {
            return now;
        }
    }
    panic!("one URL was handed out for more than {WINDOW} seconds");
}

#[tokio::test]
async fn a_window_has_one_url_and_the_next_another() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;

    let first = next_window(&service).await;
    service.advance(WINDOW - 1);
    let last = url(&service).await;
    service.advance(1);
    let next = url(&service).await;

    assert_eq!(first, last);
    assert_ne!(first, next);
    assert_eq!(service.sts().count(), 1, "the next window has the same session");
}

#[tokio::test]
async fn windows_of_different_integrations_begin_at_different_times() {
    let service = Service::start().await;
    let names: Vec<String> = (0..20).map(|number| format!("bucket-{number}")).collect();
    for name in &names {
        service.admin().connect(&given::bucket(name)).await;
    }
    let locators: Vec<String> = names.iter().map(|name| format!("s3://{name}/k")).collect();
    let request = json!({"locators": locators, "expires_in": LIFETIME});
    service.viewer().resolve_with(&request).await;
    service.advance(2 * WINDOW);

    let results = service.viewer().resolve_with(&request).await;

    let signed_at = results.iter().map(|result| Presigned::parse(result["url"].as_str().unwrap()).signed_at());
    assert!(signed_at.collect::<HashSet<_>>().len() > 1, "so that STS is not asked by everybody in the same second");
}

#[tokio::test]
async fn a_window_keeps_its_url_when_its_session_is_renewed() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    url(&service).await;
    service.advance(2000);
    let before = next_window(&service).await;
    service.advance(60);

    // The session lasts for no whole URL of an hour, so a new one is made.
    service.viewer().url("s3://images/k", 3600).await;
    assert_eq!(service.sts().count(), 2);

    assert_eq!(url(&service).await, before);
}

#[tokio::test]
async fn without_stable_urls_each_is_signed_now() {
    let service = Service::start().await;
    service.admin().connect(&given::with(given::bucket("images"), &json!({"stable_urls": false}))).await;

    for _ in 0..3 {
        service.advance(7);
        let url = Presigned::parse(&service.viewer().url("s3://images/k", LIFETIME).await);
        assert_eq!(url.signed_at(), service.clock().now());
    }
    assert_eq!(service.sts().count(), 1);
}

#[tokio::test]
async fn everybody_of_an_organization_gets_the_same_url() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;

    let (viewer, admin) = (service.viewer(), service.admin());

    assert_eq!(viewer.url("s3://images/k", LIFETIME).await, admin.url("s3://images/k", LIFETIME).await);
}

#[tokio::test]
async fn a_restart_keeps_sessions_and_urls() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let before = service.viewer().url("s3://images/k", LIFETIME).await;

    let service = service.restart().await;

    assert_eq!(service.viewer().url("s3://images/k", LIFETIME).await, before);
    assert_eq!(service.sts().count(), 1);
}

#[tokio::test]
async fn sessions_sealed_with_a_lost_key_are_asked_for_again() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.viewer().url("s3://images/k", LIFETIME).await;
    service.advance(1);

    let service = service.restart_with(|config| config.encryption_key = Vault::new_key(&Rng).into()).await;

    service.viewer().url("s3://images/k", LIFETIME).await;
    assert_eq!(service.sts().count(), 2);
}

#[tokio::test]
async fn a_secret_sealed_with_a_lost_key_is_told_as_that() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket_by_key("keyed", "AKIAKEY", "secret")).await;

    let service = service.restart_with(|config| config.encryption_key = Vault::new_key(&Rng).into()).await;

    let results = service.viewer().resolve(&["s3://keyed/k"]).await;
    assert_eq!(results[0]["error"]["code"], "secret_unreadable");
}
