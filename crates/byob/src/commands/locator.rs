//! `byob locator`

use std::process::ExitCode;

use byob_aws::{Invalid, Locator};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::jsonl::{self, Answer};

/// Take locators apart.
#[derive(Args)]
#[command(after_help = "Example:\n  byob locator 's3://bucket/a b.png?versionId=v1'")]
pub struct Locate {
    /// `s3://bucket/key`, optionally with `?versionId=…`.
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    locator: Option<String>,
    /// Read JSON lines `{"locator":"s3://…"}`, and answer each with one line.
    #[arg(long)]
    jsonl: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    locator: String,
}

#[derive(Serialize)]
struct Parts {
    bucket: String,
    key: String,
    version_id: Option<String>,
    canonical: String,
}

impl Locate {
    /// Prints JSON.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let Some(locator) = self.locator else {
            jsonl::answer_lines(|question: Question| parts(&question.locator))?;
            return Ok(ExitCode::SUCCESS);
        };
        let answer = parts(&locator);
        let code = if answer.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        println!("{}", serde_json::to_string_pretty(&Answer::from(answer))?);
        Ok(code)
    }
}

fn parts(text: &str) -> Result<Parts, Invalid> {
    let locator = Locator::parse(text)?;
    Ok(Parts {
        bucket: locator.bucket().to_string(),
        key: locator.key().to_string(),
        version_id: locator.version_id().map(str::to_owned),
        canonical: locator.to_string(),
    })
}
