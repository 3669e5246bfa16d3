//! Every scope with every access, and hostile prefixes, in all three languages.

use std::process::Command;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    KmsKeyArn, Partition, Prefix, PrincipalArn,
    arn::Dialect,
    policies::{
        Access, BucketScope, Grant,
        access::access_policy,
        cors::cors_configuration,
        lifecycle::lifecycle_configuration,
        trust::{ExternalId, trust_policy},
    },
};

const HOSTILE: [&str; 12] = [
    "'; exit 7; '",
    "\"quoted\"",
    "$HOME $(id) `id`",
    "${var.x} $${y} $",
    "%{if true}%%{z}",
    r"back\slash\u0041\",
    "emoji 🦀 日本 é",
    "JSON",
    "EOF",
    "a*b?c",
    "#no // comment /* */",
    "line\u{2028}separator",
];

fn grant(partition: Partition, buckets: &[(&str, Option<&str>)], access: &[Access], kms_keys: &[&str]) -> Grant {
    let scope = |(bucket, prefix): &(&str, Option<&str>)| BucketScope {
        bucket: Bucket::parse(bucket).unwrap(),
        prefix: prefix.map(|prefix| Prefix::parse_typed(prefix).unwrap()),
    };
    Grant {
        partition,
        buckets: buckets.iter().map(scope).collect(),
        access: access.to_vec(),
        kms_keys: kms_keys.iter().map(|key| KmsKeyArn::parse(key).unwrap()).collect(),
    }
}

fn trust(partition: Partition) -> PolicyDocument {
    let principal = PrincipalArn::parse(&format!("arn:{partition}:iam::111122223333:role/p"), Dialect::Aws).unwrap();
    trust_policy(&principal, &ExternalId::parse("3b4e0f52-7d1c-4c1e-9f0e-6a3f2f1f5b11").unwrap())
}

fn setup(grant: &Grant) -> Setup {
    let prefix = grant.buckets.first().and_then(|scope| scope.prefix.as_ref());
    let buckets = grant.buckets.iter().map(|scope| scope.bucket.clone());
    let origins = ["https://app.example".to_owned()];
    Setup::new(RoleName::suggest("images", "int_01jd8w2v5n3x"), trust(grant.partition), access_policy(grant))
        .unwrap()
        .session_duration(7200)
        .buckets(buckets, Some(cors_configuration(&origins, &grant.access)), Some(lifecycle_configuration(prefix, 7)))
}

fn value(document: &impl serde::Serialize) -> Value {
    serde_json::to_value(document).unwrap()
}

/// A policy of a template, which is an object or JSON text.
fn policy_of_template(policy: &Value) -> Value {
    policy.as_str().map_or_else(|| policy.clone(), |text| serde_json::from_str(text).unwrap())
}

/// The JSON texts of a Terraform file, as Terraform reads them.
fn heredocs(file: &str) -> Vec<Value> {
    let texts = file.split("<<-JSON\n").skip(1).map(|rest| {
        let lines = rest.split('\n').take_while(|line| line.trim() != "JSON");
        lines.collect::<Vec<_>>().join("\n").replace("$${", "${").replace("%%{", "%{")
    });
    texts.map(|text| serde_json::from_str(&text).unwrap()).collect()
}

/// Whether Terraform would evaluate something: a `${` or `%{` without the same sign before it.
fn evaluates(file: &str) -> bool {
    file.match_indices(['$', '%']).any(|(at, sign)| {
        let (before, after) = (&file[..at], &file[at + 1..]);
        after.starts_with('{') && !before.ends_with(sign)
    })
}

/// What a variable of a script holds. Only for texts that hold no single quote.
fn variable<'a>(script: &'a str, name: &str) -> &'a str {
    script.split_once(&format!("\n{name}='")).unwrap().1.split_once('\'').unwrap().0
}

#[test]
fn every_scope_with_every_access_says_the_same_in_all_three_languages() {
    let scopes: [&[(&str, Option<&str>)]; 4] =
        [&[("images", None)], &[("images", Some("team/a"))], &[("images", None), ("videos.example", None)], &[]];
    let subsets = (1..64_u32).map(|bits| {
        Access::ALL.into_iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1).map(|(_, access)| access)
    });
    for access in subsets.map(Iterator::collect::<Vec<_>>) {
        for scope in scopes {
            for (partition, kms_keys) in [
                (Partition::Aws, vec![]),
                (Partition::AwsCn, vec!["arn:aws-cn:kms:cn-north-1:123456789012:key/1234abcd"]),
                (Partition::AwsUsGov, vec!["arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1234abcd"]),
            ] {
                let setup = setup(&grant(partition, scope, &access, &kms_keys));
                says_the_same(&setup, &setup.trust_policy, &setup.access_policy);
            }
        }
    }
}

