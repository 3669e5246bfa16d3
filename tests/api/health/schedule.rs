//! Checks that nobody asks for.

use byob_core::store::{CHECK, Taking};
use byob_e2e::{Actor, Service, given, patiently};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use tokio::join;

use super::Bench;

#[tokio::test]
async fn a_new_integration_is_of_unknown_health_until_it_is_checked() {
    let bench = Bench::start().await;
    let new = bench.connect("images").await;
    assert_eq!((&new["health"], &new["checked_at"]), (&json!("unknown"), &Value::Null));

    assert_eq!(bench.worker().pass().await.unwrap(), 1);

    let now = bench.now(&new).await;
    let time = bench.service.clock().now().format(&Rfc3339).unwrap();
    assert_eq!((&now["health"], &now["checked_at"]), (&json!("unhealthy"), &json!(time)));
    assert_eq!((&now["version"], &now["updated_at"]), (&new["version"], &new["updated_at"]));
    let checks = bench.checks(&new).await;
    assert_eq!((checks.len(), &checks[0]["occasion"]), (1, &json!("save")));
}

#[tokio::test]
async fn one_that_is_not_well_is_checked_again_soon_and_then_ever_later() {
    let bench = Bench::start().await;
    let id = bench.connect("images").await;
    bench.worker().pass().await.unwrap();

    let mut waited = Vec::new();
    for _ in 0..3 {
        let mut seconds = 0;
        while bench.worker().pass().await.unwrap() == 0 {
            bench.service.advance(2);
            seconds += 2;
        }
        waited.push(seconds);
    }

    for (waited, about) in waited.iter().zip([60, 120, 240]) {
        assert!((about * 9 / 10..=about * 11 / 10 + 2).contains(waited), "{waited} for {about}");
    }
    assert_eq!(bench.checks(&id).await[0]["occasion"], "schedule");
}

#[tokio::test]
async fn a_change_makes_it_due_at_once_and_so_does_turning_it_on() {
    let bench = Bench::start().await;
    let integration = bench.connect("images").await;
    let worker = bench.worker();
    worker.pass().await.unwrap();
    let change = async |change: Value| {
        bench.service.admin().patch(&given::integration_path(&integration), &change).await.json(200)
    };

    change(json!({"name": "Pictures"})).await;
    assert_eq!(worker.pass().await.unwrap(), 1);

    change(json!({"enabled": false})).await;
    bench.service.advance(24 * 3600);
    assert_eq!(worker.pass().await.unwrap(), 0);

    change(json!({"enabled": true})).await;
    assert_eq!(worker.pass().await.unwrap(), 1);

    bench.service.admin().delete(&given::integration_path(&integration)).await;
    bench.service.advance(24 * 3600);
    assert_eq!(worker.pass().await.unwrap(), 0);
}

#[tokio::test]
async fn replicas_share_what_is_due_and_nothing_is_checked_twice() {
    let bench = Bench::start().await;
    let mut integrations = Vec::new();
    for number in 0..6 {
        integrations.push(bench.connect(&format!("bucket-{number}")).await);
    }
    let other = bench.service.replica().await;

    let (worker, other) = (bench.worker(), other.core.worker());
    let (one, two) = join!(worker.pass(), other.pass());

    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one + two, 6);
    assert!(one > 0 && two > 0, "{one} and {two}");
    for integration in &integrations {
        assert_eq!(bench.checks(integration).await.len(), 1);
    }
}

#[tokio::test]
async fn the_jobs_of_a_replica_that_died_are_taken_over_when_their_lease_ends() {
    let bench = Bench::start().await;
    bench.connect("images").await;
    let now = bench.service.clock().now_millis();
    let taking = Taking { kind: CHECK, replica: "dead", now, until: now + 300_000, settling: 0, per_organization: 1 };
    bench.service.core.store().job_take(&taking).await.unwrap().unwrap();

    assert_eq!(bench.worker().pass().await.unwrap(), 0);
    bench.service.advance(300);
    assert_eq!(bench.worker().pass().await.unwrap(), 1);
}

