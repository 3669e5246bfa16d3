//! `byob resolve`

use std::{
    io::{self, BufRead},
    process::ExitCode,
};

use anyhow::ensure;
use byob_client::{ResolveRequest, Resolved};
use clap::{Args, ValueEnum};

use super::{block_on, client};

/// The service takes no more in one call.
const BATCH: usize = 10_000;

/// Turn locators into URLs, by asking a running service.
#[derive(Args)]
#[command(after_help = "Example:\n  byob resolve s3://acme-images/cat.png | xargs curl --silent --output cat.png\n\n\
    Keys with a segment `.` or `..`, such as `../x`, need `curl --path-as-is`: without it curl, like browsers, folds such segments and asks \
    for another key.")]
pub struct Resolve {
    /// `s3://bucket/key`, optionally with `?versionId=…`; without any, one is read from each line of standard input.
    locators: Vec<String>,
    /// Where the service is.
    #[arg(long, env = "BYOB_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// The token to show, which has to be given. Better set by the environment, for others can see the arguments of a process.
    #[arg(long, env = "BYOB_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// How long the URLs may live, in seconds.
    #[arg(long)]
    expires_in: Option<u32>,
    /// How browsers are to show the files.
    #[arg(long, value_enum)]
    disposition: Option<Disposition>,
    /// Print a JSON object for each locator, in order, instead of the bare URL.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Disposition {
    Auto,
    Inline,
    Attachment,
}

impl Resolve {
    /// Prints a line for each locator. Fails if one has no URL, after answering all.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        // Before anything is read: who has no token need not type locators.
        let client = client(self.url, self.token)?;
        let locators = match self.locators.as_slice() {
            [] => io::stdin().lock().lines().collect::<io::Result<Vec<String>>>()?,
            given => given.to_vec(),
        };
        ensure!(!locators.is_empty(), "no locator was given, neither as an argument nor on standard input");
        let disposition =
            self.disposition.and_then(|value| value.to_possible_value()).map(|value| value.get_name().to_owned());
        let answers = block_on(async {
            let mut answers = Vec::with_capacity(locators.len());
            for batch in locators.chunks(BATCH) {
                let request = ResolveRequest {
                    locators: batch.to_vec(),
                    expires_in: self.expires_in,
                    disposition: disposition.clone(),
                };
                answers.extend(client.resolve(&request).await?);
            }
            Ok(answers)
        })?;
        let mut code = ExitCode::SUCCESS;
        for answer in &answers {
            if let Resolved::Error { .. } = answer {
                code = ExitCode::FAILURE;
            }
            if self.json {
                println!("{}", serde_json::to_string(answer)?);
                continue;
            }
            match answer {
                Resolved::Url { url, .. } => println!("{url}"),
                Resolved::Error { locator, error } => {
                    eprintln!("{locator}: {} {}", error.detail, error.hint.as_deref().unwrap_or_default());
                }
            }
        }
        Ok(code)
    }
}
