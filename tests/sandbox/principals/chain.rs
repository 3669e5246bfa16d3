//! Files are served, and checked, in the name of the principal role.

use std::time::Duration;

use byob_core::{
    audit::By,
    check::{
        CheckOptions,
        report::{Health, Outcome, Proof},
        steps::StepName,
    },
};
use byob_sandbox::state::iam::BoundPolicy;
use serde_json::{Value, json};

use super::given::{
    by_role, change, change_saved, check, customer_role, draft, meddle, named, platform, policy_of, principal_role,
    principal_roles, saved,
};
use crate::{
    aws::PLATFORM,
    check::given::{Connection, not_passed, step},
};

#[tokio::test]
async fn the_documents_as_they_are_connect_a_bucket_through_the_principal_role() {
    let aws = platform().await;
    let id = saved(&aws, "byob").await;

    assert_eq!(aws.load("cat.png").await, (200, "cat.png".to_owned()));

    let integration = aws.core.get_integration(&aws.reach(), &id).await.unwrap();
    let principal = format!("arn:aws:iam::{PLATFORM}:role/byob/byob-{id}");
    assert_eq!(integration.principal.as_ref().unwrap().to_string(), principal);
    let trust = serde_json::to_value(aws.core.documents(&integration).unwrap().trust_policy).unwrap();
    assert_eq!(trust["Statement"][0]["Principal"], json!({ "AWS": principal }));
    let role = principal_role(&aws, &id).unwrap();
    let trust: Value = serde_json::from_str(&role.trust.text).unwrap();
    assert_eq!(
        trust["Statement"],
        json!([{ "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{PLATFORM}:user/byob") }, "Action": ["sts:AssumeRole"] }])
    );
    assert_eq!(role.tags["byob:integration"], id.to_string());
    assert_eq!(role.tags["byob:organization"], aws.organization.to_string());
}

#[tokio::test]
async fn sessions_of_one_integration_share_one_session_of_its_principal_role() {
    let aws = platform().await;
    let id = saved(&aws, "byob").await;
    let of_principal = || {
        let sessions: Vec<_> = aws.sandbox.read().sessions.values().cloned().collect();
        let mine = sessions.iter().filter(|session| session.role_arn.ends_with(&format!("byob-{id}")));
        // The check while saving opens one of its own.
        mine.count()
    };
    aws.load("cat.png").await;
    let before = of_principal();
    for name in ["One", "Two"] {
        change_saved(&aws, &id, json!({ "name": name })).await.unwrap();
        aws.load("cat.png").await;
    }
    assert_eq!(of_principal(), before);
}

#[tokio::test]
async fn the_principal_role_of_another_integration_cannot_assume_the_role() {
    let aws = platform().await;
    let mine = draft(&aws, json!({ "name": "Mine" })).await.unwrap();
    let role = customer_role(&aws, &mine, "byob");
    let other = draft(&aws, json!({ "name": "Other" })).await.unwrap();
    change(&aws, &other.id, by_role(&role)).await.unwrap();

    let report = check(&aws, &other.id, CheckOptions::default()).await;

    assert_eq!(step(&report, StepName::PlatformIdentityKnown).outcome, Outcome::Passed);
    let refused = step(&report, StepName::RoleAssumable);
    assert_eq!(refused.finding.as_ref().unwrap().cause, "role_refuses_platform");
    // Not even the platform itself may, though it opens the sessions of both.
    let shared = draft(&aws, json!({ "name": "Shared", "principal": "shared" })).await.unwrap();
    change(&aws, &shared.id, by_role(&role)).await.unwrap();
    let report = check(&aws, &shared.id, CheckOptions::default()).await;
    assert_eq!(step(&report, StepName::RoleAssumable).outcome, Outcome::Failed);
}

