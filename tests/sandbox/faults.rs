//! What is broken on purpose breaks, and is whole again afterwards.

use serde_json::json;

use crate::aws::{Aws, CUSTOMER};

#[tokio::test]
async fn changes_of_iam_take_as_long_as_they_are_told_to() {
    let aws = Aws::start().await;
    aws.control("faults", json!({ "iam_delay_seconds": 600 })).await;
    aws.connect("late", |_, _| ()).await;
    aws.resolve("cat.png").await.unwrap_err();
    assert!(aws.sandbox.read().iam.written().accounts[CUSTOMER].roles.contains_key("late"));

    aws.control("clock", json!({ "ahead_seconds": 601 })).await;
    let role = aws.sandbox.read().iam.in_force(aws.sandbox.clock().now());
    assert!(role.accounts[CUSTOMER].roles.contains_key("late"));
}

#[tokio::test]
async fn sts_that_throttles_twice_is_asked_again() {
    let aws = Aws::start().await;
    aws.connect("byob", |_, _| ()).await;
    let before = aws.calls("sts:AssumeRole");
    aws.control("faults", json!({ "sts": { "kind": "throttle", "times": 2 } })).await;
    assert_eq!(aws.load("cat.png").await.0, 200);
    // One for the session, and three that have to be refused before it is used. Throttled requests did not come as far as the operation.
    assert_eq!(aws.calls("sts:AssumeRole") - before, 4);
}

#[tokio::test]
async fn sts_that_fails_is_told_from_a_refusal() {
    let aws = Aws::start().await;
    aws.connect("byob", |_, _| ()).await;
    aws.control("faults", json!({ "sts": { "kind": "fail", "times": null } })).await;
    let failed = aws.resolve("cat.png").await.unwrap_err();
    assert!(!failed.to_string().contains("AccessDenied"), "{failed}");
}

#[tokio::test]
async fn s3_that_is_ill_answers_as_aws_does() {
    let aws = Aws::start().await;
    aws.connect("byob", |_, _| ()).await;
    let url = aws.resolve("cat.png").await.unwrap();
    aws.control("faults", json!({ "s3": { "kind": "throttle", "times": 1 } })).await;
    let (status, text) = aws.fetch(&url).await;
    assert_eq!(status, 503);
    assert!(text.contains("<Code>SlowDown</Code>"), "{text}");
    assert_eq!(aws.fetch(&url).await.0, 200);
}
