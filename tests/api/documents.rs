//! The documents as `CloudFormation`, as Terraform and as a script.

use byob_e2e::{
    Client, Service,
    given::{self, draft_path, id, integration_path},
};
use serde_json::{Value, json};

const TEMPLATE_URL: &str = "https://templates.s3.eu-central-1.amazonaws.com/byob.json";

const RENDERED: [&str; 3] = ["cloudformation", "terraform", "aws_cli"];

async fn documents(admin: &Client, settings: &Value) -> (Value, Value) {
    let draft = admin.draft(settings).await;
    let documents = admin.get(&format!("{}/documents", draft_path(&draft))).await.json(200);
    (draft, documents)
}

fn scope(bucket: &str, prefix: &str) -> Value {
    json!({"scope": {"type": "bucket", "bucket": bucket, "prefix": prefix}})
}

fn role(template: &Value) -> &Value {
    &template["cloudformation"]["Resources"]["Role"]["Properties"]
}

#[tokio::test]
async fn the_whole_set_comes_as_a_template_as_terraform_and_as_a_script() {
    let service = Service::start().await;
    let (draft, documents) = documents(&service.admin(), &scope("images", "team")).await;

    assert_eq!(role(&documents)["AssumeRolePolicyDocument"], documents["trust_policy"]);
    assert_eq!(role(&documents)["Policies"][0]["PolicyDocument"], documents["access_policy"]);
    for text in ["terraform", "aws_cli"].map(|name| documents[name].as_str().unwrap()) {
        for part in
            [draft["external_id"].as_str().unwrap(), "arn:aws:s3:::images/team/*", "https://console.example.com"]
        {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }
    assert_eq!(documents["fault"], Value::Null);
}

#[tokio::test]
async fn what_lacks_a_policy_is_not_rendered() {
    let service = Service::start().await;
    let by_key = given::bucket_by_key("images", "AKIAIOSFODNN7EXAMPLE", "secret");
    for settings in [json!({}), by_key, given::public_bucket("open")] {
        let (_, documents) = documents(&service.admin(), &settings).await;
        assert!(RENDERED.iter().all(|name| documents[name].is_null()), "{documents}");
        assert_eq!(documents["fault"], Value::Null);
    }
}

#[tokio::test]
async fn every_draft_suggests_a_role_of_its_own_and_a_role_that_is_there_keeps_its_name() {
    let service = Service::start().await;
    let admin = service.admin();
    let name = |documents: &Value| documents["cloudformation"]["Parameters"]["RoleName"]["Default"].clone();
    let (draft, one) = documents(&admin, &scope("images", "a")).await;
    let (_, two) = documents(&admin, &scope("images", "b")).await;
    assert!(name(&one).as_str().unwrap().starts_with("byob-images-"), "{one}");
    assert!(id(&draft).ends_with(name(&one).as_str().unwrap().rsplit('-').next().unwrap()));
    assert_ne!(name(&one), name(&two), "the documents of the second must not change the role of the first");

    let (_, made) = documents(&admin, &given::bucket("images")).await;
    assert_eq!(name(&made), "images");
    assert!(made["aws_cli"].as_str().unwrap().contains("\nrole='images'\n"));
}

#[tokio::test]
async fn a_long_session_is_allowed_by_the_role() {
    let service = Service::start().await;
    let long = given::with(scope("images", "team"), &json!({"session_duration": 7200}));
    let (_, documents) = documents(&service.admin(), &long).await;

    assert_eq!(role(&documents)["MaxSessionDuration"], 7200);
    assert!(documents["terraform"].as_str().unwrap().contains("max_session_duration = 7200"));
    assert!(documents["aws_cli"].as_str().unwrap().contains("max_session_duration='7200'"));
}

#[tokio::test]
async fn only_what_is_written_to_expires() {
    let service = Service::start().await;
    let writing = given::with(scope("images", "team"), &json!({"access": ["read", "write"]}));
    for (settings, expires) in [(scope("images", "team"), false), (writing, true)] {
        let (_, documents) = documents(&service.admin(), &settings).await;
        assert_eq!(documents["terraform"].as_str().unwrap().contains("set_lifecycle"), expires);
        assert_eq!(documents["aws_cli"].as_str().unwrap().contains("--with-lifecycle"), expires);
    }
}

#[tokio::test]
async fn scratch_files_stay_as_long_as_the_settings_say() {
    let service = Service::start().await;
    let longer = given::with(scope("images", "team"), &json!({"access": ["read", "write"], "lifecycle_days": 45}));

    let (_, documents) = documents(&service.admin(), &longer).await;

    let rules = documents["lifecycle"]["Rules"].as_array().unwrap();
    let days: Vec<_> = rules.iter().map(|rule| rule["Expiration"]["Days"].as_i64()).collect();
    assert_eq!(days, [Some(45), Some(45), None]);
    assert_eq!(rules[2]["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"], 45);
    let refused = service.admin().post("/api/v1/drafts", &json!({"lifecycle_days": 0})).await.json(422);
    assert_eq!(refused["errors"][0]["field"], "lifecycle_days", "{refused}");
    assert_eq!(refused["errors"][0]["hint"], "Use 1 to 3650 days.");
}

#[tokio::test]
async fn a_policy_that_no_role_has_room_for_is_told_and_nothing_else_is_lost() {
    let service = Service::start().await;
    let admin = service.admin();
    let names: Vec<String> = (0..200).map(|number| format!("a-bucket-with-a-rather-long-name-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (draft, documents) = documents(&admin, &given::buckets("many", &names)).await;

    assert!(documents["access_policy"].is_object() && documents["trust_policy"].is_object());
    assert!(RENDERED.iter().all(|name| documents[name].is_null()), "{documents}");
    assert_eq!(documents["fault"]["code"], "policy_too_large");
    assert!(documents["fault"]["hint"].as_str().unwrap().contains("several integrations"));

    let saved = admin.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.json(201);
    let of_saved = admin.get(&format!("{}/documents", integration_path(&saved))).await.json(200);
    assert_eq!(of_saved["fault"], documents["fault"]);
}

#[tokio::test]
async fn a_link_fills_in_the_template_that_the_operator_hosts() {
    let service = Service::setup().quick_create_template(TEMPLATE_URL).start().await;
    let admin = service.admin();
    let in_region = |scope: Value| given::with(scope, &json!({"region": "eu-central-1"}));

    let (draft, one) = documents(&admin, &in_region(scope("images", "team"))).await;
    let link = one["quick_create_url"].as_str().unwrap();
    let console = "https://eu-central-1.console.aws.amazon.com/cloudformation/home?region=eu-central-1#/stacks/create/review?templateURL=https%3A%2F%2Ftemplates.";
    assert!(link.starts_with(console), "{link}");
    assert!(
        link.contains(&format!("&param_ExternalId={}&param_Bucket=images&", draft["external_id"].as_str().unwrap()))
    );
    assert!(link.contains("&param_Prefix=team&") && link.contains("&param_Read=true&"), "{link}");

    let saved = admin.connect(&given::bucket("saved")).await;
    let of_saved = admin.get(&format!("{}/documents", integration_path(&saved))).await.json(200);
    assert!(of_saved["quick_create_url"].as_str().unwrap().contains("&param_Bucket=saved&"), "{of_saved}");

    for nothing_to_link in [
        json!({}),
        scope("images", "no region"),
        given::buckets("several", &["images", "videos"]),
        given::with(in_region(scope("images", "")), &json!({"endpoint_url": "https://s3.example.com"})),
        given::bucket_by_key("images", "AKIAIOSFODNN7EXAMPLE", "secret"),
        given::public_bucket("open"),
    ] {
        let (_, documents) = documents(&admin, &nothing_to_link).await;
        assert_eq!(documents["quick_create_url"], Value::Null, "{nothing_to_link}");
    }
}

#[tokio::test]
async fn without_a_template_or_a_principal_there_is_no_link() {
    let service = Service::start().await;
    let settings = given::with(scope("images", "team"), &json!({"region": "eu-central-1"}));
    assert_eq!(documents(&service.admin(), &settings).await.1["quick_create_url"], Value::Null);

    let service = Service::setup().principals(None, None).quick_create_template(TEMPLATE_URL).start().await;
    assert_eq!(documents(&service.admin(), &settings).await.1["quick_create_url"], Value::Null);
}

#[tokio::test]
async fn a_template_that_cloudformation_cannot_load_is_told_at_the_start() {
    let error =
        Service::setup().quick_create_template("https://example.com/byob.json").try_start().await.err().unwrap();
    assert_eq!(error.code(), "invalid_template_url");
    assert!(error.detail().contains("`aws.quick_create_template_url`"), "{error}");
}