#[tokio::test]
async fn what_a_replica_finds_after_its_lease_was_lost_is_not_written() {
    let bench = Bench::start().await;
    let integration = bench.connect("images").await;
    let gate = bench.service.sts().hold();
    let slow = tokio::spawn({
        let worker = bench.worker();
        async move { worker.pass().await }
    });
    bench.service.sts().wait_for(1).await;

    bench.service.advance(300);
    let other = bench.service.replica().await.core.worker();
    let taken_over = tokio::spawn(async move { other.pass().await });
    bench.service.sts().wait_for(2).await;
    gate.open();

    assert_eq!((slow.await.unwrap().unwrap(), taken_over.await.unwrap().unwrap()), (1, 1));
    let checks = bench.checks(&integration).await;
    assert_eq!(checks.len(), 1, "{checks:?}");
    assert_eq!(bench.events().await.len(), 1);
}

#[tokio::test]
async fn a_check_of_settings_that_were_changed_meanwhile_says_nothing_of_the_new_ones() {
    let bench = Bench::start().await;
    let integration = bench.connect("images").await;
    let gate = bench.service.sts().hold();
    let running = tokio::spawn({
        let worker = bench.worker();
        async move { worker.pass().await }
    });
    bench.service.sts().wait_for(1).await;
    let change = json!({"name": "Pictures"});
    bench.service.admin().patch(&given::integration_path(&integration), &change).await.json(200);
    gate.open();

    // The same pass goes on with what is due again.
    assert_eq!(running.await.unwrap().unwrap(), 2);
    let occasions: Vec<Value> =
        bench.checks(&integration).await.iter().map(|check| check["occasion"].clone()).collect();
    assert_eq!(occasions, ["save", "save"]);
    assert_eq!(bench.events().await.len(), 1);
}

#[tokio::test]
async fn nothing_is_checked_on_schedule_where_that_is_turned_off() {
    let bench = Bench::start().await;
    let integration = bench.connect("images").await;
    let Bench { service, s3 } = bench;
    let bench = Bench { service: service.restart_with(|config| config.check_interval = 0).await, s3 };

    assert_eq!(bench.worker().pass().await.unwrap(), 0);
    bench.check(&integration).await;
    assert_eq!(bench.now(&integration).await["health"], "unhealthy");
}

#[tokio::test]
async fn an_interval_that_is_not_offered_is_refused_at_the_start_with_the_settings_name() {
    for seconds in [1, 59, 30 * 24 * 3600 + 1, u64::MAX] {
        let error = Service::setup().check_interval(seconds).try_start().await.err().unwrap();

        assert_eq!(error.code(), "out_of_range");
        assert!(error.detail().contains("`check.interval_seconds`"), "{error}");
    }
}

#[tokio::test]
async fn a_worker_works_until_it_is_stopped() {
    let bench = Bench::start().await;
    let integration = bench.connect("images").await;
    let mut events = bench.service.core.events();

    let working = bench.worker().start();
    let organization = patiently("a check was made", events.recv()).await.unwrap();
    working.stop().await;

    assert_eq!(organization, bench.service.organization);
    assert_eq!(bench.checks(&integration).await.len(), 1);
}

#[tokio::test]
async fn a_worker_that_is_stopped_gives_back_what_takes_too_long() {
    let bench = Bench::start().await;
    bench.connect("images").await;
    let _gate = bench.service.sts().hold();
    let working = bench.worker().start();
    bench.service.sts().wait_for(1).await;

    working.stop().await;

    let now = bench.service.clock().now_millis();
    let taking = Taking { kind: CHECK, replica: "next", now, until: now + 1, settling: 0, per_organization: 1 };
    assert_eq!(bench.service.core.store().job_take(&taking).await.unwrap().unwrap().attempts, 1);
}

#[tokio::test]
async fn every_replica_shows_the_same_health() {
    let bench = Bench::start().await;
    let integration = bench.connect("images").await;
    let other = bench.service.replica().await;

    bench.worker().pass().await.unwrap();

    let there = other.client(Actor::Admin).get(&given::integration_path(&integration)).await.json(200);
    assert_eq!(there["health"], "unhealthy");
}
