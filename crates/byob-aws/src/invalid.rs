/// Why a text is not the value it was given as: what is wrong, where, and how to mend it.
///
/// Every `parse` of this crate returns it, so that a service can pass the same three facts to its users whatever they typed.
/// Branch on [`code`](Self::code); the sentences may be reworded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[error("{detail}")]
pub struct Invalid {
    code: &'static str,
    detail: String,
    hint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
}

/// Sentences repeat what was typed; nobody reads more of it than this, in bytes.
const LONGEST_SENTENCE: usize = 400;

impl Invalid {
    /// A stable `code` in snake case, what is wrong, and what to do about it, the latter two as whole sentences.
    pub fn new(code: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, detail: cut(detail.into()), hint: cut(hint.into()), position: None }
    }

    /// Says where the fault is, as a byte offset into the text that was given.
    #[must_use]
    pub fn at(mut self, position: usize) -> Self {
        self.position = Some(position);
        self
    }

    /// Stable and machine-readable, such as `invalid_role_arn`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong, as a sentence. Never holds a secret.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What to do about it, as a sentence.
    pub fn hint(&self) -> &str {
        &self.hint
    }

    /// Where the fault is: a byte offset into the text, where one place is to blame.
    pub fn position(&self) -> Option<usize> {
        self.position
    }
}

fn cut(mut sentence: String) -> String {
    if sentence.len() > LONGEST_SENTENCE {
        sentence.truncate(sentence.floor_char_boundary(LONGEST_SENTENCE));
        sentence.push('…');
    }
    sentence
}
