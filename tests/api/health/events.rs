//! What happened, for whoever follows.

use byob_e2e::{Actor, Answer, given, patiently};
use serde_json::{Value, json};

use super::Bench;

#[tokio::test]
async fn a_change_of_health_is_an_event() {
    let bench = Bench::start().await;
    let integration = bench.connect("images").await;

    let report: Value = serde_json::from_str(&bench.check(&integration).await).unwrap();

    let events = bench.events().await;
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!((&event["sequence"], &event["kind"]), (&json!(1), &json!("integration.health_changed")));
    assert_eq!(event["subject"], integration["id"]);
    let payload = &event["payload"];
    assert_eq!((&payload["integration_id"], &payload["check_id"]), (&integration["id"], &report["id"]));
    assert_eq!((&payload["before"], &payload["after"]), (&json!("unknown"), &json!("unhealthy")));
    let failed = report["steps"].as_array().unwrap().iter().find(|step| step["outcome"] == "failed").unwrap();
    let told = payload["steps"].as_array().unwrap().iter().find(|step| step["step"] == failed["name"]).unwrap();
    assert_eq!(told["before"], Value::Null, "it had not been taken before");
    assert_eq!(told["after"], json!({"outcome": "failed", "cause": failed["finding"]["cause"]}));
}

#[tokio::test]
async fn the_same_again_is_no_event_and_another_step_that_fails_is() {
    let bench = Bench::start().await;
    let integration = bench.connect("images").await;
    bench.check(&integration).await;
    bench.check(&integration).await;
    assert_eq!(bench.events().await.len(), 1);

    bench.service.sts().answer(Answer::ACCESS_DENIED);
    bench.check(&integration).await;

    let events = bench.events().await;
    assert_eq!(events.len(), 2);
    let payload = &events[1]["payload"];
    assert_eq!((&payload["before"], &payload["after"]), (&json!("unhealthy"), &json!("unhealthy")));
    let steps = payload["steps"].as_array().unwrap();
    let role = steps.iter().find(|step| step["step"] == "role-assumable").unwrap();
    assert_eq!((&role["before"]["outcome"], &role["after"]["outcome"]), (&json!("passed"), &json!("failed")));
}

#[tokio::test]
async fn events_can_be_followed() {
    let bench = Bench::start().await;
    let (one, other) = (bench.connect("images").await, bench.connect("videos").await);
    bench.check(&one).await;
    bench.check(&other).await;

    let first = bench.get("/api/v1/events?limit=1").await;
    let follow = async |page: &Value| {
        let cursor = page["next_cursor"].as_str().unwrap();
        bench.get(&format!("/api/v1/events?limit=1&cursor={cursor}")).await
    };
    let second = follow(&first).await;
    let nothing = follow(&second).await;

    let subjects = [&first, &second].map(|page| page["items"][0]["subject"].clone());
    assert_eq!(subjects, [one["id"].clone(), other["id"].clone()]);
    assert_eq!((&nothing["items"], &nothing["next_cursor"]), (&json!([]), &second["next_cursor"]));

    bench.service.sts().answer(Answer::ACCESS_DENIED);
    bench.check(&one).await;
    assert_eq!(follow(&nothing).await["items"][0]["sequence"], 3);
}

#[tokio::test]
async fn a_cursor_that_is_not_one_is_refused() {
    let bench = Bench::start().await;

    for cursor in ["x", "-1", "1.5", "99999999999999999999", "int_01ke6jq3001a104qmqavxvx8xg"] {
        let path = format!("/api/v1/events?cursor={cursor}");
        bench.service.admin().get(&path).await.problem(422, "invalid_cursor");
    }
}

#[tokio::test]
async fn events_are_seen_in_their_own_organization_only() {
    let bench = Bench::start().await;
    bench.check(&bench.connect("images").await).await;

    let theirs = bench.service.client(Actor::OtherOrganization).get("/api/v1/events").await.json(200);

    assert_eq!((&theirs["items"], &theirs["next_cursor"]), (&json!([]), &json!("0")));
}

#[tokio::test]
async fn those_who_wait_in_the_same_process_are_woken() {
    let bench = Bench::start().await;
    let integration = bench.connect("images").await;
    let mut events = bench.service.core.events();

    bench.check(&integration).await;

    let organization = patiently("the bell rang", events.recv()).await.unwrap();
    let rows = bench.service.core.list_events(&organization, 0, 10).await.unwrap();
    assert_eq!(rows[0].subject, given::id(&integration));
}