fn says_the_same(setup: &Setup, trust: &PolicyDocument, access: &PolicyDocument) {
    let (trust, access) = (value(trust), value(access));

    let role = &value(&cloudformation::template(setup))["Resources"]["Role"]["Properties"];
    assert_eq!(policy_of_template(&role["AssumeRolePolicyDocument"]), trust);
    assert_eq!(policy_of_template(&role["Policies"][0]["PolicyDocument"]), access);

    let file = terraform::configuration(setup);
    assert_eq!(heredocs(&file), [trust.clone(), access.clone()], "{file}");
    assert!(!evaluates(&file), "{file}");

    let script = aws_cli::script(setup);
    assert_eq!(serde_json::from_str::<Value>(variable(&script, "trust_policy")).unwrap(), trust);
    if !script.contains(r"'\''") {
        assert_eq!(serde_json::from_str::<Value>(variable(&script, "access_policy")).unwrap(), access);
    }
}

proptest! {
    #[test]
    fn no_prefix_is_read_as_anything_but_a_prefix(
        prefix in prop_oneof![
            prop::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned),
            r#"[a-z'"$%{}\\`!#*?/ <>&é🦀JSONEOF]{1,40}"#,
            r"\PC{1,60}",
        ],
    ) {
        prop_assume!(Prefix::parse_typed(&prefix).is_ok());
        let setup = setup(&grant(Partition::Aws, &[("images", Some(&prefix))], &Access::ALL, &[]));
        says_the_same(&setup, &setup.trust_policy, &setup.access_policy);
        let script = aws_cli::script(&setup);
        prop_assert!(script.is_ascii() && script.lines().all(|line| line.trim() != "EOF"));
    }
}

/// Runs a script under the system's shell, with an `aws` that writes down what it is called with, and answers like a new account.
fn commands(script: &str, options: &[&str]) -> Vec<Vec<String>> {
    let aws = r#"aws() {
        printf '%s\0' "$@" '' >&3
        case "$*" in
            *Role.MaxSessionDuration*) echo 3600 ;;
            *get-bucket-cors*) echo '(NoSuchCORSConfiguration)' >&2; return 254 ;;
            *get-bucket-lifecycle*) echo '(NoSuchLifecycleConfiguration)' >&2; return 254 ;;
        esac
    }"#;
    let wrapped = format!("exec 3>&1 >/dev/null\n{aws}\n{script}");
    let done = Command::new("sh").arg("-c").arg(wrapped).arg("sh").args(options).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8(done.stdout).unwrap();
    said.split_terminator("\0\0").map(|call| call.split('\0').map(str::to_owned).collect()).collect()
}

/// The value of an option in the one call of a command.
fn option<'a>(calls: &'a [Vec<String>], command: &str, option: &str) -> &'a str {
    let call = calls.iter().find(|call| call[1] == command).unwrap();
    &call[call.iter().position(|word| word == option).unwrap() + 1]
}

#[test]
fn a_shell_hands_the_documents_to_aws_as_they_are() {
    for prefix in HOSTILE {
        let setup = setup(&grant(Partition::Aws, &[("images", Some(prefix))], &Access::ALL, &[]));
        let calls = commands(&aws_cli::script(&setup), &["--with-lifecycle"]);
        let said = |command, name| serde_json::from_str::<Value>(option(&calls, command, name)).unwrap();
        assert_eq!(said("create-role", "--assume-role-policy-document"), value(&setup.trust_policy));
        assert_eq!(said("put-role-policy", "--policy-document"), value(&setup.access_policy), "{prefix}");
        assert_eq!(said("put-bucket-cors", "--cors-configuration"), value(&setup.cors));
        assert_eq!(
            said("put-bucket-lifecycle-configuration", "--lifecycle-configuration"),
            value(&setup.lifecycle),
            "{prefix}"
        );
        assert_eq!(option(&calls, "update-role", "--max-session-duration"), "7200");
        assert_eq!(calls.last().unwrap()[..2], ["iam", "get-role"]);
    }
}

