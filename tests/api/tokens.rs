//! API tokens: shown once, of one role, revoked at once.

use byob_e2e::{Actor, Client, Service, given, patiently};
use serde_json::{Value, json};

async fn make(admin: &Client, body: Value) -> (String, Client) {
    let token = admin.post("/api/v1/tokens", &body).await.json(201);
    (given::id(&token).to_owned(), admin.showing(token["token"].as_str().unwrap()))
}

#[tokio::test]
async fn a_token_is_shown_once() {
    let service = Service::start().await;
    let (id, bearer) = make(&service.admin(), json!({"name": "Labeling"})).await;

    let list = service.admin().get("/api/v1/tokens").await;

    assert!(bearer.token().starts_with("byob_") && !list.body.contains(bearer.token()), "{}", list.body);
    let items = list.json(200)["items"].as_array().unwrap().clone();
    let listed = items.iter().find(|item| item["id"] == id).unwrap();
    assert_eq!((&listed["name"], &listed["role"]), (&json!("Labeling"), &json!("viewer")));
}

#[tokio::test]
async fn a_token_may_do_what_its_role_may() {
    let service = Service::start().await;
    for (role, status) in [("viewer", 403), ("member", 403), ("admin", 200)] {
        let (_, bearer) = make(&service.admin(), json!({"name": "Test", "role": role})).await;
        assert_eq!(bearer.get("/api/v1/drafts").await.status, status, "{role}");
    }
}

#[tokio::test]
async fn a_revoked_token_opens_nothing_at_once() {
    let service = Service::start().await;
    let (id, bearer) = make(&service.admin(), json!({"name": "Test", "role": "admin"})).await;
    bearer.get("/api/v1/drafts").await.json(200);

    assert_eq!(service.admin().delete(&format!("/api/v1/tokens/{id}")).await.status, 204);

    bearer.get("/api/v1/drafts").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_revoked_token_opens_nothing_on_other_replicas_soon() {
    let service = Service::start().await;
    let replica = service.replica().await;
    let (id, bearer) = make(&replica.admin(), json!({"name": "Test", "role": "admin"})).await;
    bearer.get("/api/v1/drafts").await.json(200);

    service.admin().delete(&format!("/api/v1/tokens/{id}")).await;

    let refused = async { while bearer.get("/api/v1/drafts").await.status != 401 {} };
    patiently("the other replica forgot the token", refused).await;
}

#[tokio::test]
async fn a_token_ends_when_it_was_said_to() {
    let service = Service::start().await;
    let (_, bearer) = make(&service.admin(), json!({"name": "Test", "role": "admin", "expires_in": 60})).await;

    service.advance(60);

    bearer.get("/api/v1/drafts").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn tokens_are_listed_page_by_page() {
    let service = Service::start().await;
    let admin = service.admin();
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin.get(&format!("/api/v1/tokens?limit=2&cursor={cursor}")).await.json(200);
        let items = page["items"].as_array().unwrap();
        assert!((1..=2).contains(&items.len()), "{page}");
        seen.extend(items.iter().map(|item| given::id(item).to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }

    let all = admin.get("/api/v1/tokens").await.json(200)["items"].as_array().unwrap().clone();
    assert_eq!(json!(seen), all.iter().map(|item| item["id"].clone()).collect::<Value>());
    assert_eq!(seen.len(), 3, "those of admin, member and viewer");
}

#[tokio::test]
async fn nobody_makes_a_token_of_the_operator() {
    let service = Service::start().await;

    let problem = service.admin().post("/api/v1/tokens", &json!({"name": "Test", "role": "operator"})).await;

    assert_eq!(problem.problem(422, "invalid_field")["errors"][0]["field"], "role");
}

#[tokio::test]
async fn a_token_opens_only_what_its_own_organization_has() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let (_, theirs) = make(&service.client(Actor::OtherOrganization), json!({"name": "Test"})).await;

    assert_eq!(theirs.resolve(&["s3://images/k"]).await[0]["error"]["code"], "no_integration");
}

#[tokio::test]
async fn a_token_tells_when_it_was_last_used_to_the_minute() {
    let service = Service::start().await;
    let (id, bearer) = make(&service.admin(), json!({"name": "Test"})).await;
    let last_used = async || {
        let listed = service.admin().get("/api/v1/tokens").await.json(200);
        listed["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap()["last_used_at"].clone()
    };
    assert_eq!(last_used().await, Value::Null);

    bearer.resolve(&["s3://images/k"]).await;

    let noted = async { while last_used().await != "2026-01-05T08:00:00Z" {} };
    patiently("the first use is noted", noted).await;

    service.advance(59);
    service.replica().await.admin().showing(bearer.token()).resolve(&["s3://images/k"]).await;
    service.advance(1);
    service.replica().await.admin().showing(bearer.token()).resolve(&["s3://images/k"]).await;

    let noted = async { while last_used().await != "2026-01-05T08:01:00Z" {} };
    patiently("the use after a minute is noted, and not the one before", noted).await;
}
