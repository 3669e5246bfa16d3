//! What is neither the customer's role nor their policies: addresses, stores, keys, contents, and AWS itself.

use byob_core::{
    Core,
    audit::By,
    check::{
        CheckOptions, Report,
        report::{Conclusion, Health, Outcome},
        steps::StepName,
    },
    runtime::{Clock, Rng},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{
    customer::{policy, take},
    given::{Connection, step},
};
use crate::aws::{Aws, BUCKET, CUSTOMER, PLATFORM};

const ROLE_ARN: &str = "arn:aws:iam::222222222222:role/byob";

fn cause(report: &Report, name: StepName) -> (Outcome, &str) {
    let step = step(report, name);
    (step.outcome, step.finding.as_ref().map_or("", |finding| finding.cause.as_str()))
}

/// Something that answers every request like this.
async fn answering(text: &'static str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 8192];
            let _ = stream.read(&mut request).await;
            let answer = format!(
                "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
                text.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url
}

/// A world whose service may connect to one more address.
async fn allowing(url: &str) -> Aws {
    let address = url.trim_start_matches("http://").to_owned();
    Aws::start_with(|config| config.allowed_addresses.push(address)).await
}

#[tokio::test]
async fn an_endpoint_that_is_no_store_is_told_as_that() {
    let url = answering("<html><title>Sign in</title></html>").await;
    let connection = Connection::on(allowing(&url).await, json!({ "endpoint_url": url }), |_, _| ()).await;

    assert_eq!(cause(&connection.check().await, StepName::BucketReachable), (Outcome::Failed, "not_s3"));
}

#[tokio::test]
async fn an_endpoint_where_nobody_listens_is_told_as_that() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let connection = Connection::on(allowing(&url).await, json!({ "endpoint_url": url }), |_, _| ()).await;

    assert_eq!(cause(&connection.check().await, StepName::BucketReachable), (Outcome::Failed, "endpoint_unreachable"));
}

#[tokio::test]
async fn a_store_that_wants_path_style_is_told_from_one_that_is_not_there() {
    let aws = Aws::start_with(|config| {
        let port = config.allowed_addresses[0].rsplit(':').next().unwrap().to_owned();
        config.allowed_addresses.push(format!("localhost:{port}"));
    })
    .await;
    let url = aws.url.replace("127.0.0.1", "localhost");
    let settings = json!({ "endpoint_url": url, "force_path_style": false });
    let connection = Connection::on(aws, settings, |_, _| ()).await;

    let report = connection.check().await;

    assert_eq!(cause(&report, StepName::BucketReachable), (Outcome::Failed, "addressing_style"));
    connection.change(step(&report, StepName::BucketReachable).finding.clone().unwrap().settings.unwrap()).await;
    assert_eq!(connection.check().await.health, Health::Healthy);
}

#[tokio::test]
async fn an_address_that_the_operator_no_longer_allows_is_told_as_that() {
    let connection = Connection::healthy().await;
    let mut config = connection.aws.config.clone();
    config.allowed_addresses.clear();
    let core = Core::start(config, Clock::system(), Rng).await.unwrap();

    let check = core
        .draft_check(&connection.aws.organization, &By::operator(), &connection.id, &CheckOptions::default())
        .await
        .unwrap();
    let report = check.run(None).await.unwrap();

    assert_eq!(cause(&report, StepName::BucketReachable), (Outcome::Failed, "address_refused"));
}

#[tokio::test]
async fn a_platform_that_runs_as_somebody_else_than_trust_policies_name_is_told_to_the_operator() {
    let aws = Aws::start_with(|config| {
        config.platform.shared_principal_arn = Some(format!("arn:aws:iam::{PLATFORM}:role/another"));
    })
    .await;
    let connection = Connection::on(
        aws,
        json!({ "role": "none", "authentication": { "type": "role", "role_arn": ROLE_ARN } }),
        |_, _| (),
    )
    .await;

    let report = connection.check().await;

    assert_eq!(cause(&report, StepName::PlatformIdentityKnown), (Outcome::Failed, "platform_is_somebody_else"));
    assert_eq!(step(&report, StepName::RoleAssumable).outcome, Outcome::Skipped);
}

#[tokio::test]
async fn a_platform_with_a_wrong_key_is_told_to_the_operator() {
    let aws = Aws::start_with(|config| {
        config.platform.credentials = Some(byob_aws::Credentials::new("AKIANOBODY", "wrong", None));
    })
    .await;
    let connection = Connection::on(aws, json!({}), |_, _| ()).await;

    let report = connection.check().await;

    assert_eq!(cause(&report, StepName::PlatformIdentityKnown), (Outcome::Failed, "platform_credentials_invalid"));
}

/// Settings with an access key.
fn by_key(id: &str, secret: &str) -> Value {
    json!({ "authentication": { "type": "access_key", "access_key_id": id, "secret_access_key": secret } })
}

#[tokio::test]
async fn a_bucket_that_is_reached_with_an_access_key_needs_no_role() {
    let aws = Aws::start().await;
    let allow = json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*" });
    let key = aws.sandbox.set_up_user(CUSTOMER, "byob", &policy(&allow).to_string()).unwrap();
    let connection = Connection::on(aws, by_key(&key.access_key_id, &key.secret_access_key), |_, _| ()).await;

    let report = connection.check().await;

    assert_eq!((report.outcome, report.health), (Conclusion::Passed, Health::Healthy), "{report:#?}");
    for name in [StepName::RoleAssumable, StepName::ExternalIdRequired, StepName::ScopeEnforced] {
        assert_eq!(step(&report, name).outcome, Outcome::Skipped, "{name}");
    }
}

#[tokio::test]
async fn an_access_key_that_the_store_does_not_know_is_told_as_that() {
    let aws = Aws::start().await;
    let key = aws.sandbox.account(CUSTOMER, "customer");
    for settings in [by_key("AKIANOBODY", "x"), by_key(&key.access_key_id, "wrong")] {
        let connection = Connection::on(Aws::start().await, settings, |_, _| ()).await;
        assert_eq!(
            cause(&connection.check().await, StepName::BucketReachable),
            (Outcome::Failed, "access_key_refused")
        );
    }
}

#[tokio::test]
async fn what_an_access_key_may_not_do_is_told_of_the_key_not_of_a_role() {
    let aws = Aws::start().await;
    let allow = json!({ "Effect": "Allow", "Action": ["s3:GetBucketLocation", "s3:ListBucket"], "Resource": "*" });
    let key = aws.sandbox.set_up_user(CUSTOMER, "byob", &policy(&allow).to_string()).unwrap();
    let connection = Connection::on(aws, by_key(&key.access_key_id, &key.secret_access_key), |_, _| ()).await;

    let report = connection.check().await;

    let finding = step(&report, StepName::ObjectReadable).finding.as_ref().unwrap();
    assert_eq!(finding.cause, "action_not_allowed");
    assert!(finding.detail.contains("access key") && finding.fix.contains("IAM user"), "{finding:?}");
    assert!(!format!("{} {}", finding.detail, finding.fix).contains("role"), "{finding:?}");
    assert!(finding.document.is_some());
}

#[tokio::test]
async fn a_store_of_its_own_that_refuses_the_region_is_told_by_what_it_refuses() {
    for access in [json!(["list", "read"]), json!(["read"])] {
        let connection = Connection::with(json!({ "region": "us-west-2", "access": access })).await;

        let report = connection.check().await;

        assert_eq!(cause(&report, StepName::RegionMatches), (Outcome::Failed, "wrong_region"), "{report:#?}");
        connection.change(step(&report, StepName::RegionMatches).finding.clone().unwrap().settings.unwrap()).await;
        assert_ne!(connection.check().await.health, Health::Unhealthy);
    }
}

#[tokio::test]
async fn of_the_versions_at_hand_one_that_kms_does_not_deny_is_read() {
    let declared = json!({ "access": ["list", "read", "read_versions"] });
    let connection = Connection::with(declared).await;
    connection.encrypt(None);
    connection.decrypt("team/dog.png");

    let report = connection.check().await;

    assert_eq!(step(&report, StepName::VersionReadable).outcome, Outcome::Passed, "{report:#?}");
    assert_eq!(cause(&report, StepName::EncryptedObjectReadable), (Outcome::Failed, "kms_not_allowed"));
}

#[tokio::test]
async fn a_bucket_for_everybody_is_checked_without_credentials() {
    let connection = Connection::with(json!({ "authentication": { "type": "anonymous" } })).await;
    let denied = connection.check().await;
    let resources = [format!("arn:aws:s3:::{BUCKET}"), format!("arn:aws:s3:::{BUCKET}/*")];
    let public = json!({ "Effect": "Allow", "Principal": "*", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": resources });
    connection.set_bucket_policy(&public);
    let report = connection.check().await;

    assert_eq!(denied.health, Health::Unhealthy);
    assert_eq!(cause(&denied, StepName::PrefixListable), (Outcome::Failed, "access_denied"));
    let finding = step(&denied, StepName::PrefixListable).finding.as_ref().unwrap();
    assert!(finding.document.is_none() && !finding.detail.contains("role"), "{finding:?}");
    assert!(finding.fix.contains("open to everybody"), "{finding:?}");
    assert_eq!(report.health, Health::Healthy, "{report:#?}");
}

#[tokio::test]
async fn a_bucket_whose_requester_pays_is_told_from_one_that_denies() {
    // Only other accounts pay: the key is the platform's, and the bucket lets it in.
    let aws = Aws::start().await;
    let allow = json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*" });
    let key = aws.sandbox.set_up_user(PLATFORM, "payer", &policy(&allow).to_string()).unwrap();
    let connection = Connection::on(aws, by_key(&key.access_key_id, &key.secret_access_key), |_, _| ()).await;
    let resources = [format!("arn:aws:s3:::{BUCKET}"), format!("arn:aws:s3:::{BUCKET}/*")];
    connection.set_bucket_policy(&json!({
        "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{PLATFORM}:root") },
        "Action": ["s3:ListBucket", "s3:GetObject", "s3:GetBucketLocation"], "Resource": resources,
    }));
    let xml = "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>";
    connection.aws.sandbox.set_up_configuration(BUCKET, "requestPayment", xml.into());

    let report = connection.check().await;

    assert_eq!(cause(&report, StepName::PrefixListable), (Outcome::Failed, "requester_pays"));
    connection.change(step(&report, StepName::PrefixListable).finding.clone().unwrap().settings.unwrap()).await;
    assert_eq!(connection.check().await.health, Health::Healthy);
}

#[tokio::test]
async fn an_object_that_is_named_is_the_one_that_is_read() {
    let connection = Connection::with(json!({ "access": ["read"] })).await;
    let named = |key: &str| CheckOptions { locator: Some(format!("s3://{BUCKET}/{key}")), ..CheckOptions::default() };

    let unnamed = connection.check().await;
    let there = connection.check_with(named("team/dog.png")).await;
    let gone = connection.check_with(named("team/gone.png")).await;

    assert_eq!(step(&unnamed, StepName::PresignedUrlLoads).outcome, Outcome::Skipped);
    assert_eq!(step(&there, StepName::PresignedUrlLoads).outcome, Outcome::Passed);
    assert_eq!(cause(&gone, StepName::ObjectReadable), (Outcome::Failed, "object_gone"));
    let options = CheckOptions { locator: Some("s3://another-bucket/x".into()), ..CheckOptions::default() };
    let refused =
        connection.aws.core.draft_check(&connection.aws.organization, &By::operator(), &connection.id, &options).await;
    assert_eq!(refused.err().unwrap().code(), "outside_scope");
}

#[tokio::test]
async fn an_object_that_is_gone_is_told_from_one_that_is_forbidden() {
    let connection = Connection::healthy().await;
    let options = CheckOptions { locator: Some(format!("s3://{BUCKET}/gone.png")), ..CheckOptions::default() };

    assert_eq!(
        cause(&connection.check_with(options).await, StepName::ObjectReadable),
        (Outcome::Failed, "object_gone")
    );
}

#[tokio::test]
async fn an_empty_bucket_is_healthy() {
    for settings in [json!({}), json!({ "scope": { "type": "bucket", "bucket": BUCKET, "prefix": "team" } })] {
        let connection = Connection::with(settings).await;
        connection.empty();
        let report = connection.check().await;
        assert_eq!(report.health, Health::Healthy, "{report:#?}");
        assert!(report.is_of_nothing());
    }
    assert!(!Connection::healthy().await.check().await.is_of_nothing());
}

#[tokio::test]
async fn an_empty_bucket_shows_too_that_reading_is_forbidden() {
    let connection = Connection::made(json!({}), |_, access| super::customer::take(access, "s3:GetObject")).await;
    connection.empty();

    assert_eq!(cause(&connection.check().await, StepName::ObjectReadable), (Outcome::Failed, "action_not_allowed"));
}

#[tokio::test]
async fn s3_that_throttles_or_fails_proves_nothing() {
    for (fault, expected) in [("throttle", "aws_throttled"), ("fail", "aws_unavailable")] {
        let connection = Connection::healthy().await;
        connection.aws.control("faults", json!({ "s3": { "kind": fault, "times": null } })).await;

        let report = connection.check().await;

        assert_eq!((report.outcome, report.health), (Conclusion::Inconclusive, Health::Unknown));
        assert_eq!(cause(&report, StepName::BucketReachable), (Outcome::Warned, expected));
        assert!(step(&report, StepName::BucketReachable).inconclusive);
    }
}

#[tokio::test]
async fn a_step_that_hangs_ends_at_its_deadline() {
    let connection = Connection::healthy().await;
    connection.aws.control("faults", json!({ "s3": { "kind": "slow", "milliseconds": 30000, "times": null } })).await;

    let report = connection.check().await;

    assert_eq!(cause(&report, StepName::BucketReachable), (Outcome::Warned, "timed_out"));
    assert_eq!(report.outcome, Conclusion::Inconclusive);
}

#[tokio::test]
async fn a_canary_of_a_check_that_was_killed_is_swept_by_a_later_one() {
    let connection = Connection::with(json!({ "access": ["list", "read", "write", "delete"] })).await;
    let (core, organization, id) = (&connection.aws.core, &connection.aws.organization, &connection.id);
    let key = "temp/byob-check/left";
    let now = core.clock().now_millis();
    core.store().canary_create(organization, id, BUCKET, key, now - 3_600_000).await.unwrap();
    // One of a check that is still under way stays.
    core.store().canary_create(organization, id, BUCKET, "temp/byob-check/young", now).await.unwrap();
    for key in [key, "temp/byob-check/young"] {
        let at = connection.aws.sandbox.clock().now();
        connection.aws.sandbox.set_up_object(BUCKET, key, "text/plain", bytes::Bytes::from("x"), at).unwrap();
    }

    let report = connection.check().await;

    let keys = connection.keys();
    assert!(!keys.iter().any(|left| left == key) && keys.iter().any(|left| left.ends_with("young")), "{keys:?}");
    assert_eq!(step(&report, StepName::CleanupDone).outcome, Outcome::Passed);
    assert_eq!(core.store().canary_list(organization, id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_canary_that_the_role_may_not_delete_goes_as_soon_as_it_may() {
    let declared = json!({ "access": ["list", "read", "write", "delete"] });
    let connection = Connection::made(declared, |_, access| take(access, "s3:DeleteObject")).await;
    let before = connection.keys();

    let refused = connection.check().await;
    assert_eq!(cause(&refused, StepName::CleanupDone), (Outcome::Warned, "canary_left"));
    assert_eq!(connection.keys().len(), before.len() + 1);

    let document = step(&refused, StepName::ObjectDeletable).finding.clone().unwrap().document.unwrap();
    connection.set_access(&serde_json::from_str(document.document.as_str()).unwrap());
    let report = connection.check().await;

    assert_eq!(report.outcome, Conclusion::Passed, "{report:#?}");
    assert_eq!(connection.keys(), before);
}

#[tokio::test]
async fn an_integration_for_any_bucket_says_that_one_has_to_be_named() {
    let connection = Connection::with(json!({ "scope": { "type": "all_permitted", "buckets": [] } })).await;

    let report = connection.check().await;

    assert_eq!(step(&report, StepName::ExternalIdEnforced).outcome, Outcome::Passed);
    let reachable = step(&report, StepName::BucketReachable);
    assert_eq!(reachable.outcome, Outcome::Skipped);
    assert!(reachable.detail.contains("`locator`"), "{}", reachable.detail);
}

#[tokio::test]
async fn a_draft_without_anything_is_checked_without_an_error() {
    let aws = Aws::start().await;
    let draft = aws
        .core
        .create_draft(&aws.organization, &By::operator(), serde_json::from_value(json!({})).unwrap())
        .await
        .unwrap();

    let check =
        aws.core.draft_check(&aws.organization, &By::operator(), &draft.id, &CheckOptions::default()).await.unwrap();
    let report = check.run(None).await.unwrap();

    assert_eq!(report.steps.len(), 18);
    assert_eq!(cause(&report, StepName::RoleArnValid), (Outcome::Failed, "authentication_missing"));
}
