//! Why a file does not load, as it is told to admins and to those who only open files.

use std::convert::Infallible;

use byob_core::{check::file::Trouble, id::IntegrationId};
use serde_json::json;

use crate::aws::{Aws, BUCKET, CUSTOMER};

const ROLE: &str = "byob";

/// A bucket whose role has another trust policy, which nobody sees before a file is asked for.
async fn shut_out() -> (Aws, IntegrationId) {
    let aws = Aws::start().await;
    let integration = aws.connect(ROLE, |_, _| ()).await;
    let _: Result<(), Infallible> = aws.sandbox.change_iam(|iam| {
        let role = iam.accounts.get_mut(CUSTOMER).unwrap().roles.get_mut(ROLE).unwrap();
        role.trust.text = role.trust.text.replace("sts:ExternalId", "sts:RoleSessionName");
        Ok(())
    });
    (aws, integration)
}

async fn why(aws: &Aws, key: &str) -> Option<Trouble> {
    aws.core.diagnose_file(&aws.reach(), &format!("s3://{BUCKET}/{key}")).await.unwrap()
}

#[tokio::test]
async fn whoever_only_opens_files_is_told_nothing_of_roles_and_external_ids() {
    let (aws, integration) = shut_out().await;
    let external_id = aws.core.get_integration(&aws.reach(), &integration).await.unwrap().external_id;

    let trouble = why(&aws, "cat.png").await.unwrap();
    let told = trouble.clone().without_settings();

    assert!(trouble.finding.detail.contains(external_id.as_str()), "{trouble:?}");
    for secret in [external_id.as_str(), "arn:aws", CUSTOMER, ROLE] {
        assert!(!format!("{} {}", told.finding.detail, told.finding.fix).contains(secret), "{told:?}");
    }
    assert_eq!((told.step, &told.finding.cause), (trouble.step, &trouble.finding.cause));
}

#[tokio::test]
async fn that_a_file_is_gone_is_told_to_everybody_in_the_same_words() {
    let aws = Aws::start().await;
    aws.connect(ROLE, |_, _| ()).await;

    let trouble = why(&aws, "gone.png").await.unwrap();

    assert_eq!(trouble.finding.cause, "object_gone");
    assert_eq!(trouble.clone().without_settings(), trouble);
}

#[tokio::test]
async fn an_aws_that_does_not_answer_is_no_trouble_of_the_browser() {
    let aws = Aws::start().await;
    aws.connect(ROLE, |_, _| ()).await;
    aws.control("faults", json!({ "s3": { "kind": "fail", "times": 1000 } })).await;

    let trouble = why(&aws, "cat.png").await.unwrap();

    assert_eq!(trouble.finding.cause, "aws_unavailable", "{trouble:?}");
}
