//! Tokens that are restricted to integrations: all else is as if it was not there.

use byob_e2e::{Actor, Client, Service, given};
use serde_json::{Value, json};

/// A token of the admin's that reaches these integrations alone.
async fn restricted(service: &Service, integrations: &[&Value]) -> Client {
    let mut ids: Vec<&str> = integrations.iter().map(|integration| given::id(integration)).collect();
    ids.sort_unstable();
    let body = json!({"name": "Restricted", "role": "admin", "integration_ids": ids});
    let token = service.admin().post("/api/v1/tokens", &body).await.json(201);
    assert_eq!(token["integration_ids"], json!(ids));
    service.admin().showing(token["token"].as_str().unwrap())
}

#[tokio::test]
async fn what_a_token_does_not_reach_is_told_as_what_nobody_serves() {
    let service = Service::setup().public_buckets([given::public_bucket("samples")]).start().await;
    let reached = service.admin().connect(&given::bucket("reached")).await;
    service.admin().connect(&given::bucket("hidden")).await;
    let token = restricted(&service, &[&reached]).await;

    let results = token.resolve(&["s3://reached/k", "s3://hidden/k", "s3://samples/k", "s3://nobodys/k"]).await;

    assert_eq!(results[0]["integration_id"], reached["id"]);
    for (result, bucket) in results[1..].iter().zip(["hidden", "samples", "nobodys"]) {
        let as_of_nobody = results[3].to_string().replace("nobodys", bucket);
        assert_eq!(result.to_string(), as_of_nobody);
        let refused = token.get(&format!("/api/v1/open?locator=s3://{bucket}/k")).await;
        refused.problem(404, "no_integration");
        let body = json!({"locator": format!("s3://{bucket}/k")});
        token.post("/api/v1/resolve/diagnose", &body).await.problem(404, "no_integration");
    }
}

#[tokio::test]
async fn nothing_broader_serves_what_another_integration_does() {
    let service = Service::start().await;
    let bucket = service.admin().connect(&given::bucket("images")).await;
    let team = service.admin().connect(&given::folder("images", "team")).await;
    let (broad, narrow) = (restricted(&service, &[&bucket]).await, restricted(&service, &[&team]).await);

    for (token, locator, served_by) in [
        (&broad, "s3://images/other/k", &bucket["id"]),
        (&broad, "s3://images/team/k", &Value::Null),
        (&narrow, "s3://images/team/k", &team["id"]),
        (&narrow, "s3://images/other/k", &Value::Null),
    ] {
        assert_eq!(&token.resolve(&[locator]).await[0]["integration_id"], served_by, "{locator}");
    }
}

#[tokio::test]
async fn a_token_lists_the_integrations_that_it_reaches_page_by_page() {
    let service = Service::start().await;
    let mut connected = Vec::new();
    for name in ["one", "two", "three", "four"] {
        connected.push(service.admin().connect(&given::bucket(name)).await);
        service.advance(1);
    }
    let token = restricted(&service, &[&connected[0], &connected[2], &connected[3]]).await;

    let first = token.get("/api/v1/integrations?limit=2").await.json(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = token.get(&format!("/api/v1/integrations?limit=2&cursor={cursor}")).await.json(200);

    let names = |page: &Value| -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|item| item["name"].clone()).collect()
    };
    assert_eq!((names(&first), names(&second)), (vec![json!("one"), json!("three")], vec![json!("four")]));
    assert_eq!(second["next_cursor"], Value::Null);
}

#[tokio::test]
async fn a_token_whose_integrations_are_removed_reaches_fewer_and_never_all() {
    let service = Service::start().await;
    let admin = service.admin();
    let (one, two) = (admin.connect(&given::bucket("one")).await, admin.connect(&given::bucket("two")).await);
    admin.connect(&given::bucket("three")).await;
    let token = restricted(&service, &[&one, &two]).await;

    let mut reached = Vec::new();
    for gone in [None, Some(&one), Some(&two)] {
        if let Some(gone) = gone {
            admin.delete(&given::integration_path(gone)).await;
        }
        let service = service.replica().await;
        let token = service.admin().showing(token.token());
        let results = token.resolve(&["s3://one/k", "s3://two/k", "s3://three/k"]).await;
        reached.push(results.iter().filter(|result| result["url"].is_string()).count());
        let listed = admin.get("/api/v1/tokens").await.json(200);
        let items = listed["items"].as_array().unwrap();
        let ids = items.iter().find_map(|item| item["integration_ids"].as_array()).unwrap().len();
        assert_eq!(Some(&ids), reached.last());
        token.get("/api/v1/members").await.problem(403, "token_restricted");
    }

    assert_eq!(reached, [2, 1, 0]);
}

#[tokio::test]
async fn a_token_is_restricted_to_integrations_that_there_are() {
    let service = Service::start().await;
    let admin = service.admin();
    let draft = admin.draft(&given::bucket("draft")).await;
    let theirs = service.client(Actor::OtherOrganization).connect(&given::bucket("theirs")).await;

    let many: Vec<String> = (0..201).map(|number| format!("int_{number}")).collect();
    for (ids, code) in [
        (json!([]), "missing"),
        (json!(many), "too_many"),
        (json!(["int_01ke6jq3001a104qmqavxvx8xg"]), "unknown_integration"),
        (json!([draft["id"]]), "unknown_integration"),
        (json!([theirs["id"]]), "unknown_integration"),
        (json!(["public"]), "unknown_integration"),
    ] {
        let refused = admin.post("/api/v1/tokens", &json!({"name": "Test", "integration_ids": ids})).await;
        let problem = refused.problem(422, code);
        assert_eq!(problem["errors"][0]["field"], "integration_ids", "{problem}");
    }

    let tokens = admin.get("/api/v1/tokens").await.json(200);
    assert!(!tokens.to_string().contains("\"Test\",\"role\":\"viewer\",\"integration_ids\":["), "{tokens}");
}
