//! What the doctor found, and where.

use std::fmt::{self, Write};

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::codes::{Code, Severity};
use crate::{iam::json::Value, render::json};

/// The answer of the doctor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// The worst of the findings, in a word.
    pub verdict: Verdict,
    /// In the order of the text.
    pub findings: Vec<Finding>,
    /// The document as it should be; nothing where there is nothing to correct, or where more has to be known for it.
    pub corrected: Option<Document>,
}

/// The worst of the findings, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing but notes.
    Good,
    /// Warnings: it works, and could be better.
    Improvable,
    /// Errors.
    Wrong,
}

/// One thing that the doctor found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The sort of finding; stable.
    pub code: Code,
    /// What is wrong, as a sentence. It may be reworded.
    pub detail: String,
    /// What to do about it, as a sentence.
    pub hint: String,
    /// Beginning with 1.
    pub line: usize,
    /// Which character of the line, beginning with 1.
    pub column: usize,
    /// Which byte of the text, beginning with 0.
    pub offset: usize,
    /// The statement, or of a CORS configuration the rule, that it is about.
    pub statement: Option<StatementName>,
}

/// Which statement of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementName {
    /// Beginning with 0.
    pub index: usize,
    /// Its `Sid`, if it has one.
    pub sid: Option<String>,
}

impl Finding {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Finding", 8)?;
        fields.serialize_field("code", &self.code)?;
        fields.serialize_field("severity", &self.severity())?;
        fields.serialize_field("detail", &self.detail)?;
        fields.serialize_field("hint", &self.hint)?;
        fields.serialize_field("line", &self.line)?;
        fields.serialize_field("column", &self.column)?;
        fields.serialize_field("offset", &self.offset)?;
        fields.serialize_field("statement", &self.statement)?;
        fields.end()
    }
}

/// A document in the order in which people write one. It serializes as JSON, and displays as indented JSON, with escapes where IAM
/// takes nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Document(pub(super) Value);

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&json::pasteable(&self.0))
    }
}

/// The place of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub at: usize,
    pub statement: Option<usize>,
}

impl Place {
    pub fn of(at: usize) -> Self {
        Self { at, statement: None }
    }

    pub fn in_statement(at: usize, index: usize) -> Self {
        Self { at, statement: Some(index) }
    }
}

/// Gathers findings.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Raw>);

#[derive(Debug)]
struct Raw {
    code: Code,
    place: Place,
    detail: String,
    hint: String,
}

/// Nobody reads more; an answer must not be longer without end than its question.
const MOST: usize = 200;

/// Of what stands at every second word once it is there, the first is told, with the number of the others.
const REPEATED: [Code; 4] =
    [Code::InvisibleCharacter, Code::TypographicQuote, Code::SingleQuote, Code::VariableInOldVersion];

impl Findings {
    /// With the code's own hint.
    pub fn add(&mut self, code: Code, place: Place, detail: impl Into<String>) {
        self.add_with(code, place, detail, code.hint());
    }

    /// With a hint that knows more.
    pub fn add_with(&mut self, code: Code, place: Place, detail: impl Into<String>, hint: impl Into<String>) {
        let raw = Raw { code, place, detail: cut(detail.into()), hint: cut(hint.into()) };
        // Hostile documents have one finding at every byte; those that are kept are compared with each other. A statement that was
        // split has the same twice.
        let same = |known: &Raw| (known.code, known.place.at, &known.detail) == (raw.code, raw.place.at, &raw.detail);
        if self.0.len() < 4 * MOST && !self.0.iter().any(same) {
            self.0.push(raw);
        }
    }

    /// Whether there is one of these at a place.
    pub fn has_at(&self, at: usize) -> bool {
        self.0.iter().any(|raw| raw.place.at == at && raw.code.severity() == Severity::Error)
    }

    /// Whether nothing is worse than a note.
    pub fn are_good(&self) -> bool {
        self.0.iter().all(|raw| raw.code.severity() == Severity::Note)
    }

    /// Whether there is no error.
    pub fn have_no_error(&self) -> bool {
        self.0.iter().all(|raw| raw.code.severity() != Severity::Error)
    }

    /// In order, with lines and columns. `statements` are the `Sid`s.
    pub fn finish(mut self, text: &str, statements: &[Option<String>]) -> (Verdict, Vec<Finding>) {
        self.count_repeated();
        self.0.sort_by_key(|raw| raw.place.at);
        self.0.truncate(MOST);
        let worst = self.0.iter().map(|raw| raw.code.severity()).min();
        let verdict = match worst {
            Some(Severity::Error) => Verdict::Wrong,
            Some(Severity::Warning) => Verdict::Improvable,
            Some(Severity::Note) | None => Verdict::Good,
        };
        (verdict, self.0.into_iter().map(|raw| raw.locate(text, statements)).collect())
    }

    fn count_repeated(&mut self) {
        for code in REPEATED {
            let count = self.0.iter().filter(|raw| raw.code == code).count();
            let Some(first) = self.0.iter().position(|raw| raw.code == code).filter(|_| count > 1) else { continue };
            let others = if count == 2 { "one more".to_owned() } else { format!("{} more", count - 1) };
            let are = if count == 2 { "is" } else { "are" };
            // Writing into a string never fails.
            let _ = write!(self.0[first].detail, " There {are} {others} of this kind.");
            let mut index = 0;
            self.0.retain(|raw| {
                index += 1;
                raw.code != code || index - 1 == first
            });
        }
    }
}

impl Raw {
    fn locate(self, text: &str, statements: &[Option<String>]) -> Finding {
        let offset = text.floor_char_boundary(self.place.at);
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let sid = |index: usize| statements.get(index).cloned().flatten();
        Finding {
            code: self.code,
            detail: self.detail,
            hint: self.hint,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            offset,
            statement: self.place.statement.map(|index| StatementName { index, sid: sid(index) }),
        }
    }
}

/// Sentences repeat what was pasted; nobody reads more of it than this, in bytes.
const LONGEST_SENTENCE: usize = 600;

fn cut(mut sentence: String) -> String {
    if sentence.len() > LONGEST_SENTENCE {
        sentence.truncate(sentence.floor_char_boundary(LONGEST_SENTENCE));
        sentence.push('…');
    }
    sentence
}
