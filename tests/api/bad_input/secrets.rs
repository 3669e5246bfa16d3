//! A problem never repeats a secret, wherever it was typed.

use byob_e2e::{Reply, Service, given};
use reqwest::Method;
use serde_json::{Value, json};

const SECRET: &str = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLE";

/// Bodies in which somebody put a secret: in its place with something else wrong, or in another place.
fn mistakes() -> Vec<Value> {
    let key = |authentication: Value| json!({"authentication": authentication});
    vec![
        json!({"name": "", "authentication": {"type": "access_key", "access_key_id": "A", "secret_access_key": SECRET}}),
        key(json!({"type": "access_key", "access_key_id": format!("{SECRET}/+"), "secret_access_key": "x"})),
        key(json!({"type": "access_key", "secret_access_key": SECRET})),
        key(json!({"type": "access_key", "access_key_id": "A", "secret_access_key": [SECRET]})),
        key(json!({"type": "access_key", "access_key_id": "A", "secret_access_key": {"value": SECRET}})),
        key(json!({"type": "access_key", "access_key_id": "A", "secret": SECRET})),
        key(json!({"type": "role", "secret_access_key": SECRET})),
        key(json!({"type": "anonymous", "secret_access_key": SECRET})),
        json!({"secret_access_key": SECRET}),
        json!({"endpoint_url": format!("https://ada:{SECRET}@s3.example.com")}),
        json!({"endpoint_url": format!("https://ada:{SECRET}@s3.example.com:99999")}),
        json!({"endpoint_url": format!("https://ada:{SECRET}@")}),
        json!({"browser_endpoint_url": format!("https://ada:{SECRET}@s3.example.com:x")}),
        json!({"endpoint_url": format!("https://s3.example.com?key={SECRET}")}),
        json!({"endpoint_url": format!("http://127.0.0.1/{SECRET}?key={SECRET}")}),
    ]
}

/// Whether a refusal repeats the secret.
fn tells(reply: &Reply, secret: &str) -> bool {
    assert!((400..500).contains(&reply.status), "{} {}", reply.status, reply.body);
    reply.body.contains(secret) || format!("{:?}", reply.headers).contains(secret)
}

#[tokio::test]
async fn no_problem_repeats_a_secret_of_the_body() {
    let service = Service::start().await;
    let draft = service.admin().draft(&json!({})).await;
    let saved = service.admin().connect(&given::bucket_by_key("keyed", "AKIAKEY", SECRET)).await;
    let draft_path = given::draft_path(&draft);
    let saved_path = given::integration_path(&saved);

    let mut telling = Vec::new();
    for body in mistakes() {
        for reply in [
            service.admin().post("/api/v1/drafts", &body).await,
            service.admin().patch(&draft_path, &body).await,
            service.admin().patch(&saved_path, &body).await,
        ] {
            telling.extend(tells(&reply, SECRET).then(|| format!("{body}: {}", reply.body)));
        }
    }
    assert!(telling.is_empty(), "{}", telling.join("\n"));
}

#[tokio::test]
async fn no_problem_repeats_the_token() {
    let service = Service::start().await;
    let viewer = service.viewer();
    let wrong = viewer.showing("byob_this-token-is-not-known");
    for client in [viewer, wrong] {
        for (method, path) in [
            (Method::GET, "/api/v1/nothing"),
            (Method::PUT, "/api/v1/drafts"),
            (Method::GET, "/api/v1/drafts"),
            (Method::POST, "/api/v1/resolve"),
            (Method::GET, "/api/v1/open?locator=x"),
        ] {
            let reply = client.send(client.request(method, path)).await;
            assert!(!tells(&reply, client.token()), "{path}: {}", reply.body);
        }
    }
}

#[tokio::test]
async fn no_problem_tells_what_the_database_or_the_program_says() {
    let service = Service::start().await;
    service.core.store().close().await;

    for path in ["/readyz", "/api/v1/drafts"] {
        let problem = service.admin().get(path).await.problem(503, "database_unavailable");
        let text = problem.to_string().to_lowercase();
        assert!(["sqlx", "pool", "sqlite", "postgres"].iter().all(|word| !text.contains(word)), "{text}");
    }
}
