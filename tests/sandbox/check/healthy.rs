//! What is right passes, costs little and leaves nothing.

use byob_core::check::{
    CheckOptions,
    report::{Conclusion, Health, Outcome, Proof},
    steps::{STEPS, StepName},
};
use serde_json::json;

use super::given::{Connection, not_passed};
use crate::aws::BUCKET;

#[tokio::test]
async fn a_bucket_that_is_connected_as_the_documents_say_passes_every_step() {
    let everything = json!(["list", "read", "read_versions", "write", "delete", "acl"]);
    let connection = Connection::with(json!({ "access": everything })).await;
    let before = connection.keys();

    let report = connection.check().await;

    let names: Vec<_> = report.steps.iter().map(|step| step.name).collect();
    assert_eq!(names, STEPS.each_ref().map(|info| info.step), "each step once, in order");
    let skipped = not_passed(&report);
    assert!(skipped.len() == 1 && skipped[0].starts_with("encrypted-object-readable: Skipped"), "{skipped:#?}");
    assert_eq!(
        (report.outcome, report.health, report.external_id),
        (Conclusion::Passed, Health::Healthy, Proof::Proven)
    );
    assert!(report.requests < 25, "{} requests", report.requests);
    assert_eq!(connection.keys(), before, "the canary is gone");
    assert!(report.steps.iter().all(|step| step.outcome != Outcome::Failed));
}

#[tokio::test]
async fn a_check_that_nobody_asked_for_leaves_no_trace_in_a_bucket_that_keeps_versions() {
    let connection = Connection::with(json!({ "access": ["list", "read", "write", "delete"] })).await;
    let trace = || connection.aws.sandbox.read().buckets[BUCKET].objects.values().map(Vec::len).sum::<usize>();
    let before = trace();

    let report = connection.check_with(CheckOptions { traceless: true, ..CheckOptions::default() }).await;

    assert_eq!((report.health, trace()), (Health::Healthy, before));
    assert_eq!(report.step(StepName::ObjectWritable).unwrap().outcome, Outcome::Passed);
    assert_eq!(report.step(StepName::ObjectDeletable).unwrap().outcome, Outcome::Skipped);
}

#[tokio::test]
async fn cors_is_not_asked_for_where_files_come_through_the_service() {
    let connection = Connection::with(json!({ "delivery": "proxy" })).await;

    let report = connection.check().await;

    assert_eq!(report.step(StepName::BrowserCorsAllowed).unwrap().outcome, Outcome::Skipped);
    assert_eq!(report.step(StepName::PresignedUrlLoads).unwrap().outcome, Outcome::Passed);
    assert_eq!(report.health, Health::Healthy);
}
