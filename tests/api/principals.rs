//! Whom the customer's role trusts.

use byob_e2e::{Service, given};
use serde_json::{Value, json};

const SHARED: &str = "arn:aws:iam::111122223333:role/byob-platform";
const ACCOUNT: &str = "arn:aws:iam::111122223333:root";

#[tokio::test]
async fn the_shared_principal_is_one_arn_and_the_account_is_its_root() {
    let service = Service::start().await;
    for (principal, arn) in [("shared", SHARED), ("account", ACCOUNT)] {
        let draft = service.admin().draft(&json!({"principal": principal})).await;
        let path = format!("{}/documents", given::draft_path(&draft));
        let trust_policy = service.admin().get(&path).await.json(200)["trust_policy"].take();

        assert_eq!(draft["principal_arn"], arn);
        assert_eq!(trust_policy["Statement"][0]["Principal"], json!({"AWS": arn}));
    }
}

#[tokio::test]
async fn a_draft_that_chooses_the_other_principal_gets_its_arn() {
    let service = Service::start().await;
    let draft = service.admin().draft(&json!({})).await;
    let path = given::draft_path(&draft);

    let changed = service.admin().patch(&path, &json!({"principal": "account"})).await.json(200);

    assert_eq!((&draft["principal_arn"], &changed["principal_arn"]), (&json!(SHARED), &json!(ACCOUNT)));
    assert_eq!(draft["external_id"], changed["external_id"]);
}

#[tokio::test]
async fn a_principal_that_the_operator_has_not_configured_is_told_with_its_setting() {
    let service = Service::setup().principals(None, Some("111122223333")).start().await;
    let role = json!({"authentication": {"type": "role"}});

    let problem = service.admin().post("/api/v1/drafts", &role).await.problem(422, "principal_not_configured");

    assert_eq!(problem["errors"][0]["field"], "principal");
    assert!(problem["detail"].as_str().unwrap().contains("aws.shared_principal_arn"), "{problem}");
    assert!(problem["hint"].as_str().unwrap().contains("operator"), "{problem}");
    let other = service.admin().draft(&given::with(role, &json!({"principal": "account"}))).await;
    assert_eq!(other["principal_arn"], ACCOUNT);
}

#[tokio::test]
async fn without_any_principal_buckets_that_need_no_role_are_connected() {
    let service = Service::setup().principals(None, None).start().await;

    let open = service.admin().connect(&given::public_bucket("open-data")).await;
    let keyed = service.admin().connect(&given::bucket_by_key("keyed", "AKIAKEY", "the-secret")).await;

    assert_eq!((&open["principal_arn"], &keyed["principal_arn"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_bucket_that_needs_no_role_gets_no_trust_policy() {
    let service = Service::start().await;
    let open = service.admin().connect(&given::public_bucket("open-data")).await;
    let path = format!("{}/documents", given::integration_path(&open));

    let documents = service.admin().get(&path).await.json(200);

    assert!(documents["trust_policy"].is_null() && documents["access_policy"].is_object(), "{documents}");
}

#[tokio::test]
async fn a_draft_keeps_its_principal_whatever_the_operator_changes_meanwhile() {
    let service = Service::start().await;
    let draft = service.admin().draft(&given::bucket("images")).await;

    let other = Some("arn:aws:iam::111122223333:role/another".to_owned());
    let service = service.restart_with(|config| config.platform.shared_principal_arn = other).await;
    let saved = service.admin().post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.json(201);
    let renamed = service.admin().patch(&given::integration_path(&saved), &json!({"name": "Photos"})).await.json(200);

    assert_eq!((&saved["principal_arn"], &renamed["principal_arn"]), (&json!(SHARED), &json!(SHARED)));
}

#[tokio::test]
async fn a_principal_of_its_own_is_offered_only_where_the_operator_lets_the_service_make_roles() {
    let service = Service::start().await;
    let role = json!({"principal": "per_integration", "authentication": {"type": "role"}});

    let problem = service.admin().post("/api/v1/drafts", &role).await.problem(422, "principal_not_configured");

    assert_eq!(problem["errors"][0]["field"], "principal");
    assert!(problem["detail"].as_str().unwrap().contains("aws.principal_role_path"), "{problem}");
    let draft = service.admin().draft(&json!({})).await;
    let change = service.admin().patch(&given::draft_path(&draft), &json!({"principal": "per_integration"})).await;
    change.problem(422, "principal_not_configured");
    let unchanged = service.admin().get(&given::draft_path(&draft)).await.json(200);
    assert_eq!((&unchanged["principal"], &unchanged["principal_arn"]), (&json!("shared"), &json!(SHARED)));
}

#[tokio::test]
async fn a_session_in_the_name_of_another_role_is_refused_if_longer_than_an_hour() {
    let service = Service::start().await;
    let settings = json!({"principal": "per_integration", "session_duration": 7200});

    let problem = service.admin().post("/api/v1/drafts", &settings).await.problem(422, "chained_session_too_long");

    assert_eq!(problem["errors"][0]["field"], "session_duration");
}

#[tokio::test]
async fn a_bucket_that_needs_no_role_takes_any_principal() {
    let service = Service::start().await;
    let open = given::with(given::public_bucket("open-data"), &json!({"principal": "per_integration"}));

    let integration = service.admin().connect(&open).await;

    assert_eq!(integration["principal_arn"], Value::Null);
}
