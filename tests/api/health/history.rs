//! Checks that were made.

use byob_e2e::{Answer, given};
use serde_json::{Value, json};

use super::{Bench, path};

#[tokio::test]
async fn checks_are_listed_newest_first_with_the_steps_that_did_not_pass() {
    let bench = Bench::start().await;
    let integration = bench.connect("images").await;
    let mut reports = Vec::new();
    for _ in 0..3 {
        bench.service.advance(1);
        reports.push(serde_json::from_str::<Value>(&bench.check(&integration).await).unwrap());
    }

    let list = path(&integration, "checks");
    let first = bench.get(&format!("{list}?limit=2")).await;
    let second = bench.get(&format!("{list}?limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await;

    assert_eq!(second["next_cursor"], Value::Null);
    let listed: Vec<&Value> = [&first, &second].iter().flat_map(|page| page["items"].as_array().unwrap()).collect();
    assert_eq!(listed.len(), 3);
    for (item, report) in listed.into_iter().zip(reports.iter().rev()) {
        for field in ["id", "started_at", "duration_ms", "outcome", "health"] {
            assert_eq!(item[field], report[field], "{field}");
        }
        assert_eq!(item["occasion"], "request");
        for outcome in ["failed", "warned"] {
            let steps = report["steps"].as_array().unwrap().iter().filter(|step| step["outcome"] == outcome);
            assert_eq!(item[outcome], steps.map(|step| step["name"].clone()).collect::<Value>());
        }
    }
}

#[tokio::test]
async fn a_report_is_shown_again_letter_by_letter() {
    let bench = Bench::start().await;
    let integration = bench.connect("images").await;
    let report = bench.check(&integration).await;
    let id = given::id(&serde_json::from_str(&report).unwrap()).to_owned();

    let reply = bench.service.admin().get(&path(&integration, &format!("checks/{id}"))).await;

    let view = reply.json(200);
    assert!(reply.body.contains(&format!(r#""report":{report},"#)), "{}", reply.body);
    assert_eq!((&view["id"], &view["occasion"]), (&json!(id), &json!("request")));
    assert_eq!((&view["last_good"], &view["changes"]), (&Value::Null, &json!([])), "it was never healthy");
}

#[tokio::test]
async fn a_check_is_found_under_its_own_integration_only() {
    let bench = Bench::start().await;
    let (one, other) = (bench.connect("images").await, bench.connect("videos").await);
    let report: Value = serde_json::from_str(&bench.check(&one).await).unwrap();
    let admin = bench.service.admin();

    for (integration, check) in [(&other, given::id(&report)), (&one, "chk_01ke6jq3001a104qmqavxvx8xg"), (&one, "x")] {
        admin.get(&path(integration, &format!("checks/{check}"))).await.problem(404, "not_found");
    }
    assert_eq!(bench.checks(&other).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_last_check_of_a_draft_is_shown_again_and_goes_with_it_when_it_is_saved() {
    let bench = Bench::start().await;
    let admin = bench.service.admin();
    let draft = admin.draft(&bench.settings("images")).await;
    let path = format!("{}/check", given::draft_path(&draft));
    admin.get(&path).await.problem(404, "not_found");

    admin.post(&path, &json!({})).await.json(200);
    bench.service.sts().answer(Answer::ACCESS_DENIED);
    bench.service.advance(1);
    let newest = admin.post(&path, &json!({})).await;
    assert_eq!(admin.get(&path).await.body, newest.body);

    let saved = admin.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.json(201);
    assert_eq!((&saved["health"], &saved["checked_at"]), (&json!("unhealthy"), &saved["updated_at"]));
    assert_eq!(saved["good_at"], Value::Null);
    let checks = bench.checks(&saved).await;
    assert_eq!((checks.len(), &checks[0]["id"]), (1, &newest.json(200)["id"]));
    admin.get(&path).await.problem(404, "not_found");
}
