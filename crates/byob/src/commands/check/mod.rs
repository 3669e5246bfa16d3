//! `byob check`

mod explain;

use std::{borrow::Cow, fmt::Display, process::ExitCode};

use anstream::{print, println};
use anstyle::{AnsiColor, Style};
use byob_client::check::{CheckRequest, Checked, CorrectedDocument, Report, Step};
use clap::Args;

use crate::commands::{block_on, client};

/// Check whether a draft or an integration works, and learn how to mend what does not.
#[derive(Args)]
#[command(after_help = "Example:\n  byob check int_01jd… --wait 180\n\n\
    Exit code: 0 if it works (warnings included), 1 if a step failed, 2 if it could not be asked for, 3 if AWS did not answer.")]
pub struct CheckCommand {
    /// The ID of the draft or integration.
    #[arg(required_unless_present = "explain")]
    id: Option<String>,
    /// Try what is denied again for so many seconds (180 at most): changes of IAM take up to some minutes to spread.
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=180))]
    wait: u8,
    /// An object to read, where none can be listed, or whose bucket is to be looked at, where there are several.
    #[arg(long, value_name = "S3://BUCKET/KEY")]
    locator: Option<String>,
    /// Where the service is.
    #[arg(long, env = "BYOB_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// An admin's token, which has to be given. Better set by the environment, for others can see the arguments of a process.
    #[arg(long, env = "BYOB_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Print every step and every cause that a check knows, and ask nobody.
    #[arg(long)]
    explain: bool,
}

impl CheckCommand {
    /// Prints each step as soon as it is done.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let (Some(id), false) = (self.id, self.explain) else {
            std::print!("{}", explain::reference());
            return Ok(ExitCode::SUCCESS);
        };
        let client = match client(self.url, self.token) {
            Ok(client) => client,
            Err(error) => return Ok(unasked(error)),
        };
        let wait = (self.wait > 0).then_some(self.wait.into());
        let request = CheckRequest { locator: self.locator, wait };
        let json = self.json;
        let mut told = Told::default();
        let tell = |step: &Step| {
            if !json {
                show(step, &mut told);
            }
        };
        match block_on(async { Ok(client.check(&id, &request, tell).await) })? {
            Ok((checked, report, text)) => {
                if json {
                    println!("{text}");
                } else {
                    conclude(checked, &report);
                }
                Ok(exit_code(&report))
            }
            Err(error) => Ok(unasked(error)),
        }
    }
}

/// The check could not be asked for.
fn unasked(error: impl Display) -> ExitCode {
    eprintln!("byob: {error}");
    ExitCode::from(2)
}

fn exit_code(report: &Report) -> ExitCode {
    match report.outcome.as_str() {
        "passed" | "warned" => ExitCode::SUCCESS,
        "inconclusive" => ExitCode::from(3),
        _ => ExitCode::FAILURE,
    }
}

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// How wide text becomes, in characters, beside its margin.
const WIDTH: usize = 98;

/// Where the second column begins: behind the longest name of a step.
const COLUMN: usize = 27;

/// What is told once, however many steps share it.
#[derive(Default)]
struct Told {
    /// Why the step before was skipped.
    reason: String,
    /// Kinds of documents, which are the same for every step.
    documents: Vec<String>,
}

fn show(step: &Step, told: &mut Told) {
    let same = step.outcome == "skipped" && step.detail == told.reason;
    told.reason = if step.outcome == "skipped" { step.detail.clone() } else { String::new() };
    let (style, mark) = match (step.outcome.as_str(), step.inconclusive) {
        ("passed", _) => (GREEN, "✓"),
        ("failed", _) => (RED, "✗"),
        (_, true) => (YELLOW, "?"),
        ("warned", _) => (YELLOW, "!"),
        _ => (DIM, "-"),
    };
    let name = if step.outcome == "skipped" { DIM } else { BOLD };
    let time = if step.duration_ms >= 1000 { format!("  {DIM}{} ms{DIM:#}", step.duration_ms) } else { String::new() };
    let detail = if step.finding.is_some() { Style::new() } else { DIM };
    let mut lines = wrapped(if same { "For the same reason." } else { &step.detail }, WIDTH - COLUMN).into_iter();
    let first = lines.next().unwrap_or_default();
    println!("{style}{mark}{style:#} {name}{:COLUMN$}{name:#}{detail}{first}{detail:#}{time}", step.name.as_str());
    for line in lines {
        println!("  {:COLUMN$}{detail}{line}{detail:#}", "");
    }
    let Some(finding) = &step.finding else { return };
    paragraph("    ", style, &finding.detail);
    paragraph("    ", Style::new(), &format!("To do: {}", finding.fix));
    if let Some(settings) = &finding.settings {
        println!("    {BOLD}Settings that mend it:{BOLD:#} {settings}");
    }
    if let Some(document) = &finding.document {
        show_document(document, &mut told.documents);
    }
    if let Some(id) = step.aws.as_ref().and_then(|aws| aws.request_id.as_ref()) {
        println!("    {DIM}AWS request ID: {id}{DIM:#}");
    }
}

