//! Settings that are wrong, each named by its field.

use byob_e2e::{Service, given};
use serde_json::{Value, json};

/// What is changed of a right integration, and the code and field that it is refused with.
fn wrong_settings() -> Vec<(Value, &'static str, &'static str)> {
    let role = |arn: &str| json!({"authentication": {"type": "role", "role_arn": arn}});
    let bucket = |bucket: &str, prefix: &str| json!({"scope": {"type": "bucket", "bucket": bucket, "prefix": prefix}});
    let buckets = |buckets: &[&str]| json!({"scope": {"type": "all_permitted", "buckets": buckets}});
    let endpoint = |url: &str| json!({"endpoint_url": url});
    vec![
        (json!({"name": ""}), "invalid_name", "name"),
        (json!({"name": "x".repeat(101)}), "invalid_name", "name"),
        (json!({"name": "two\nlines"}), "invalid_name", "name"),
        (json!({"name": 7}), "invalid_field", "name"),
        (json!({"provider": "gcs"}), "invalid_field", "provider"),
        (role("arn:aws:iam::123456789012:user/ada"), "invalid_role_arn", "authentication.role_arn"),
        (role("arn:aws:sts::123456789012:assumed-role/byob/x"), "invalid_role_arn", "authentication.role_arn"),
        (role("arn:aws:iam::1:role/byob"), "invalid_role_arn", "authentication.role_arn"),
        (role("byob"), "invalid_role_arn", "authentication.role_arn"),
        (role("arn:aws-cn:iam::123456789012:role/byob"), "wrong_partition", "region"),
        (json!({"authentication": {"type": "magic"}}), "invalid_field", "authentication.type"),
        (json!({"authentication": {}}), "missing", "authentication.type"),
        (json!({"authentication": "role"}), "invalid_field", "authentication"),
        (
            json!({"authentication": {"type": "role", "external_id": "x"}}),
            "unknown_field",
            "authentication.external_id",
        ),
        (json!({"principal": "mine"}), "invalid_field", "principal"),
        (bucket("Images", "team"), "invalid_bucket", "scope.bucket"),
        (bucket("im", "team"), "invalid_bucket", "scope.bucket"),
        (bucket("arn:aws:s3:::images", "team"), "invalid_bucket", "scope.bucket"),
        (bucket("images", "s3://images/team"), "invalid_prefix", "scope.prefix"),
        (bucket("images", "//"), "invalid_prefix", "scope.prefix"),
        (bucket("images", &"x".repeat(1023)), "invalid_prefix", "scope.prefix"),
        (bucket("images", "a\u{0}b"), "invalid_prefix", "scope.prefix"),
        (json!({"scope": {"type": "bucket"}}), "missing", "scope.bucket"),
        (buckets(&["good", "Bad"]), "invalid_bucket", "scope.buckets[1]"),
        (buckets(&["bucket"; 501]), "too_many_buckets", "scope.buckets"),
        (json!({"region": "eu-central-1a"}), "invalid_region", "region"),
        (json!({"region": "mars-north-1"}), "invalid_region", "region"),
        (json!({"region": ""}), "invalid_region", "region"),
        (endpoint("s3.example.com"), "invalid_endpoint_url", "endpoint_url"),
        (endpoint("ftp://s3.example.com"), "invalid_endpoint_url", "endpoint_url"),
        (endpoint("https://ada:secret@s3.example.com"), "invalid_endpoint_url", "endpoint_url"),
        (endpoint("https://s3.example.com?x=y"), "invalid_endpoint_url", "endpoint_url"),
        (endpoint("https://s3.example.com#x"), "invalid_endpoint_url", "endpoint_url"),
        (endpoint("http://127.0.0.1:9000"), "address_refused", "endpoint_url"),
        (endpoint("http://169.254.169.254"), "address_refused", "endpoint_url"),
        (endpoint("http://[::1]"), "address_refused", "endpoint_url"),
        (endpoint("http://10.1.2.3"), "address_refused", "endpoint_url"),
        (endpoint("http://localhost:9000"), "address_refused", "endpoint_url"),
        (json!({"browser_endpoint_url": "javascript:alert(1)"}), "invalid_endpoint_url", "browser_endpoint_url"),
        (json!({"force_path_style": "yes"}), "invalid_field", "force_path_style"),
        (json!({"access": []}), "invalid_access", "access"),
        (json!({"access": ["read", "everything"]}), "invalid_field", "access[1]"),
        (json!({"access": "read"}), "invalid_field", "access"),
        (
            json!({"kms_key_arns": ["arn:aws:kms:eu-central-1:123456789012:alias/x"]}),
            "invalid_kms_key_arn",
            "kms_key_arns[0]",
        ),
        (json!({"longest_url_lifetime": 0}), "out_of_range", "longest_url_lifetime"),
        (json!({"longest_url_lifetime": 604_801}), "out_of_range", "longest_url_lifetime"),
        (json!({"longest_url_lifetime": -1}), "invalid_field", "longest_url_lifetime"),
        (json!({"longest_url_lifetime": 1.5}), "invalid_field", "longest_url_lifetime"),
        (json!({"session_duration": 899}), "out_of_range", "session_duration"),
        (json!({"session_duration": 43_201}), "out_of_range", "session_duration"),
        (json!({"no_such_setting": true}), "unknown_field", "no_such_setting"),
    ]
}

