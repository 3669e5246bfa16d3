//! Integrations that declare reading and no listing: what is known of reading when no object is known.

use byob_core::check::{
    report::{Conclusion, Outcome},
    steps::StepName,
};
use serde_json::json;

use super::{
    customer::take,
    given::{Connection, step},
};

#[tokio::test]
async fn who_may_read_and_not_list_is_seen_to_read() {
    let connection = Connection::with(json!({ "access": ["read"] })).await;

    let report = connection.check().await;

    assert_eq!(report.outcome, Conclusion::Passed, "{report:#?}");
    let readable = step(&report, StepName::ObjectReadable);
    assert_eq!(readable.outcome, Outcome::Passed);
    assert!(readable.detail.contains("`s3:ListBucket`"), "{}", readable.detail);
}

#[tokio::test]
async fn who_may_not_even_read_is_seen_not_to() {
    let spoil = |_: &mut serde_json::Value, access: &mut serde_json::Value| take(access, "s3:GetObject");
    let connection = Connection::made(json!({ "access": ["read"] }), spoil).await;

    let report = connection.check().await;

    let readable = step(&report, StepName::ObjectReadable);
    assert_eq!(readable.outcome, Outcome::Failed, "{report:#?}");
    assert_eq!(readable.finding.as_ref().unwrap().cause, "action_not_allowed");
}
