//! The policy doctor: a pasted document, and what it should do; what is wrong with it, where, and the document as it should be.
//!
//! | you have | look at |
//! |---|---|
//! | a document that does not work | [`diagnose`] |
//! | a code of a finding | [`Code`], which lists them all |
//!
//! It takes what people paste: text that is not quite JSON, what the AWS CLI prints, a document out of a chat. It goes on after
//! each mistake, so that all are found in one go. What a policy grants is decided by [`iam`](crate::iam) on requests that stand
//! for all, never by comparing texts.
//!
//! ```
//! use byob_aws::doctor::{DocumentKind, Question, Verdict, Wanted, diagnose};
//!
//! let question = Question {
//!     kind: DocumentKind::Trust,
//!     text: r#"{"Version": "2012-10-17", "Statement": [{
//!         "Effect": "Allow",
//!         "Principal": {"AWS": "arn:aws:iam::111122223333:role/byob"},
//!         "Action": "sts:AssumeRole",
//!     }]}"#.to_owned(),
//!     wanted: Some(Wanted {
//!         principal_arn: Some("arn:aws:iam::111122223333:role/byob".to_owned()),
//!         external_id: Some("3b4e0f52-7d1c-4c1e-9f0e-6a3f2f1f5b11".to_owned()),
//!         ..Wanted::default()
//!     }),
//! };
//! let diagnosis = diagnose(&question)?;
//! assert_eq!(diagnosis.verdict, Verdict::Wrong);
//! let found: Vec<(&str, usize)> = diagnosis.findings.iter().map(|found| (found.code.as_str(), found.line)).collect();
//! assert_eq!(found, [("no_external_id", 1), ("trailing_comma", 4)]);
//! assert!(diagnosis.corrected.unwrap().to_string().contains("\"sts:ExternalId\""));
//! # Ok::<(), byob_aws::doctor::WrongField>(())
//! ```

mod access;
mod actions;
mod arns;
mod codes;
mod correct;
mod cors;
mod finding;
mod grammar;
mod pasted;
mod question;
mod source;
#[cfg(test)]
mod tests;
mod trust;

pub use codes::{Code, Severity};
pub use finding::{Diagnosis, Document, Finding, StatementName, Verdict};
pub use question::{DocumentKind, LONGEST_TEXT, Question, Scope, Wanted, WrongField};

use finding::Findings;
use question::Want;

/// A longer policy, in characters without blanks, is not looked at any further.
const LONGEST_EXAMINED: usize = 20_480;

/// Examines a pasted document. The error names a field of the question that is not what it should be; whatever the text is, it
/// is answered.
pub fn diagnose(question: &Question) -> Result<Diagnosis, WrongField> {
    let mut want = Want::check(question)?;
    let Question { kind, text, .. } = question;
    let mut findings = Findings::default();
    let Some(pasted) = source::read(text, &mut findings) else {
        let (verdict, findings) = findings.finish(text, &[]);
        // Nothing of it can be kept.
        let corrected = correct::afresh(*kind, &want).map(Document);
        return Ok(Diagnosis { verdict, findings, corrected });
    };
    let policy_kind = correct::policy_kind(*kind);
    let length = grammar::length(&pasted);
    if policy_kind.is_some() && length > LONGEST_EXAMINED {
        // To look through all of it would take long, and tell nothing that counts.
        let detail = format!(
            "The policy has {length} characters without blanks, twice what AWS takes, so nothing else was looked at."
        );
        findings.add(Code::TooLarge, finding::Place::of(pasted.at), detail);
        let (verdict, findings) = findings.finish(text, &[]);
        return Ok(Diagnosis { verdict, findings, corrected: correct::afresh(*kind, &want).map(Document) });
    }
    let is_json = findings.have_no_error();
    if is_json && policy_kind.is_some() {
        source::find_unescaped(text, &mut findings);
    }
    want.assume_partition_of(&pasted);
    let mut mended = pasted.clone();
    correct::examine(&mut mended, *kind, &want, &mut findings);
    let corrected = if findings.are_good() {
        None
    } else {
        correct::correct(&mended, !is_json || mended != pasted, *kind, &want).map(Document)
    };
    let names = if *kind == DocumentKind::Cors { cors::ids(&mended) } else { pasted::sids(&mended) };
    let (verdict, findings) = findings.finish(text, &names);
    Ok(Diagnosis { verdict, findings, corrected })
}
