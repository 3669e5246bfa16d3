//! What belongs to the server: no body sets or changes it.

use byob_e2e::{Actor, Service, given};
use serde_json::{Value, json};

/// Fields that a client would like to choose, with what it would like.
fn wishes() -> Vec<(&'static str, Value)> {
    vec![
        ("external_id", json!("chosen-by-the-client")),
        ("external_id", json!(null)),
        ("principal_arn", json!("arn:aws:iam::999999999999:root")),
        ("principal_arn", json!(null)),
        ("id", json!("int_chosen")),
        ("organization_id", json!("org_chosen")),
        ("version", json!(7)),
        ("created_at", json!("2020-01-01T00:00:00Z")),
    ]
}

#[tokio::test]
async fn no_draft_is_made_with_what_belongs_to_the_server() {
    let service = Service::start().await;
    for (field, value) in wishes() {
        let body = given::with(given::bucket("images"), &json!({field: value}));
        let problem = service.admin().post("/api/v1/drafts", &body).await.problem(422, "unknown_field");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    assert_eq!(service.admin().get("/api/v1/drafts").await.json(200)["items"], json!([]));
}

#[tokio::test]
async fn no_change_of_a_draft_touches_what_belongs_to_the_server() {
    let service = Service::start().await;
    let draft = service.admin().draft(&given::bucket("images")).await;
    refused_and_unchanged(&service, &given::draft_path(&draft), &draft).await;
}

#[tokio::test]
async fn no_change_of_an_integration_touches_what_belongs_to_the_server() {
    let service = Service::start().await;
    let saved = service.admin().connect(&given::bucket("images")).await;
    refused_and_unchanged(&service, &given::integration_path(&saved), &saved).await;
}

async fn refused_and_unchanged(service: &Service, path: &str, before: &Value) {
    for (field, value) in wishes() {
        let body = json!({"name": "Changed", field: value});
        let problem = service.admin().patch(path, &body).await.problem(422, "unknown_field");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        assert_eq!(service.admin().get(path).await.json(200), *before, "{field}");
    }
}

#[tokio::test]
async fn saving_takes_nothing_but_the_drafts_id() {
    let service = Service::start().await;
    let draft = service.admin().draft(&given::bucket("images")).await;
    for field in ["external_id", "name", "enabled"] {
        let body = json!({"draft_id": draft["id"], field: "x"});
        let problem = service.admin().post("/api/v1/integrations", &body).await.problem(422, "unknown_field");
        assert_eq!(problem["errors"][0]["field"], field);
    }
}

#[tokio::test]
async fn nobody_saves_the_draft_of_another_organization() {
    let service = Service::start().await;
    let draft = service.admin().draft(&given::bucket("images")).await;
    let other = service.client(Actor::OtherOrganization);

    other.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.problem(404, "not_found");

    let path = given::draft_path(&draft);
    assert_eq!(service.admin().get(&path).await.json(200), draft);
}

#[tokio::test]
async fn another_organizations_buckets_are_not_served() {
    let service = Service::start().await;
    service.admin().connect(&given::buckets("any", &[])).await;
    let other = service.client(Actor::OtherOrganization);

    let results = other.resolve(&["s3://images/k"]).await;

    assert_eq!(results[0]["error"]["code"], "no_integration");
    assert_eq!(service.sts().count(), 0);
}

#[tokio::test]
async fn two_organizations_may_connect_the_same_bucket_each_with_its_own_external_id() {
    let service = Service::start().await;
    let other = service.client(Actor::OtherOrganization);
    let ours = service.admin().connect(&given::bucket("images")).await;
    let theirs = other.connect(&given::bucket("images")).await;

    service.viewer().url("s3://images/k", 600).await;
    other.url("s3://images/k", 600).await;

    let external_ids: Vec<_> = service.sts().calls().into_iter().map(|call| call.external_id.unwrap()).collect();
    assert_eq!(json!(external_ids), json!([ours["external_id"], theirs["external_id"]]));
    assert_ne!(ours["external_id"], theirs["external_id"]);
}
