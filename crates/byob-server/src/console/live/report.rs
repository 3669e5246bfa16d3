//! A report of a check, step by step. The same parts show it live and afterwards.

use byob_core::check::{
    Report,
    report::{Arrival, Conclusion, CorrectedDocument, DocumentKind, Finding, Health, Outcome, Step},
    steps::StepName,
};
use maud::{Markup, html};
use serde_json::Value;

use crate::console::{
    form::called,
    icons::{Icon, icon},
    parts::{self, Pasted, prose},
};

/// What came of an outcome, in a word.
pub fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Warned => "warned",
        Outcome::Skipped => "skipped",
    }
}

/// What came of a check, in a sentence, and how that looks.
pub fn verdict(outcome: Conclusion, health: Health) -> (&'static str, &'static str) {
    match (outcome, health) {
        (_, Health::Unsafe) => (
            "bad",
            "The role lets in somebody without its external ID, or with another, so it is not used. Mend the trust policy first.",
        ),
        (Conclusion::Passed, _) => ("good", "Everything that is declared works."),
        (Conclusion::Warned, _) => ("warn", "It works, with reservations."),
        (Conclusion::Failed, _) => ("bad", "Something that is declared does not work."),
        (Conclusion::Inconclusive, _) => {
            ("warn", "AWS did not answer, so nothing is known for sure. Check again in a minute.")
        }
    }
}

/// All steps in a sentence.
pub fn summary(report: &Report) -> Markup {
    let (style, sentence) = match report.outcome {
        Conclusion::Passed if none_looked_at(report) => {
            ("warn", "The role lets BYOB in. No bucket was looked at, for none is named.")
        }
        Conclusion::Passed if nothing_read(report) => {
            ("warn", "What could be tried works. Whether files can be read is not known: none was there to be read.")
        }
        outcome => verdict(outcome, report.health),
    };
    let count = |outcome| report.steps.iter().filter(|step| step.outcome == outcome).count();
    let undecided = report.steps.iter().filter(|step| step.outcome == Outcome::Warned && step.inconclusive).count();
    let requests = if report.requests == 1 { "request" } else { "requests" };
    html! {
        div class={ "note " (style) } role="status" {
            p {
                b { (sentence) }
                @if let Some(step) = report.steps.iter().find(|step| step.outcome == Outcome::Failed) {
                    " " a href={ "#" (step.name) } { "What to do" } " stands at the first step that failed."
                }
            }
            p .small {
                (count(Outcome::Passed)) " passed, " (count(Outcome::Failed)) " failed, " (count(Outcome::Warned) - undecided) " warned, "
                @if undecided > 0 { (undecided) " undecided, " }
                (count(Outcome::Skipped)) " skipped; " (report.requests) " " (requests) " in " (report.duration_ms) " ms"
            }
            @if report.is_of_nothing() {
                p { "Nothing lies there yet. If there should be files, compare the names of the bucket and the folder." }
            }
            @match report.changes {
                Some(Arrival::Arrived) => p { "What changed in the documents has arrived in your account." },
                Some(Arrival::Awaited) => p { "Your account does not have yet what changed in the documents." },
                Some(Arrival::Unseen) => p { "Part of what changed in the documents is nothing that a request could tell: what your account no longer has to allow, access lists, or KMS keys that no file at hand is encrypted with. Compare them by hand." },
                None => {},
            }
        }
    }
}

/// Whether the integration serves any bucket, so that a check has none to look at.
fn none_looked_at(report: &Report) -> bool {
    report.step(StepName::BucketReachable).is_some_and(|step| step.outcome == Outcome::Skipped)
}

/// Whether reading is declared and was not tried, for no file is known.
fn nothing_read(report: &Report) -> bool {
    report.step(StepName::ObjectReadable).is_some_and(|step| step.outcome == Outcome::Skipped && step.inconclusive)
}

/// Every step, in order.
pub fn steps(report: &Report) -> Markup {
    html! { ol .steps { @for one in &report.steps { (step(one)) } } }
}

/// One step.
pub fn step(step: &Step) -> Markup {
    let picture = match (step.outcome, step.inconclusive) {
        (Outcome::Passed, _) => Icon::Check,
        (Outcome::Failed, _) => Icon::Cross,
        (Outcome::Warned, _) => Icon::Warn,
        (Outcome::Skipped, _) => Icon::Dash,
    };
    html! {
        li #(step.name) class={ "step " (word(step.outcome)) } {
            span .mark { (icon(picture)) }
            h2 {
                @match (step.outcome, step.inconclusive) {
                    (Outcome::Failed, _) => "Failed: ",
                    (Outcome::Warned, true) => "Undecided: ",
                    (Outcome::Warned, false) => "With a reservation: ",
                    (outcome, _) => span .visually-hidden { (word(outcome)) ": " },
                }
                (step.name.info().claim) code { (step.name) }
            }
            p .small { (prose(&step.detail)) }
            @if let Some(finding) = &step.finding { (told(step, finding)) }
            @if !step.evidence.is_empty() {
                details {
                    summary { "What was asked" }
                    ul .evidence {
                        @for one in &step.evidence {
                            li { code { (one.asked) } " → " (one.answered) @if let Some(id) = &one.request_id { " · request " code { (id) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Settings that mend something, as the pages of settings call them.
pub fn settings(settings: &Value) -> Markup {
    html! {
        @for (number, (name, value)) in settings.as_object().into_iter().flatten().enumerate() {
            @if number > 0 { "; " }
            (called(name)) ": " (said(value))
        }
    }
}

fn said(value: &Value) -> Markup {
    html! {
        @match value {
            Value::Bool(on) => b { @if *on { "on" } @else { "off" } },
            Value::String(text) => code { (text) },
            Value::Array(several) => @for one in several { (said(one)) " " },
            other => code { (other) },
        }
    }
}

fn told(step: &Step, finding: &Finding) -> Markup {
    html! {
        div .finding {
            p { (prose(&finding.detail)) }
            p { b { "To do: " } (prose(&finding.fix)) }
            @if let Some(settings) = &finding.settings {
                p { "In the settings: " (self::settings(settings)) }
            }
            @if let Some(document) = &finding.document { (corrected(step.name, document)) }
        }
    }
}

/// The document that mends it, and what to change where the customer's is known.
pub fn corrected(step: StepName, document: &CorrectedDocument) -> Markup {
    let title = match document.kind {
        DocumentKind::AccessPolicy => "Access policy",
        DocumentKind::TrustPolicy => "Trust policy",
        DocumentKind::Cors => "CORS configuration",
    };
    let id = format!("mend-{step}");
    let text = pretty(document.document.as_str());
    html! {
        // A document that is wholly new is shown once.
        @if let Some(diff) = document.diff.as_ref().filter(|diff| !diff.starts_with("@@ -0,0 ")) {
            (parts::diff(&format!("{title}: what to change if the rest is as it was generated"), diff))
        }
        (Pasted { id: &id, title: &format!("{title}, as it should be"), text: &text, download: None }.show())
    }
}

/// JSON over several lines, in its own order.
fn pretty(text: &str) -> String {
    let mut pretty = Vec::new();
    let mut to = serde_json::Serializer::pretty(&mut pretty);
    let mut from = serde_json::Deserializer::from_str(text);
    match serde_transcode::transcode(&mut from, &mut to) {
        Ok(()) => String::from_utf8_lossy(&pretty).into_owned(),
        Err(_) => text.to_owned(),
    }
}
