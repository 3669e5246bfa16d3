//! Many locators in one call.

use byob_e2e::{Service, given};
use serde_json::{Value, json};

#[tokio::test]
async fn every_locator_is_answered_in_its_place() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.admin().connect(&given::with(given::bucket("closed"), &json!({"access": ["list"]}))).await;
    let asked = [
        ("s3://images/1.png", None),
        ("not a locator", Some("invalid_locator")),
        ("s3://images/2.png", None),
        ("s3://unknown/3.png", Some("no_integration")),
        ("s3://images/", Some("invalid_key")),
        ("s3://Images/4.png", Some("invalid_bucket")),
        ("s3://closed/5.png", Some("access_not_declared")),
        ("s3://images/6.png?versionId=v1", Some("access_not_declared")),
        ("s3://images/1.png", None),
    ];

    let results = service.viewer().resolve(&asked.map(|(locator, _)| locator)).await;

    assert_eq!(results.len(), asked.len());
    for (result, (locator, code)) in results.iter().zip(asked) {
        assert_eq!(result["locator"], locator);
        assert_eq!(result["error"]["code"].as_str(), code, "{result}");
        assert_eq!(result["url"].is_string(), code.is_none(), "{result}");
    }
    assert_eq!(results[0], results[8]);
}

#[tokio::test]
async fn an_error_says_what_happened_and_what_to_do() {
    let service = Service::start().await;

    let results = service.viewer().resolve(&["s3://unknown/k", "https://unknown.s3.amazonaws.com/k"]).await;

    for result in results {
        let error = &result["error"];
        assert!(["code", "detail", "hint"].iter().all(|field| error[field].is_string()), "{error}");
    }
}

#[tokio::test]
async fn ten_thousand_locators_are_one_call_and_one_session() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let locators: Vec<String> = (0..10_000).map(|number| format!("s3://images/{number}.png")).collect();

    let results = service.viewer().resolve_with(&json!({"locators": locators})).await;

    assert_eq!(results.len(), 10_000);
    for (result, locator) in results.iter().zip(&locators) {
        let path = locator.replace("s3://images", "");
        assert!(result["url"].as_str().is_some_and(|url| url.contains(&path)), "{result}");
    }
    assert_eq!(service.sts().count(), 1);
}

#[tokio::test]
async fn ten_thousand_of_the_longest_keys_fit_into_one_call() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let locators: Vec<String> = (0..10_000).map(|number| format!("s3://images/{number:01024}")).collect();

    let results = service.viewer().resolve_with(&json!({"locators": locators})).await;

    assert!(results.iter().all(|result| result["url"].is_string()));
}

#[tokio::test]
async fn versions_are_served_where_reading_them_is_declared() {
    let service = Service::start().await;
    let access = json!({"access": ["read", "read_versions"]});
    service.admin().connect(&given::with(given::bucket("images"), &access)).await;

    let results = service.viewer().resolve(&["s3://images/k?versionId=v1"]).await;

    assert!(results[0]["url"].as_str().unwrap().contains("versionId=v1"), "{}", results[0]);
}

#[tokio::test]
async fn odd_keys_are_signed_byte_for_byte() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let keys = ["a//b", "../x", "a+b", "100%2F", "what?", "a#b", " ", "日本/🦀.png", "a/./b", "?versionId=?versionId="];

    for key in keys {
        let locator = format!("s3://images/{key}");
        let result = service.viewer().resolve(&[&locator]).await.remove(0);
        let url = result["url"].as_str().unwrap_or_else(|| panic!("{key}: {result}"));
        let path = url.split_once(".amazonaws.com/").unwrap().1.split_once("?X-Amz-Algorithm=").unwrap().0;
        assert!(!path.contains(['?', '#', '+', ' ']), "{key} became {path}");
        assert_eq!(result["locator"], Value::from(locator.as_str()));
    }
}

#[tokio::test]
async fn the_answer_is_not_kept_by_a_cache() {
    let service = Service::start().await;

    let reply = service.viewer().post("/api/v1/resolve", &json!({"locators": ["s3://images/k"]})).await;

    assert_eq!(reply.header("cache-control"), Some("no-store"));
}
