//! What was seen: the signs by which causes are told apart.

use crate::{
    aws_io::fault::Fault,
    check::{
        denial::{By, Denial},
        steps::StepName,
    },
};

/// What a cause is told by.
#[derive(Debug)]
pub struct Seen<'a> {
    /// The step that failed.
    pub step: StepName,
    /// What AWS said.
    pub fault: &'a Fault,
    /// The same, read.
    pub denial: &'a Denial,
    /// What other requests showed.
    pub signs: Signs,
}

/// What differs between requests that differ in one thing.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools)] // Each is a fact of its own.
pub struct Signs {
    /// The integration names an endpoint URL.
    pub own_endpoint: bool,
    /// The scope has a prefix.
    pub prefix: bool,
    /// The same request was answered with the bucket's name in the path.
    pub path_style_answers: bool,
    /// The same request succeeds when we offer to pay.
    pub paying_helps: bool,
    /// Neither listing nor reading below the prefix is permitted, but asking for the bucket's location is.
    pub nothing_below_prefix: bool,
    /// The same request succeeds on the prefix without its slash.
    pub other_form_of_prefix: bool,
}

/// AWS gave one of these codes.
pub fn code(seen: &Seen<'_>, codes: &[&str]) -> bool {
    codes.contains(&seen.fault.code())
}

/// IAM says that this is what denied it.
pub fn by(seen: &Seen<'_>, by: By) -> bool {
    seen.denial.by == Some(by)
}

/// The message has one of these, in any capitals.
pub fn says(seen: &Seen<'_>, words: &[&str]) -> bool {
    let message = seen.fault.message().to_ascii_lowercase();
    words.iter().any(|word| message.contains(&word.to_ascii_lowercase()))
}

/// It is a key that was denied, not what it encrypts.
pub fn about_kms(seen: &Seen<'_>) -> bool {
    seen.denial.action.as_deref().is_some_and(|action| action.starts_with("kms:"))
        || seen.fault.code().starts_with("KMS.")
        || says(seen, &["kms key", "kms:decrypt", "kms:generatedatakey", "ciphertext refers to a customer master key"])
}

/// Told by a step itself, not by an answer of AWS.
pub fn told(_: &Seen<'_>) -> bool {
    false
}
