//! The platform, as its operator sees it.

use byob_e2e::{Actor, Answer, PLATFORM_SECRET, Service, given};
use serde_json::{Value, json};

async fn platform(service: &Service) -> Value {
    service.client(Actor::Operator).get("/api/v1/platform").await.json(200)
}

#[tokio::test]
async fn the_platform_says_who_it_is_and_whom_customers_trust() {
    let service = Service::setup()
        .public_buckets([given::public_bucket("samples")])
        .allow(&["127.0.0.1:9000"])
        .quick_create_template("https://templates.s3.eu-central-1.amazonaws.com/byob.json")
        .start()
        .await;

    let found = platform(&service).await;

    let arn = "arn:aws:sts::111122223333:assumed-role/byob-platform/test";
    assert_eq!(found["identity"], json!({"state": "known", "arn": arn, "account": "111122223333"}));
    assert_eq!(
        found["principals"],
        json!([
            {"kind": "shared", "arn": "arn:aws:iam::111122223333:role/byob-platform", "is_identity": true},
            {"kind": "account", "arn": "arn:aws:iam::111122223333:root", "is_identity": true},
        ])
    );
    assert_eq!(found["allowed_addresses"], json!(["127.0.0.1:9000"]));
    assert_eq!(found["public_buckets"][0]["scope"]["bucket"], "samples");
    assert!(found["quick_create_template_url"].as_str().unwrap().ends_with("byob.json"));
    assert_eq!(
        (&found["check_interval_seconds"], &found["origins"][0]),
        (&json!(3600), &json!("https://console.example.com"))
    );
}

#[tokio::test]
async fn a_principal_that_is_somebody_else_is_told() {
    let service = Service::setup().principals(Some("arn:aws:iam::111122223333:role/another"), None).start().await;

    let found = platform(&service).await;

    assert_eq!(found["principals"].as_array().unwrap().len(), 1);
    assert_eq!(found["principals"][0]["is_identity"], false);
}

#[tokio::test]
async fn credentials_that_do_not_work_are_told_and_never_shown() {
    let service = Service::start().await;
    // Nobody listens there any more.
    let service =
        service.restart_with(|config| config.platform.sts_endpoint_url = Some("http://127.0.0.1:9".into())).await;

    let reply = service.client(Actor::Operator).get("/api/v1/platform").await;

    assert!(!reply.body.contains(PLATFORM_SECRET) && !reply.body.contains("AKIAPLATFORM"), "{}", reply.body);
    let found = reply.json(200);
    assert_eq!(found["identity"]["state"], "unknown");
    assert!(found["identity"]["detail"].as_str().unwrap().contains("STS"), "{found}");
    assert_eq!(found["principals"][0]["is_identity"], Value::Null);
}

#[tokio::test]
async fn health_counts_over_all_organizations_and_names_those_that_are_not_well() {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    service.client(Actor::OtherOrganization).connect(&given::bucket("films")).await;
    let operator = service.client(Actor::Operator);
    let health = async || operator.get("/api/v1/platform/health").await.json(200);

    let well = health().await;
    assert_eq!((&well["integrations"]["unknown"], &well["unwell"]), (&json!(2), &json!([])));
    assert_eq!(well["jobs"], json!({"waiting": 2, "running": 0, "overdue": 0, "failing": 0}));

    service.sts().answer(Answer::Fault(403, "AccessDenied", "not you"));
    service.admin().post(&format!("{}/check", given::integration_path(&integration)), &json!({})).await.json(200);
    service.advance(61);
    let ill = health().await;
    assert_eq!((&ill["integrations"]["unhealthy"], &ill["integrations"]["unknown"]), (&json!(1), &json!(1)));
    let acme = json!({"organization_id": service.organization, "name": "Acme", "unhealthy": 1, "unsafe": 0});
    assert_eq!(ill["unwell"], json!([acme]));
    assert_eq!(ill["jobs"]["overdue"], 2, "nobody works");
    assert!(!ill.to_string().contains("images"), "{ill}");
}
