//! What an access policy grants, held against what is wanted.

use serde_json::Value;

use super::*;

const TEAM: &str = r#"{"bucket": "images", "prefix": "team", "partition": "aws"}"#;
const WHOLE: &str = r#"{"bucket": "images", "access": ["list", "read"]}"#;
const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";

const LOCATION: &str = r#"{"Effect": "Allow", "Action": "s3:GetBucketLocation", "Resource": "arn:aws:s3:::images"}"#;
const LIST: &str = r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images",
    "Condition": {"StringLike": {"s3:prefix": ["team", "team/", "team/*"]}}}"#;
const READ: &str = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/team/*"}"#;

/// Puts the parts of a good document in, where their names stand.
fn whole(marked: &str) -> String {
    policy(&marked.replace("LOCATION", LOCATION).replace("LIST", LIST).replace("READ", READ).replace("KEY", KEY))
}

#[test]
fn another_form_of_what_is_wanted_is_good() {
    for (wanted, text) in [
        (TEAM, "LOCATION, LIST, READ"),
        (
            TEAM,
            r#"LOCATION, LIST, {"Effect": "Allow", "Action": ["S3:GETOBJECT"], "Resource": ["arn:aws:s3:::images/team/*"]}"#,
        ),
        (
            WHOLE,
            r#"{"Effect": "Allow", "Action": ["s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject"], "Resource": ["arn:aws:s3:::images", "arn:aws:s3:::images/*"]}"#,
        ),
        (
            r#"{"scope": {"type": "all_permitted", "buckets": []}}"#,
            r#"{"Effect": "Allow", "Action": ["s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject"], "Resource": ["arn:aws:s3:::one", "arn:aws:s3:::one/*"]}"#,
        ),
        (
            TEAM,
            r#"LOCATION, LIST, READ, {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#,
        ),
        (TEAM, r#"LOCATION, LIST, READ, {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}"#),
    ] {
        let diagnosis = ask(DocumentKind::Access, &whole(text), wanted);
        assert_eq!(diagnosis.verdict, Verdict::Good, "{text}: {:#?}", diagnosis.findings);
        assert!(diagnosis.corrected.is_none());
    }
}

#[test]
fn what_is_missing_is_found_where_it_fails() {
    check(
        DocumentKind::Access,
        TEAM,
        whole,
        &[
            (
                "LOCATION, LIST, {\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", ▲\"Resource\": \"arn:aws:s3:::images/team/a/*\"}",
                "@missing_access",
            ),
            (
                r#"LOCATION, LIST, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/team/*",
            "Condition": {"IpAddress": {▲"aws:SourceIp": "10.0.0.0/8"}}}"#,
                "@condition_may_refuse",
            ),
            (
                r#"LOCATION, READ, {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images",
            "Condition": {"StringLike": {▲"s3:prefix": ["team"]}}}"#,
                "@missing_access",
            ),
            (
                r#"LOCATION, READ, {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images",
            "Condition": {"StringLike": {▲"s3:prefix": ["team/*"]}}}"#,
                "@narrow_listing",
            ),
            (
                r#"LOCATION, READ, LIST, {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*",
            "Condition": {"NotIpAddress": {▲"aws:SourceIp": "10.0.0.0/8"}}}"#,
                "@condition_may_refuse",
            ),
            (
                r#"LOCATION, READ, LIST, {▲"Effect": "Deny", "Action": "s3:Get*", "Resource": "arn:aws:s3:::images/team/*"}"#,
                "@denied_access",
            ),
            (
                r#"LOCATION, READ, LIST, {"Effect": "Allow", "Action": "s3:Frob", "Resource": "*"}, {▲"Effect": "Deny", "NotAction": "s3:List*", "Resource": "arn:aws:s3:::images/*"}"#,
                "unneeded_action @denied_access",
            ),
        ],
    );
    let marked = |marked: &str| whole(marked).replacen("\"Statement\": [", "\"Statement\": ▲[", 1);
    check(
        DocumentKind::Access,
        TEAM,
        marked,
        &[
            ("LIST, READ", "@missing_location"),
            ("LOCATION, READ", "@missing_access"),
            ("LOCATION, LIST", "@missing_access"),
        ],
    );
    check(DocumentKind::Session, TEAM, marked, &[("LIST, READ", "@missing_location")]);
    let access = r#"{"bucket": "images", "prefix": "team", "access": ["list", "read", "read_versions", "write", "delete", "acl"]}"#;
    let found = ask(DocumentKind::Access, &whole("LOCATION, LIST, READ"), access).findings;
    let missing: Vec<&str> = found.iter().map(|finding| finding.detail.split('`').nth(1).unwrap()).collect();
    assert_eq!(
        missing,
        [
            "s3:ListBucketVersions",
            "s3:GetObjectVersion",
            "s3:PutObject",
            "s3:AbortMultipartUpload",
            "s3:ListMultipartUploadParts",
            "s3:DeleteObject",
            "s3:GetObjectAcl",
            "s3:PutObjectAcl"
        ]
    );
}

#[test]
fn what_is_too_broad_is_found_at_its_pattern() {
    check(
        DocumentKind::Access,
        TEAM,
        whole,
        &[
            (
                r#"LOCATION, LIST, {"Effect": "Allow", "Action": ▲"s3:*", "Resource": "arn:aws:s3:::images/team/*"}"#,
                "@broad_action",
            ),
            (
                r#"LOCATION, LIST, {"Effect": "Allow", "Action": ▲"s3:Get*", "Resource": "arn:aws:s3:::images/team/*"}"#,
                "@broad_action",
            ),
            (
                r#"LOCATION, LIST, {"Effect": "Allow", "Action": ▲"*", "Resource": "arn:aws:s3:::images/team/*"}"#,
                "@broad_action",
            ),
            (
                r#"LOCATION, LIST, {"Effect": "Allow", "Action": ["s3:GetObject", ▲"s3:PutObject"], "Resource": "arn:aws:s3:::images/team/*"}"#,
                "@unneeded_action",
            ),
            (r#"LOCATION, LIST, READ, {"Effect": "Allow", "Action": ▲"ec2:*", "Resource": "*"}"#, "@unneeded_action"),
            (
                r#"LOCATION, LIST, READ, {"Effect": "Allow", "Action": ▲"s3:GetBucketTagging", "Resource": "arn:aws:s3:::images"}"#,
                "@extra_action",
            ),
            (
                r#"LOCATION, LIST, READ, {"Effect": "Allow", ▲"NotAction": "iam:*", "Resource": "arn:aws:s3:::images/team/*"}"#,
                "@not_action",
            ),
            (
                r#"LOCATION, LIST, {"Effect": "Allow", "Action": "s3:GetObject", ▲"NotResource": "arn:aws:s3:::secret/*"}"#,
                "@not_resource",
            ),
            (
                r#"LOCATION, LIST, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ▲"arn:aws:s3:::images/*"}"#,
                "@broad_resource",
            ),
            (
                r#"LOCATION, LIST, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ▲"arn:aws:s3:::images/team*"}"#,
                "@broad_resource",
            ),
            (
                r#"LOCATION, LIST, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ▲"arn:aws:s3:::image*/team/*"}"#,
                "@broad_resource",
            ),
            (r#"LOCATION, LIST, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ▲"*"}"#, "@broad_resource"),
            (
                r#"LOCATION, LIST, READ, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ▲"arn:aws:s3:::other/*"}"#,
                "@broad_resource",
            ),
            (
                r#"LOCATION, READ, {"Effect": "Allow", "Action": ▲"s3:ListBucket", "Resource": "arn:aws:s3:::images"}"#,
                "@broad_listing",
            ),
            (
                r#"LOCATION, READ, {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images",
            ▲"Condition": {"StringLike": {"s3:prefix": "team*"}}}"#,
                "@broad_listing",
            ),
            (
                r#"LOCATION, READ, {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images",
            ▲"Condition": {"StringLikeIfExists": {"s3:prefix": ["team", "team/*"]}}}"#,
                "@broad_listing",
            ),
            (
                r#"LOCATION, READ, {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images",
            ▲"Condition": {"StringNotEquals": {"s3:prefix": "secret/"}}}"#,
                "@broad_listing",
            ),
        ],
    );
}

#[test]
fn what_nobody_sees_and_what_iam_refuses_is_found_in_its_place() {
    let of =
        |statement: &str| format!(r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {statement}}}]}}"#);
    check(
        DocumentKind::Access,
        "null",
        of,
        &[
            (r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/▲équipe✓/*""#, "unescaped_character"),
            (r#""Action": ▲"s3:Get\u200bObject", "Resource": "arn:aws:s3:::b/*""#, "@invisible_character"),
            (r#""Action": "s3:GetObject", "Resource": ▲"arn:aws:s3:::b\u200b/*""#, "@invisible_character"),
            (r#""Action": "s3:GetObject", "Resource": ▲"arn:aws:s3:::Acme-Images/*""#, "@wrong_capitals"),
            (
                r#""Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b", "Condition": {"StringLike": {▲"s3:prefx": "x"}}"#,
                "@wrong_name",
            ),
            (
                r#""Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b", "Condition": {"StringLike": {▲"s3:prefix": []}}"#,
                "@condition_never_met",
            ),
        ],
    );
    let escaped = of(r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/équipe\u2713/*""#);
    assert_eq!(ask(DocumentKind::Access, &escaped, "null").findings, vec![]);
}

#[test]
fn a_policy_of_twice_the_length_that_aws_takes_is_not_looked_through() {
    let actions = vec![r#""*""#; 8000].join(",");
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": [{actions}], "Resource": "*"}}]}}"#
    );

    let diagnosis = ask(DocumentKind::Access, &text, r#"{"bucket": "images"}"#);

    let codes: Vec<&str> = diagnosis.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["too_large"]);
    assert!(diagnosis.corrected.is_some());
}

#[test]
fn names_in_other_alphabets_are_taken_as_they_are() {
    for action in ["s3:é*", "a:é*", "*é", "aé:*", "s3…:*"] {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": ["{action}", "s3:*"], "Resource": "arn:aws:s3:::{action}"}}}}"#
        );
        ask(DocumentKind::Access, &text, r#"{"bucket": "images"}"#);
    }
}

#[test]
fn keys_are_for_s3_and_for_the_scope() {
    let wanted = format!(r#"{{"bucket": "images", "prefix": "team", "kms_key_arns": ["{KEY}"]}}"#);
    let context = r#"{"kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::images", "arn:aws:s3:::images/team/*"]}"#;
    let whole = |marked: &str| whole(&format!("LOCATION, LIST, READ, {}", marked.replace("CONTEXT", context)));
    let marked = |marked: &str| whole(marked);
    check(
        DocumentKind::Access,
        &wanted,
        marked,
        &[
            (
                r#"{"Effect": "Allow", "Action": ▲"kms:Decrypt", "Resource": "KEY"}"#,
                "@key_without_service key_without_context",
            ),
            (
                r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "KEY", ▲"Condition": {"StringLike": CONTEXT}}"#,
                "@key_without_service",
            ),
            (
                r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "KEY", ▲"Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}"#,
                "@key_without_context",
            ),
            (
                r#"{"Effect": "Allow", "Action": ▲"kms:*", "Resource": "KEY", "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}, "StringLike": CONTEXT}}"#,
                "@broad_action",
            ),
            (
                r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": ▲"arn:aws:kms:*:*:key/*", "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}, "StringLike": CONTEXT}}"#,
                "@broad_resource",
            ),
            (
                r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "KEY", "Condition": {"StringEquals": {▲"kms:ViaService": "s3.us-east-1.amazonaws.com"}, "StringLike": CONTEXT}}"#,
                "@missing_access",
            ),
        ],
    );
    let missing = ask(DocumentKind::Access, &whole(""), &wanted);
    assert_eq!(
        missing.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(),
        [Code::TrailingComma, Code::MissingAccess].into_iter().rev().collect::<Vec<_>>()
    );
}

#[test]
fn what_has_no_effect_is_found_without_knowing_what_is_wanted() {
    check(
        DocumentKind::Access,
        "null",
        whole,
        &[
            (
                r#"{"Effect": "Allow", "Action": ["s3:ListBucket", ▲"s3:GetBucketLocation"], "Resource": "arn:aws:s3:::images",
            "Condition": {"StringLike": {"s3:prefix": "team/*"}}}"#,
                "@prefix_on_bucket_location",
            ),
            (
                r#"{"Effect": "Allow", "Action": ▲"s3:GetObject", "Resource": "arn:aws:s3:::images/*", "Condition": {"StringLike": {"s3:prefix": "team/*"}}}"#,
                "@condition_never_met",
            ),
            (
                r#"{"Effect": "Allow", "Action": ▲"s3:GetObject", "Resource": "arn:aws:s3:::images/*", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}"#,
                "@condition_never_met",
            ),
            (
                r#"{"Effect": "Allow", "Action": ▲"s3:GetObject", "Resource": "arn:aws:s3:::images"}"#,
                "@object_action_on_bucket",
            ),
            (
                r#"{"Effect": "Allow", "Action": ▲"s3:ListBucket", "Resource": "arn:aws:s3:::images/*"}"#,
                "@bucket_action_on_objects",
            ),
            (
                r#"{"Effect": "Allow", "Action": ▲"s3:ListBucket", "Resource": "arn:aws:s3:::images/team/*"}"#,
                "@bucket_action_on_objects",
            ),
            (r#"{"Effect": "Allow", "Action": ▲"*", "Resource": "*"}"#, "@broad_action"),
            (
                r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images", "Condition": {"StringEquals": {"s3:prefix": ▲"team/*"}}}"#,
                "@wildcard_is_literal",
            ),
            (
                r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ▲"arn:aws:s3:::images/${aws:username}/*"}"#,
                "@variable_never_set",
            ),
            (r#"{"Effect": "Allow", ▲"NotAction": "iam:*", "Resource": "*"}"#, "@not_action"),
        ],
    );
    let holds_without = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringLikeIfExists": {"s3:prefix": "x"}}}"#;
    assert_eq!(ask(DocumentKind::Access, &policy(holds_without), "null").findings, vec![]);
}

fn corrected(kind: DocumentKind, text: &str, wanted: &str) -> Value {
    serde_json::to_value(ask(kind, text, wanted).corrected.unwrap()).unwrap()
}

#[test]
fn the_bucket_location_gets_a_statement_of_its_own() {
    let text = whole(
        r#"{"Sid": "List", "Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::images",
            "Condition": {"StringLike": {"s3:prefix": ["team", "team/", "team/*"]}, "Bool": {"aws:SecureTransport": "true"}}}, READ"#,
    );
    for wanted in [TEAM, "null"] {
        let corrected = corrected(DocumentKind::Access, &text, wanted);
        assert_eq!(corrected["Statement"][0]["Action"], serde_json::json!(["s3:ListBucket"]));
        assert_eq!(
            corrected["Statement"][2],
            serde_json::json!({
                "Effect": "Allow", "Action": ["s3:GetBucketLocation"], "Resource": "arn:aws:s3:::images",
                "Condition": {"Bool": {"aws:SecureTransport": "true"}}
            })
        );
    }
}

#[test]
fn denials_of_the_customers_stay_if_they_take_nothing_away() {
    let text = whole(
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
           {"Sid": "Tls", "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
           {"Sid": "NoReading", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}"#,
    );
    let corrected = corrected(DocumentKind::Access, &text, TEAM);
    let sids: Vec<&str> =
        corrected["Statement"].as_array().unwrap().iter().filter_map(|statement| statement["Sid"].as_str()).collect();
    assert_eq!(sids, ["FindBucketRegion", "ListPrefix", "UseObjects", "Tls"]);
}

#[test]
fn a_document_that_only_needs_mending_stays_as_the_customer_wrote_it() {
    let text = whole("LOCATION, LIST, READ,");
    let corrected = corrected(DocumentKind::Access, &text, TEAM);
    assert_eq!(corrected, serde_json::from_str::<Value>(&whole("LOCATION, LIST, READ")).unwrap());
}

#[test]
fn nothing_is_made_up_where_more_has_to_be_known() {
    let text = policy(r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images/team/*"}"#);
    assert!(ask(DocumentKind::Access, &text, "null").corrected.is_none());
    let broad = policy(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    assert!(ask(DocumentKind::Access, &broad, "null").corrected.is_none());
}

#[test]
fn the_partition_of_the_document_is_taken_where_none_is_wanted() {
    let text = whole("LOCATION, LIST, READ").replace("arn:aws:", "arn:aws-cn:");
    assert_eq!(ask(DocumentKind::Access, &text, r#"{"bucket": "images", "prefix": "team"}"#).findings, vec![]);
    let found = ask(DocumentKind::Access, &text, r#"{"bucket": "images", "prefix": "team", "region": "eu-west-1"}"#);
    assert!(found.findings.iter().all(|finding| finding.code == Code::WrongPartition), "{found:#?}");
    assert_eq!(found.findings.len(), 3);
}

#[test]
fn access_points_and_other_partitions_are_known() {
    use crate::{
        Bucket, KmsKeyArn, Partition,
        policies::{Access, BucketScope, Grant, access::access_policy},
    };
    for (bucket, partition, region, key) in [
        (
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/one",
            Partition::Aws,
            "eu-west-1",
            "arn:aws:kms:eu-west-1:123456789012:key/1",
        ),
        ("images", Partition::AwsCn, "cn-north-1", "arn:aws-cn:kms:cn-north-1:123456789012:key/1"),
        ("images", Partition::AwsUsGov, "us-gov-west-1", "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1"),
    ] {
        let grant = Grant {
            partition,
            buckets: vec![BucketScope { bucket: Bucket::parse(bucket).unwrap(), prefix: None }],
            access: Access::ALL.to_vec(),
            kms_keys: vec![KmsKeyArn::parse(key).unwrap()],
        };
        let access = Access::ALL.map(Access::as_str);
        let wanted = serde_json::json!({"bucket": bucket, "access": access, "kms_key_arns": [key], "region": region});
        let text = access_policy(&grant).to_compact_json();
        assert_eq!(ask(DocumentKind::Access, &text, &wanted.to_string()).findings, vec![], "{text}");
    }
}
