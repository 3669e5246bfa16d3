//! Connection checks over HTTP: answers, streams, and what they prevent.

use byob_e2e::{
    Answer, Client, Service,
    given::{self, draft_path, integration_path},
};
use reqwest::Method;
use serde_json::{Value, json};

/// The names of all steps, in order.
const STEPS: [&str; 18] = [
    "platform-identity-known",
    "role-arn-valid",
    "role-assumable",
    "external-id-required",
    "external-id-enforced",
    "bucket-reachable",
    "region-matches",
    "prefix-listable",
    "object-readable",
    "version-readable",
    "encrypted-object-readable",
    "object-writable",
    "object-deletable",
    "scope-enforced",
    "presigned-url-loads",
    "browser-cors-allowed",
    "clock-in-sync",
    "cleanup-done",
];

/// A bucket at an address where nobody listens, so that a check ends soon.
fn nowhere(name: &str) -> Value {
    given::with(given::bucket(name), &json!({"endpoint_url": "http://127.0.0.1:9", "force_path_style": true}))
}

async fn service() -> Service {
    Service::setup().allow(&["127.0.0.1:9"]).start().await
}

fn names(report: &Value) -> Vec<&str> {
    report["steps"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap()).collect()
}

fn step<'a>(report: &'a Value, name: &str) -> &'a Value {
    report["steps"].as_array().unwrap().iter().find(|step| step["name"] == name).unwrap()
}

async fn check(client: &Client, path: &str, body: &Value) -> Value {
    client.post(&format!("{path}/check"), body).await.json(200)
}

#[tokio::test]
async fn a_check_answers_with_every_step_whatever_it_finds() {
    let service = service().await;
    let admin = service.admin();
    let empty = admin.draft(&json!({})).await;
    let integration = admin.connect(&nowhere("images")).await;

    let of_draft = check(&admin, &draft_path(&empty), &json!({})).await;
    let of_integration = check(&admin, &integration_path(&integration), &json!({"wait": 0})).await;

    assert_eq!((names(&of_draft), names(&of_integration)), (STEPS.to_vec(), STEPS.to_vec()));
    assert_eq!((&of_draft["outcome"], &of_draft["external_id"]), (&json!("failed"), &json!("not_proven")));
    assert_eq!(of_integration["integration_id"], integration["id"]);
    assert_eq!(of_integration["external_id"], "proven");
    let reachable = step(&of_integration, "bucket-reachable");
    assert_eq!(
        (&reachable["outcome"], &reachable["finding"]["cause"]),
        (&json!("failed"), &json!("endpoint_unreachable"))
    );
    let assumable = step(&of_integration, "role-assumable");
    assert_eq!(assumable["aws"], json!({"operation": "sts:AssumeRole", "request_id": "stand-in"}));
}

#[tokio::test]
async fn the_body_may_be_left_out() {
    let service = service().await;
    let admin = service.admin();
    let path = format!("{}/check", draft_path(&admin.draft(&json!({})).await));

    let nothing = admin.send(admin.request(Method::POST, &path)).await;
    let declared = admin.send(admin.request(Method::POST, &path).header("content-type", "application/json")).await;
    let form = admin.send(admin.request(Method::POST, &path).body("wait=1")).await;

    assert_eq!((nothing.status, declared.status), (200, 200));
    form.problem(400, "not_json");
}

#[tokio::test]
async fn a_wrong_question_is_told_by_its_field() {
    let service = service().await;
    let admin = service.admin();
    let path = format!("{}/check", draft_path(&admin.draft(&given::bucket("images")).await));
    for (body, code, field) in [
        (json!({"wait": 181}), "out_of_range", "wait"),
        (json!({"wait": "long"}), "invalid_field", "wait"),
        (json!({"waits": 1}), "unknown_field", "waits"),
        (json!({"locator": "images/cat.png"}), "invalid_locator", "locator"),
        (json!({"locator": "s3://others/cat.png"}), "outside_scope", "locator"),
    ] {
        let problem = admin.post(&path, &body).await.json(422);
        assert_eq!((&problem["code"], &problem["errors"][0]["field"]), (&json!(code), &json!(field)), "{problem}");
    }
}

