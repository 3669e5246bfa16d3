//! Drafts: made on the server first, so that nothing is lost when a tab closes.

use byob_e2e::{
    Client, Service,
    given::{self, draft_path, id, integration_path},
};
use serde_json::{Value, json};

const DAY: u64 = 24 * 3600;

async fn listed(admin: &Client, path: &str) -> Vec<Value> {
    admin.get(path).await.json(200)["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_empty_draft_has_an_external_id_and_a_principal_already() {
    let service = Service::start().await;
    let draft = service.admin().draft(&json!({})).await;

    let external_id = draft["external_id"].as_str().unwrap();
    let version = external_id.split('-').nth(2).unwrap();
    assert!(external_id.len() == 36 && version.starts_with('4'), "a random UUID, not {external_id}");
    assert_eq!(draft["principal_arn"], "arn:aws:iam::111122223333:role/byob-platform");
    assert!(id(&draft).starts_with("int_"));
    assert_eq!((&draft["access"], &draft["session_duration"]), (&json!(["list", "read"]), &json!(3600)));
}

#[tokio::test]
async fn no_two_drafts_share_an_external_id() {
    let service = Service::start().await;
    let (one, two) = (service.admin().draft(&json!({})).await, service.admin().draft(&json!({})).await);

    assert_ne!(one["external_id"], two["external_id"]);
    assert_ne!(one["id"], two["id"]);
}

#[tokio::test]
async fn documents_first_leads_from_a_scope_to_a_saved_integration() {
    let (service, admin) = started().await;
    let draft = admin.draft(&json!({"name": "Images", "region": "eu-central-1"})).await;
    let scope = json!({"scope": {"type": "bucket", "bucket": "images", "prefix": "team"}});
    admin.patch(&draft_path(&draft), &scope).await.json(200);

    let documents = admin.get(&format!("{}/documents", draft_path(&draft))).await.json(200);
    assert_eq!(documents["trust_policy"]["Statement"][0]["Principal"]["AWS"], draft["principal_arn"]);
    let condition = &documents["trust_policy"]["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"];
    assert_eq!(*condition, json!([draft["external_id"]]));
    assert!(documents["access_policy"].to_string().contains("arn:aws:s3:::images/team/*"), "{documents}");
    assert!(documents["cors"].to_string().contains("https://console.example.com"), "{documents}");
    assert!(documents["lifecycle"].to_string().contains("team/temp/"), "{documents}");

    let role = json!({"authentication": {"type": "role", "role_arn": given::role_arn("images")}});
    admin.patch(&draft_path(&draft), &role).await.json(200);
    let saved = admin.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.json(201);

    for kept in ["id", "external_id", "principal_arn"] {
        assert_eq!(saved[kept], draft[kept], "{kept}");
    }
    let documents_of_saved = admin.get(&format!("{}/documents", integration_path(&saved))).await.json(200);
    for kept in ["access_policy", "trust_policy", "cors", "lifecycle"] {
        assert_eq!(documents_of_saved[kept], documents[kept], "{kept}");
    }
    service.viewer().url("s3://images/team/cat.png", 600).await;
    assert_eq!(service.sts().calls()[0].external_id.as_deref(), draft["external_id"].as_str());
}

#[tokio::test]
async fn role_first_leads_to_the_trust_policy_before_any_scope() {
    let (_service, admin) = started().await;
    let role = json!({"authentication": {"type": "role", "role_arn": given::role_arn("images")}});
    let draft = admin.draft(&role).await;

    let documents = admin.get(&format!("{}/documents", draft_path(&draft))).await.json(200);

    assert!(documents["trust_policy"].is_object() && documents["access_policy"].is_null(), "{documents}");
}

#[tokio::test]
async fn a_draft_is_listed_and_resumed_where_it_was_left() {
    let (_service, admin) = started().await;
    let draft = admin.draft(&given::bucket("images")).await;

    assert_eq!(admin.get(&draft_path(&draft)).await.json(200), draft);
    assert_eq!(listed(&admin, "/api/v1/drafts").await, [draft]);
}

#[tokio::test]
async fn drafts_are_listed_page_by_page() {
    let (service, admin) = started().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(admin.draft(&json!({})).await);
        service.advance(1);
    }

    let first = admin.get("/api/v1/drafts?limit=2").await.json(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = admin.get(&format!("/api/v1/drafts?limit=2&cursor={cursor}")).await.json(200);

    assert_eq!(first["items"], json!(made[..2]));
    assert_eq!(second, json!({"items": [made[2]], "next_cursor": null}));
}

#[tokio::test]
async fn a_change_replaces_the_given_fields_and_null_clears_one() {
    let (_service, admin) = started().await;
    let draft = admin.draft(&given::with(given::bucket("images"), &json!({"longest_url_lifetime": 60}))).await;

    let changed = admin.patch(&draft_path(&draft), &json!({"name": "Photos", "region": null})).await.json(200);
    assert_eq!((&changed["name"], &changed["region"]), (&json!("Photos"), &Value::Null));
    assert_eq!((&changed["scope"], &changed["longest_url_lifetime"]), (&draft["scope"], &json!(60)));

    let cleared = admin.patch(&draft_path(&draft), &json!({"longest_url_lifetime": null})).await.json(200);
    assert_eq!(cleared["longest_url_lifetime"], 3600, "cleared means as if it had never been set");
}

#[tokio::test]
async fn an_incomplete_draft_is_not_saved_and_every_missing_field_is_named() {
    let (_service, admin) = started().await;
    let draft = admin.draft(&json!({})).await;

    let problem = admin.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.problem(422, "missing");

    let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["name", "authentication", "scope", "region"]);
    assert!(listed(&admin, "/api/v1/integrations").await.is_empty());
    assert_eq!(admin.get(&draft_path(&draft)).await.json(200), draft);
}

