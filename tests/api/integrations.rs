//! Saved integrations: changed, turned off, removed.

use byob_e2e::{
    Client, Service,
    given::{self, integration_path},
    patiently,
};
use serde_json::{Value, json};

async fn code(client: &Client, locator: &str) -> Value {
    client.resolve(&[locator]).await.remove(0)["error"]["code"].take()
}

#[tokio::test]
async fn an_integration_is_listed_and_found() {
    let service = Service::start().await;
    let images = service.admin().connect(&given::bucket("images")).await;

    let list = service.admin().get("/api/v1/integrations").await.json(200);

    assert_eq!(list, json!({"items": [images.clone()], "next_cursor": null}));
    assert_eq!(service.admin().get(&integration_path(&images)).await.json(200), images);
    assert_eq!((&images["enabled"], &images["provider"]), (&json!(true), &json!("s3")));
}

#[tokio::test]
async fn every_setting_comes_back_as_it_was_given() {
    let service = Service::start().await;
    let settings = json!({
        "name": "Everything",
        "provider": "s3",
        "authentication": {"type": "role", "role_arn": given::role_arn("everything")},
        "principal": "account",
        "scope": {"type": "bucket", "bucket": "everything", "prefix": "a/b"},
        "region": "default",
        "endpoint_url": "https://s3.example.com",
        "browser_endpoint_url": "https://files.example.com",
        "force_path_style": true,
        "access": ["list", "read", "read_versions", "write", "delete", "acl"],
        "kms_key_arns": ["arn:aws:kms:eu-central-1:123456789012:key/1234abcd"],
        "requester_pays": true,
        "longest_url_lifetime": 7200,
        "session_duration": 1800,
        "stable_urls": false,
    });

    let saved = service.admin().connect(&settings).await;

    for (field, value) in settings.as_object().unwrap() {
        assert_eq!(saved[field], *value, "{field}");
    }
}

#[tokio::test]
async fn a_change_replaces_the_given_fields_and_raises_the_version() {
    let service = Service::start().await;
    let before = service.admin().connect(&given::bucket("images")).await;
    service.advance(5);

    let after = service.admin().patch(&integration_path(&before), &json!({"requester_pays": true})).await.json(200);

    assert_eq!(after["version"].as_i64(), before["version"].as_i64().map(|version| version + 1));
    assert_eq!(after["updated_at"], "2026-01-05T08:00:05Z");
    let (version, at) = (&before["version"], &before["updated_at"]);
    let undone = given::with(after, &json!({"requester_pays": false, "version": version, "updated_at": at}));
    assert_eq!(undone, before, "nothing else changed");
}

#[tokio::test]
async fn null_gives_a_field_its_default_again_and_cannot_clear_what_is_needed() {
    let service = Service::start().await;
    let settings = given::with(given::bucket("images"), &json!({"access": ["read"], "stable_urls": false}));
    let integration = service.admin().connect(&settings).await;

    let cleared = service
        .admin()
        .patch(&integration_path(&integration), &json!({"access": null, "stable_urls": null}))
        .await
        .json(200);
    let refused =
        service.admin().patch(&integration_path(&integration), &json!({"region": null})).await.problem(422, "missing");

    assert_eq!((&cleared["access"], &cleared["stable_urls"]), (&json!(["list", "read"]), &json!(true)));
    assert_eq!(refused["errors"][0]["field"], "region");
    assert_eq!(service.admin().get(&integration_path(&integration)).await.json(200), cleared);
}

#[tokio::test]
async fn a_changed_role_is_assumed_from_the_next_request_on() {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    service.viewer().url("s3://images/k", 600).await;

    let role = json!({"authentication": {"type": "role", "role_arn": given::role_arn("moved")}});
    service.admin().patch(&integration_path(&integration), &role).await.json(200);
    service.viewer().url("s3://images/k", 600).await;

    let roles: Vec<_> = service.sts().calls().into_iter().map(|call| call.role_arn).collect();
    assert_eq!(roles, [given::role_arn("images"), given::role_arn("moved")]);
}

#[tokio::test]
async fn turned_off_means_off_at_once_and_nothing_broader_serves_instead() {
    let service = Service::setup().public_buckets([given::public_bucket("images")]).start().await;
    let (admin, viewer) = (service.admin(), service.viewer());
    admin.connect(&given::bucket("images")).await;
    admin.connect(&given::buckets("any", &[])).await;
    let folder = admin.connect(&given::folder("images", "team")).await;
    viewer.url("s3://images/team/k", 600).await;

    admin.patch(&integration_path(&folder), &json!({"enabled": false})).await.json(200);

    assert_eq!(code(&viewer, "s3://images/team/k").await, "integration_disabled");
    assert_eq!(code(&viewer, "s3://images/other/k").await, Value::Null);

    admin.patch(&integration_path(&folder), &json!({"enabled": true})).await.json(200);
    assert_eq!(code(&viewer, "s3://images/team/k").await, Value::Null);
}

