//! What is asked of STS: no more than the integration declares.

use std::collections::BTreeSet;

use byob_aws::{
    Credentials, ObjectKey,
    presign::{Endpoint, Method, Presigner, ResponseOptions},
};
use byob_e2e::{Issued, Presigned, Service, given};
use serde_json::{Value, json};

fn policy(text: Option<&str>) -> Value {
    serde_json::from_str(text.expect("every session is narrowed")).unwrap()
}

#[tokio::test]
async fn a_session_is_asked_for_with_external_id_names_and_duration() {
    let service = Service::start().await;
    let settings = given::with(given::bucket("images"), &json!({"session_duration": 1800}));
    let integration = service.admin().connect(&settings).await;

    service.viewer().url("s3://images/k", 600).await;

    let call = service.sts().calls().remove(0);
    assert_eq!(call.role_arn, given::role_arn("images"));
    assert_eq!(call.external_id.as_deref(), integration["external_id"].as_str());
    assert_eq!(call.session_name, format!("{}-{}", service.organization, given::id(&integration)));
    assert!(call.session_name.len() <= 64, "AWS takes no longer name");
    assert_eq!(call.duration, 1800);
}

#[tokio::test]
async fn the_session_policy_is_exactly_the_declared_scope_and_access() {
    let service = Service::start().await;
    let settings = given::with(given::folder("images", "team"), &json!({"access": ["list", "read", "delete"]}));
    service.admin().connect(&settings).await;

    service.viewer().url("s3://images/team/k", 600).await;

    let call = service.sts().calls().remove(0);
    let bucket = "arn:aws:s3:::images";
    let prefix = json!({"StringLike": {"s3:prefix": ["team", "team/", "team/*"]}});
    assert_eq!(
        policy(call.session_policy.as_deref()),
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["s3:GetBucketLocation"], "Resource": [bucket]},
            {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [bucket], "Condition": prefix},
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:DeleteObject"], "Resource": [format!("{bucket}/team/*")]},
        ]})
    );
}

#[tokio::test]
async fn every_access_brings_exactly_its_actions_into_the_session() {
    let service = Service::start().await;
    for (access, actions) in [
        ("list", vec!["s3:ListBucket"]),
        ("read_versions", vec!["s3:ListBucketVersions", "s3:GetObjectVersion"]),
        ("write", vec!["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]),
        ("delete", vec!["s3:DeleteObject"]),
        ("acl", vec!["s3:GetObjectAcl", "s3:PutObjectAcl"]),
    ] {
        let name = format!("bucket-{}", access.replace('_', "-"));
        service.admin().connect(&given::with(given::bucket(&name), &json!({"access": ["read", access]}))).await;

        service.viewer().url(&format!("s3://{name}/k"), 600).await;

        let call = service.sts().calls().pop().unwrap();
        let statements = policy(call.session_policy.as_deref())["Statement"].take();
        let granted: BTreeSet<&str> = statements
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|s| s["Action"].as_array().unwrap())
            .filter_map(Value::as_str)
            .collect();
        let expected = actions.into_iter().chain(["s3:GetBucketLocation", "s3:GetObject"]).collect();
        assert_eq!(granted, expected, "{access}");
    }
}

#[tokio::test]
async fn few_buckets_share_a_session_and_many_get_their_own() {
    let service = Service::start().await;
    let names: Vec<String> = (0..100).map(|number| format!("customer-bucket-{number:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    service.admin().connect(&given::buckets("many", &names)).await;
    service.admin().connect(&given::buckets("few", &["few-1", "few-2"])).await;

    let many = service.viewer().resolve(&["s3://customer-bucket-001/k", "s3://customer-bucket-042/k"]).await;
    let few = service.viewer().resolve(&["s3://few-1/k", "s3://few-2/k"]).await;

    assert!(many.iter().chain(&few).all(|result| result["url"].is_string()), "{many:?} {few:?}");
    assert_eq!(service.sts().count_of(&given::role_arn("few")), 1);
    let policies: Vec<String> = service.sts().calls().into_iter().map(|call| call.session_policy.unwrap()).collect();
    assert!(policies.iter().all(|policy| policy.chars().count() <= 2048), "AWS takes no longer session policy");
    for number in ["001", "042"] {
        let of_bucket: Vec<_> = policies.iter().filter(|policy| policy.contains(&format!("bucket-{number}"))).collect();
        assert_eq!(of_bucket.len(), 1);
        assert_eq!(
            of_bucket[0].matches("customer-bucket-").count(),
            of_bucket[0].matches(number).count(),
            "no other bucket"
        );
    }
}

#[tokio::test]
async fn any_bucket_means_every_bucket_of_the_partition() {
    let service = Service::start().await;
    let china = json!({
        "authentication": {"type": "role", "role_arn": "arn:aws-cn:iam::123456789012:role/any"}, "region": "cn-north-1",
    });
    service.admin().connect(&given::with(given::buckets("any", &[]), &china)).await;

    let url = service.viewer().url("s3://images/k", 600).await;

    assert!(url.starts_with("https://images.s3.cn-north-1.amazonaws.com.cn/k?"), "{url}");
    let call = service.sts().calls().remove(0);
    assert!(call.session_policy.unwrap().contains("arn:aws-cn:s3:::*"));
}

#[tokio::test]
async fn a_session_signs_each_day_and_region_of_its_life_with_the_key_of_that_day_and_region() {
    let service = Service::start().await;
    let access_point = "arn:aws:s3:us-west-2:123456789012:accesspoint/ap";
    let settings = given::with(given::buckets("both", &["images", access_point]), &json!({"session_duration": 43_200}));
    service.admin().connect(&settings).await;
    let locators = ["s3://images/k.png", &format!("s3://{access_point}/k.png")];
    let hosts = [
        ("https://images.s3.eu-central-1.amazonaws.com", "eu-central-1"),
        ("https://ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com", "us-west-2"),
    ];
    let mut days = BTreeSet::new();
    service.advance(10 * 3600);

    for _ in 0..5 {
        service.advance(2 * 3600);
        let results = service.viewer().resolve(&locators).await;
        let Issued { access_key_id, secret_access_key, session_token } = service.sts().issued().remove(0);
        let credentials = Credentials::new(access_key_id, secret_access_key, Some(session_token));
        for (result, (base_url, region)) in results.iter().zip(hosts) {
            let url = result["url"].as_str().unwrap();
            let (signed_at, expires_at) = (Presigned::parse(url).signed_at(), Presigned::parse(url).expires_at());
            let life = u32::try_from((expires_at - signed_at).whole_seconds()).unwrap();
            let endpoint = Endpoint::new(base_url, region, "s3").unwrap();
            let presigner = Presigner::new(&endpoint, &credentials, signed_at, life).unwrap();
            let options = ResponseOptions {
                content_type: Some("image/png"),
                content_disposition: Some("inline; filename=\"k.png\""),
                requester_pays: false,
            };
            assert_eq!(presigner.url(Method::Get, &ObjectKey::parse("k.png").unwrap(), None, &options), url);
            days.insert(signed_at.date());
        }
    }
    assert_eq!((days.len(), service.sts().count()), (2, 1));
}

#[tokio::test]
async fn whatever_folder_can_be_saved_can_be_served() {
    let service = Service::start().await;
    for length in [64, 256, 512, 1022] {
        let prefix = "p".repeat(length);
        let scope = json!({"type": "bucket", "bucket": "images", "prefix": prefix});
        let settings = given::with(given::bucket(&format!("folder-{length}")), &json!({"scope": scope}));
        let draft = service.admin().post("/api/v1/drafts", &settings).await;
        if draft.status == 422 {
            assert_eq!(draft.json(422)["errors"][0]["field"], "scope.prefix");
            continue;
        }
        service.admin().post("/api/v1/integrations", &json!({"draft_id": draft.json(201)["id"]})).await.json(201);

        let results = service.viewer().resolve(&[&format!("s3://images/{prefix}/k")]).await;
        assert_eq!(results[0]["error"]["code"], Value::Null, "a folder of {length} bytes");
    }
}