#[tokio::test]
async fn a_bucket_with_a_principal_of_its_own_passes_the_whole_check() {
    let aws = platform().await;
    let everything = json!(["list", "read", "read_versions", "write", "delete", "acl"]);
    let record = draft(&aws, json!({ "access": everything })).await.unwrap();
    let role = customer_role(&aws, &record, "byob");
    change(&aws, &record.id, by_role(&role)).await.unwrap();
    let documents = aws.core.documents(&record).unwrap();
    let connection = Connection { aws, id: record.id, documents };
    connection.set_cors(&serde_json::to_value(&connection.documents.cors.cors_rules).unwrap());

    let report = connection.check().await;

    let skipped = not_passed(&report);
    assert!(skipped.len() == 1 && skipped[0].starts_with("encrypted-object-readable: Skipped"), "{skipped:#?}");
    assert_eq!((report.health, report.external_id), (Health::Healthy, Proof::Proven));
    let known = step(&report, StepName::PlatformIdentityKnown);
    let asked: Vec<_> = known.evidence.iter().map(|evidence| evidence.asked.as_str()).collect();
    let principal = format!("arn:aws:iam::{PLATFORM}:role/byob/byob-{}", connection.id);
    assert_eq!(asked, ["sts:GetCallerIdentity", &format!("sts:AssumeRole on {principal}, the principal role")]);
    assert!(known.detail.contains(&principal), "{}", known.detail);
}

#[tokio::test]
async fn a_principal_role_that_does_not_let_us_in_is_told_from_one_that_is_gone() {
    let aws = platform().await;
    let ids = [named(&aws, "closed").await, named(&aws, "gone").await];
    let nobody = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole" }],
    });
    meddle(&aws, &ids[0], |roles, name| {
        roles.get_mut(name).unwrap().trust = BoundPolicy { text: nobody.to_string(), ..BoundPolicy::default() };
    });
    meddle(&aws, &ids[1], |roles, name| drop(roles.remove(name)));
    for (id, cause) in ids.iter().zip(["principal_role_not_assumable", "principal_role_missing"]) {
        let report = check(&aws, id, CheckOptions::default()).await;
        assert_eq!(step(&report, StepName::PlatformIdentityKnown).finding.as_ref().unwrap().cause, cause);
        assert_eq!(report.health, Health::Unhealthy, "{:#?}", not_passed(&report));
        assert_eq!(
            report.external_id,
            Proof::NotProven,
            "what refuses the principal role proves nothing of the customer's"
        );
    }
}

#[tokio::test]
async fn files_are_refused_with_the_reason_where_the_principal_role_does_not_let_us_in() {
    let aws = platform().await;
    let id = named(&aws, "byob").await;
    meddle(&aws, &id, |roles, name| drop(roles.remove(name)));
    aws.core.save_draft(&aws.organization, &By::operator(), &id).await.unwrap();

    let refused = aws.resolve("cat.png").await.unwrap_err();

    assert_eq!(refused.code(), "principal_role_not_assumable");
    assert_eq!(refused.aws_fault().unwrap().operation, "sts:AssumeRole of the principal role");
}

#[tokio::test]
async fn who_waits_sees_a_principal_role_arrive_that_was_just_made() {
    let aws = platform().await;
    aws.control("faults", json!({ "iam_delay_seconds": 3 })).await;
    let id = named(&aws, "byob").await;

    let options = CheckOptions { wait: Duration::from_secs(30), ..CheckOptions::default() };
    let report = check(&aws, &id, options).await;

    assert_eq!(report.external_id, Proof::Proven, "{:#?}", not_passed(&report));
    assert!(step(&report, StepName::PlatformIdentityKnown).detail.contains("spread through IAM"));
}

#[tokio::test]
async fn sessions_last_an_hour_at_most_and_that_is_said_before_anything_is_made() {
    let aws = platform().await;

    let refused = draft(&aws, json!({ "session_duration": 3601 })).await.unwrap_err();

    let fault = &refused.field_faults()[0];
    assert_eq!((fault.field.as_str(), fault.code), ("session_duration", "chained_session_too_long"));
    assert!(fault.hint.contains("3600"), "{}", fault.hint);
    assert_eq!(principal_roles(&aws), 0);
    draft(&aws, json!({ "session_duration": 3600 })).await.unwrap();
    draft(&aws, json!({ "session_duration": 3601, "principal": "shared" })).await.unwrap();
    let id = saved(&aws, "byob").await;
    let refused = change_saved(&aws, &id, json!({ "session_duration": 43200 })).await.unwrap_err();
    assert_eq!(refused.code(), "chained_session_too_long");
    assert!(policy_of(&aws, &id).is_some());
}
