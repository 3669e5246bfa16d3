//! Bodies that cannot be read at all.

use byob_e2e::{Client, Reply, Service};
use reqwest::Method;
use serde_json::json;

const JSON: Option<&str> = Some("application/json");

async fn send(client: &Client, path: &str, content_type: Option<&str>, body: impl Into<reqwest::Body>) -> Reply {
    let request = client.request(Method::POST, path).body(body);
    client
        .send(if let Some(declared) = content_type { request.header("content-type", declared) } else { request })
        .await
}

#[tokio::test]
async fn what_is_not_a_json_object_says_so() {
    let service = Service::start().await;
    let admin = service.admin();
    for (content_type, body, code) in [
        (None, "{}", "not_json"),
        (Some("text/plain"), "{}", "not_json"),
        (Some("application/x-www-form-urlencoded"), "name=x", "not_json"),
        (JSON, "", "invalid_json"),
        (JSON, "{", "invalid_json"),
        (JSON, "{\"name\": \"x\",}", "invalid_json"),
        (JSON, "{'name': 'x'}", "invalid_json"),
        (JSON, "{} {}", "invalid_json"),
        (JSON, "{}x", "invalid_json"),
        (JSON, "[]", "not_an_object"),
        (JSON, "\"text\"", "not_an_object"),
        (JSON, "null", "not_an_object"),
        (JSON, "name", "not_an_object"),
    ] {
        send(&admin, "/api/v1/drafts", content_type, body).await.problem(400, code);
    }
    assert_eq!(admin.get("/api/v1/drafts").await.json(200)["items"], json!([]));
}

#[tokio::test]
async fn bytes_that_are_not_utf_8_are_not_json() {
    let service = Service::start().await;

    send(&service.admin(), "/api/v1/drafts", JSON, &b"{\"name\": \"\xff\"}"[..]).await.problem(400, "invalid_json");
}

#[tokio::test]
async fn json_with_parameters_or_a_suffix_is_json() {
    let service = Service::start().await;
    for content_type in ["application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"] {
        send(&service.admin(), "/api/v1/drafts", Some(content_type), "{}").await.json(201);
    }
}

#[tokio::test]
async fn a_field_that_is_given_twice_is_refused() {
    let service = Service::start().await;

    let reply = send(&service.admin(), "/api/v1/drafts", JSON, r#"{"name": "one", "name": "two"}"#).await;

    assert_eq!(reply.json(422)["errors"][0]["field"], "name");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let service = Service::start().await;
    let megabytes = |number: usize| format!(r#"{{"name": "{}"}}"#, "x".repeat(number * 1024 * 1024));

    send(&service.admin(), "/api/v1/drafts", JSON, megabytes(2)).await.problem(413, "body_too_large");
    send(&service.admin(), "/api/v1/tokens", JSON, megabytes(2)).await.problem(413, "body_too_large");
    send(&service.admin(), "/api/v1/resolve", JSON, megabytes(17)).await.problem(413, "body_too_large");
}

#[tokio::test]
async fn a_body_that_is_nested_without_end_is_refused() {
    let service = Service::start().await;
    let nested = format!(r#"{{"name": {}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));

    let reply = send(&service.admin(), "/api/v1/drafts", JSON, nested).await;

    assert!([400, 422].contains(&reply.status), "{}", reply.body);
}