#[tokio::test]
async fn steps_are_streamed_and_the_report_comes_last() {
    let service = service().await;
    let admin = service.admin();
    let path = format!("{}/check", integration_path(&admin.connect(&nowhere("images")).await));

    let reply = admin.send(admin.request(Method::POST, &path).header("accept", "text/event-stream")).await;

    assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/event-stream")));
    let data = |event: &str| -> Vec<Value> {
        let blocks =
            reply.body.split("\n\n").filter_map(|block| block.strip_prefix(&format!("event: {event}\ndata: ")));
        blocks.map(|data| serde_json::from_str(data).unwrap()).collect()
    };
    let (steps, reports) = (data("step"), data("report"));
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0]["steps"], json!(steps));
    assert!(reply.body.trim_end().rsplit("\n\n").next().unwrap().starts_with("event: report"));
}

#[tokio::test]
async fn an_unsafe_role_is_refused_with_the_report_and_the_draft_stays() {
    let service = service().await;
    let admin = service.admin();
    let draft = admin.draft(&nowhere("images")).await;
    service.sts().let_everybody_in(true);

    let refused =
        admin.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.problem(422, "role_unsafe");

    assert_eq!(refused["errors"][0]["field"], "authentication.role_arn");
    let report = &refused["report"];
    assert_eq!((&report["health"], names(report)), (&json!("unsafe"), STEPS.to_vec()));
    let finding = &step(report, "external-id-required")["finding"];
    let trust = admin.get(&format!("{}/documents", draft_path(&draft))).await.json(200)["trust_policy"].take();
    assert_eq!((&finding["document"]["kind"], &finding["document"]["document"]), (&json!("trust_policy"), &trust));
    assert!(finding["document"]["diff"].as_str().unwrap().contains("+      \"Condition\": {"), "{finding}");

    service.sts().let_everybody_in(false);
    admin.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.json(201);
}

#[tokio::test]
async fn a_role_that_becomes_unsafe_serves_nothing_on_any_replica() {
    let service = service().await;
    let replica = service.replica().await;
    let integration = service.admin().connect(&nowhere("images")).await;
    replica.viewer().url("s3://images/k", 600).await;
    service.sts().let_everybody_in(true);

    let report = check(&service.admin(), &integration_path(&integration), &json!({})).await;

    assert_eq!(report["health"], "unsafe");
    let code = async |client: &Client| client.resolve(&["s3://images/k"]).await.remove(0)["error"]["code"].take();
    assert_eq!(code(&service.viewer()).await, "role_unsafe");
    byob_e2e::patiently("the other replica knows", async { while code(&replica.viewer()).await != "role_unsafe" {} })
        .await;
}

#[tokio::test]
async fn only_a_denial_proves_that_a_role_refuses_others() {
    for answer in [Answer::THROTTLED, Answer::BROKEN, Answer::Fault(400, "ValidationError", "Request ARN is invalid")] {
        let service = service().await;
        service.sts().answer_others(answer);
        let integration = service.admin().connect(&nowhere("images")).await;

        let report = check(&service.admin(), &integration_path(&integration), &json!({})).await;
        let result = service.viewer().resolve(&["s3://images/k"]).await.remove(0);

        assert_eq!(report["external_id"], "inconclusive", "{answer:?}");
        for name in ["external-id-required", "external-id-enforced"] {
            let seen = (&step(&report, name)["proof"], &step(&report, name)["inconclusive"]);
            assert_eq!(seen, (&json!("inconclusive"), &json!(true)), "{answer:?}");
        }
        assert_eq!(step(&report, "bucket-reachable")["outcome"], "skipped", "its credentials are not used");
        assert_eq!(result["error"]["code"], "role_unproven", "{answer:?}");

        service.sts().answer_others(Answer::ACCESS_DENIED);
        service.advance(4);
        service.viewer().url("s3://images/k", 600).await;
    }
}

#[tokio::test]
async fn nothing_of_credentials_or_urls_is_in_a_report() {
    let service = service().await;
    let integration = service.admin().connect(&nowhere("images")).await;

    let report = check(&service.admin(), &integration_path(&integration), &json!({})).await.to_string();

    for issued in service.sts().issued() {
        for secret in [&issued.secret_access_key, &issued.session_token] {
            assert!(!report.contains(secret.as_str()));
        }
    }
    assert!(!report.contains("X-Amz-"), "{report}");
}