#[test]
fn buckets_are_left_alone_unless_wanted() {
    let setup = setup(&grant(Partition::Aws, &[("images", None), ("videos", None)], &[Access::Write], &[]));
    let script = aws_cli::script(&setup);
    let changed = |options: &[&str]| {
        let mut calls = commands(&script, options);
        calls.retain(|call| call[1].starts_with("put-bucket"));
        calls.into_iter().map(|call| format!("{} {}", call[1], call[3])).collect::<Vec<_>>()
    };
    assert_eq!(changed(&[]), ["put-bucket-cors images", "put-bucket-cors videos"]);
    assert!(changed(&["--without-cors"]).is_empty());
    assert_eq!(changed(&["--without-cors", "--with-lifecycle"]).len(), 2);
}

#[test]
fn what_has_no_settings_of_its_own_gets_none() {
    let access_point = "arn:aws:s3:eu-west-1:123456789012:accesspoint/ap";
    for buckets in [vec![], vec![(access_point, None)], vec![("ap-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias", None)]] {
        let setup = setup(&grant(Partition::Aws, &buckets, &Access::ALL, &[]));
        assert!(!terraform::configuration(&setup).contains("aws_s3_bucket"));
        let script = aws_cli::script(&setup);
        assert!(!script.contains("s3api") && !script.contains("--without-cors"), "{script}");
    }
}

#[test]
fn rules_that_delete_are_not_given_to_what_could_change_their_prefix() {
    let file = |prefix| {
        terraform::configuration(&setup(&grant(Partition::Aws, &[("images", Some(prefix))], &[Access::Write], &[])))
    };
    assert!(file("caf\u{e9}").contains("prefix = \"caf\u{e9}/temp/\""));
    let decomposed = file("cafe\u{301}");
    assert!(!decomposed.contains("aws_s3_bucket_lifecycle_configuration") && decomposed.contains(r"cafe\u0301/*"));
}

#[test]
fn what_iam_takes_in_escapes_only_is_given_in_escapes() {
    let template = |prefix| {
        let setup = setup(&grant(Partition::Aws, &[("images", Some(prefix))], &[Access::Read], &[]));
        value(&cloudformation::template(&setup))["Resources"]["Role"]["Properties"].clone()
    };
    assert!(template("team")["Policies"][0]["PolicyDocument"].is_object());
    assert!(template("日本")["Policies"][0]["PolicyDocument"].as_str().unwrap().is_ascii());
    assert!(template("日本")["AssumeRolePolicyDocument"].is_object());
}

#[test]
fn a_policy_without_room_in_a_role_is_refused_and_says_so() {
    let names: Vec<String> = (0..200).map(|number| format!("a-bucket-with-a-rather-long-name-{number}")).collect();
    let buckets: Vec<(&str, Option<&str>)> = names.iter().map(|name| (name.as_str(), None)).collect();
    let access = access_policy(&grant(Partition::Aws, &buckets, &[Access::List, Access::Read], &[]));
    let error = Setup::new(RoleName::suggest("", "1"), trust(Partition::Aws), access.clone()).unwrap_err();
    assert_eq!(error.code(), "policy_too_large");
    assert!(error.detail().contains("10240") && error.hint().contains("several integrations"), "{error}");

    let principal = PrincipalArn::parse(&format!("arn:aws:iam::111122223333:role/{}", "p".repeat(2048)), Dialect::Aws);
    let long = trust_policy(&principal.unwrap(), &ExternalId::parse("id").unwrap());
    let error = Setup::new(RoleName::suggest("", "1"), long, PolicyDocument::new(vec![])).unwrap_err();
    assert!(error.detail().contains("trust policy"), "{error}");
}

#[test]
fn a_template_has_a_name_to_choose_and_an_arn_to_give() {
    let template = value(&cloudformation::template(&setup(&grant(Partition::Aws, &[], &[Access::Read], &[]))));
    assert_eq!(template["Parameters"]["RoleName"]["Default"], "byob-images-2v5n3x");
    assert_eq!(template["Resources"]["Role"]["Properties"]["RoleName"], json!({"Ref": "RoleName"}));
    assert_eq!(template["Resources"]["Role"]["Properties"]["MaxSessionDuration"], 7200);
    assert_eq!(template["Outputs"]["RoleArn"]["Value"], json!({"Fn::GetAtt": ["Role", "Arn"]}));
}
