//! CORS configurations: which pages may use the bucket, and what S3 takes.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html> and
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html>.

pub(super) mod form;
mod needed;

use super::{finding::Findings, question::Want};
use crate::iam::json::{Kind, Value};

/// Mends the form, and finds what is missing and what is too broad.
pub(super) fn examine(root: &mut Value, want: &Want, findings: &mut Findings) {
    form::mend(root, findings);
    needed::find(root, want, findings);
}

/// The rules, which stand alone in the S3 console and below `CORSRules` elsewhere.
pub(super) fn rules(root: &Value) -> &[Value] {
    match &root.kind {
        Kind::Array(rules) => rules,
        _ => root.get("CORSRules").map(Value::entries).unwrap_or_default(),
    }
}

/// The names of the rules.
pub(super) fn ids(root: &Value) -> Vec<Option<String>> {
    rules(root).iter().map(|rule| rule.get("ID").and_then(Value::as_str).map(str::to_owned)).collect()
}

/// The texts of one of a rule's lists.
fn texts<'v>(rule: &'v Value, list: &str) -> impl Iterator<Item = (usize, &'v str)> {
    let entries = rule.get(list).map(Value::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| Some((entry.at, entry.as_str()?)))
}

/// Whether a text with one `*` at most matches, as S3 compares origins and headers.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => {
            text.len() >= before.len() + after.len() && text.starts_with(before) && text.ends_with(after)
        }
    }
}
