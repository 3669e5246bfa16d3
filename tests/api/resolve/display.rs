//! What is signed into a URL besides the object.

use byob_e2e::{Presigned, Service, given};
use serde_json::json;

async fn resolved(service: &Service, request: serde_json::Value) -> Presigned {
    let result = service.viewer().resolve_with(&request).await.remove(0);
    Presigned::parse(result["url"].as_str().unwrap_or_else(|| panic!("{result}")))
}

#[tokio::test]
async fn what_could_run_is_downloaded_and_the_rest_is_shown() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("files")).await;
    for (key, content_type, disposition) in [
        ("cat.png", "image/png", "inline; filename=\"cat.png\""),
        ("page.html", "text/html; charset=utf-8", "attachment; filename=\"page.html\""),
        ("logo.svg", "image/svg+xml", "attachment; filename=\"logo.svg\""),
        ("unknown", "application/octet-stream", "attachment; filename=\"unknown\""),
    ] {
        let url = resolved(&service, json!({"locators": [format!("s3://files/a/{key}")]})).await;
        assert_eq!(url.parameter("response-content-type"), Some(content_type));
        assert_eq!(url.parameter("response-content-disposition"), Some(disposition));
    }
}

#[tokio::test]
async fn the_caller_may_ask_for_another_type_and_disposition() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("files")).await;
    let locators = ["s3://files/page.html"];

    let inline = resolved(&service, json!({"locators": locators, "disposition": "inline"})).await;
    let other = json!({"locators": locators, "disposition": "attachment", "content_type": "text/plain"});
    let other = resolved(&service, other).await;

    assert_eq!(inline.parameter("response-content-disposition"), Some("inline; filename=\"page.html\""));
    assert_eq!(other.parameter("response-content-disposition"), Some("attachment; filename=\"page.html\""));
    assert_eq!(other.parameter("response-content-type"), Some("text/plain"));
}

#[tokio::test]
async fn no_wish_adds_a_header_of_its_own() {
    let service = Service::start().await;
    for wish in ["text/plain\r\nSet-Cookie: a=b", "plain", "", "text/ü"] {
        let request = json!({"locators": ["s3://files/k"], "content_type": wish});
        let problem = service.viewer().post("/api/v1/resolve", &request).await.problem(422, "invalid_content_type");
        assert_eq!(problem["errors"][0]["field"], "content_type");
    }
}

#[tokio::test]
async fn requester_pays_is_signed_in() {
    let service = Service::start().await;
    service.admin().connect(&given::with(given::bucket("paid"), &json!({"requester_pays": true}))).await;
    service.admin().connect(&given::bucket("free")).await;

    let paid = resolved(&service, json!({"locators": ["s3://paid/k"]})).await;
    let free = resolved(&service, json!({"locators": ["s3://free/k"]})).await;

    assert_eq!(paid.parameter("x-amz-request-payer"), Some("requester"));
    assert_eq!(free.parameter("x-amz-request-payer"), None);
}

#[tokio::test]
async fn urls_lead_where_browsers_reach_the_store() {
    let service = Service::setup().allow(&["127.0.0.1:9000"]).start().await;
    let path_style = json!({"endpoint_url": "http://127.0.0.1:9000", "force_path_style": true, "region": "default"});
    let inside = given::with(given::bucket("inside"), &path_style);
    let outside = json!({"browser_endpoint_url": "https://files.example.com/s3/"});
    service.admin().connect(&inside).await;
    service.admin().connect(&given::with(given::with(given::bucket("outside"), &path_style), &outside)).await;

    let inside = resolved(&service, json!({"locators": ["s3://inside/k"]})).await;
    let outside = resolved(&service, json!({"locators": ["s3://outside/k"]})).await;

    assert_eq!((inside.origin(), inside.path()), ("http://127.0.0.1:9000".to_owned(), "/inside/k"));
    assert_eq!((outside.origin(), outside.path()), ("https://files.example.com".to_owned(), "/s3/outside/k"));
}