#[tokio::test]
async fn turning_off_works_even_if_the_settings_would_be_refused_today() {
    let service = Service::setup().allow(&["127.0.0.1:9000"]).start().await;
    let settings = given::with(given::bucket("images"), &json!({"endpoint_url": "http://127.0.0.1:9000"}));
    let integration = service.admin().connect(&settings).await;

    let service = service.restart_with(|config| config.allowed_addresses.clear()).await;
    let admin = service.admin();
    let renamed = admin.patch(&integration_path(&integration), &json!({"name": "Photos"})).await;
    let disabled = admin.patch(&integration_path(&integration), &json!({"enabled": false})).await;

    renamed.problem(422, "address_refused");
    assert_eq!(disabled.json(200)["enabled"], false);
    assert_eq!(code(&service.viewer(), "s3://images/k").await, "integration_disabled");
}

#[tokio::test]
async fn turned_off_reaches_every_replica() {
    let service = Service::start().await;
    let replica = service.replica().await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    replica.viewer().url("s3://images/k", 600).await;

    service.admin().patch(&integration_path(&integration), &json!({"enabled": false})).await.json(200);

    let seen = async { while code(&replica.viewer(), "s3://images/k").await != "integration_disabled" {} };
    patiently("the other replica turned the integration off", seen).await;
}

#[tokio::test]
async fn a_removed_integration_serves_no_more_and_its_place_is_free() {
    let service = Service::start().await;
    let (admin, viewer) = (service.admin(), service.viewer());
    let first = admin.connect(&given::bucket("images")).await;
    viewer.url("s3://images/k", 600).await;

    assert_eq!(admin.delete(&integration_path(&first)).await.status, 204);

    admin.get(&integration_path(&first)).await.problem(404, "not_found");
    assert_eq!(code(&viewer, "s3://images/k").await, "no_integration");
    let second = admin.connect(&given::bucket("images")).await;
    assert_ne!(first["external_id"], second["external_id"], "an external ID is never used again");
}

#[tokio::test]
async fn a_name_is_taken_once_in_an_organization() {
    let service = Service::start().await;
    let admin = service.admin();
    admin.connect(&given::bucket("images")).await;
    let videos = admin.connect(&given::bucket("videos")).await;
    let draft = admin.draft(&given::with(given::bucket("other"), &json!({"name": "images"}))).await;

    let of_draft = admin.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await;
    let of_change = admin.patch(&integration_path(&videos), &json!({"name": "images"})).await;

    for reply in [of_draft, of_change] {
        assert_eq!(reply.problem(409, "name_taken")["errors"][0]["field"], "name");
    }
    assert_eq!(admin.get(&integration_path(&videos)).await.json(200), videos);
}

#[tokio::test]
async fn of_changes_at_the_same_time_none_is_lost_unnoticed() {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let change = async |seconds: u32| {
        let body = json!({"longest_url_lifetime": seconds});
        service.admin().patch(&integration_path(&integration), &body).await.status
    };

    let statuses = futures::future::join_all((1..=8).map(change)).await;

    assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
    let done = statuses.iter().filter(|status| **status == 200).count();
    let after = service.admin().get(&integration_path(&integration)).await.json(200);
    let changes = after["version"].as_u64().unwrap() - integration["version"].as_u64().unwrap();
    assert_eq!(u64::try_from(done).unwrap(), changes);
}

#[tokio::test]
async fn an_integration_tells_when_it_was_last_used_to_the_minute() {
    let service = Service::start().await;
    let images = service.admin().connect(&given::bucket("images")).await;
    let films = service.admin().connect(&given::bucket("films")).await;
    let last_used = async |integration: &Value| {
        service.admin().get(&integration_path(integration)).await.json(200)["last_used_at"].clone()
    };
    assert_eq!(last_used(&images).await, Value::Null);

    service.admin().resolve(&["s3://images/k", "s3://nowhere/k"]).await;

    let noted = async { while last_used(&images).await != "2026-01-05T08:00:00Z" {} };
    patiently("the first use is noted", noted).await;
    assert_eq!(last_used(&films).await, Value::Null);
    service.advance(60);
    // Also where the bucket does not answer: somebody wanted something of it.
    service.admin().get(&format!("{}/objects", integration_path(&images))).await;
    let noted = async { while last_used(&images).await != "2026-01-05T08:01:00Z" {} };
    patiently("the use after a minute is noted", noted).await;
}
