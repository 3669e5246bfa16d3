//! Tables of what people paste, and properties of what the doctor makes of it.

mod access;
mod cors;
mod grammar;
mod properties;
mod syntax;
mod trust;

use super::*;

const ROLE: &str = "arn:aws:iam::111122223333:role/byob";
const ID: &str = "3b4e0f52-7d1c-4c1e-9f0e-6a3f2f1f5b11";

/// Asks; a corrected document has no errors and is taken by AWS.
fn ask(kind: DocumentKind, text: &str, wanted: &str) -> Diagnosis {
    let question = Question { kind, text: text.to_owned(), wanted: serde_json::from_str(wanted).unwrap() };
    let diagnosis = diagnose(&question).unwrap();
    if let Some(corrected) = &diagnosis.corrected {
        let again = Question { text: corrected.to_string(), ..question };
        let again = diagnose(&again).unwrap();
        let errors = again.findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
        assert_eq!(errors, 0, "{text}\n→ {corrected}\n{again:#?}");
        if let Some(kind) = correct::policy_kind(kind) {
            crate::iam::Policy::parse(&corrected.to_string(), kind).unwrap();
        }
    }
    diagnosis
}

/// What is found in each text: all codes in the order of the text, of which the one with an `@` stands where the text has its
/// `▲`, which is not part of it.
fn check(kind: DocumentKind, wanted: &str, whole: impl Fn(&str) -> String, cases: &[(&str, &str)]) {
    for (marked, expected) in cases {
        let marked = whole(marked);
        let mark = marked.find('▲').unwrap_or_else(|| panic!("{marked} has a mark"));
        let text = marked.replacen('▲', "", 1);
        let diagnosis = ask(kind, &text, wanted);
        let shown = |finding: &Finding| {
            let mark = if finding.offset == mark { "@" } else { "" };
            format!("{mark}{}", finding.code.as_str())
        };
        let found: Vec<String> = diagnosis.findings.iter().map(shown).collect();
        let plain: Vec<&str> = found.iter().map(|code| code.trim_start_matches('@')).collect();
        let expected_plain: Vec<&str> = expected.split(' ').map(|code| code.trim_start_matches('@')).collect();
        assert_eq!(plain, expected_plain, "{text}\n{:#?}", diagnosis.findings);
        let there = expected
            .split(' ')
            .filter(|code| code.starts_with('@'))
            .all(|code| found.iter().any(|found| found == code));
        assert!(there, "{expected} at {mark} of {text}\n{:#?}", diagnosis.findings);
        // Lines and columns say the same as the offset.
        for finding in &diagnosis.findings {
            let line = text.split('\n').nth(finding.line - 1).unwrap();
            let before: usize = text.split('\n').take(finding.line - 1).map(|line| line.len() + 1).sum();
            let in_line: usize = line.chars().take(finding.column - 1).map(char::len_utf8).sum();
            assert_eq!(before + in_line, finding.offset, "{finding:?}");
        }
    }
}

/// A policy around statements.
fn policy(statements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
}

#[test]
fn codes_are_in_snake_case_and_each_means_one_thing() {
    let names: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    for (name, code) in names.iter().zip(Code::ALL) {
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{name}");
        assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name}");
        assert!(code.hint().ends_with(['.', '?']), "{name}: {}", code.hint());
    }
}
