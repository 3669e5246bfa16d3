//! What a customer grants is what the platform gets: no less, and no more.

use byob_aws::{
    Credentials, Locator,
    presign::{Endpoint, Method, Presigner, ResponseOptions},
};
use serde_json::json;

use crate::aws::{Aws, BUCKET, CUSTOMER};

#[tokio::test]
async fn the_documents_as_they_are_connect_a_bucket() {
    let aws = Aws::start().await;
    aws.connect("byob", |_, _| ()).await;
    assert_eq!(aws.load("cat.png").await, (200, "cat.png".to_owned()));
}

#[tokio::test]
async fn a_role_that_asks_for_another_external_id_cannot_be_assumed() {
    let aws = Aws::start().await;
    aws.connect("byob", |trust, _| {
        let mut document: serde_json::Value = serde_json::from_str(trust).unwrap();
        document["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] = json!("somebody-elses");
        *trust = document.to_string();
    })
    .await;
    let error = aws.resolve("cat.png").await.unwrap_err();
    assert!(error.to_string().contains("sts:AssumeRole") || error.code().contains("role"), "{error}");
}

#[tokio::test]
async fn a_session_reaches_no_farther_than_the_declared_prefix_even_where_the_role_does() {
    let aws = Aws::start().await;
    let scope = json!({ "type": "bucket", "bucket": BUCKET, "prefix": "team" });
    aws.connect_scope("wide", scope, |_, access| {
        *access =
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#.to_owned();
    })
    .await;
    let (status, text) = aws.load("team/dog.png").await;
    assert_eq!((status, text.as_str()), (200, "team/dog.png"));
    // Whoever had the session's own credentials could sign for another key, and the role may read it: the session policy may not.
    let session = aws.sandbox.read().sessions.values().next().unwrap().clone();
    let credentials =
        Credentials::new(&session.access_key_id, &session.secret_access_key, Some(session.session_token.clone()));
    let endpoint = Endpoint::new(&format!("{}/{BUCKET}", aws.url), "eu-central-1", "s3").unwrap();
    let presigner = Presigner::new(&endpoint, &credentials, aws.sandbox.clock().now(), 300).unwrap();
    let url = |locator: &str| {
        presigner.url(Method::Get, Locator::parse(locator).unwrap().key(), None, &ResponseOptions::default())
    };
    assert_eq!(aws.fetch(&url(&format!("s3://{BUCKET}/team/dog.png"))).await.0, 200);
    let (status, text) = aws.fetch(&url(&format!("s3://{BUCKET}/other/secret.png"))).await;
    assert_eq!(status, 403);
    assert!(text.contains("no session policy allows the s3:GetObject action"), "{text}");
}

#[tokio::test]
async fn a_url_dies_with_its_time_and_says_so() {
    let aws = Aws::start().await;
    aws.connect("byob", |_, _| ()).await;
    let url = aws.resolve("cat.png").await.unwrap();
    aws.control("clock", json!({ "ahead_seconds": 7200 })).await;
    let (status, text) = aws.fetch(&url).await;
    assert_eq!(status, 403);
    assert!(text.contains("<Message>Request has expired</Message>"), "{text}");
}

#[tokio::test]
async fn a_policy_that_is_withdrawn_ends_urls_that_are_out_already() {
    let aws = Aws::start().await;
    aws.connect("byob", |_, _| ()).await;
    let url = aws.resolve("cat.png").await.unwrap();
    let withdrawn: Result<(), std::convert::Infallible> = aws.sandbox.change_iam(|iam| {
        iam.accounts.get_mut(CUSTOMER).unwrap().roles.get_mut("byob").unwrap().inline.clear();
        Ok(())
    });
    withdrawn.unwrap();
    assert_eq!(aws.fetch(&url).await.0, 403);
}

#[tokio::test]
async fn a_missing_file_is_told_from_a_forbidden_one() {
    let aws = Aws::start().await;
    aws.connect("byob", |_, _| ()).await;
    let (status, text) = aws.load("gone.png").await;
    assert_eq!(status, 404, "{text}");
    assert!(text.contains("<Code>NoSuchKey</Code>"), "{text}");
}
