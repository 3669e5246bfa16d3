//! Organizations: made by the operator, renamed by their admins.

use byob_e2e::{Actor, Service, given};
use serde_json::{Value, json};

#[tokio::test]
async fn the_first_token_of_an_organization_is_its_admins() {
    let service = Service::start().await;
    let operator = service.client(Actor::Operator);

    let new = operator
        .post("/api/v1/organizations", &json!({"name": "Globex", "admin_email": "Gil@Globex.example"}))
        .await
        .json(201);

    let admin = operator.showing(new["token"]["token"].as_str().unwrap());
    assert_eq!(new["token"]["role"], "admin");
    assert_eq!(admin.get("/api/v1/drafts").await.json(200)["items"], json!([]));
    let path = format!("/api/v1/organizations/{}", given::id(&new["organization"]));
    assert_eq!(operator.get(&path).await.json(200), new["organization"]);
}

#[tokio::test]
async fn a_name_is_taken_once_on_the_platform() {
    let service = Service::start().await;
    let operator = service.client(Actor::Operator);
    let body = json!({"name": "Acme", "admin_email": "eve@example.com"});

    operator.post("/api/v1/organizations", &body).await.problem(409, "organization_name_taken");

    assert_eq!(names(&operator.get("/api/v1/organizations").await.json(200)), ["Acme", "Other"]);
}

#[tokio::test]
async fn an_admin_renames_the_organization_and_everybody_sees_it() {
    let service = Service::start().await;
    let path = "/api/v1/organization";

    let renamed = service.admin().patch(path, &json!({"name": " Acme Robotics "})).await.json(200);

    assert_eq!((&renamed["name"], given::id(&renamed)), (&json!("Acme Robotics"), service.organization.as_str()));
    assert_eq!(service.viewer().get(path).await.json(200), renamed);
    let operator = service.client(Actor::Operator);
    assert_eq!(names(&operator.get("/api/v1/organizations").await.json(200)), ["Acme Robotics", "Other"]);
    let taken = service.admin().patch(path, &json!({"name": "Other"})).await.problem(409, "organization_name_taken");
    assert_eq!(taken["errors"][0]["field"], "name");
    for wrong in ["", "Two\nlines"] {
        service.admin().patch(path, &json!({"name": wrong})).await.problem(422, "invalid_name");
    }
}

#[tokio::test]
async fn a_wrong_organization_is_not_half_made() {
    let service = Service::start().await;
    let operator = service.client(Actor::Operator);
    for (body, field) in [
        (json!({"name": "", "admin_email": "eve@example.com"}), "name"),
        (json!({"name": "Two\nlines", "admin_email": "eve@example.com"}), "name"),
        (json!({"name": "x".repeat(101), "admin_email": "eve@example.com"}), "name"),
        (json!({"name": "Globex", "admin_email": "nobody"}), "admin_email"),
        (json!({"name": "Globex", "admin_email": "a b@example.com"}), "admin_email"),
        (json!({"name": "Globex", "admin_email": "a\u{0}b@example.com"}), "admin_email"),
    ] {
        let reply = operator.post("/api/v1/organizations", &body).await;
        assert_eq!(reply.json(422)["errors"][0]["field"], field, "{body}");
    }
    assert_eq!(names(&operator.get("/api/v1/organizations").await.json(200)), ["Acme", "Other"]);
}

fn names(page: &Value) -> Vec<&str> {
    let mut names: Vec<_> =
        page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}
