//! An integration that an older version accepted and this one cannot read: it is out of order, and nothing else is.

use byob_core::{id::IntegrationId, store::IntegrationRow};
use byob_e2e::{
    Service,
    given::{self, integration_path},
};
use serde_json::{Value, json};

/// The integration `broken` can no longer be read; `images` can.
async fn bench(broken: &Value) -> (Service, Value) {
    let service = Service::start().await;
    let broken = service.admin().connect(broken).await;
    service.admin().connect(&given::bucket("images")).await;
    let (store, id) = (service.core.store(), IntegrationId::from_text(given::id(&broken)));
    let row = store.integration_find(&service.organization, &id).await.unwrap().unwrap();
    let settings = row.settings.replace("eu-central-1", "no region of today");
    store
        .integration_update(&service.organization, &IntegrationRow { settings, ..row }, &[], |_| Ok(()))
        .await
        .unwrap();
    // Nothing of it is left in memory.
    (service.restart().await, broken)
}

#[tokio::test]
async fn the_others_serve_on() {
    let (service, _) = bench(&given::bucket("broken")).await;

    let results = service.viewer().resolve(&["s3://images/k", "s3://broken/k"]).await;

    assert!(results[0]["url"].is_string() && results[1]["error"].is_object(), "{results:?}");
}

#[tokio::test]
async fn it_is_named_to_no_token_that_does_not_reach_it() {
    let (service, _) = bench(&given::bucket("broken")).await;
    let integrations = service.admin().get("/api/v1/integrations").await.json(200);
    let images = integrations["items"].as_array().unwrap().iter().find(|item| item["name"] == "images").unwrap();
    let body = json!({"name": "Restricted", "integration_ids": [images["id"]]});
    let token = service.admin().post("/api/v1/tokens", &body).await.json(201);
    let restricted = service.admin().showing(token["token"].as_str().unwrap());

    let results = restricted.resolve(&["s3://images/k", "s3://broken/k"]).await;

    assert!(results[0]["url"].is_string(), "{results:?}");
    assert_eq!(results[1]["error"]["code"], "no_integration");
}

#[tokio::test]
async fn nothing_broader_serves_in_its_place() {
    let (service, _) = bench(&given::folder("images", "team")).await;

    let results = service.viewer().resolve(&["s3://images/other/k", "s3://images/team/k"]).await;

    assert!(results[0]["url"].is_string() && results[1]["error"].is_object(), "{results:?}");
}

#[tokio::test]
async fn the_others_are_still_listed() {
    let (service, _) = bench(&given::bucket("broken")).await;

    let page = service.admin().get("/api/v1/integrations").await.json(200);

    assert!(page["items"].as_array().unwrap().iter().any(|item| item["name"] == "images"), "{page}");
}

#[tokio::test]
async fn it_can_be_removed() {
    let (service, broken) = bench(&given::bucket("broken")).await;

    assert_eq!(service.admin().delete(&integration_path(&broken)).await.status, 204);

    service.admin().connect(&given::bucket("broken")).await;
}

#[tokio::test]
async fn it_can_be_mended() {
    let (service, broken) = bench(&given::bucket("broken")).await;

    service.admin().patch(&integration_path(&broken), &json!({"region": "eu-central-1"})).await.json(200);

    service.viewer().url("s3://broken/k", 600).await;
}

#[tokio::test]
async fn other_buckets_are_still_connected() {
    let (service, _) = bench(&given::bucket("broken")).await;
    let admin = service.admin();
    let draft = admin.draft(&given::bucket("videos")).await;

    admin.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.json(201);
}
