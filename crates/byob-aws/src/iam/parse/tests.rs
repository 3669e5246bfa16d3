//! What is taken, and where the rest is refused.

use proptest::prelude::*;

use super::policy;
use crate::iam::document::{PolicyKind, Version};

/// A policy with one statement, to whose elements some are added.
fn with(more: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {more}}}]}}"#)
}

const ACTION: &str = r#""Action": "s3:GetObject", "Resource": "*""#;

#[test]
fn every_kind_takes_what_it_must_have() {
    for (kind, text) in [
        (PolicyKind::Identity, with(ACTION)),
        (PolicyKind::Session, with(ACTION)),
        (PolicyKind::Boundary, with(ACTION)),
        (PolicyKind::Resource, with(&format!(r#""Principal": "*", {ACTION}"#))),
        (PolicyKind::Resource, with(r#""Principal": {"AWS": "111122223333"}, "Action": "sns:*""#)),
        (PolicyKind::Trust, with(r#""Principal": {"Service": ["ec2.amazonaws.com"]}, "Action": "sts:AssumeRole""#)),
        (
            PolicyKind::Identity,
            r#"{"Statement": {"Effect": "Deny", "NotAction": ["s3:*"], "NotResource": ["*"]}}"#.into(),
        ),
        (
            PolicyKind::Resource,
            format!(
                r#"{{"Id": "a b", "Statement": [{{"Sid": "a b", "Effect": "Allow", "Principal": {{"AWS": "*"}}, {ACTION}}}]}}"#
            ),
        ),
        (PolicyKind::Identity, with(&format!(r#"{ACTION}, "Condition": {{}}"#))),
        (
            PolicyKind::Identity,
            with(&format!(
                r#"{ACTION}, "Condition": {{"Bool": {{"aws:SecureTransport": true}}, "NumericLessThan": {{"s3:max-keys": 10}}, "StringLike": {{"k": []}}}}"#
            )),
        ),
    ] {
        policy(&text, kind).unwrap_or_else(|fault| panic!("{kind:?} {text}: {fault:?}"));
    }
}

/// Each text is refused at its `@`, which is not part of it.
fn refused(kind: PolicyKind, whole: impl Fn(&str) -> String, cases: &[(&str, &str)]) {
    for (marked, says) in cases {
        let marked = whole(marked);
        let at = marked.find('@').unwrap();
        let text = marked.replacen('@', "", 1);
        let fault = policy(&text, kind).expect_err(&text);
        assert!(fault.detail.contains(says), "{text}: {fault:?}");
        assert_eq!(fault.at, at, "{text}: {fault:?}");
    }
}

#[test]
fn what_is_no_policy_is_refused_where_it_fails() {
    let cases = [
        ("@[]", "A policy is an object"),
        (r#"{"Version": "2012-10-17", "Statement": []@,}"#, "comma after the last entry"),
        (r#"@{"Version": "2012-10-17"}"#, "no `Statement`"),
        (r#"{"Statement": @[]}"#, "no statement"),
        (r#"{"Statement": [@"x"]}"#, "A statement is an object"),
        (r#"{"Version": @"2012-10-18", "Statement": []}"#, "no version `2012-10-18`"),
        (r#"{"Version": @2012, "Statement": []}"#, "is a string, not a number"),
        (r#"{@"version": "2012-10-17", "Statement": []}"#, "Write `Version`"),
        (r#"{@"Id": "x", "Statement": []}"#, "Only policies of resources"),
        (r#"{"Statement": @{"Action": "*", "Resource": "*"}}"#, "no `Effect`"),
        (r#"{"Statement": {"Effect": @"allow", "Action": "*", "Resource": "*"}}"#, "`Allow` or `Deny`"),
        (r#"{"Statement": [@{"Effect": "Allow", "Resource": "*"}]}"#, "neither `Action`"),
        (r#"{"Statement": [@{"Effect": "Allow", "Action": "*"}]}"#, "neither `Resource`"),
    ];
    refused(PolicyKind::Identity, str::to_owned, &cases);
    let cases = [
        (r#"{"Id": @[], "Statement": []}"#, "is a string, not a list"),
        (r#"{"Statement": [@{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#, "no `Principal`"),
    ];
    refused(PolicyKind::Resource, str::to_owned, &cases);
}

#[test]
fn actions_and_resources_that_are_none_are_refused() {
    let cases = [
        (r#""Action": "*", "Resource": "*", @"Extra": 1"#, "no element of a statement"),
        (r#""Action": "*", "Resource": "*", @"Action": "*""#, "twice"),
        (r#""Action": "*", @"NotAction": "*", "Resource": "*""#, "not both"),
        (r#""Action": "*", "Resource": "*", @"NotResource": "*""#, "not both"),
        (r#""Sid": @"a b", "Action": "*", "Resource": "*""#, "letters and digits"),
        (r#""Action": @[], "Resource": "*""#, "is empty"),
        (r#""Action": ["s3:*", @1], "Resource": "*""#, "is a string"),
        (r#""Action": @"GetObject", "Resource": "*""#, "name the service"),
        (r#""Action": @"", "Resource": "*""#, "`Action` is empty"),
        (r#""NotAction": ["s3:*", @""], "Resource": "*""#, "An entry of `NotAction` is empty"),
        (r#""Action": @"s3:${aws:username}", "Resource": "*""#, "actions take none"),
        (r#""Action": @"${aws:username}", "Resource": "*""#, "actions take none"),
        (r#""Action": @"s3:", "Resource": "*""#, "names no action"),
        (r#""Action": @"s3:Get:Object", "Resource": "*""#, "more than one colon"),
        (r#""Action": @"a a:List", "Resource": "*""#, "not the name of a service"),
        (r#""Action": @"s*:List", "Resource": "*""#, "not the name of a service"),
        (r#""Action": "*", "Resource": @[]"#, "is empty"),
        (r#""Action": "*", "Resource": @"bucket""#, "neither an ARN"),
        (r#""Action": "*", "Resource": @"""#, "`Resource` is empty"),
        (r#""Action": "*", "Resource": @"arn:awz:s3:::b""#, "no AWS partition"),
        (r#""Action": "*", "Resource": @"arn:aws:s3::b""#, "fewer than the six"),
        (r#""Action": "*", "Resource": @"arn:aws::::b""#, "must name a service"),
        (r#""Action": "*", "Resource": @"arn:aws:*:::b""#, "without wildcards"),
        (r#""Action": "*", "Resource": @"arn:aws:s3:::""#, "names no resource"),
        (r#""Action": "*", "Resource": @"arn:aws:iam:eu-west-1:111122223333:user/a""#, "region"),
        (r#""Action": "*", "Resource": @"arn:aws:s3:eu-west-1::b""#, "region"),
    ];
    refused(PolicyKind::Identity, with, &cases);
}

#[test]
fn principals_are_refused_where_there_are_none_and_where_they_mean_nobody() {
    let in_front = |principal: &str| with(&format!("{principal}, {ACTION}"));
    let identity = "An identity policy has no `Principal`: it is about the identity that it is attached to.";
    refused(PolicyKind::Identity, in_front, &[(r#"@"Principal": "*""#, identity)]);
    let session = "A session policy has no `NotPrincipal`: it is about the session that it is passed to.";
    refused(PolicyKind::Session, in_front, &[(r#"@"NotPrincipal": "*""#, session)]);
    let boundary = "A permissions boundary has no `Principal`: it is about the identity that it is attached to.";
    refused(PolicyKind::Boundary, in_front, &[(r#"@"Principal": "*""#, boundary)]);
    let cases = [
        (r#""Principal": "*", @"NotPrincipal": "*""#, "not both"),
        (r#"@"NotPrincipal": {"AWS": "111122223333"}"#, "`Deny` only"),
        (r#""Principal": @"111122223333""#, "or an object"),
        (r#""Principal": @{}"#, "or an object"),
        (r#""Principal": {"AWS": @[]}"#, "is empty"),
        (r#""Principal": {"AWS": ["*", @"x"]}"#, "not a principal"),
        (r#""Principal": {"Aws": @"*"}"#, "no kind of principal"),
    ];
    refused(PolicyKind::Resource, in_front, &cases);
    let cases = [
        (r#""Principal": "*", "Action": "sts:AssumeRole", @"Resource": "*""#, "A trust policy has no `Resource`"),
        (r#""Principal": "*", "Action": @"s3:GetObject""#, "about actions of `sts`"),
        (r#"@"NotPrincipal": "*", "Action": "sts:AssumeRole""#, "A trust policy has no `NotPrincipal`"),
    ];
    refused(PolicyKind::Trust, with, &cases);
}

#[test]
fn conditions_that_cannot_be_read_are_refused() {
    let cases = [
        ("@[]", "is an object"),
        (r#"{@"StringIs": {"k": "v"}}"#, "no condition operator `StringIs`"),
        (r#"{@"NullIfExists": {"k": "true"}}"#, "no condition operator"),
        (r#"{@"ForSome:StringLike": {"k": "v"}}"#, "no condition operator"),
        (r#"{"StringLike": @"v"}"#, "is an object"),
        (r#"{"StringLike": {"k": @{}}}"#, "not with an object"),
        (r#"{"StringLike": {"k": ["a", @null]}}"#, "not with null"),
        (r#"{"StringLike": {"k": "v", @"K": "v"}}"#, "twice"),
        (r#"{"StringLike": {@"": "v"}}"#, "is missing"),
        (r#"{"DateLessThan": {"k": @"soon"}}"#, "no date"),
    ];
    refused(PolicyKind::Identity, |condition| with(&format!(r#"{ACTION}, "Condition": {condition}"#)), &cases);
}

#[test]
fn names_of_statements_are_unique() {
    let statement = |sid: &str| format!(r#"{{"Sid": "{sid}", "Effect": "Allow", {ACTION}}}"#);
    let two = |a, b| format!(r#"{{"Statement": [{}, {}]}}"#, statement(a), statement(b));
    let fault = policy(&two("A", "A"), PolicyKind::Identity).unwrap_err();
    assert!(fault.detail.contains("Two statements have the `Sid` `A`"));
    assert_eq!(fault.at, two("A", "A").rfind(r#""A""#).unwrap());
    for (a, b) in [("A", "a"), ("A", "B"), ("", "")] {
        assert!(policy(&two(a, b), PolicyKind::Identity).is_ok());
    }
}

#[test]
fn the_version_is_the_older_one_if_none_is_given() {
    let version = |text: &str| policy(text, PolicyKind::Identity).unwrap().version;
    let statement = format!(r#""Statement": {{"Effect": "Allow", {ACTION}}}"#);
    assert_eq!(version(&format!("{{{statement}}}")), Version::V2008);
    assert_eq!(version(&format!(r#"{{"Version": "2008-10-17", {statement}}}"#)), Version::V2008);
    assert_eq!(version(&format!(r#"{{{statement}, "Version": "2012-10-17"}}"#)), Version::V2012);
}

proptest! {
    /// A good policy with a piece cut out or put in is read or refused, never worse.
    #[test]
    fn damage_is_survived(from in 0usize..200, length in 0usize..20, piece in "[\\[\\]{}:,\"a*$é ]{0,4}") {
        let mut text = with(&format!(r#""Sid": "A", {ACTION}, "Condition": {{"StringLike": {{"aws:username": ["a", "${{k}}"]}}}}"#));
        let from = text.floor_char_boundary(from);
        let to = text.floor_char_boundary((from + length).min(text.len()));
        text.replace_range(from..to, &piece);
        if let Err(fault) = policy(&text, PolicyKind::Identity) {
            prop_assert!(fault.at <= text.len() && text.is_char_boundary(fault.at));
        }
    }
}
