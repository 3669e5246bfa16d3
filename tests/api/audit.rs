//! The audit log: every change leaves an entry, and the log can be looked through by whoever has it.

use std::{
    io::Write,
    process::{Command, Stdio},
    time::Duration,
};

use byob_e2e::{Actor, Client, Service, given, patiently};
use reqwest::Method;
use serde_json::{Value, json};

use crate::routes::{Bench, operations};

/// Operations that change nothing, though they are no GET.
const CHANGE_NOTHING: [(&str, &str); 4] = [
    ("resolve_locators", "it signs addresses; the access log is for that"),
    ("resolve_locators_compactly", "the same"),
    ("diagnose_file", "it only looks"),
    ("diagnose_policy", "it reads what was sent"),
];

async fn newest(client: &Client) -> Value {
    client.get("/api/v1/audit?limit=1").await.json(200)["items"][0].clone()
}

async fn actions(client: &Client, query: &str) -> Vec<String> {
    let items = client.get(&format!("/api/v1/audit?{query}")).await.json(200)["items"].clone();
    items.as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_operation_that_changes_something_leaves_an_entry_of_who_did_it() {
    let bench = Bench::start().await;
    let mut missing = Vec::new();
    for (operation, (method, path)) in operations() {
        if method == Method::GET || CHANGE_NOTHING.iter().any(|(name, _)| *name == operation) {
            continue;
        }
        let path = if path.contains("{id}") { bench.fill_in(&path, &operation).await } else { path };
        let body = bench.body(&operation).await;
        let by_operator = path.starts_with("/api/v1/organizations");
        let before = newest(&bench.admin()).await["number"].as_i64().unwrap();

        let reply = bench.send(&method, &path, body, if by_operator { Actor::Operator } else { Actor::Admin }).await;

        assert!(reply.status < 300, "{operation}: {}", reply.body);
        let answer = serde_json::from_str::<Value>(&reply.body).unwrap_or_default();
        let (entry, is_new) = if let Some(token) = answer["token"]["token"].as_str().filter(|_| by_operator) {
            (newest(&bench.admin().showing(token)).await, true)
        } else if let Some(id) = path.strip_prefix("/api/v1/organizations/") {
            // One that nobody is in yet: its log is read by the rules themselves.
            (bench.newest_of(id.split('/').next().unwrap()).await, true)
        } else {
            let entry = newest(&bench.admin()).await;
            let is_new = entry["number"].as_i64().unwrap() > before;
            (entry, is_new)
        };
        let expected = if by_operator { "operator" } else { "member" };
        let request = reply.header("x-request-id");
        if !is_new
            || entry["actor_kind"] != expected
            || entry["request_id"].as_str() != request
            || entry["token_id"].is_null()
        {
            missing.push(format!("{operation}: {entry}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert_eq!(bench.admin().get("/api/v1/audit/verify").await.json(200)["whole"], true);
}

#[tokio::test]
async fn an_entry_says_what_was_changed_and_never_a_secret() {
    let service = Service::start().await;
    let admin = service.admin();
    let integration = admin.connect(&given::bucket_by_key("images", "AKIAONE", "the-secret-itself")).await;
    let path = given::integration_path(&integration);
    let key = json!({"type": "access_key", "access_key_id": "AKIAONE", "secret_access_key": "another-secret"});
    admin.patch(&path, &json!({"enabled": false, "region": "eu-west-1", "authentication": key})).await.json(200);

    let activity = format!("object={}", given::id(&integration));
    let items = admin.get(&format!("/api/v1/audit?{activity}")).await.json(200)["items"].clone();

    let changed = &items[0];
    assert_eq!(changed["action"], "integration.changed");
    assert_eq!(changed["details"]["changed"], json!({"region": {"before": "eu-central-1", "after": "eu-west-1"}}));
    assert_eq!(changed["details"]["secret_access_key"], "replaced");
    assert_eq!((&changed["actor_name"], &changed["token_name"]), (&json!("ada@acme.example"), &json!("First token")));
    assert_eq!(changed["object_name"], "images");
    assert_eq!(
        actions(&admin, &activity).await,
        ["integration.changed", "integration.turned_off", "integration.saved", "draft.created"]
    );
    let same = json!({"name": "images", "region": "eu-west-1", "enabled": false});
    let updated_at = admin.patch(&path, &same).await.json(200)["updated_at"].clone();
    assert_eq!(updated_at, admin.get(&path).await.json(200)["updated_at"]);
    assert_eq!(actions(&admin, &activity).await.len(), 4, "what is the same before and after is no change");
    let export = admin.get("/api/v1/audit/export").await.body;
    assert!(!export.contains("the-secret-itself") && !export.contains("another-secret"), "{export}");
    assert!(!export.contains("byob_") && !export.contains("https://"), "{export}");
}

#[tokio::test]
async fn what_is_refused_leaves_no_entry() {
    let service = Service::start().await;
    let before = newest(&service.admin()).await;

    service.admin().post("/api/v1/tokens", &json!({"name": ""})).await.problem(422, "invalid_name");
    service.viewer().post("/api/v1/tokens", &json!({"name": "Test"})).await.problem(403, "role_too_low");
    service.admin().delete("/api/v1/tokens/tok_01ke6jq3001a104qmqavxvx8xg").await.problem(404, "not_found");

    assert_eq!(newest(&service.admin()).await, before);
}

#[tokio::test]
async fn the_log_is_listed_page_by_page_and_by_what_was_done_by_whom() {
    let service = Service::start().await;
    let admin = service.admin();
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    loop {
        let page = admin.get(&format!("/api/v1/audit?limit=2&cursor={cursor}")).await.json(200);
        seen.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["number"].as_i64().unwrap()));
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(seen, [3, 2, 1]);
    assert_eq!(actions(&admin, "action=token.created").await.len(), 2);
    let member = newest(&admin).await["details"]["member_id"].clone();
    assert!(actions(&admin, &format!("actor={}", member.as_str().unwrap())).await.is_empty(), "the operator made them");
    assert_eq!(
        admin.get("/api/v1/audit?action=token.stolen").await.problem(422, "unknown_action")["errors"][0]["field"],
        "action"
    );
    admin.get("/api/v1/audit?cursor=x").await.problem(422, "invalid_cursor");
    assert_eq!(
        service.client(Actor::OtherOrganization).get("/api/v1/audit").await.json(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_failed_sign_in_is_told_once_an_hour_to_those_whose_member_it_is() {
    let service = Service::start().await;
    let admin = service.admin();
    let by = byob_core::audit::By::operator();
    let role = byob_core::organization::Role::Viewer;
    let (_, link) = service.core.invite_member(&service.organization, &by, "eve@acme.example", role).await.unwrap();
    service.core.accept(&link.secret, &"a password of some length".into(), None).await.unwrap();
    let fail = async || {
        service.core.sign_in("eve@acme.example", &"not the password".into(), Some("req_1")).await.unwrap_err();
        service.core.sign_in("nobody@acme.example", &"not the password".into(), None).await.unwrap_err();
    };
    let failures = async || actions(&admin, "action=member.sign_in_failed").await.len();

    fail().await;
    patiently("the failure is told", async { while failures().await != 1 {} }).await;
    fail().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(failures().await, 1);
    service.advance(3601);
    fail().await;
    patiently("it is told again", async { while failures().await != 2 {} }).await;

    let told = newest(&admin).await;
    assert_eq!((&told["actor_kind"], &told["actor_name"]), (&json!("nobody"), &Value::Null));
    assert_eq!((&told["object_name"], &told["request_id"]), (&json!("eve@acme.example"), &json!("req_1")));
    let events = ["member.signed_in", "member.joined", "member.invited"];
    for event in events {
        assert_eq!(actions(&admin, &format!("action={event}")).await.len(), 1, "{event}");
    }
}

/// The script of the guide, which customers run on their own machine.
fn python(export: &str) -> (bool, String) {
    let guide = include_str!("../../docs/guide/audit-log.md");
    let script =
        guide.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the guide has the script");
    let mut running = Command::new("python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 is there");
    running.stdin.take().unwrap().write_all(export.as_bytes()).unwrap();
    let done = running.wait_with_output().unwrap();
    (done.status.success(), String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned())
}

#[tokio::test]
async fn customers_verify_an_export_by_themselves() {
    let service = Service::start().await;
    let admin = service.admin();
    let name = "Lübeck \"ü\" \\ 🚀 \u{2028}";
    let integration = admin.connect(&given::with(given::bucket("images"), &json!({"name": name}))).await;
    admin.patch(&given::integration_path(&integration), &json!({"region": "eu-west-1"})).await.json(200);

    let reply = admin.get("/api/v1/audit/export").await;

    assert_eq!(reply.header("content-type"), Some("application/x-ndjson"));
    assert!(reply.header("content-disposition").unwrap().starts_with("attachment; filename=\"audit-log-org_"));
    let verified = admin.get("/api/v1/audit/verify").await.json(200);
    let (entries, hash) = (verified["entries"].as_i64().unwrap(), verified["hash"].as_str().unwrap());
    assert_eq!(reply.body.lines().count(), usize::try_from(entries).unwrap());
    assert_eq!(python(&reply.body), (true, format!("{entries} entries are whole; the last hash is {hash}\n")));
    let (ok, text) = python(&reply.body.replace("eu-west-1", "eu-west-2"));
    assert!(!ok && text.contains("does not fit"), "{text}");
    let (ok, _) = python(reply.body.split_once('\n').unwrap().1);
    assert!(!ok, "the first is missing");
}

#[tokio::test]
async fn an_export_of_many_pages_is_whole() {
    let service = Service::start().await;
    for _ in 0..1005 {
        service.admin().post("/api/v1/tokens", &json!({"name": "Test"})).await.json(201);
    }

    let export = service.admin().get("/api/v1/audit/export").await.body;

    let numbers: Vec<i64> =
        export.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["number"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=1008).collect::<Vec<_>>());
    assert_eq!(service.admin().get("/api/v1/audit/verify").await.json(200)["entries"], 1008);
}
