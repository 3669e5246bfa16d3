//! What AWS refuses, or reads otherwise than it was meant.

use super::*;

fn access(marked: &str) -> String {
    policy(marked)
}

const REST: &str = r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#;

#[test]
fn versions_are_told_from_dates() {
    let whole = |version: &str| {
        format!(
            r#"{version} "Statement": [{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}]}}"#
        )
    };
    check(
        DocumentKind::Access,
        "null",
        whole,
        &[
            ("▲{", "@version_missing"),
            (r#"{"Version": ▲"2008-10-17","#, "@version_old"),
            (r#"{"Version": ▲"2024-01-01","#, "@version_unknown"),
            (r#"{"Version": ▲2012,"#, "@version_unknown"),
            (r#"{▲"version": "2012-10-17","#, "@wrong_capitals"),
            (r#"{"Version": "2012-10-17", ▲"Id": "x","#, "@unknown_element"),
            (r#"{"Version": "2012-10-17", ▲"Comment": "x","#, "@unknown_element"),
        ],
    );
    check(
        DocumentKind::Access,
        "null",
        str::to_owned,
        &[(
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ▲"arn:aws:s3:::b/${*}/*"}}"#,
            "version_missing @variable_in_old_version",
        )],
    );
}

#[test]
fn elements_are_called_by_their_names() {
    let whole = |marked: &str| access(&format!("{{{marked}}}").replace("REST", REST));
    check(
        DocumentKind::Access,
        "null",
        whole,
        &[
            (r#"▲"effect": "Allow", REST"#, "@wrong_capitals"),
            (r#""Effect": ▲"ALLOW", REST"#, "@wrong_capitals"),
            (r#""Effect": ▲"Permit", REST"#, "@bad_effect"),
            (r#""Effect": "Allow", ▲"Actions": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#, "@wrong_name"),
            (r#""Effect": "Allow", "Action": "s3:GetObject", ▲"Resources": "arn:aws:s3:::b/*""#, "@wrong_name"),
            (r#""Effect": "Allow", ▲"Comment": "x", REST"#, "@unknown_element"),
            (r#""Effect": "Allow", ▲"Principal": "*", REST"#, "@principal_in_access_policy"),
            (r#""Sid": ▲"Read files!", "Effect": "Allow", REST"#, "@bad_sid"),
            (r#""Effect": "Allow", "Action": ▲"GetObject", "Resource": "arn:aws:s3:::b/*""#, "@action_without_service"),
            (r#""Effect": "Allow", "Action": ▲"s3:GetObjects", "Resource": "arn:aws:s3:::b/*""#, "@unknown_action"),
            (r#""Effect": "Allow", "Action": ▲"s3:HeadObject", "Resource": "arn:aws:s3:::b/*""#, "@unknown_action"),
            (r#""Effect": "Allow", "Action": ▲"s3:CopyObject", "Resource": "arn:aws:s3:::b/*""#, "@unknown_action"),
            (r#""Effect": "Allow", "Action": ▲"s3:ListObjectsV2", "Resource": "arn:aws:s3:::b""#, "@unknown_action"),
            (r#""Effect": "Allow", "Action": ▲[], "Resource": "*""#, "@refused"),
            (r#""Effect": "Allow", "Action": "Frobnicate▲", "Resource": "*""#, "refused"),
            (
                r#""Effect": "Allow", REST, "Condition": {▲"StringEqual": {"aws:PrincipalAccount": "111122223333"}}"#,
                "@wrong_name",
            ),
            (r#""Effect": "Allow", REST, "Condition": {▲"Frobnicates": {"a": "b"}}"#, "@refused"),
        ],
    );
    let whole = |marked: &str| access(&marked.replace("REST", REST));
    check(
        DocumentKind::Access,
        "null",
        whole,
        &[
            (r#"▲{"Effect": "Allow", "Resource": "*"}"#, "@missing_element"),
            (r#"▲{"Effect": "Allow", "Action": "s3:GetObject"}"#, "@missing_element"),
            (r"▲{REST}", "@missing_element"),
            (r#"▲"x""#, "@refused"),
            (r#"{"Sid": "A", "Effect": "Allow", REST}, {"Sid": ▲"A", "Effect": "Allow", REST}"#, "@duplicate_sid"),
        ],
    );
    check(
        DocumentKind::Access,
        "null",
        str::to_owned,
        &[
            (r#"▲{"Version": "2012-10-17"}"#, "@missing_element"),
            (r#"{"Version": "2012-10-17", "Statement": ▲[]}"#, "@missing_element"),
        ],
    );
}

#[test]
fn capitals_of_actions_do_not_matter() {
    let text = access(r#"{"Effect": "Allow", "Action": "S3:getobject", "Resource": "arn:aws:s3:::b/*"}"#);
    assert_eq!(ask(DocumentKind::Access, &text, "null").findings, vec![]);
}

#[test]
fn documents_that_are_too_large_are_told() {
    let of = |length: usize| {
        let name = "x".repeat(length);
        access(&format!(r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/{name}/*"}}"#))
    };
    for (kind, length, code) in [
        (DocumentKind::Access, 10_300, Some(Code::TooLarge)),
        (DocumentKind::Access, 10_000, None),
        (DocumentKind::Session, 2_100, Some(Code::TooLarge)),
        (DocumentKind::Session, 1_900, None),
    ] {
        let findings = ask(kind, &of(length), "null").findings;
        assert_eq!(findings.first().map(|finding| finding.code), code, "{kind:?} {length}");
    }
}

#[test]
fn arns_are_mended_where_they_stand() {
    let whole = |marked: &str| {
        access(&format!(
            r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/*", {marked}]}}"#
        ))
    };
    check(
        DocumentKind::Access,
        r#"{"partition": "aws"}"#,
        whole,
        &[
            (r#"▲"s3:::bucket/*""#, "@arn_prefix_missing"),
            (r#"▲"s3:://bucket/*""#, "@arn_prefix_missing"),
            (r#"▲"bucket/*""#, "@arn_prefix_missing"),
            (r#"▲"s3://bucket/key""#, "@s3_url"),
            (r#"▲"arn:aws:s3::bucket/*""#, "@arn_colons"),
            (r#"▲"arn:aws:s3:us-east-1:123456789012:bucket/*""#, "@arn_with_region"),
            (r#"▲"arn:aws:s3:::bucket/* ""#, "@arn_blank"),
            (r#"▲"ARN:aws:s3:::bucket/*""#, "@arn_capitals"),
            (r#"▲"arn:aws-cn:s3:::bucket/*""#, "@wrong_partition"),
            (r#"▲"arn:aws:s3:::bucket//team/*""#, "@leading_slash"),
            (r#"▲"https://bucket.s3.amazonaws.com/*""#, "@not_an_arn"),
            (r#"▲"arn:aws:s3:::<bucket>/*""#, "@placeholder"),
        ],
    );
}

#[test]
fn trust_policies_name_principals_and_no_resources() {
    let rest = format!(r#""Action": "sts:AssumeRole", "Condition": {{"StringEquals": {{"sts:ExternalId": "{ID}"}}}}"#);
    let whole = |marked: &str| policy(&format!(r#"{{"Effect": "Allow", {marked}, {rest}}}"#));
    check(
        DocumentKind::Trust,
        r#"{"partition": "aws"}"#,
        whole,
        &[
            (
                r#""Principal": {"AWS": "arn:aws:iam::111122223333:role/byob"}, ▲"Resource": "*""#,
                "@resource_in_trust_policy",
            ),
            (r#""Principal": ▲"arn:aws:iam::111122223333:role/byob""#, "@principal_form"),
            (r#""Principal": {▲"aws": "arn:aws:iam::111122223333:role/byob"}"#, "@wrong_capitals"),
            (r#""Principal": {"AWS": ▲"arn:aws:iam:::role/byob"}"#, "@principal_without_account"),
            (r#""Principal": {"AWS": ▲"arn:aws:iam::11112222333:role/byob"}"#, "@account_digits"),
            (r#""Principal": {"AWS": ▲"11112222333"}"#, "@account_digits"),
            (r#""Principal": {"AWS": ▲"arn:aws:iam::1111-2222-3333:role/byob"}"#, "@account_form"),
            (r#""Principal": {"AWS": ▲"arn:aws:iam::111122223333:role/by ob"}"#, "@arn_blank"),
            (r#""Principal": {"AWS": ▲"arn:aws-cn:iam::111122223333:role/byob"}"#, "@wrong_partition"),
            (r#""Principal": {"AWS": ▲"arn:aws:iam::<ACCOUNT>:role/byob"}"#, "@placeholder"),
            (r#""Principal": {"AWS": ▲"arn:aws:iam::111122223333:role/*"}"#, "@refused"),
            (r#""Principal": {"AWS": ▲"AROAEXAMPLEEXAMPLE123"}"#, "@deleted_principal"),
            (r#""Principal": {"AWS": ▲"1111-2222-3333"}"#, "@account_form @trusts_whole_account"),
            (r#""Principal": {"AWS": ▲111122223333}"#, "@account_form @trusts_whole_account"),
        ],
    );
    check(
        DocumentKind::Trust,
        "null",
        |marked| policy(&marked.replace("REST", &rest)),
        &[(r#"▲{"Effect": "Allow", REST}"#, "@missing_element")],
    );
}

#[test]
fn documents_in_the_wrong_place_are_told() {
    let trust = policy(r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}"#);
    let access = policy(&format!(r#"{{"Effect": "Allow", {REST}}}"#));
    let cors = r#"[{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://a.example"]}]"#.to_owned();
    for (kind, text) in [
        (DocumentKind::Access, &trust),
        (DocumentKind::Access, &cors),
        (DocumentKind::Session, &trust),
        (DocumentKind::Trust, &access),
        (DocumentKind::Trust, &cors),
        (DocumentKind::Cors, &access),
    ] {
        check(kind, "null", |text| format!("▲{text}"), &[(text, "@wrong_document")]);
    }
}
