//! What is checked on schedule: it breaks, is told, and is mended.

use byob_core::{audit::By, id::IntegrationId, work::Worker};
use byob_sandbox::state::iam::BoundPolicy;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use tokio::join;

use super::given::{Connection, ROLE};
use crate::aws::CUSTOMER;

/// A saved integration and who checks it.
struct Checked {
    connection: Connection,
    worker: Worker,
}

impl Checked {
    async fn start() -> Self {
        let connection = Connection::with(json!({ "name": "Pictures" })).await;
        connection.aws.core.save_draft(&connection.aws.organization, &By::operator(), &connection.id).await.unwrap();
        let worker = connection.aws.core.worker();
        Self { connection, worker }
    }

    /// Lets the next check come, and answers with the integration as the API shows it then.
    async fn next(&self) -> Value {
        self.connection.aws.time_passes().await;
        assert_eq!(self.worker.pass().await.unwrap(), 1);
        self.get("").await
    }

    async fn get(&self, below: &str) -> Value {
        let path = format!("/api/v1/integrations/{}{below}", self.connection.id);
        serde_json::from_str(&self.connection.aws.get(&path, None).await).unwrap()
    }

    /// What the events say of health, in order.
    async fn told(&self) -> Vec<(String, String)> {
        let events: Value = serde_json::from_str(&self.connection.aws.get("/api/v1/events", None).await).unwrap();
        let health = |event: &Value, when| event["payload"][when].as_str().unwrap().to_owned();
        let events = events["items"].as_array().unwrap().iter();
        events.map(|event| (health(event, "before"), health(event, "after"))).collect()
    }

    /// The documents of the role, as they should be.
    fn documents(&self) -> (Value, Value) {
        let documents = &self.connection.documents;
        let value = |document: Option<&_>| serde_json::to_value(document).unwrap();
        let trust = serde_json::to_value(&documents.trust_policy).unwrap();
        (trust, value(documents.access_policy.as_ref()))
    }

    fn set(&self, trust: &Value, access: &Value) {
        let changed: Result<(), std::convert::Infallible> = self.connection.aws.sandbox.change_iam(|iam| {
            let role = iam.accounts.get_mut(CUSTOMER).unwrap().roles.get_mut(ROLE).unwrap();
            role.trust = BoundPolicy { text: trust.to_string(), ..role.trust.clone() };
            role.inline.insert(ROLE.to_owned(), access.to_string());
            Ok(())
        });
        changed.unwrap();
    }
}

/// The policy without what permits reading objects.
fn without_reading(access: &Value) -> Value {
    let mut access = access.clone();
    let reads = |statement: &Value| statement["Action"].to_string().contains("s3:GetObject");
    access["Statement"].as_array_mut().unwrap().retain(|statement| !reads(statement));
    access
}

#[tokio::test]
async fn what_breaks_is_seen_told_compared_with_the_last_good_check_and_mended() {
    let metrics = PrometheusBuilder::new().install_recorder().unwrap();
    let checked = Checked::start().await;
    let (trust, access) = checked.documents();
    assert_eq!(checked.next().await["health"], "healthy");
    let good = checked.get("/checks").await["items"][0].clone();

    checked.set(&trust, &without_reading(&access));
    assert_eq!(checked.next().await["health"], "unhealthy");

    let checks = checked.get("/checks").await;
    let broken = &checks["items"][0];
    assert_eq!((&broken["occasion"], &broken["outcome"]), (&json!("schedule"), &json!("failed")));
    assert!(broken["failed"].as_array().unwrap().contains(&json!("object-readable")), "{broken}");
    let view = checked.get(&format!("/checks/{}", broken["id"].as_str().unwrap())).await;
    assert!(!view.to_string().contains("X-Amz-"), "a presigned URL is kept");
    assert_eq!(view["last_good"], json!({"id": good["id"], "started_at": good["started_at"]}));
    let changes = view["changes"].as_array().unwrap();
    let read = changes.iter().find(|change| change["step"] == "object-readable").unwrap();
    assert_eq!(read["before"], json!({"outcome": "passed", "cause": null}));
    assert_eq!(read["after"], json!({"outcome": "failed", "cause": "action_not_allowed"}));
    assert!(changes.iter().all(|change| change["step"] != "role-assumable"), "{changes:?}");
    // What is counted is as old as ten seconds at most, and this is the first look at it.
    let seen = checked.connection.aws.get("/metrics", Some(metrics)).await;
    for line in [r#"byob_integrations{health="unhealthy"} 1"#, r#"byob_integrations{health="healthy"} 0"#] {
        assert!(seen.lines().any(|seen| seen == line), "{line}: {seen}");
    }
    for line in [r#"byob_checks_total{occasion="schedule",outcome="failed"}"#, "byob_check_duration_seconds"] {
        assert!(seen.contains(line), "{line}: {seen}");
    }

    checked.set(&trust, &access);
    assert_eq!(checked.next().await["health"], "healthy");
    let told = checked.told().await;
    let told: Vec<_> = told.iter().map(|(before, after)| (before.as_str(), after.as_str())).collect();
    assert_eq!(told, [("unknown", "healthy"), ("healthy", "unhealthy"), ("unhealthy", "healthy")]);
}

