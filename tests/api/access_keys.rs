//! Buckets reached by a customer's access key: its secret goes in and never comes out.

use byob_e2e::{
    Client, Presigned, Service,
    given::{self, integration_path},
};
use serde_json::{Value, json};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLE";

fn key(access_key_id: &str, secret_access_key: Option<&str>) -> Value {
    let mut authentication = json!({"type": "access_key", "access_key_id": access_key_id});
    if let Some(secret) = secret_access_key {
        authentication["secret_access_key"] = json!(secret);
    }
    json!({"authentication": authentication})
}

async fn signature(client: &Client) -> String {
    Presigned::parse(&client.url("s3://keyed/k", 600).await).parameter("X-Amz-Signature").unwrap().to_owned()
}

async fn connected() -> (Service, Value) {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::bucket_by_key("keyed", "AKIAONE", SECRET)).await;
    (service, integration)
}

#[tokio::test]
async fn a_url_is_signed_with_the_key_itself_and_sts_is_not_asked() {
    let (service, _) = connected().await;

    let url = Presigned::parse(&service.viewer().url("s3://keyed/k", 600).await);

    assert_eq!(url.access_key_id(), "AKIAONE");
    assert_eq!((url.parameter("X-Amz-Security-Token"), service.sts().count()), (None, 0));
}

#[tokio::test]
async fn no_answer_holds_the_secret() {
    let service = Service::start().await;
    let admin = service.admin();
    let draft = admin.post("/api/v1/drafts", &given::bucket_by_key("keyed", "AKIAONE", SECRET)).await;
    let id = given::id(&draft.json(201)).to_owned();
    let draft_path = format!("/api/v1/drafts/{id}");
    let mut replies = vec![draft, admin.get(&draft_path).await, admin.get("/api/v1/drafts").await];
    replies.push(admin.patch(&draft_path, &key("AKIATWO", Some(SECRET))).await);
    replies.push(admin.get(&format!("{draft_path}/documents")).await);
    replies.push(admin.post("/api/v1/integrations", &json!({"draft_id": id})).await);
    let path = format!("/api/v1/integrations/{id}");
    replies.extend([admin.get(&path).await, admin.get("/api/v1/integrations").await]);
    replies.push(admin.patch(&path, &key("AKIAONE", Some(SECRET))).await);
    replies.push(admin.get(&format!("{path}/documents")).await);
    replies.push(service.viewer().post("/api/v1/resolve", &json!({"locators": ["s3://keyed/k"]})).await);

    for reply in replies {
        assert!(reply.status < 300 && !reply.body.contains(SECRET), "{}", reply.body);
        assert!(!reply.body.contains("secret_access_key"), "{}", reply.body);
    }
}

#[tokio::test]
async fn neither_the_secret_nor_a_session_lies_in_the_database_as_plain_text() {
    let service = Service::setup().on(byob_e2e::Database::sqlite()).start().await;
    service.admin().connect(&given::bucket_by_key("keyed", "AKIAONE", SECRET)).await;
    service.admin().connect(&given::bucket("images")).await;
    service.viewer().url("s3://images/k", 600).await;
    let session = service.sts().issued().remove(0);

    let bytes = service.database().bytes();

    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("AKIAONE"), "this test looks where the data is");
    for secret in [SECRET, &session.secret_access_key, &session.session_token, service.admin().token()] {
        assert!(!holds(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_change_without_the_secret_keeps_it_while_the_key_is_the_same() {
    let (service, integration) = connected().await;
    let before = signature(&service.viewer()).await;

    service.admin().patch(&integration_path(&integration), &json!({"name": "Renamed"})).await.json(200);
    service.admin().patch(&integration_path(&integration), &key("AKIAONE", None)).await.json(200);

    assert_eq!(signature(&service.viewer()).await, before);
}

#[tokio::test]
async fn another_key_needs_its_own_secret() {
    let (service, integration) = connected().await;

    let refused =
        service.admin().patch(&integration_path(&integration), &key("AKIATWO", None)).await.problem(422, "missing");

    assert_eq!(refused["errors"][0]["field"], "authentication.secret_access_key");
    assert_eq!(service.admin().get(&integration_path(&integration)).await.json(200), integration);
}

#[tokio::test]
async fn a_new_secret_signs_from_the_next_request_on() {
    let (service, integration) = connected().await;
    let before = signature(&service.viewer()).await;

    service.admin().patch(&integration_path(&integration), &key("AKIAONE", Some("another-secret"))).await.json(200);

    assert_ne!(signature(&service.viewer()).await, before);
}

#[tokio::test]
async fn a_draft_without_the_secret_is_not_saved() {
    let service = Service::start().await;
    let settings = given::with(given::bucket("keyed"), &key("AKIAONE", None));
    let draft = service.admin().draft(&settings).await;

    let reply = service.admin().post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await;

    assert_eq!(reply.problem(422, "missing")["errors"][0]["field"], "authentication.secret_access_key");
}

#[tokio::test]
async fn a_draft_keeps_the_secret_until_it_is_saved() {
    let service = Service::start().await;
    let draft = service.admin().draft(&given::bucket_by_key("keyed", "AKIAONE", SECRET)).await;
    let draft_path = given::draft_path(&draft);

    service.admin().patch(&draft_path, &json!({"name": "Keyed"})).await.json(200);
    service.admin().post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.json(201);

    signature(&service.viewer()).await;
}

#[tokio::test]
async fn a_key_given_up_for_a_role_leaves_no_secret_behind() {
    let (service, integration) = connected().await;
    let role = json!({"authentication": {"type": "role", "role_arn": given::role_arn("keyed")}});
    service.admin().patch(&integration_path(&integration), &role).await.json(200);

    let back = service.admin().patch(&integration_path(&integration), &key("AKIAONE", None)).await;

    assert_eq!(back.problem(422, "missing")["errors"][0]["field"], "authentication.secret_access_key");
}
