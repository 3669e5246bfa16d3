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

#[tokio::test]
async fn the_operator_sees_how_much_is_in_an_organization_and_nothing_of_it() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("secret-bucket")).await;
    service.admin().draft(&json!({})).await;
    let operator = service.client(Actor::Operator);
    let path = format!("/api/v1/organizations/{}", service.organization);

    let reply = operator.get(&path).await;

    assert!(!reply.body.contains("secret-bucket"), "{}", reply.body);
    let acme = reply.json(200);
    let on = json!({"healthy": 0, "degraded": 0, "unhealthy": 0, "unsafe": 0, "unknown": 1});
    assert_eq!((&acme["turned_on"], &acme["turned_off"], &acme["drafts"]), (&on, &json!(0), &json!(1)));
    assert_eq!((&acme["members"], &acme["joined"]), (&json!(1), &json!(0)));
    let list = operator.get("/api/v1/organizations").await.json(200);
    assert!(list["items"].as_array().unwrap().contains(&acme), "{list}");
}

#[tokio::test]
async fn an_organization_is_renamed_to_a_name_that_is_free() {
    let service = Service::start().await;
    let operator = service.client(Actor::Operator);
    let path = format!("/api/v1/organizations/{}", service.organization);

    assert_eq!(operator.patch(&path, &json!({"name": " Initech "})).await.json(200)["name"], "Initech");

    operator.patch(&path, &json!({"name": "Other"})).await.problem(409, "organization_name_taken");
    assert_eq!(operator.patch(&path, &json!({"name": ""})).await.json(422)["errors"][0]["field"], "name");
    operator
        .patch("/api/v1/organizations/org_01ke6jq3001a104qmqavxvx8xg", &json!({"name": "X"}))
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn a_link_for_the_first_admin_is_made_until_somebody_uses_the_organization() {
    let service = Service::start().await;
    let operator = service.client(Actor::Operator);
    let make = async |name| {
        let body = json!({"name": name, "admin_email": "Gil@Globex.example"});
        operator.post("/api/v1/organizations", &body).await.json(201)
    };
    let secret = |link: &Value| link["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();

    let new = make("Globex").await;
    let path = format!("/api/v1/organizations/{}/link", given::id(&new["organization"]));
    let again = operator.post(&path, &json!({})).await.json(201);
    assert_eq!(again["admin_email"], "gil@globex.example");
    assert_eq!(service.core.invited(&secret(&new)).await.unwrap_err().code(), "link_gone", "the newer one replaces it");
    service.core.accept(&secret(&again), &"correct horse battery".into(), None).await.unwrap();
    operator.post(&path, &json!({})).await.problem(409, "organization_in_use");

    // Nor is there one into an organization that has so far been used by its token alone.
    let other = make("Initech").await;
    operator.showing(other["token"]["token"].as_str().unwrap()).draft(&json!({})).await;
    let path = format!("/api/v1/organizations/{}/link", given::id(&other["organization"]));
    operator.post(&path, &json!({})).await.problem(409, "organization_in_use");
}

fn names(page: &Value) -> Vec<&str> {
    let mut names: Vec<_> =
        page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}
