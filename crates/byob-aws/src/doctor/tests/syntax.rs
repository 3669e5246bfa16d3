//! Text that is not quite JSON, and JSON that is not quite the document.

use super::*;

/// Good for every kind of question about access, wherever its mark is put.
const GOOD: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::b/*"}]}"#;

#[test]
fn mistakes_of_the_text_are_found_and_mended() {
    check(
        DocumentKind::Access,
        "null",
        str::to_owned,
        &[
            ("▲", "@no_json"),
            (" \n ▲", "@no_json"),
            ("▲Dear support, it does not work.", "@no_json"),
            ("▲\u{fffd}PNG\u{0}{\u{fffd}[1]a,,", "@no_json"),
            (r#"▲{"name": "images", "size": 1,}"#, "@no_json"),
            ("▲<Policy/>", "@xml"),
            ("▲Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n    Action: ['s3:*']", "@yaml"),
            ("▲%7B%22Statement%22%3A%5B%5D%2C%22Version%22%3A%222012-10-17%22%7D", "@escaped_text missing_element"),
            (
                r#"▲"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#,
                "@missing_bracket",
            ),
        ],
    );
    let change = |case: &str| {
        let (from, to) = case.split_once(" → ").unwrap();
        assert!(GOOD.contains(from), "{from}");
        GOOD.replacen(from, to, 1)
    };
    check(
        DocumentKind::Access,
        "null",
        change,
        &[
            (r"}]} → ▲, }]}", "@trailing_comma"),
            (r#""s3:GetObject"] → "s3:GetObject"▲,]"#, "@trailing_comma"),
            (r#"["s3:GetObject" → [▲, "s3:GetObject""#, "@extra_comma"),
            (r#"["s3:GetObject" → ["s3:GetObject", ▲, "s3:PutObject""#, "@extra_comma"),
            (r#""Allow", "Action" → "Allow" ▲"Action""#, "@missing_comma"),
            (r#""Effect": "Allow" → "Effect" ▲"Allow""#, "@missing_colon"),
            (r#""Effect": → "Effect" ▲="#, "@missing_colon"),
            (
                r#""Effect": "Allow", → ▲// who?
            "Effect": "Allow","#,
                "@comment",
            ),
            (
                r#""Effect": "Allow", → "Effect": "Allow", ▲# who?
            "#,
                "@comment",
            ),
            (r#""Effect": → ▲/* who? */ "Effect":"#, "@comment"),
            (r#""Allow" → ▲“Allow”"#, "@typographic_quote"),
            (r#""Allow" → "Allow▲”"#, "@typographic_quote"),
            (r#""Allow" → ▲'Allow'"#, "@single_quote"),
            (r#""Allow" → ▲`Allow`"#, "@single_quote"),
            (r#""Effect" → ▲Effect"#, "@unquoted"),
            (r#""Allow" → ▲Allow"#, "@unquoted"),
            (r#""arn:aws:s3:::b/*" → ▲arn:aws:s3:::b/*"#, "@unquoted"),
            (r#""2012-10-17" → ▲2012-10-17"#, "@bad_number"),
            ("\"Allow\", → ▲\"Allow,\n", "@unclosed_string"),
            ("s3:::b/* → s3:::b▲\n   /*", "@line_break_in_string"),
            (r"s3:::b/* → s3:::b▲\_/*", "@unknown_escape"),
            ("\"Allow\", → \"Allow\",▲\u{a0}", "@invisible_character"),
            ("\"Allow\", → \"Allow\",▲\u{200b}", "@invisible_character"),
            (r"}]} → }]▲", "@missing_bracket"),
            (r"}]} → ▲]}", "@wrong_bracket"),
            (r#""Effect": "Allow", → "Effect": "Deny", ▲"Effect": "Allow","#, "@duplicate_key"),
            (r"}]} → }]} ▲}", "@text_after"),
            (r"}]} → }]}▲;", "@text_after"),
            (r#"{"Version" → ▲The policy: {"Version""#, "@text_before"),
            (r#""Allow", → "Allow"▲; "#, "@unexpected_character missing_comma"),
        ],
    );
}

#[test]
fn all_mistakes_are_found_in_one_go() {
    let text = "\u{feff}```json\n{\n  // ours\n  'Version': \"2012-10-17\",\n  “Statement”: [{\n    Effect: \"Allow\"\n    \
        \"Action\": [\"s3:GetObject\",],\n    \"Resource\": \"arn:aws:s3:::b/*\"\n  ]\n}\n```\nThanks!";
    let diagnosis = ask(DocumentKind::Access, text, "null");
    let found: Vec<(&str, usize, usize)> =
        diagnosis.findings.iter().map(|finding| (finding.code.as_str(), finding.line, finding.column)).collect();
    assert_eq!(
        found,
        [
            ("byte_order_mark", 1, 1),
            ("code_fence", 1, 2),
            ("comment", 3, 3),
            ("single_quote", 4, 3),
            ("typographic_quote", 5, 3),
            ("unquoted", 6, 5),
            ("missing_comma", 7, 5),
            ("trailing_comma", 7, 30),
            ("wrong_bracket", 9, 3),
            ("text_after", 12, 1),
        ]
    );
    let corrected = serde_json::to_value(diagnosis.corrected.unwrap()).unwrap();
    assert_eq!(corrected, serde_json::from_str::<serde_json::Value>(GOOD).unwrap());
}

#[test]
fn the_document_of_a_template_is_found() {
    let text = "resource \"aws_iam_policy\" \"byob\" {\n  policy = jsonencode({\n    Version   = \"2012-10-17\"\n    \
        Statement = [{ Effect = \"Allow\", Action = [\"s3:GetObject\"], Resource = \"arn:aws:s3:::b/*\" }]\n  })\n}";
    let diagnosis = ask(DocumentKind::Access, text, "null");
    assert_eq!(diagnosis.findings[0].code, Code::TextBefore);
    let corrected = serde_json::to_value(diagnosis.corrected.unwrap()).unwrap();
    assert_eq!(corrected, serde_json::from_str::<serde_json::Value>(GOOD).unwrap());
}

#[test]
fn what_stands_at_every_word_is_told_once() {
    let text = GOOD.replace('"', "“").replace(", ", ",\u{a0}");
    let diagnosis = ask(DocumentKind::Access, &text, "null");
    let found: Vec<&str> = diagnosis.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(found, ["typographic_quote", "invisible_character"]);
    assert!(
        diagnosis.findings[0].detail.contains("There are 8 more of this kind."),
        "{}",
        diagnosis.findings[0].detail
    );
    let corrected = serde_json::to_value(diagnosis.corrected.unwrap()).unwrap();
    assert_eq!(corrected, serde_json::from_str::<serde_json::Value>(GOOD).unwrap());
}

#[test]
fn what_tools_print_around_a_document_is_taken_off() {
    let wrong = GOOD.replace("Allow", "▲allow").replace("\"▲allow", "▲\"allow");
    let escaped = wrong.replace('"', "\\\"");
    for (around, code) in [
        (format!(r#"{{"PolicyDocument": {wrong}}}"#), "wrapped @wrong_capitals"),
        (format!(r#"{{"RoleName": "byob", "PolicyName": "p", "PolicyDocument": {wrong}}}"#), "wrapped @wrong_capitals"),
        (format!(r#"{{"PolicyVersion": {{"VersionId": "v1", "Document": {wrong}}}}}"#), "wrapped @wrong_capitals"),
        (format!(r#"{{"Policy": "{escaped}"}}"#), "wrapped @wrong_capitals"),
        (format!("\"{escaped}\""), "wrapped @wrong_capitals"),
        (escaped.clone(), "escaped_text @wrong_capitals"),
    ] {
        check(DocumentKind::Access, "null", str::to_owned, &[(&around, code)]);
    }
    let trust = format!(
        r#"{{"Role": {{"Arn": "x", "AssumeRolePolicyDocument": {}}}}}"#,
        policy(&format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "{ROLE}"}}, "Action": "sts:AssumeRole", "Condition": {{"StringEquals": {{"sts:ExternalId": "{ID}"}}}}}}"#
        ))
    );
    let diagnosis = ask(DocumentKind::Trust, &trust, "null");
    assert_eq!((diagnosis.verdict, diagnosis.findings[0].code), (Verdict::Good, Code::Wrapped));
}

#[test]
fn a_statement_gets_its_policy() {
    let bare = |marked: &str| {
        marked.replace('S', r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#)
    };
    check(DocumentKind::Access, "null", bare, &[("▲S", "@bare_statement"), ("▲[S, S]", "@bare_statement")]);
    check(DocumentKind::Access, "null", str::to_owned, &[("▲[]", "@refused"), ("▲[[[[", "@no_json")]);
}
