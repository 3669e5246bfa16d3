//! Whatever is pasted is answered; what is generated is good; what was damaged is mended.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;
use crate::{
    Bucket, KmsKeyArn, Partition, Prefix, PrincipalArn,
    arn::Dialect,
    iam::json,
    policies::{
        Access, BucketScope, Grant,
        access::access_policy,
        cors::cors_configuration,
        session::session_policy,
        trust::{ExternalId, trust_policy},
    },
};

fn prefixes() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "team",
            "a b",
            "日本/🦀",
            "a*b?$c",
            "a\"b\\c",
            "/x",
            "${aws:username}",
            "x,y:z",
            "“q”",
            "a'b",
            "//#"
        ])
        .prop_map(str::to_owned),
        "[a-z/*?$ ]{1,8}x",
    ]
}

/// Names that begin with later letters may be reserved, such as `xn--a`.
fn grants() -> impl Strategy<Value = (Grant, Wanted)> {
    let scopes = vec(("[a-r][a-z0-9-]{2,6}z", option::of(prefixes())), 1..4);
    let access = proptest::sample::subsequence(Access::ALL.to_vec(), 1..=6);
    let keys = proptest::sample::subsequence(vec!["1234abcd", "5678"], 0..=2);
    (scopes, access, keys, any::<bool>()).prop_map(|(scopes, access, keys, one)| {
        let keys: Vec<String> =
            keys.into_iter().map(|key| format!("arn:aws:kms:eu-west-1:123456789012:key/{key}")).collect();
        let mut wanted = Wanted {
            access: Some(access.iter().map(|access| access.as_str().to_owned()).collect()),
            kms_key_arns: Some(keys.clone()),
            ..Wanted::default()
        };
        let parsed = |(bucket, prefix): &(String, Option<String>)| BucketScope {
            bucket: Bucket::parse(bucket).unwrap(),
            prefix: prefix.as_deref().map(|prefix| Prefix::parse_typed(prefix).unwrap()),
        };
        let buckets: Vec<BucketScope> = if one {
            let (bucket, prefix) = scopes[0].clone();
            wanted.scope = Some(Scope::Bucket { bucket, prefix });
            vec![parsed(&scopes[0])]
        } else {
            let names: std::collections::BTreeSet<String> = scopes.iter().map(|(bucket, _)| bucket.clone()).collect();
            wanted.scope = Some(Scope::AllPermitted { buckets: names.iter().cloned().collect() });
            names.into_iter().map(|bucket| parsed(&(bucket, None))).collect()
        };
        let kms_keys = keys.iter().map(|key| KmsKeyArn::parse(key).unwrap()).collect();
        (Grant { partition: Partition::Aws, buckets, access, kms_keys }, wanted)
    })
}

fn question(kind: DocumentKind, text: String, wanted: &Wanted) -> Question {
    Question { kind, text, wanted: Some(wanted.clone()) }
}

/// The document is mended to a good one, or was good.
fn is_mended(question: &Question) -> Result<(), TestCaseError> {
    let diagnosis = diagnose(question).unwrap();
    let Some(corrected) = diagnosis.corrected else {
        prop_assert_eq!(diagnosis.verdict, Verdict::Good, "{}: {:#?}", question.text, diagnosis.findings);
        return Ok(());
    };
    let again = Question { text: corrected.to_string(), ..question.clone() };
    let again_diagnosis = diagnose(&again).unwrap();
    prop_assert_eq!(
        again_diagnosis.verdict,
        Verdict::Good,
        "{}\n→ {}: {:#?}",
        question.text,
        again.text,
        again_diagnosis
    );
    if let Some(kind) = correct::policy_kind(question.kind) {
        prop_assert!(crate::iam::Policy::parse(&again.text, kind).is_ok());
    }
    Ok(())
}

fn damaged(text: &str, places: &[(usize, usize, String)]) -> String {
    let mut text = text.to_owned();
    for (from, length, piece) in places {
        let from = text.floor_char_boundary(from % (text.len() + 1));
        let to = text.floor_char_boundary((from + length).min(text.len()));
        text.replace_range(from..to, piece);
    }
    text
}

