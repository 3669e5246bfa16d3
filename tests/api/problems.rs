//! Errors on the wire: every one is a problem with the request's ID.

use byob_e2e::{Actor, Service, given};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn every_answer_carries_a_request_id_of_its_own() {
    let service = Service::start().await;
    let request = json!({"locators": ["s3://images/k"]});
    let first = service.viewer().post("/api/v1/resolve", &request).await;
    let second = service.viewer().post("/api/v1/resolve", &request).await;

    let (first, second) = (first.header("x-request-id").unwrap(), second.header("x-request-id").unwrap());
    assert!(first.starts_with("req_") && first != second, "{first} {second}");
}

#[tokio::test]
async fn a_problem_names_its_request() {
    let service = Service::start().await;
    let reply = service.admin().get("/api/v1/drafts/int_unknown").await;

    let problem = reply.problem(404, "not_found");
    assert_eq!(problem["instance"].as_str(), reply.header("x-request-id"));
    assert_eq!(problem["type"], "urn:byob:problem:not_found");
    assert!(["title", "detail", "hint"].iter().all(|field| problem[field].is_string()), "{problem}");
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_a_problem() {
    let service = Service::start().await;
    for path in ["/nothing", "/api/v1", "/api/v1/nothing", "/api/v1/drafts/", "/api/v1/drafts/x/y", "/api/v2/drafts"] {
        service.admin().get(path).await.problem(404, "no_such_path");
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_a_problem() {
    let service = Service::start().await;
    for (method, path) in
        [(Method::PUT, "/api/v1/drafts"), (Method::DELETE, "/api/v1/resolve"), (Method::POST, "/livez")]
    {
        let client = service.admin();
        client.send(client.request(method, path)).await.problem(405, "method_not_allowed");
    }
}

/// RFC 9110, 15.5.6: the answer must name the methods that are allowed.
#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_answered_with_those_that_it_takes() {
    let service = Service::start().await;
    let reply = service.admin().delete("/api/v1/drafts").await;

    let mut allowed: Vec<&str> = reply.header("allow").expect("there is an Allow header").split(',').collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"]);
}

#[tokio::test]
async fn a_path_that_is_not_utf_8_is_a_problem() {
    let service = Service::start().await;
    let reply = service.admin().get("/api/v1/drafts/%FF").await;

    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{} {}", reply.status, reply.body);
    assert!([400, 404].contains(&reply.status), "{}", reply.body);
}

#[tokio::test]
async fn without_a_valid_token_the_answer_says_how_to_show_one() {
    let service = Service::start().await;
    let anonymous = service.client(Actor::Anonymous);
    let with = |value: &'static str| anonymous.request(Method::GET, "/api/v1/drafts").header("authorization", value);

    for request in [
        anonymous.request(Method::GET, "/api/v1/drafts"),
        with("Bearer"),
        with("Bearer byob_wrong"),
        with("Bearer wrong"),
        with("Basic YWRhOmFkYQ=="),
    ] {
        let reply = anonymous.send(request).await;
        reply.problem(401, "unauthenticated");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn the_bearer_scheme_is_read_in_any_case() {
    let service = Service::start().await;
    let anonymous = service.client(Actor::Anonymous);
    let value = format!("bEARER {}", service.admin().token());

    let reply = anonymous.send(anonymous.request(Method::GET, "/api/v1/drafts").header("authorization", value)).await;

    reply.json(200);
}

#[tokio::test]
async fn no_problem_is_kept_by_a_cache() {
    let service = Service::start().await;
    let reply = service.viewer().get("/api/v1/open?locator=s3://unknown-bucket/k").await;

    reply.problem(404, "no_integration");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn too_low_a_role_names_the_role_that_is_needed() {
    let service = Service::start().await;
    let problem = service.viewer().post("/api/v1/drafts", &given::bucket("images")).await.problem(403, "role_too_low");

    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("viewer") && detail.contains("admin"), "{detail}");
}

#[tokio::test]
async fn a_title_fits_whatever_is_not_permitted() {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let body = json!({"name": "Restricted", "role": "admin", "integration_ids": [given::id(&integration)]});
    let token = service.admin().post("/api/v1/tokens", &body).await.json(201);
    let restricted = service.admin().showing(token["token"].as_str().unwrap());

    for (reply, code) in [
        (service.viewer().get("/api/v1/drafts").await, "role_too_low"),
        (restricted.get("/api/v1/tokens").await, "token_restricted"),
        (service.client(Actor::Anonymous).get("/content/x.y").await, "invalid_url"),
    ] {
        assert_eq!(reply.problem(403, code)["title"], "This is not permitted", "{code}");
    }
}
