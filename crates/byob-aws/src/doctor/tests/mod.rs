//! Tables of what people paste, and properties of what the doctor makes of it.

mod properties;

use super::*;

const ROLE: &str = "arn:aws:iam::111122223333:role/byob";
const ID: &str = "3b4e0f52-7d1c-4c1e-9f0e-6a3f2f1f5b11";

/// What is wanted, as JSON.
fn wanted(json: &str) -> Option<Wanted> {
    serde_json::from_str(json).unwrap()
}

fn ask(kind: DocumentKind, text: &str, want: &str) -> Diagnosis {
    let question = Question { kind, text: text.to_owned(), wanted: wanted(want) };
    let diagnosis = diagnose(&question).unwrap();
    if let Some(corrected) = &diagnosis.corrected {
        let again = Question { text: corrected.to_string(), ..question.clone() };
        let again = diagnose(&again).unwrap();
        let errors = again.findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
        assert_eq!(errors, 0, "{text}\n→ {corrected}\n{again:#?}");
        if let Some(kind) = correct::policy_kind(kind) {
            crate::iam::Policy::parse(&corrected.to_string(), kind).unwrap();
        }
    }
    diagnosis
}
