//! Why a file does not load, as it is told to admins and to those who only open files.

use std::convert::Infallible;

use byob_core::{
    audit::By,
    check::{file::Trouble, steps::StepName},
    id::IntegrationId,
};
use byob_sandbox::state::buckets::{Encryption, Version};
use bytes::Bytes;
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

/// Whether nothing is in the way but that the bucket has no CORS configuration, which comes last.
async fn arrives(aws: &Aws, key: &str) -> bool {
    why(aws, key).await.is_some_and(|trouble| trouble.finding.cause == "cors_missing")
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

#[tokio::test]
async fn a_file_that_kms_denies_is_told_as_that() {
    let aws = Aws::start().await;
    aws.connect(ROLE, |_, _| ()).await;
    let key = format!("arn:aws:kms:eu-central-1:{CUSTOMER}:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    let encrypt = |version: &mut Version| {
        let object = version.object.as_mut().unwrap();
        object.encryption = Encryption::Kms { key_arn: key.clone(), bucket_key: false };
    };
    aws.sandbox
        .write()
        .buckets
        .get_mut(BUCKET)
        .unwrap()
        .objects
        .get_mut("cat.png")
        .unwrap()
        .iter_mut()
        .for_each(encrypt);

    let trouble = why(&aws, "cat.png").await.unwrap();

    assert_eq!(trouble.step, StepName::EncryptedObjectReadable, "{trouble:?}");
    assert_eq!(trouble.without_settings().finding.detail, "The bucket refuses this file.");
    assert!(arrives(&aws, "team/dog.png").await, "the next is not encrypted with it");
}

#[tokio::test]
async fn a_version_that_is_gone_and_one_that_is_denied_are_told_apart() {
    let aws = Aws::start().await;
    let integration = aws.connect(ROLE, |_, _| ()).await;
    let access = json!({ "access": ["list", "read", "read_versions"] });
    let access = access.as_object().unwrap().clone();
    let by = By::operator();
    let changed = aws.core.update_integration(&aws.organization, &by, &integration, None, access).await.unwrap();
    let documents = aws.core.documents(&changed).unwrap();

    let id = aws.sandbox.write().buckets[BUCKET].objects["cat.png"][0].id.clone();
    let version = format!("cat.png?versionId={id}");

    let denied = why(&aws, &version).await.unwrap();
    assert!(denied.finding.detail.contains("s3:GetObjectVersion"), "{denied:?}");
    let _: Result<(), Infallible> = aws.sandbox.change_iam(|iam| {
        let role = iam.accounts.get_mut(CUSTOMER).unwrap().roles.get_mut(ROLE).unwrap();
        *role.inline.values_mut().next().unwrap() = serde_json::to_string(&documents.access_policy.unwrap()).unwrap();
        Ok(())
    });
    assert!(arrives(&aws, &version).await);
    let gone = why(&aws, "cat.png?versionId=3HL4kqtJlcpXroDTDmJ").await.unwrap();
    assert_eq!(gone.finding.cause, "version_gone", "{gone:?}");
    assert_eq!(gone.clone().without_settings(), gone);
}

#[tokio::test]
async fn an_empty_file_is_no_trouble() {
    let aws = Aws::start().await;
    aws.connect(ROLE, |_, _| ()).await;
    let now = aws.sandbox.clock().now();
    aws.sandbox.set_up_object(BUCKET, "empty.png", "image/png", Bytes::new(), now).unwrap();

    assert!(arrives(&aws, "empty.png").await);
}

#[tokio::test]
async fn a_store_whose_clock_is_ahead_is_told_as_that() {
    let aws = Aws::start().await;
    aws.connect(ROLE, |_, _| ()).await;
    aws.control("clock", json!({ "ahead_seconds": 7200 })).await;

    let trouble = why(&aws, "cat.png").await.unwrap();

    assert_eq!(trouble.finding.cause, "url_expired", "{trouble:?}");
}
