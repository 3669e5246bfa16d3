use std::sync::Arc;

use axum::http::StatusCode;
use time::Duration;

use super::{ACCESS, CUSTOMER, TRUST, at, change, get, post, with_role};
use crate::{Sandbox, state::Role};

const CORS: &str =
    r#"[{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://a.example"], "ExposeHeaders": ["ETag"]}]"#;

async fn whole() -> Sandbox {
    let sandbox = with_role();
    change(&sandbox, &at("iam/role/settings?role=reader"), &[("session", "7200"), ("description", "")]).await;
    change(&sandbox, &at("s3/permissions/cors?bucket=photos"), &[("cors", CORS)]).await;
    change(&sandbox, &at("iam/policies/create"), &[("name", "managed"), ("text", ACCESS)]).await;
    for arn in ["arn:aws:iam::222222222222:policy/managed", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"] {
        change(&sandbox, &at("iam/attach?role=reader"), &[("policy", arn)]).await;
    }
    sandbox
}

fn role(sandbox: &Sandbox) -> Role {
    sandbox.read().iam.written().accounts[CUSTOMER].roles["reader"].clone()
}

fn mishap(action: &str, name: &str) -> String {
    at(&format!("break{action}?role=reader&bucket=photos&mistake={name}"))
}

/// Everything that a mistake can change, as text.
fn everything(sandbox: &Sandbox) -> String {
    let state = sandbox.read();
    let account = serde_json::to_string(&state.iam.written().accounts[CUSTOMER]).unwrap();
    let bucket = serde_json::to_string(&state.buckets["photos"]).unwrap();
    let faults = serde_json::to_string(&*sandbox.faults()).unwrap();
    format!("{account} {bucket} {faults} {}", sandbox.clock().ahead())
}

#[tokio::test]
async fn every_mistake_changes_something_and_can_be_undone() {
    let sandbox = whole().await;
    let decrypt =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}"#;
    change(&sandbox, &at("iam/inline?role=reader"), &[("name", "kms"), ("text", decrypt)]).await;
    let before = everything(&sandbox);
    let page = get(&sandbox, &at("break")).await.text;
    let names: Vec<&str> = page.split("mistake=").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(names.len(), 21);
    for name in names {
        let page = change(&sandbox, &mishap("", name), &[]).await;
        assert!(page.text.contains("Broken now") && page.text.contains("Broken on purpose"), "{name}");
        assert_ne!(everything(&sandbox), before, "{name}");
        let page = change(&sandbox, &mishap("/undo", name), &[]).await;
        assert!(!page.text.contains("Broken now"), "{name}");
        assert_eq!(everything(&sandbox), before, "{name}");
    }
}

#[tokio::test]
async fn another_mistake_of_the_same_policy_undoes_the_one_before() {
    let sandbox = whole().await;
    change(&sandbox, &mishap("", "no-external-id"), &[]).await;
    assert!(!role(&sandbox).trust.text.contains("ExternalId"));
    change(&sandbox, &mishap("", "wrong-external-id"), &[]).await;
    assert!(role(&sandbox).trust.text.contains("00000000-0000-4000-8000-000000000000"));
    assert_eq!(sandbox.read().breakages.len(), 1);
    change(&sandbox, &mishap("/undo", "wrong-external-id"), &[]).await;
    assert_eq!(role(&sandbox).trust.text, TRUST);
}

#[tokio::test]
async fn everything_is_undone_at_once() {
    let sandbox = whole().await;
    let before = everything(&sandbox);
    for name in [
        "other-principal",
        "no-get-object",
        "short-sessions",
        "no-cors",
        "bucket-policy-denies",
        "sts-fails",
        "clock-ahead",
    ] {
        change(&sandbox, &mishap("", name), &[]).await;
    }
    assert_eq!(sandbox.clock().ahead(), Duration::minutes(20));
    let page = change(&sandbox, &at("break/undo-all"), &[]).await;
    assert!(!page.text.contains("Broken on purpose"));
    assert_eq!(everything(&sandbox), before);
}

#[tokio::test]
async fn a_mistake_that_changes_nothing_is_not_made() {
    let sandbox = with_role();
    for name in ["no-kms-decrypt", "no-cors", "nothing-exposed", "short-sessions"] {
        let page = post(&sandbox, &mishap("", name), &[]).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{name}");
        assert!(page.text.contains("There is nothing to break") && !page.text.contains("AWS would refuse"), "{name}");
    }
    assert!(sandbox.read().breakages.is_empty());
    assert_eq!(post(&sandbox, &at("break?role=none&mistake=no-external-id"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(post(&sandbox, &at("break?role=reader&mistake=none"), &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_cannot_be_broken_says_so_before_it_is_tried() {
    let obstacles = |page: &str| page.matches("Nothing to break here").count();
    let bare = get(&with_role(), &at("break?role=reader&bucket=photos")).await.text;
    assert_eq!(obstacles(&bare), bare.matches("<button type=\"submit\" disabled").count());
    for (name, obstacle) in
        [("no-kms-decrypt", true), ("short-sessions", true), ("no-cors", true), ("no-get-object", false)]
    {
        assert_eq!(bare.contains(&format!("id=\"{name}-why\"")), obstacle, "{name}");
    }
    let sandbox = whole().await;
    let decrypt =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}"#;
    change(&sandbox, &at("iam/inline?role=reader"), &[("name", "kms"), ("text", decrypt)]).await;
    let before = everything(&sandbox);
    assert_eq!(obstacles(&get(&sandbox, &at("break?role=reader&bucket=photos")).await.text), 0);
    // Looking changes nothing, and what is broken on purpose can be undone.
    assert_eq!(everything(&sandbox), before);
    for name in ["short-sessions", "no-cors"] {
        let page = change(&sandbox, &mishap("", name), &[]).await;
        assert!(!page.text.contains(&format!("id=\"{name}-why\"")), "{name}");
    }
}

#[tokio::test]
async fn slow_iam_judges_by_what_was_there_before() {
    let sandbox = with_role();
    change(&sandbox, &mishap("", "iam-delay"), &[]).await;
    change(&sandbox, &mishap("", "no-external-id"), &[]).await;
    let in_force = sandbox.read().iam.in_force(sandbox.clock().now());
    assert!(in_force.accounts[CUSTOMER].roles["reader"].trust.text.contains("ExternalId"));
    let written = Arc::clone(sandbox.read().iam.written());
    assert!(!written.accounts[CUSTOMER].roles["reader"].trust.text.contains("ExternalId"));
}
