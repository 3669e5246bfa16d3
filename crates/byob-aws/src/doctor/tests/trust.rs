//! Trust policies: who gets in, and who does not.

use super::*;

fn wanted() -> String {
    format!(r#"{{"principal_arn": "{ROLE}", "external_id": "{ID}"}}"#)
}

/// A statement for the platform with this condition.
fn with(condition: &str) -> String {
    let condition = condition.replace("OUR_ID", &format!("\"{ID}\""));
    format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "{ROLE}"}}, "Action": "sts:AssumeRole", "Condition": {condition}}}"#
    )
}

const ASKED: &str = r#"{"StringEquals": {"sts:ExternalId": OUR_ID}}"#;

#[test]
fn conditions_that_let_others_in_are_found() {
    check(
        DocumentKind::Trust,
        &wanted(),
        |marked| policy(&with(marked)),
        &[
            (r#"{"StringEqualsIfExists": {▲"sts:ExternalId": OUR_ID}}"#, "@external_id_optional"),
            (r#"{"ForAllValues:StringEquals": {▲"sts:ExternalId": OUR_ID}}"#, "@external_id_optional"),
            (r#"{"Null": {▲"sts:ExternalId": "true"}}"#, "@external_id_optional wrong_external_id"),
            (r#"{"StringNotEquals": {▲"sts:ExternalId": "x"}}"#, "@external_id_any"),
            (r#"{"StringLike": {"sts:ExternalId": ▲"*"}}"#, "@external_id_any"),
            (r#"{"StringLike": {"sts:ExternalId": ▲"3b4e0f52-*"}}"#, "@external_id_any"),
            (r#"{"Null": {▲"sts:ExternalId": "false"}}"#, "@external_id_any"),
            (r#"{"StringEquals": {"sts:ExternalId": [OUR_ID, ▲"another"]}}"#, "@several_external_ids"),
            (r#"{"StringEquals": {"sts:ExternalId": ▲"another"}}"#, "@wrong_external_id"),
            (r#"{"StringEquals": {▲"ExternalId": OUR_ID}}"#, "@wrong_condition_key"),
            (r#"{"StringEquals": {▲"sts:ExternalIds": OUR_ID}}"#, "@wrong_condition_key"),
            (
                r#"{"StringEquals": {"sts:ExternalId": OUR_ID}, "Bool": {▲"aws:MultiFactorAuthPresent": "true"}}"#,
                "@condition_may_refuse",
            ),
            (
                r#"{"StringEquals": {"sts:ExternalId": OUR_ID}, "IpAddress": {▲"aws:SourceIp": "10.0.0.0/8"}}"#,
                "@condition_may_refuse",
            ),
            (r#"{"StringEquals": {"sts:ExternalId": OUR_ID, ▲"sts:RoleSessionName": "x"}}"#, "@condition_may_refuse"),
            (r#"{"StringEquals": {"sts:ExternalId": OUR_ID, ▲"aws:PrincipalOrgID": "o-1"}}"#, "@condition_may_refuse"),
            (
                r#"{"StringEquals": {"sts:ExternalId": OUR_ID, ▲"aws:PrincipalAccount": "444455556666"}}"#,
                "@condition_may_refuse",
            ),
        ],
    );
}

#[test]
fn conditions_that_our_requests_meet_are_good() {
    for condition in [
        ASKED,
        r#"{"StringEquals": {"STS:externalid": [OUR_ID]}}"#,
        r#"{"StringLike": {"sts:ExternalId": OUR_ID}}"#,
        r#"{"ForAnyValue:StringEquals": {"sts:ExternalId": OUR_ID}}"#,
        r#"{"StringEquals": {"sts:ExternalId": OUR_ID, "aws:PrincipalAccount": "111122223333"}, "Bool": {"aws:SecureTransport": "true"}}"#,
        r#"{"StringEquals": {"sts:ExternalId": OUR_ID}, "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/byob"}}"#,
    ] {
        let diagnosis = ask(DocumentKind::Trust, &policy(&with(condition)), &wanted());
        assert_eq!(diagnosis.findings, vec![], "{condition}");
    }
}

/// A document around statements, in which `OURS` is a good one.
fn around(marked: &str) -> String {
    policy(&marked.replace("OURS", &with(ASKED)).replace("ASKED", &ASKED.replace("OUR_ID", &format!("\"{ID}\""))))
}

#[test]
fn principals_that_should_not_be_there_are_found() {
    check(
        DocumentKind::Trust,
        &wanted(),
        around,
        &[
            (
                r#"▲{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/byob"}, "Action": "sts:AssumeRole"}"#,
                "@no_external_id",
            ),
            (
                r#"OURS, ▲{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/byob"}, "Action": "sts:AssumeRole"}"#,
                "@no_external_id",
            ),
            (
                r#"OURS, ▲{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}"#,
                "@no_external_id trusts_whole_account",
            ),
            (
                r#"OURS, {"Effect": "Allow", "Principal": ▲"*", "Action": "sts:AssumeRole", "Condition": ASKED}"#,
                "@trusts_everybody",
            ),
            (
                r#"OURS, {"Effect": "Allow", "Principal": {"AWS": ▲"*"}, "Action": "sts:AssumeRole", "Condition": ASKED}"#,
                "@trusts_everybody",
            ),
            (
                r#"{"Effect": "Allow", "Principal": {"AWS": ▲"arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole", "Condition": ASKED}"#,
                "@trusts_whole_account",
            ),
            (
                r#"{"Effect": "Allow", "Principal": {"AWS": ▲"arn:aws:iam::444455556666:role/byob"}, "Action": "sts:AssumeRole", "Condition": ASKED}"#,
                "@wrong_principal @other_principal",
            ),
            (
                r#"{"Effect": "Allow", "Principal": {"AWS": ▲"arn:aws:iam::111122223333:role/other"}, "Action": "sts:AssumeRole", "Condition": ASKED}"#,
                "@wrong_principal @other_principal",
            ),
            (
                r#"OURS, {"Effect": "Allow", "Principal": {"AWS": ▲"arn:aws:iam::444455556666:role/admin"}, "Action": "sts:AssumeRole"}"#,
                "@other_principal",
            ),
            (
                r#"OURS, {"Effect": "Allow", "Principal": {"Service": ▲"ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#,
                "@service_principal",
            ),
            (
                r#"OURS, {"Effect": "Allow", "Principal": {"Federated": ▲"accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}"#,
                "@federated_principal",
            ),
            (r#"OURS, {▲"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}"#, "@denied_assumption"),
            (
                r#"OURS, {"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Condition": {"NotIpAddress": {▲"aws:SourceIp": "10.0.0.0/8"}}}"#,
                "@condition_may_refuse",
            ),
        ],
    );
}

#[test]
fn only_the_assumption_is_needed() {
    let whole = |marked: &str| {
        around(&format!(r#"{{"Effect": "Allow", "Principal": {{"AWS": "{ROLE}"}}, {marked}, "Condition": ASKED}}"#))
    };
    check(
        DocumentKind::Trust,
        &wanted(),
        whole,
        &[
            (r#""Action": ▲"sts:*""#, "@broad_trust_action"),
            (r#""Action": ▲"*""#, "@broad_trust_action"),
            (r#""Action": ["sts:AssumeRole", ▲"sts:TagSession"]"#, "@extra_trust_action"),
            (r#"▲"Action": "sts:TagSession""#, "@assume_role_missing extra_trust_action"),
            (r#""Action": ▲"AssumeRole""#, "@action_without_service"),
            (r#""Action": ▲"sts:AssumeRoles""#, "@unknown_action"),
            (r#""Action": ▲"s3:GetObject""#, "@refused"),
        ],
    );
}

#[test]
fn without_knowing_the_platform_the_dangers_are_found() {
    check(
        DocumentKind::Trust,
        "null",
        around,
        &[
            (
                r#"▲{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:role/x"}, "Action": "sts:AssumeRole"}"#,
                "@no_external_id",
            ),
            (
                r#"▲{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}"#,
                "@no_external_id trusts_whole_account",
            ),
        ],
    );
    for text in [
        around("OURS"),
        around(r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#),
    ] {
        assert_eq!(ask(DocumentKind::Trust, &text, "null").verdict, Verdict::Good, "{text}");
    }
}

#[test]
fn a_deny_of_requests_without_the_id_protects_as_well() {
    let text = around(
        r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/byob"}, "Action": "sts:AssumeRole"},
           {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"sts:ExternalId": "3b4e0f52-7d1c-4c1e-9f0e-6a3f2f1f5b11"}}}"#,
    );
    assert_eq!(ask(DocumentKind::Trust, &text, &wanted()).findings, vec![]);
}

#[test]
fn the_whole_account_is_good_where_it_is_wanted() {
    let wanted = format!(r#"{{"principal_arn": "arn:aws:iam::111122223333:root", "external_id": "{ID}"}}"#);
    for principal in ["arn:aws:iam::111122223333:root", "111122223333"] {
        let text = around(&format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "sts:AssumeRole", "Condition": ASKED}}"#
        ));
        assert_eq!(ask(DocumentKind::Trust, &text, &wanted).findings, vec![]);
    }
}

#[test]
fn statements_for_others_stay_if_they_are_not_dangerous() {
    let text = around(
        r#"{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:role/byob", "arn:aws:iam::444455556666:role/admin"]}, "Action": "sts:AssumeRole"},
           {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
           {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}"#,
    );
    let corrected = serde_json::to_value(ask(DocumentKind::Trust, &text, &wanted()).corrected.unwrap()).unwrap();
    let principals: Vec<String> =
        corrected["Statement"].as_array().unwrap().iter().map(|statement| statement["Principal"].to_string()).collect();
    assert_eq!(
        principals,
        [
            format!(r#"{{"AWS":"{ROLE}"}}"#),
            r#"{"AWS":["arn:aws:iam::444455556666:role/admin"]}"#.to_owned(),
            r#"{"Service":"ec2.amazonaws.com"}"#.to_owned(),
        ]
    );
}