fn damage() -> impl Strategy<Value = Vec<(usize, usize, String)>> {
    let piece = prop_oneof![
        select(vec![
            "", ",", ", ", "“", "'", "// x\n", "/* y */", "\u{a0}", "}", "]", "{", "[", "\n", "# z\n", "\\", "\""
        ])
        .prop_map(str::to_owned),
        "[\\[\\]{}:,\"a*$é ]{0,4}",
    ];
    vec((0usize..2000, 0usize..6, piece), 1..4)
}

proptest! {
    #[test]
    fn what_is_generated_is_good((grant, wanted) in grants()) {
        let pretty = crate::render::json::pasteable(&access_policy(&grant));
        for text in [pretty, access_policy(&grant).to_compact_json()] {
            let diagnosis = diagnose(&question(DocumentKind::Access, text.clone(), &wanted)).unwrap();
            prop_assert_eq!(diagnosis.findings, vec![], "{}", text);
            prop_assert_eq!(diagnosis.verdict, Verdict::Good);
            prop_assert!(diagnosis.corrected.is_none());
        }
        if let ([scope], Some(text)) = (&grant.buckets[..], session_policy(&grant, &grant.buckets[0].bucket)) {
            let diagnosis = diagnose(&question(DocumentKind::Session, text.clone(), &wanted)).unwrap();
            prop_assert_eq!(diagnosis.findings, vec![], "{} {:?}", text, scope);
        }
    }

    #[test]
    fn what_is_generated_for_trust_and_pages_is_good(principal in select(vec![ROLE, "arn:aws:iam::111122223333:user/byob", "arn:aws:iam::111122223333:root"]), access in proptest::sample::subsequence(Access::ALL.to_vec(), 1..=6)) {
        let id = ExternalId::parse(ID).unwrap();
        let wanted = Wanted {
            principal_arn: Some(principal.into()),
            external_id: Some(ID.into()),
            origins: Some(vec!["https://app.example".into(), "http://localhost:3000".into()]),
            access: Some(access.iter().map(|access| access.as_str().to_owned()).collect()),
            ..Wanted::default()
        };
        let trust = trust_policy(&PrincipalArn::parse(principal, Dialect::Aws).unwrap(), &id).to_compact_json();
        let cors = serde_json::to_string_pretty(&cors_configuration(wanted.origins.as_ref().unwrap(), &access)).unwrap();
        for (kind, text) in [(DocumentKind::Trust, trust), (DocumentKind::Cors, cors)] {
            let diagnosis = diagnose(&question(kind, text.clone(), &wanted)).unwrap();
            prop_assert_eq!(diagnosis.findings, vec![], "{}", text);
            prop_assert!(diagnosis.corrected.is_none());
        }
    }

    #[test]
    fn what_was_damaged_is_mended((grant, wanted) in grants(), damage in damage()) {
        let text = serde_json::to_string_pretty(&access_policy(&grant)).unwrap();
        is_mended_unless_nothing_is_left(&question(DocumentKind::Access, damaged(&text, &damage), &wanted))?;
    }

    #[test]
    fn trust_and_pages_are_mended(damage in damage()) {
        let wanted = Wanted {
            principal_arn: Some(ROLE.into()),
            external_id: Some(ID.into()),
            origins: Some(vec!["https://app.example".into()]),
            ..Wanted::default()
        };
        let principal = PrincipalArn::parse(ROLE, Dialect::Aws).unwrap();
        let trust = serde_json::to_string_pretty(&trust_policy(&principal, &ExternalId::parse(ID).unwrap())).unwrap();
        let cors = serde_json::to_string_pretty(&cors_configuration(&["https://app.example".into()], &[Access::List, Access::Read])).unwrap();
        is_mended_unless_nothing_is_left(&question(DocumentKind::Trust, damaged(&trust, &damage), &wanted))?;
        is_mended_unless_nothing_is_left(&question(DocumentKind::Cors, damaged(&cors, &damage), &wanted))?;
    }

    /// Whatever stands there: an answer, places in the text, and a corrected document without errors.
    #[test]
    fn any_text_is_answered(text in "(\\PC|[\\[\\]{}:,\"'“”\\\\/#*`\n\u{a0}\u{feff} a-c]){0,60}", kind in select(vec![DocumentKind::Access, DocumentKind::Trust, DocumentKind::Session, DocumentKind::Cors])) {
        let diagnosis = ask(kind, &text, r#"{"bucket": "images", "prefix": "team"}"#);
        for finding in diagnosis.findings {
            prop_assert!(finding.offset <= text.len() && text.is_char_boundary(finding.offset));
            let line = text.split('\n').nth(finding.line - 1).unwrap();
            prop_assert!(finding.column - 1 <= line.chars().count(), "{:?}", finding);
        }
    }

    /// A forgiving reading finds a mistake wherever a strict one does, and what it makes of it is JSON.
    #[test]
    fn a_forgiving_reader_is_no_blind_one(text in "[\\[\\]{}:,\"'“” \n\\\\/#a-c0-9.eEtrufalsn*é\u{a0}-]{0,40}") {
        let strict = json::read(&text);
        let (value, faults) = json::read_forgiving(&text);
        // A number alone is JSON, and no document; a text may hold one.
        let is_document = strict.as_ref().is_ok_and(|value| match &value.kind {
            json::Kind::Array(_) | json::Kind::Object(_) => true,
            json::Kind::String(text) => text.contains(['{', '[']),
            _ => false,
        });
        prop_assert_eq!(is_document, faults.is_empty(), "{:?} {:?}", strict, faults);
        prop_assert!(faults.iter().all(|fault| fault.at <= text.len() && text.is_char_boundary(fault.at)));
        match (strict, value) {
            (Ok(strict), Some(forgiven)) => prop_assert_eq!(strict, forgiven),
            (Err(_), Some(forgiven)) => {
                let mended = serde_json::to_string(&forgiven).unwrap();
                prop_assert!(json::read(&mended).is_ok(), "{}", mended);
            }
            (_, None) => prop_assert!(!is_document),
        }
    }
}

/// A text of which not even a bracket is left is no document.
fn is_mended_unless_nothing_is_left(question: &Question) -> Result<(), TestCaseError> {
    if question.text.contains(['{', '[']) {
        return is_mended(question);
    }
    Ok(())
}

#[test]
fn hostile_documents_keep_nobody_waiting() {
    let long = |piece: &str| piece.repeat(LONGEST_TEXT / piece.len());
    let statement = |element: &str, entries: String| {
        let other = if element == "Action" { r#""Resource": "*""# } else { r#""Action": "s3:*""# };
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {other}, "{element}": [{entries}"x"]}}}}"#
        )
    };
    let numbered = |piece: &str| (0..2500).map(|number| piece.replace('#', &number.to_string())).collect::<String>();
    let mut texts: Vec<String> = [
        "[", "{", "{\"a\":", "\"", "“", "'", "/*", "//\n", "@", "@ ", ",", ":", "\\", "\n", "[1 ", "{a ", "\"a\n", "`",
        "a", "{\\\"",
    ]
    .map(long)
    .to_vec();
    texts.push(statement("Action", numbered("\"s3:Get#\",")));
    texts.push(statement("Resource", numbered("\"arn:aws:s3:::b#\",")));
    texts.push(statement("Resource", numbered("\"s3::b#/*/*/*\",")));
    texts.push(format!("[{}]", r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"},"#.repeat(1200)));
    let buckets: Vec<String> = (0..500).map(|number| format!("\"bucket-{number}\"")).collect();
    let many = format!(
        r#"{{"scope": {{"type": "all_permitted", "buckets": [{}]}}, "principal_arn": "{ROLE}", "external_id": "{ID}"}}"#,
        buckets.join(",")
    );
    for text in texts {
        for kind in [DocumentKind::Access, DocumentKind::Trust, DocumentKind::Cors] {
            let text = if text.len() > LONGEST_TEXT { text[..LONGEST_TEXT].to_owned() } else { text.clone() };
            let question = Question { kind, text, wanted: serde_json::from_str(&many).unwrap() };
            assert_eq!(diagnose(&question).unwrap().verdict, Verdict::Wrong);
        }
    }
}