/// What to change, where something is known of the customer's document, and all of it.
fn show_document(document: &CorrectedDocument, shown: &mut Vec<String>) {
    let name = match document.kind.as_str() {
        "access_policy" => "The access policy",
        "trust_policy" => "The trust policy",
        _ => "The CORS rule",
    };
    // Where there was nothing before, the document itself is easier to copy.
    if let Some(diff) = document.diff.as_ref().filter(|diff| !diff.starts_with("@@ -0,0 ")) {
        println!("    {BOLD}{name}, what to change if the rest is as it was generated:{BOLD:#}");
        for line in diff.lines() {
            let style = match line.as_bytes().first() {
                Some(b'+') => GREEN,
                Some(b'-') => RED,
                Some(b'@') => DIM,
                _ => Style::new(),
            };
            println!("      {style}{line}{style:#}");
        }
    }
    let text = document.document.get().to_owned();
    if shown.contains(&text) {
        println!("    {DIM}{name} as it should be is printed above.{DIM:#}");
        return;
    }
    shown.push(text);
    let what = if document.kind == "cors" { "to add to those that are there" } else { "as it should be" };
    println!("    {BOLD}{name} {what}:{BOLD:#}");
    for line in pretty(document.document.get()).lines() {
        println!("      {line}");
    }
}

/// JSON over several lines, in its own order.
fn pretty(json: &str) -> String {
    let mut pretty = Vec::new();
    let mut to = serde_json::Serializer::pretty(&mut pretty);
    let mut from = serde_json::Deserializer::from_str(json);
    match serde_transcode::transcode(&mut from, &mut to) {
        Ok(()) => String::from_utf8_lossy(&pretty).into_owned(),
        Err(_) => json.to_owned(),
    }
}

/// ARNs and IDs are not cut at their hyphens.
fn wrapped(text: &str, width: usize) -> Vec<Cow<'_, str>> {
    textwrap::wrap(text, textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation))
}

fn paragraph(margin: &str, style: Style, text: &str) {
    for line in wrapped(text, WIDTH) {
        println!("{margin}{style}{line}{style:#}");
    }
}

fn conclude(checked: Checked, report: &Report) {
    let count = |outcome: &str| report.steps.iter().filter(|step| step.outcome == outcome).count();
    let what = match checked {
        Checked::Draft => "The draft",
        Checked::Integration => "The integration",
    };
    let (style, words) = match (report.outcome.as_str(), report.health.as_str()) {
        ("passed", _) => (GREEN, "works"),
        ("warned", _) => (YELLOW, "works, with reservations"),
        (_, "unsafe") => (RED, "is unsafe, and is not used"),
        ("failed", _) if checked == Checked::Draft => (RED, "does not work yet"),
        ("failed", _) => (RED, "does not work"),
        _ => (YELLOW, "could not be judged, because AWS did not answer"),
    };
    println!();
    print!("{BOLD}{style}{what} {words}.{style:#}{BOLD:#}");
    let steps = ["passed", "failed", "warned", "skipped"].map(|outcome| (count(outcome), outcome));
    let steps: Vec<String> =
        steps.iter().filter(|(count, _)| *count > 0).map(|(count, outcome)| format!("{count} {outcome}")).collect();
    let seconds = f64::from(u32::try_from(report.duration_ms).unwrap_or(u32::MAX)) / 1000.0;
    let requests = if report.requests == 1 { "1 request".to_owned() } else { format!("{} requests", report.requests) };
    println!(" {}; {requests} in {seconds:.1} s.", steps.join(", "));
    match report.changes.as_deref() {
        Some("arrived") => println!("What changed in the documents has arrived in the customer's account."),
        Some("unseen") => println!(
            "The documents have changed, and of part of that no check can tell whether the customer has applied it; \
             `changes` in them shows what to compare."
        ),
        Some(_) => println!(
            "The customer has not applied yet what changed in the documents; `changes` in them shows what that is."
        ),
        None => {}
    }
}