#[tokio::test]
async fn no_draft_is_made_with_wrong_settings() {
    let service = Service::start().await;
    for (change, code, field) in wrong_settings() {
        let body = given::with(given::bucket("images"), &change);
        let problem = service.admin().post("/api/v1/drafts", &body).await.problem(422, code);
        assert_eq!(problem["errors"][0]["field"], field, "{change}: {problem}");
        assert!(problem["errors"][0]["hint"].is_string(), "{problem}");
    }
    assert_eq!(service.admin().get("/api/v1/drafts").await.json(200)["items"], json!([]));
}

#[tokio::test]
async fn no_draft_is_changed_to_wrong_settings() {
    let service = Service::start().await;
    let draft = service.admin().draft(&given::bucket("images")).await;
    refused_and_unchanged(&service, &given::draft_path(&draft), &draft).await;
}

#[tokio::test]
async fn no_integration_is_changed_to_wrong_settings() {
    let service = Service::start().await;
    let saved = service.admin().connect(&given::bucket("images")).await;
    refused_and_unchanged(&service, &given::integration_path(&saved), &saved).await;
    service.viewer().url("s3://images/k", 600).await;
}

async fn refused_and_unchanged(service: &Service, path: &str, before: &Value) {
    for (change, code, field) in wrong_settings() {
        // One that is right beside the wrong one must not be taken over either.
        let body = given::with(json!({"requester_pays": true}), &change);
        let problem = service.admin().patch(path, &body).await.problem(422, code);
        assert_eq!(problem["errors"][0]["field"], field, "{change}: {problem}");
        assert_eq!(service.admin().get(path).await.json(200), *before, "{change}");
    }
}

#[tokio::test]
async fn all_wrong_fields_are_named_at_once() {
    let service = Service::start().await;
    let body = json!({"name": "", "region": "x", "session_duration": 1, "scope": {"type": "bucket", "bucket": "X"}});

    let problem = service.admin().post("/api/v1/drafts", &body).await.json(422);

    let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["name", "scope.bucket", "region", "session_duration"]);
}

#[tokio::test]
async fn turning_on_and_off_takes_true_and_false_only() {
    let service = Service::start().await;
    let saved = service.admin().connect(&given::bucket("images")).await;
    let path = given::integration_path(&saved);

    for value in [json!(null), json!("false"), json!(0)] {
        let problem = service.admin().patch(&path, &json!({"enabled": value})).await.problem(422, "invalid_field");
        assert_eq!(problem["errors"][0]["field"], "enabled");
    }
    assert_eq!(service.admin().get(&path).await.json(200), saved);
}

#[tokio::test]
async fn wrong_tokens_are_not_made() {
    let service = Service::start().await;
    for (body, code, field) in [
        (json!({}), "missing", "name"),
        (json!({"name": " "}), "invalid_name", "name"),
        (json!({"name": "x", "role": "owner"}), "invalid_field", "role"),
        (json!({"name": "x", "expires_in": 0}), "out_of_range", "expires_in"),
        (json!({"name": "x", "expires_in": -5}), "out_of_range", "expires_in"),
        (json!({"name": "x", "expires_in": i64::MAX}), "out_of_range", "expires_in"),
        (json!({"name": "x", "organization_id": "org_x"}), "unknown_field", "organization_id"),
    ] {
        let problem = service.admin().post("/api/v1/tokens", &body).await.problem(422, code);
        assert_eq!(problem["errors"][0]["field"], field, "{body}");
    }
    assert_eq!(service.admin().get("/api/v1/tokens").await.json(200)["items"].as_array().unwrap().len(), 3);
}
