//! Commands that read JSON lines: one question a line, one answer a line, an error in the place of its answer.

use std::io::{self, BufRead, BufReader, BufWriter, Write};

use byob_aws::Invalid;
use serde::{Serialize, de::DeserializeOwned};

/// Why a line has no answer.
#[derive(Serialize)]
pub struct Refusal {
    code: &'static str,
    detail: String,
    hint: String,
    /// Where the fault is: a byte offset into the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
}

/// An answer, or the reason why there is none.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer<T> {
    /// The answer.
    Good(T),
    /// The reason.
    Bad {
        /// The reason.
        error: Refusal,
    },
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        Self {
            code: invalid.code(),
            detail: invalid.detail().to_owned(),
            hint: invalid.hint().to_owned(),
            position: invalid.position(),
        }
    }
}

impl<T> From<Result<T, Invalid>> for Answer<T> {
    fn from(result: Result<T, Invalid>) -> Self {
        match result {
            Ok(answer) => Self::Good(answer),
            Err(invalid) => Self::Bad { error: invalid.into() },
        }
    }
}

/// Answers every line of standard input. Each answer is flushed when no further question waits, so that a program can converse.
pub fn answer_lines<Q: DeserializeOwned, A: Serialize>(answer: impl Fn(Q) -> Result<A, Invalid>) -> io::Result<()> {
    let mut input = BufReader::new(io::stdin());
    let mut output = BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            let answer: Answer<A> = question(&line).and_then(&answer).into();
            // Whole lines only, whatever happens.
            let mut answered = serde_json::to_vec(&answer)?;
            answered.push(b'\n');
            output.write_all(&answered)?;
            // More questions in the buffer are answered first; a program that waits for this one gets it now.
            if input.buffer().is_empty() {
                output.flush()?;
            }
        }
        line.clear();
    }
    output.flush()
}

/// Reads a question.
pub fn question<Q: DeserializeOwned>(line: &[u8]) -> Result<Q, Invalid> {
    serde_json::from_slice(line).map_err(|error| {
        Invalid::new(
            "invalid_json",
            format!("The line is not the JSON that is expected: {error}."),
            "Compare it with `--help`.",
        )
        .at(error.column().saturating_sub(1))
    })
}
