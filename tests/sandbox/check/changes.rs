//! Settings that change: what the customer has to change, and when it has arrived.

use byob_core::{
    audit::By,
    check::{
        CheckOptions, Report,
        report::{Arrival, Conclusion},
        steps::StepName,
    },
    integration::changes::Changes,
};
use serde_json::json;

use super::given::{Connection, step};

impl Connection {
    async fn saved(self) -> Self {
        self.check().await;
        self.aws.core.save_draft(&self.aws.organization, &By::operator(), &self.id).await.unwrap();
        self
    }

    async fn update(&self, changes: serde_json::Value) {
        let changes = changes.as_object().unwrap().clone();
        self.aws
            .core
            .update_integration(&self.aws.organization, &By::operator(), &self.id, None, changes)
            .await
            .unwrap();
    }

    async fn changes(&self) -> Option<Changes> {
        let record = self.aws.core.get_integration(&self.aws.reach(), &self.id).await.unwrap();
        self.aws.core.documents(&record).unwrap().changes
    }

    async fn check_saved(&self) -> Report {
        let (core, reach) = (&self.aws.core, self.aws.reach());
        let check = core.integration_check(&reach, &By::operator(), &self.id, &CheckOptions::default()).await.unwrap();
        check.run(None).await.unwrap()
    }
}

#[tokio::test]
async fn what_changed_since_a_check_passed_is_shown_until_it_has_arrived() {
    let connection = Connection::healthy().await.saved().await;
    assert_eq!(connection.changes().await, None);

    connection.update(json!({ "access": ["list", "read", "read_versions"] })).await;
    let changes = connection.changes().await.unwrap();
    let awaited = connection.check_saved().await;

    let access = changes.access_policy.unwrap();
    let added: Vec<&str> = access.lines().filter(|line| line.starts_with('+') && !line.starts_with("+++")).collect();
    assert_eq!(
        added,
        [
            "+        \"s3:ListBucket\",",
            "+        \"s3:ListBucketVersions\"",
            "+        \"s3:GetObject\",",
            "+        \"s3:GetObjectVersion\""
        ]
    );
    assert_eq!((changes.trust_policy, changes.cors), (None, None));
    assert_eq!(awaited.changes, Some(Arrival::Awaited));
    let document = step(&awaited, StepName::VersionReadable).finding.clone().unwrap().document.unwrap();
    assert_eq!(document.diff, Some(access), "a finding shows the same change");

    connection.set_access(&serde_json::from_str(document.document.as_str()).unwrap());
    let arrived = connection.check_saved().await;

    assert_eq!(arrived.changes, Some(Arrival::Arrived));
    assert_eq!(connection.changes().await, None);
    assert_eq!(connection.check_saved().await.changes, None);
}

#[tokio::test]
async fn no_check_claims_that_something_was_taken_away() {
    let connection = Connection::made(json!({ "access": ["list", "read", "write"] }), |_, _| ()).await.saved().await;

    connection.update(json!({ "access": ["list", "read"] })).await;
    let report = connection.check_saved().await;

    assert_eq!(report.changes, Some(Arrival::Unseen), "{report:#?}");
    assert!(connection.changes().await.unwrap().access_policy.unwrap().contains("-        \"s3:PutObject\""));
}

#[tokio::test]
async fn no_check_claims_that_what_it_does_not_try_has_arrived() {
    for change in [
        json!({ "access": ["list", "read", "acl"] }),
        json!({ "kms_key_arns": ["arn:aws:kms:eu-central-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"] }),
    ] {
        let connection = Connection::healthy().await.saved().await;
        connection.update(change.clone()).await;

        let report = connection.check_saved().await;

        assert_eq!((report.outcome, report.changes), (Conclusion::Passed, Some(Arrival::Unseen)), "{change}");
        assert!(connection.changes().await.is_some(), "{change}");
    }
}

#[tokio::test]
async fn another_principal_is_a_change_of_the_trust_policy() {
    let connection = Connection::healthy().await.saved().await;

    connection.update(json!({ "principal": "account" })).await;

    let changes = connection.changes().await.unwrap();
    assert_eq!(changes.access_policy, None);
    assert!(changes.trust_policy.unwrap().contains("+        \"AWS\": \"arn:aws:iam::111111111111:root\""));
}

#[tokio::test]
async fn what_never_passed_has_nothing_to_be_compared_with() {
    let connection = Connection::made(json!({}), |_, access| super::customer::take(access, "s3:GetObject")).await;

    connection.check().await;
    connection.change(json!({ "access": ["list"] })).await;

    let draft = connection.aws.core.get_draft(&connection.aws.organization, &connection.id).await.unwrap();
    assert_eq!(connection.aws.core.documents(&draft).unwrap().changes, None);
}
