//! The misconfiguration matrix: a fresh AWS for each mistake, and what the check makes of it. Where the finding carries a document or
//! settings, they are applied as they are, and then the step has to pass.

mod access;
mod browser;
mod bucket;
mod clock;
mod denials;
mod encryption;
mod trust;

use byob_core::check::{
    Report,
    report::{DocumentKind, Outcome, Outcome::*},
    steps::{STEPS, StepName, StepName::*},
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::given::{Connection, step};
use crate::aws::BUCKET;

/// One mistake, and what is expected of the check.
#[derive(Clone)]
struct Mistake {
    name: &'static str,
    settings: fn() -> Value,
    /// What is wrong with trust policy and access policy when the role is made.
    spoil: fn(&mut Value, &mut Value),
    /// What else goes wrong.
    act: fn(&Connection),
    step: StepName,
    outcome: Outcome,
    cause: &'static str,
    /// Applying what the finding brings along mends it.
    mends: bool,
}

const PLAIN: Mistake = Mistake {
    name: "",
    settings: || json!({}),
    spoil: |_, _| (),
    act: |_| (),
    step: RoleAssumable,
    outcome: Failed,
    cause: "",
    mends: false,
};

fn everything() -> Value {
    json!({ "access": ["list", "read", "read_versions", "write", "delete"] })
}

fn team() -> Value {
    json!({ "scope": { "type": "bucket", "bucket": BUCKET, "prefix": "team" } })
}

/// By what the mistakes are about.
const MATRIX: [&[Mistake]; 7] = [
    trust::MISTAKES,
    bucket::MISTAKES,
    access::MISTAKES,
    denials::MISTAKES,
    encryption::MISTAKES,
    browser::MISTAKES,
    clock::MISTAKES,
];

#[tokio::test]
async fn every_mistake_is_told_with_its_cause_and_its_mend() {
    let mistakes = MATRIX.concat();
    assert!(mistakes.len() >= 40, "{}", mistakes.len());
    let wrong: Vec<String> =
        stream::iter(&mistakes).map(examine).buffer_unordered(4).filter_map(async |wrong| wrong).collect().await;
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), mistakes.len(), wrong.join("\n"));
}

async fn examine(mistake: &Mistake) -> Option<String> {
    let connection = Connection::made((mistake.settings)(), mistake.spoil).await;
    (mistake.act)(&connection);
    let before = connection.keys();

    let report = connection.check().await;

    if let Some(wrong) = is_complete(&report) {
        return Some(format!("{}: {wrong}", mistake.name));
    }
    let seen = step(&report, mistake.step);
    let cause = seen.finding.as_ref().map(|finding| finding.cause.as_str());
    if (seen.outcome, cause) != (mistake.outcome, Some(mistake.cause)) {
        let all: Vec<_> = report
            .steps
            .iter()
            .map(|step| {
                format!(
                    "  {} {:?} {} {:?}",
                    step.name,
                    step.outcome,
                    step.detail,
                    step.finding.as_ref().map(|f| &f.cause)
                )
            })
            .collect();
        return Some(format!(
            "{}: {} is {:?} because of {cause:?}\n{}",
            mistake.name,
            seen.name,
            seen.outcome,
            all.join("\n")
        ));
    }
    if mistake.step != ObjectDeletable && connection.keys() != before {
        return Some(format!("{}: left behind {:?}", mistake.name, connection.keys()));
    }
    if mistake.mends {
        apply(&connection, &report, mistake.step).await;
        let report = connection.check().await;
        let seen = step(&report, mistake.step);
        if seen.outcome != Passed {
            return Some(format!("{}: what was offered does not mend it: {seen:#?}", mistake.name));
        }
    }
    None
}

/// Each step once and in order; a failure says why and what to do, in whole sentences; and no more requests than promised.
fn is_complete(report: &Report) -> Option<String> {
    let names: Vec<_> = report.steps.iter().map(|step| step.name).collect();
    if names != STEPS.each_ref().map(|info| info.step) {
        return Some(format!("steps: {names:?}"));
    }
    if report.requests >= 25 {
        return Some(format!("{} requests", report.requests));
    }
    for step in &report.steps {
        let finding = step.finding.as_ref();
        let told = finding.is_some_and(|finding| {
            [&finding.detail, &finding.fix]
                .iter()
                .all(|text| text.ends_with('.') && !text.contains(['{', '}']) && text.len() > 10)
        });
        if matches!(step.outcome, Failed | Warned) != told || step.detail.is_empty() {
            return Some(format!("{step:?}"));
        }
    }
    None
}

/// The customer and the admin do what the finding says.
async fn apply(connection: &Connection, report: &Report, name: StepName) {
    let finding = step(report, name).finding.clone().unwrap();
    assert!(finding.document.is_some() || finding.settings.is_some(), "{name}: {finding:?}");
    if let Some(settings) = finding.settings {
        connection.change(settings).await;
    }
    if let Some(corrected) = finding.document {
        let document = serde_json::from_str(corrected.document.as_str()).unwrap();
        match corrected.kind {
            DocumentKind::AccessPolicy => connection.set_access(&document),
            DocumentKind::TrustPolicy => connection.set_trust(&document),
            DocumentKind::Cors => connection.set_cors(&document),
        }
    }
}
