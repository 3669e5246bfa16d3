//! Queries and paths that are wrong.

use byob_e2e::{Actor, Database, Service, given};
use serde_json::json;

#[tokio::test]
async fn a_wrong_query_is_refused_with_its_field() {
    let service = Service::start().await;
    for path in ["/api/v1/drafts", "/api/v1/integrations", "/api/v1/tokens"] {
        for (query, code, field) in [
            ("limit=0", "out_of_range", "limit"),
            ("limit=201", "out_of_range", "limit"),
            ("limit=-1", "out_of_range", "limit"),
            ("limit=many", "invalid_field", "limit"),
            ("limit=", "invalid_field", "limit"),
            ("limit=1&limit=2", "invalid_field", "limit"),
            ("page=2", "unknown_field", "page"),
        ] {
            let problem = service.admin().get(&format!("{path}?{query}")).await.json(422);
            assert_eq!(problem["errors"][0]["field"], field, "{query}: {problem}");
            assert_eq!(problem["code"], code, "{query}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_a_cursor_is_refused() {
    let service = Service::start().await;
    let id = format!("int_{}", "0".repeat(26));
    let of_another_list = format!("tok_{}", "0".repeat(26));
    for list in ["drafts", "integrations", &format!("integrations/{id}/checks")] {
        for cursor in ["%F0%9F%A6%80", "'%20OR%201=1", "%00", "int_%00", "zzz", &of_another_list, &"x".repeat(100)] {
            let reply = service.admin().get(&format!("/api/v1/{list}?cursor={cursor}")).await;
            assert_eq!(reply.problem(422, "invalid_cursor")["errors"][0]["field"], "cursor", "{list} {cursor}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_an_id_is_not_found_on_sqlite() {
    what_cannot_be_an_id_is_not_found(Database::sqlite()).await;
}

#[tokio::test]
async fn what_cannot_be_an_id_is_not_found_on_postgres() {
    what_cannot_be_an_id_is_not_found(Database::postgres().await).await;
}

async fn what_cannot_be_an_id_is_not_found(database: Database) {
    let service = Service::setup().on(database).start().await;
    let long = "x".repeat(5000);
    for id in ["x", "%F0%9F%A6%80", "%27%20OR%201=1", "..%2F..", "%00", "int_%00", &long] {
        service.admin().get(&format!("/api/v1/drafts/{id}")).await.problem(404, "not_found");
        service.admin().delete(&format!("/api/v1/integrations/{id}")).await.problem(404, "not_found");
        service.admin().delete(&format!("/api/v1/tokens/{id}")).await.problem(404, "not_found");
        service.client(Actor::Operator).get(&format!("/api/v1/organizations/{id}")).await.problem(404, "not_found");
    }
    service.admin().post("/api/v1/integrations", &json!({"draft_id": "int_\u{0}"})).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_key_with_a_nul_is_a_key_on_postgres() {
    let service = Service::setup().on(Database::postgres().await).start().await;
    service.admin().connect(&given::bucket("images")).await;

    let url = service.viewer().url("s3://images/a\u{0}b", 600).await;

    assert!(url.contains("/a%00b?"), "{url}");
}
