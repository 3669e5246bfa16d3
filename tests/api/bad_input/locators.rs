//! Calls of resolve that are wrong as a whole.

use byob_e2e::{Service, given};
use serde_json::{Value, json};

fn locators(number: usize) -> Vec<String> {
    (0..number).map(|number| format!("s3://images/{number}")).collect()
}

#[tokio::test]
async fn a_wrong_call_is_refused_with_its_field_and_asks_nothing_of_aws() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let one = ["s3://images/k"];
    let long = format!("s3://images/{}", "k".repeat(70_000));
    for (body, code, field) in [
        (json!({}), "missing", "locators"),
        (json!({"locators": []}), "wrong_number", "locators"),
        (json!({"locators": locators(10_001)}), "wrong_number", "locators"),
        (json!({"locators": "s3://images/k"}), "invalid_field", "locators"),
        (json!({"locators": ["s3://images/k", 7]}), "invalid_field", "locators[1]"),
        (json!({"locators": ["s3://images/k", null]}), "invalid_field", "locators[1]"),
        (json!({"locators": ["s3://images/k", long]}), "too_long", "locators[1]"),
        (json!({"locators": one, "expires_in": 0}), "out_of_range", "expires_in"),
        (json!({"locators": one, "expires_in": 604_801}), "out_of_range", "expires_in"),
        (json!({"locators": one, "expires_in": -1}), "invalid_field", "expires_in"),
        (json!({"locators": one, "expires_in": "3600"}), "invalid_field", "expires_in"),
        (json!({"locators": one, "expires_in": 4_294_967_296_u64}), "invalid_field", "expires_in"),
        (json!({"locators": one, "disposition": "sideways"}), "invalid_field", "disposition"),
        (json!({"locators": one, "content_type": "x"}), "invalid_content_type", "content_type"),
        (
            json!({"locators": one, "content_type": format!("a/{}", "b".repeat(300))}),
            "invalid_content_type",
            "content_type",
        ),
        (json!({"locators": one, "organization_id": "org_x"}), "unknown_field", "organization_id"),
    ] {
        let problem = service.viewer().post("/api/v1/resolve", &body).await.problem(422, code);
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    assert_eq!(service.sts().count(), 0);
}

#[tokio::test]
async fn what_is_left_out_or_null_takes_its_default() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let nulls = json!({"locators": ["s3://images/k"], "expires_in": null, "disposition": null, "content_type": null});

    let left_out = service.viewer().resolve(&["s3://images/k"]).await;

    assert_eq!(service.viewer().resolve_with(&nulls).await, left_out);
}

#[tokio::test]
async fn locators_that_no_bucket_can_have_fail_alone() {
    let service = Service::start().await;
    service.admin().connect(&given::buckets("any", &[])).await;
    let long_key = format!("s3://images/{}", "k".repeat(60_000));
    let long_version = format!("s3://images/k?versionId={}", "v".repeat(1025));
    let wrong = [
        ("", "invalid_locator"),
        ("images/k", "invalid_locator"),
        ("S3://images/k", "invalid_locator"),
        ("s3://images", "invalid_locator"),
        ("https://images.s3.amazonaws.com/k", "invalid_locator"),
        (long_version.as_str(), "invalid_locator"),
        ("s3://images/", "invalid_key"),
        (long_key.as_str(), "invalid_key"),
        ("s3://im/k", "invalid_bucket"),
        ("s3://127.0.0.1/k", "invalid_bucket"),
        ("s3://im_ages/k", "invalid_bucket"),
        ("s3://images.s3.amazonaws.com@evil/k", "invalid_bucket"),
        ("s3://arn:aws:s3:::images/k", "invalid_bucket"),
        ("s3://arn:aws:s3::123456789012:accesspoint/abc.mrap/k", "multi_region_access_point"),
        ("s3://images--use1-az4--x-s3/k", "directory_bucket"),
    ];

    let asked: Vec<&str> = wrong.iter().map(|(locator, _)| *locator).chain(["s3://images/k"]).collect();
    let results = service.viewer().resolve(&asked).await;

    for (result, (locator, code)) in results.iter().zip(wrong) {
        assert_eq!(result["error"]["code"], code, "{locator}");
    }
    assert_ne!(results[wrong.len()]["url"], Value::Null);
}