#[tokio::test]
async fn a_saved_draft_is_a_draft_no_more() {
    let (_service, admin) = started().await;
    let draft = admin.draft(&given::bucket("images")).await;
    let save = json!({"draft_id": draft["id"]});
    admin.post("/api/v1/integrations", &save).await.json(201);

    let problem = admin.post("/api/v1/integrations", &save).await.problem(409, "draft_already_saved");

    assert!(problem["detail"].as_str().unwrap().contains(id(&draft)), "{problem}");
    admin.get(&draft_path(&draft)).await.problem(404, "not_found");
    assert!(listed(&admin, "/api/v1/drafts").await.is_empty());
    assert_eq!(listed(&admin, "/api/v1/integrations").await.len(), 1);
}

#[tokio::test]
async fn a_draft_that_nobody_touched_for_30_days_has_expired() {
    let (service, admin) = started().await;
    let draft = admin.draft(&given::bucket("images")).await;
    service.advance(30 * DAY - 1);
    admin.get(&draft_path(&draft)).await.json(200);

    service.advance(DAY);

    admin.get(&draft_path(&draft)).await.problem(410, "draft_expired");
    admin.patch(&draft_path(&draft), &json!({"name": "New"})).await.problem(410, "draft_expired");
    admin.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.problem(410, "draft_expired");
    assert!(listed(&admin, "/api/v1/drafts").await.is_empty());
}

#[tokio::test]
async fn a_draft_lives_on_for_30_days_after_every_change() {
    let (service, admin) = started().await;
    let draft = admin.draft(&json!({})).await;
    service.advance(29 * DAY);
    admin.patch(&draft_path(&draft), &json!({"name": "Images"})).await.json(200);

    service.advance(29 * DAY);

    assert_eq!(admin.get(&draft_path(&draft)).await.json(200)["name"], "Images");
}

#[tokio::test]
async fn a_dropped_draft_is_gone() {
    let (_service, admin) = started().await;
    let draft = admin.draft(&json!({})).await;

    assert_eq!(admin.delete(&draft_path(&draft)).await.status, 204);

    admin.get(&draft_path(&draft)).await.problem(404, "not_found");
    admin.delete(&draft_path(&draft)).await.problem(404, "not_found");
}

async fn started() -> (Service, Client) {
    let service = Service::start().await;
    let admin = service.admin();
    (service, admin)
}

#[tokio::test]
async fn notes_are_kept_beside_the_settings_as_they_were_written() {
    let (service, admin) = started().await;
    let draft = admin.draft(&json!({"name": "Images"})).await;
    assert_eq!(draft["notes"], json!({}));
    let written = json!({"step": 2, "typed": {"region": "Frankfurt"}});

    service.advance(DAY);
    let noted = admin.patch(&draft_path(&draft), &json!({"notes": written})).await.json(200);

    assert_eq!((&noted["notes"], &noted["name"]), (&written, &json!("Images")));
    assert_eq!(noted["updated_at"], draft["updated_at"], "the settings are as they were");
    assert_ne!(noted["expires_at"], draft["expires_at"], "but somebody is at it");
    let both = json!({"name": "Pictures", "notes": {"step": 3, "typed": null}});
    let changed = admin.patch(&draft_path(&draft), &both).await.json(200);
    assert_eq!((&changed["name"], &changed["notes"]), (&json!("Pictures"), &json!({"step": 3})), "field by field");
    for (wrong, code) in [(json!("text"), "notes_no_object"), (json!({"long": "x".repeat(65_536)}), "notes_too_long")] {
        let refused = admin.patch(&draft_path(&draft), &json!({"name": "Lost", "notes": wrong})).await.json(422);
        assert_eq!((&refused["errors"][0]["field"], &refused["errors"][0]["code"]), (&json!("notes"), &json!(code)));
    }
    assert_eq!(admin.get(&draft_path(&draft)).await.json(200)["name"], "Pictures", "all or nothing");
    assert_eq!(admin.patch(&draft_path(&draft), &json!({"notes": null})).await.json(200)["notes"], json!({}));
}
