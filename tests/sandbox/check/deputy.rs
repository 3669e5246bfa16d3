//! The confused deputy: a role that lets in those who do not know its external ID is neither saved nor used.

use std::time::Duration;

use byob_core::{
    Kind,
    audit::By,
    check::{
        CheckOptions, Report,
        report::{DocumentKind, Health, Outcome, Proof},
        steps::StepName,
    },
    files::browse::ListRequest,
};
use serde_json::{Value, json};

use super::given::{Connection, ROLE, step};
use crate::aws::CUSTOMER;

/// Trust policies that look as if they demanded the external ID, each by the condition in place of ours.
const TRICKS: &[(&str, &str)] = &[
    ("no condition", r"{}"),
    ("a wildcard", r#"{"StringLike": {"sts:ExternalId": "*"}}"#),
    ("the first character", r#"{"StringLike": {"sts:ExternalId": "FIRST*"}}"#),
    ("the last character", r#"{"StringLike": {"sts:ExternalId": "*LAST"}}"#),
    ("if exists", r#"{"StringEqualsIfExists": {"sts:ExternalId": "ID"}}"#),
    ("for all values", r#"{"ForAllValues:StringEquals": {"sts:ExternalId": ["ID"]}}"#),
    ("null", r#"{"Null": {"sts:ExternalId": "true"}}"#),
    ("not null", r#"{"Null": {"sts:ExternalId": "false"}}"#),
    ("not equal", r#"{"StringNotEquals": {"sts:ExternalId": "somebody"}}"#),
    ("not equal to a pattern", r#"{"StringNotLike": {"sts:ExternalId": "x*"}}"#),
    ("a pattern of IDs", r#"{"StringLike": {"sts:ExternalId": "????????-*"}}"#),
    ("another key", r#"{"StringNotEquals": {"aws:PrincipalTag/team": "x"}}"#),
];

fn with_condition(trust: &mut Value, id: &str, condition: &str) {
    let statement = trust["Statement"][0].as_object_mut().unwrap();
    match serde_json::from_str(
        &condition
            .replace("FIRST", id.get(..1).unwrap_or("x"))
            .replace("LAST", id.get(35..).unwrap_or("x"))
            .replace("ID", id),
    )
    .unwrap()
    {
        Value::Object(condition) if condition.is_empty() => drop(statement.remove("Condition")),
        condition => drop(statement.insert("Condition".into(), condition)),
    }
}

fn id_of(trust: &Value) -> String {
    trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"][0].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_trick_is_seen_and_a_role_with_it_is_not_saved() {
    for (trick, condition) in TRICKS {
        let connection = Connection::made(json!({}), |trust, _| {
            let id = id_of(trust);
            with_condition(trust, &id, condition);
        })
        .await;

        let report = connection.check().await;
        let (core, organization) = (&connection.aws.core, &connection.aws.organization);
        let refused = core.save_draft(organization, &By::operator(), &connection.id).await.unwrap_err();

        assert_eq!((report.health, report.external_id), (Health::Unsafe, Proof::NotProven), "{trick}");
        assert_eq!(refused.code(), "role_unsafe", "{trick}");
        assert!(refused.report().is_some_and(Report::is_unsafe), "{trick}");
        let failed = report.steps.iter().find(|step| step.name.is_of_external_id() && step.outcome == Outcome::Failed);
        let document = failed.unwrap().finding.as_ref().unwrap().document.as_ref().unwrap();
        assert_eq!(document.kind, DocumentKind::TrustPolicy);
        let expected = serde_json::to_string(connection.documents.trust_policy.as_ref().unwrap()).unwrap();
        assert_eq!(document.document.as_str(), expected, "{trick}");
    }
}

#[tokio::test]
async fn everybody_as_principal_is_fine_for_the_external_id_but_not_without_it() {
    let strict = Connection::made(json!({}), |trust, _| trust["Statement"][0]["Principal"] = json!("*")).await;
    let lax = Connection::made(json!({}), |trust, _| {
        trust["Statement"][0]["Principal"] = json!("*");
        with_condition(trust, "", "{}");
    })
    .await;

    assert_eq!(strict.check().await.external_id, Proof::Proven);
    assert_eq!(lax.check().await.health, Health::Unsafe);
}

#[tokio::test]
async fn a_list_of_ids_that_has_ours_is_safe() {
    let connection = Connection::made(json!({}), |trust, _| {
        let id = id_of(trust);
        with_condition(trust, &id, r#"{"StringEquals": {"sts:ExternalId": ["an-older-one", "ID"]}}"#);
    })
    .await;

    assert_eq!(connection.check().await.health, Health::Healthy);
    connection.aws.core.save_draft(&connection.aws.organization, &By::operator(), &connection.id).await.unwrap();
}

#[tokio::test]
async fn credentials_of_an_unsafe_role_are_not_used() {
    let connection = Connection::made(json!({}), |trust, _| with_condition(trust, "", "{}")).await;

    let report = connection.check().await;

    for step in report.steps.iter().filter(|step| step.name > StepName::ExternalIdEnforced) {
        if !matches!(step.name, StepName::ClockInSync | StepName::CleanupDone) {
            let reason = (step.outcome, step.detail.as_str());
            assert_eq!(
                reason,
                (Outcome::Skipped, "The role is unsafe, so its credentials are not used."),
                "{}",
                step.name
            );
        }
    }
    let asked: Vec<_> = connection.aws.sandbox.calls().into_keys().filter(|name| name.starts_with("s3:")).collect();
    assert!(asked.is_empty(), "{asked:?}");
}

#[tokio::test]
async fn throttling_and_failures_prove_nothing() {
    for fault in ["throttle", "fail"] {
        let connection = Connection::healthy().await;
        connection.aws.control("faults", json!({ "sts": { "kind": fault, "times": null } })).await;

        let report = connection.check().await;

        assert_ne!(report.external_id, Proof::Proven, "{fault}");
        assert_eq!(report.health, Health::Unknown, "{fault}");
        assert!(report.steps.iter().all(|step| step.outcome != Outcome::Failed), "{fault}");
        let first = step(&report, StepName::PlatformIdentityKnown);
        assert_eq!((first.outcome, first.inconclusive), (Outcome::Warned, true));
        // Saved all the same, for nothing speaks against it; but it is not used before the proof.
        connection.aws.core.save_draft(&connection.aws.organization, &By::operator(), &connection.id).await.unwrap();
        let refused = connection.aws.resolve("cat.png").await.unwrap_err();
        assert_eq!(refused.kind(), Kind::AwsUnavailable, "{fault}");
    }
}

#[tokio::test]
async fn an_integration_that_was_saved_before_its_role_was_there_is_proven_before_its_first_use() {
    let arn = format!("arn:aws:iam::{CUSTOMER}:role/{ROLE}");
    let settings = json!({ "authentication": { "type": "role", "role_arn": arn } });
    for (safe, expected) in [(true, Ok(())), (false, Err("role_unsafe"))] {
        let connection = Connection::with(settings.clone()).await;
        let aws = &connection.aws;
        aws.core.save_draft(&aws.organization, &By::operator(), &connection.id).await.unwrap();
        let mut trust = serde_json::to_value(&connection.documents.trust_policy).unwrap();
        if !safe {
            with_condition(&mut trust, "", "{}");
        }
        let access = serde_json::to_string(&connection.documents.access_policy).unwrap();
        aws.sandbox.set_up_role(CUSTOMER, ROLE, &trust.to_string(), &access).unwrap();

        let answer = aws.resolve("cat.png").await.map(drop).map_err(|error| error.code());

        assert_eq!(answer, expected);
    }
}

#[tokio::test]
async fn a_role_that_becomes_unsafe_is_not_used_any_more_until_it_is_mended() {
    let connection = Connection::healthy().await;
    let aws = &connection.aws;
    aws.core.save_draft(&aws.organization, &By::operator(), &connection.id).await.unwrap();
    aws.resolve("cat.png").await.unwrap();
    aws.core.list_objects(&aws.reach(), &connection.id, &first_page()).await.unwrap();
    let good = serde_json::to_value(&connection.documents.trust_policy).unwrap();
    let check = async || {
        let options = CheckOptions::default();
        let check = aws.core.integration_check(&aws.reach(), &By::operator(), &connection.id, &options).await.unwrap();
        check.run(None).await.unwrap()
    };

    let mut lax = good.clone();
    with_condition(&mut lax, "", "{}");
    connection.set_trust(&lax);
    assert_eq!(check().await.health, Health::Unsafe);
    assert_eq!(aws.resolve("cat.png").await.unwrap_err().code(), "role_unsafe");
    let listed = aws.core.list_objects(&aws.reach(), &connection.id, &first_page()).await;
    assert_eq!(listed.unwrap_err().code(), "role_unsafe", "though the session from before is there still");

    connection.set_trust(&good);
    assert_eq!(check().await.health, Health::Healthy);
    aws.resolve("cat.png").await.unwrap();
}

#[tokio::test]
async fn a_change_to_an_unsafe_role_is_refused_and_changes_nothing() {
    let connection = Connection::healthy().await;
    let aws = &connection.aws;
    aws.core.save_draft(&aws.organization, &By::operator(), &connection.id).await.unwrap();
    let mut lax = serde_json::to_value(&connection.documents.trust_policy).unwrap();
    with_condition(&mut lax, "", "{}");
    let access = serde_json::to_string(&connection.documents.access_policy).unwrap();
    let arn = aws.sandbox.set_up_role(CUSTOMER, "lax", &lax.to_string(), &access).unwrap();

    let change = json!({ "authentication": { "type": "role", "role_arn": arn } }).as_object().unwrap().clone();
    let refused = aws
        .core
        .update_integration(&aws.organization, &By::operator(), &connection.id, None, change)
        .await
        .unwrap_err();

    assert_eq!((refused.kind(), refused.code()), (Kind::Invalid, "role_unsafe"));
    aws.resolve("cat.png").await.unwrap();
}

#[tokio::test]
async fn somebody_elses_role_is_answered_as_one_that_does_not_exist() {
    let connection = Connection::healthy().await;
    let aws = &connection.aws;
    // It trusts the platform, with the external ID of another connection.
    let mut trust = serde_json::to_value(&connection.documents.trust_policy).unwrap();
    with_condition(&mut trust, "", r#"{"StringEquals": {"sts:ExternalId": "of-another-organization"}}"#);
    let access = serde_json::to_string(&connection.documents.access_policy).unwrap();
    aws.sandbox.set_up_role(CUSTOMER, "role-of-theirs", &trust.to_string(), &access).unwrap();
    let mut told = Vec::new();
    for role in ["role-of-theirs", "role-of-nobody"] {
        let arn = format!("arn:aws:iam::{CUSTOMER}:role/{role}");
        connection.change(json!({ "authentication": { "type": "role", "role_arn": arn } })).await;
        let report = connection.check().await;
        let steps = &report.steps[..5];
        let seen: Vec<_> =
            steps.iter().map(|step| (step.name, step.outcome, step.detail.clone(), step.finding.clone())).collect();
        told.push(serde_json::to_string(&seen).unwrap().replace(role, "ROLE"));
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn who_waits_sees_a_mended_trust_policy_arrive() {
    let connection =
        Connection::made(json!({}), |trust, _| trust["Statement"][0]["Principal"]["AWS"] = json!(CUSTOMER)).await;
    let aws = &connection.aws;
    assert_eq!(connection.check().await.health, Health::Unhealthy);

    aws.control("faults", json!({ "iam_delay_seconds": 3 })).await;
    connection.set_trust(&serde_json::to_value(&connection.documents.trust_policy).unwrap());
    let options = CheckOptions { wait: Duration::from_secs(30), ..CheckOptions::default() };
    let report = connection.check_with(options).await;

    assert_eq!(report.health, Health::Healthy);
    let assumable = step(&report, StepName::RoleAssumable);
    assert!(assumable.detail.contains("spread through IAM"), "{}", assumable.detail);
    assert!(assumable.evidence.len() >= 2, "{:?}", assumable.evidence);
}

fn first_page() -> ListRequest {
    ListRequest { bucket: None, prefix: None, delimiter: None, glob: None, cursor: None, limit: 10 }
}
