//! Integrations of a list of buckets: the steps look at one, and at the others as far as listing tells.

use byob_core::check::{
    CheckOptions,
    report::{Conclusion, DocumentKind, Outcome},
    steps::StepName,
};
use serde_json::{Value, json};

use super::given::{Connection, step};
use crate::aws::{Aws, BUCKET, CUSTOMER};

fn all_of(buckets: &[&str]) -> Value {
    json!({ "scope": { "type": "all_permitted", "buckets": buckets } })
}

#[tokio::test]
async fn of_many_buckets_the_named_one_is_looked_at() {
    let aws = Aws::start().await;
    aws.sandbox.set_up_bucket(CUSTOMER, "customer-films", "eu-central-1");
    let connection = Connection::on(aws, all_of(&["customer-films", BUCKET]), |_, _| ()).await;
    let options = CheckOptions { locator: Some(format!("s3://{BUCKET}/cat.png")), ..CheckOptions::default() };

    let first = connection.check().await;
    let named = connection.check_with(options).await;

    assert!(step(&first, StepName::BucketReachable).detail.contains("customer-films"));
    assert!(step(&named, StepName::BucketReachable).detail.contains(BUCKET));
}

#[tokio::test]
async fn of_many_buckets_each_has_to_be_listable() {
    let aws = Aws::start().await;
    aws.sandbox.set_up_bucket(CUSTOMER, "customer-films", "eu-central-1");
    aws.sandbox.set_up_bucket(CUSTOMER, "customer-books", "eu-central-1");
    aws.sandbox.set_up_bucket(CUSTOMER, "customer-far-away", "ap-southeast-2");
    let connection = Connection::on(aws, all_of(&[BUCKET, "customer-films"]), |_, _| ()).await;

    let both = connection.check().await;
    assert_eq!(both.outcome, Conclusion::Passed, "{both:#?}");
    let listed = &step(&both, StepName::PrefixListable).detail;
    assert!(listed.contains("So can `customer-films`"), "{listed}");

    for (added, cause, says) in [
        ("customer-books", "other_bucket_not_permitted", "may not list `customer-books`"),
        ("customer-far-away", "bucket_in_another_region", "region `ap-southeast-2`"),
        ("no-such-bucket-anywhere", "no_such_bucket", "no bucket `no-such-bucket-anywhere`"),
    ] {
        connection.change(all_of(&[BUCKET, "customer-films", added])).await;
        let report = connection.check().await;
        let listable = step(&report, StepName::PrefixListable);
        let finding = listable.finding.as_ref().expect("it failed");
        assert_eq!((listable.outcome, finding.cause.as_str()), (Outcome::Failed, cause));
        assert!(format!("{} {}", finding.detail, finding.fix).contains(says), "{finding:?}");
        assert_eq!(
            step(&report, StepName::ObjectReadable).outcome,
            Outcome::Passed,
            "the first bucket is looked at on"
        );
        if let Some(document) = &finding.document {
            assert_eq!(document.kind, DocumentKind::AccessPolicy);
            connection.set_access(&serde_json::from_str(document.document.as_str()).unwrap());
            assert_eq!(connection.check().await.outcome, Conclusion::Passed, "what it says mends it");
        }
    }
}
