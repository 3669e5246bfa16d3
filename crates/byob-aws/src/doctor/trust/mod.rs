//! Trust policies: whether the platform can assume the role with its external ID, and nobody without.
//!
//! Source of the dangers: <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>. Requests decide, not the text,
//! so that no way of writing a condition escapes; the text only tells where the mistake stands.

mod assume;
mod dangers;
mod lacking;
mod others;

use super::{finding::Findings, pasted::Pasted, question::Want};
use assume::Assumption;

/// The key that the external ID is asked for with.
const EXTERNAL_ID: &str = "sts:ExternalId";

/// Finds what is dangerous, what is missing and what is not needed.
pub(super) fn examine(pasted: &Pasted, want: &Want, findings: &mut Findings) {
    let assumption = Assumption::new(pasted, want);
    dangers::find(pasted, &assumption, findings);
    lacking::find(pasted, want, &assumption, findings);
    others::find(pasted, want, findings);
}

/// Whether a condition key is the external ID's.
fn is_external_id(key: &str) -> bool {
    key.eq_ignore_ascii_case(EXTERNAL_ID)
}