#[tokio::test]
async fn a_trust_policy_that_becomes_lax_is_seen_and_the_role_not_used_until_it_is_mended() {
    let checked = Checked::start().await;
    let aws = &checked.connection.aws;
    let (trust, access) = checked.documents();
    assert_eq!(checked.next().await["health"], "healthy");
    let version = checked.get("").await["version"].clone();
    aws.resolve("cat.png").await.unwrap();

    let mut lax = trust.clone();
    lax["Statement"][0].as_object_mut().unwrap().remove("Condition");
    checked.set(&lax, &access);
    assert_eq!(checked.next().await["health"], "unsafe");
    assert_eq!(aws.resolve("cat.png").await.unwrap_err().code(), "role_unsafe");

    checked.set(&trust, &access);
    let mended = checked.next().await;
    assert_eq!((&mended["health"], &mended["version"]), (&json!("healthy"), &version));
    aws.resolve("cat.png").await.unwrap();
    let told: Vec<String> = checked.told().await.into_iter().map(|(_, after)| after).collect();
    assert_eq!(told, ["healthy", "unsafe", "healthy"]);
}

#[tokio::test]
async fn health_that_is_known_outlasts_an_outage_and_what_broke_meanwhile_is_seen_after_it() {
    let checked = Checked::start().await;
    let (trust, access) = checked.documents();
    let before = checked.next().await;
    checked.connection.aws.control("faults", json!({ "sts": { "kind": "throttle", "times": null } })).await;
    checked.set(&trust, &without_reading(&access));

    let during = checked.next().await;

    assert_eq!(during["health"], "healthy");
    assert!(during["checked_at"].as_str() > before["checked_at"].as_str());
    let newest = checked.get("/checks").await["items"][0].clone();
    assert_eq!((&newest["outcome"], &newest["health"]), (&json!("inconclusive"), &json!("unknown")));
    assert_eq!(checked.told().await.len(), 1, "nothing was learned");

    checked.connection.aws.control("faults", json!({ "sts": null })).await;
    assert_eq!(checked.next().await["health"], "unhealthy");
    assert_eq!(checked.told().await.len(), 2);
}

#[tokio::test]
async fn one_that_is_well_is_checked_again_after_the_interval_give_or_take_a_tenth() {
    let checked = Checked::start().await;
    let aws = &checked.connection.aws;
    let due = async |id: &IntegrationId| aws.core.store().job_find_check(&aws.organization, id).await.unwrap().unwrap();

    let before = aws.core.clock().now_millis();
    checked.next().await;
    let after = aws.core.clock().now_millis();

    let job = due(&checked.connection.id).await;
    let tenth = 360_000;
    assert!((before + 9 * tenth..=after + 11 * tenth).contains(&job.run_at), "{}", job.run_at - before);
    assert_eq!(job.attempts, 0);
}

#[tokio::test]
async fn a_customer_whose_role_is_broken_and_one_whose_role_is_fine_are_both_checked_by_two_replicas_once() {
    let checked = Checked::start().await;
    let aws = &checked.connection.aws;
    let other = aws.connect_scope("broken", json!({ "type": "bucket", "bucket": "nobody-has-this-bucket" }), |_, _| ());
    let other = other.await;
    let replica = aws.replica().await.worker();

    let (one, two) = join!(checked.worker.pass(), replica.pass());

    assert_eq!(one.unwrap() + two.unwrap(), 2);
    for (id, health) in [(&checked.connection.id, "healthy"), (&other, "unhealthy")] {
        let path = format!("/api/v1/integrations/{id}/checks");
        let checks: Value = serde_json::from_str(&aws.get(&path, None).await).unwrap();
        let checks = checks["items"].as_array().unwrap();
        assert_eq!((&checks[0]["health"], &checks[0]["occasion"]), (&json!(health), &json!("save")));
        assert_eq!(checks.iter().filter(|check| check["occasion"] != "request").count(), 1);
    }
}

#[tokio::test]
async fn an_integration_begins_with_what_the_check_of_its_draft_found() {
    for (changes, checked, health) in [
        (json!({}), true, "healthy"),
        (json!({}), false, "unknown"),
        // The check was of other settings.
        (json!({"name": "Other pictures", "region": "us-west-2"}), true, "unknown"),
    ] {
        let connection = Connection::with(json!({ "name": "Pictures" })).await;
        if checked {
            connection.check().await;
        }
        connection.change(changes).await;

        connection.aws.core.save_draft(&connection.aws.organization, &By::operator(), &connection.id).await.unwrap();

        let saved = Checked { worker: connection.aws.core.worker(), connection };
        let shown = saved.get("").await;
        assert_eq!(shown["health"], health, "{shown}");
        assert_eq!(shown["good_at"].is_null(), health == "unknown", "{shown}");
    }
}
