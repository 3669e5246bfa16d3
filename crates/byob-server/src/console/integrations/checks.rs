//! Checks that were made, and making one.

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use byob_core::{
    Error, Kind,
    check::{
        CheckOptions, Report,
        change::Change,
        past::{ComparedCheck, Occasion, PastCheck},
        report::{Conclusion, Outcome},
    },
    id::{CheckId, IntegrationId},
    integration::Record,
};
use maud::{Markup, html};

use super::{One, Tab};
use crate::{
    console::{
        Answer,
        form::Form,
        here::{Admin, Here},
        live, parts, then,
    },
    router::App,
};

/// As many as are kept.
const MOST: i64 = 60;

pub async fn page(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    let id = IntegrationId::parse(&id)?;
    let integration = app.core.get_integration(&here.reach(), &id).await?;
    let checks = app.core.list_checks(&here.reach(), &id, "", MOST).await?;
    Ok(view(&here, &integration, &checks))
}

/// Makes one, and shows it when it has ended. Scripts show it live instead.
pub async fn check(
    Admin(here): Admin,
    State(app): State<App>,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let id = IntegrationId::parse(&id)?;
    let check = app.core.integration_check(&here.reach(), &here.by, &id, &CheckOptions::default()).await?;
    live::answer(check, &headers, move |report| super::path(&here, &id, &format!("/checks/{}", report.id))).await
}

pub async fn one(
    Admin(here): Admin,
    State(app): State<App>,
    Path((_, id, check)): Path<(String, String, String)>,
) -> Answer {
    let id = IntegrationId::parse(&id)?;
    let integration = app.core.get_integration(&here.reach(), &id).await?;
    let check = app.core.get_check(&here.reach(), &id, &CheckId::parse(&check)?).await?;
    let report: Report = serde_json::from_str(check.report.get()).map_err(Error::internal)?;
    Ok(view_one(&here, &integration, &check, &report))
}

/// Takes over the settings that the check found for one of its steps.
pub async fn apply(
    Admin(here): Admin,
    State(app): State<App>,
    Path((_, id, check)): Path<(String, String, String)>,
    form: Form,
) -> Answer {
    let id = IntegrationId::parse(&id)?;
    let integration = app.core.get_integration(&here.reach(), &id).await?;
    let check = app.core.get_check(&here.reach(), &id, &CheckId::parse(&check)?).await?;
    let report: Report = serde_json::from_str(check.report.get()).map_err(Error::internal)?;
    if !is_of_these_settings(&report, &integration) {
        let detail = "It was not taken over: the integration was changed after this check.";
        return Err(Error::new(Kind::Conflict, "changed_meanwhile", detail).hint("Check again.").into());
    }
    let settings = live::mends::chosen(&report, &form)?;
    app.core.update_integration(here.organization(), &here.by, &id, None, settings).await?;
    Ok(then(&super::path(&here, &id, "")))
}

/// What was checked before the settings were changed offers nothing for them.
fn is_of_these_settings(report: &Report, integration: &Record) -> bool {
    report.integration_version == integration.row.version
}

fn view(here: &Here, integration: &Record, checks: &[PastCheck]) -> Response {
    let one = One { here, integration };
    one.part("Checks", &one.check_button("primary")).scripts(&["check.js"]).page(&html! {
        (one.tabs(Tab::Checks))
        (live::place())
        @if checks.is_empty() { p .lead { "There was no check yet." } }
        @else { (table(&one, checks)) }
    })
}

/// Checks, newest first.
pub fn table(one: &One<'_>, checks: &[PastCheck]) -> Markup {
    html! {
        table .table .stack {
            thead { tr { th { "When" } th { "Outcome" } th { "What did not pass" } th { "Why it was made" } } }
            tbody {
                @for check in checks {
                    tr {
                        th scope="row" { a href=(one.path(&format!("/checks/{}", check.id))) { (parts::moment_of(check.started_at)) } }
                        td { (outcome(check.outcome)) }
                        td { span .narrow { "Did not pass: " } (not_passed(check)) }
                        td .quiet { (occasion(check.occasion)) }
                    }
                }
            }
        }
    }
}

fn outcome(outcome: Conclusion) -> Markup {
    let (style, word) = match outcome {
        Conclusion::Passed => ("good", "Passed"),
        Conclusion::Warned => ("warn", "Passed, with reservations"),
        Conclusion::Failed => ("bad", "Failed"),
        Conclusion::Inconclusive => ("", "AWS did not answer"),
    };
    html! { span class={ "badge " (style) } { (word) } }
}

fn not_passed(check: &PastCheck) -> Markup {
    let steps = check.steps.iter().filter(|step| matches!(step.standing.outcome, Outcome::Failed | Outcome::Warned));
    let names: Vec<&str> = steps.map(|step| step.name.as_str()).collect();
    html! { @if names.is_empty() { span .quiet { "Nothing" } } @else { @for name in names { code { (name) } " " } } }
}

fn occasion(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Request => "Somebody asked",
        Occasion::Schedule => "On schedule",
        Occasion::Save => "After a change",
    }
}

fn view_one(here: &Here, integration: &Record, check: &ComparedCheck, report: &Report) -> Response {
    let one = One { here, integration };
    one.part("Check", &one.check_button("primary")).scripts(&["copy.js", "check.js"]).page(&html! {
        (one.tabs(Tab::Checks))
        (live::place())
        div #last data-check=(report.id) {
        h2 { "Check of " (parts::moment_of(check.check.started_at)) }
        (live::report::summary(report))
        @if is_of_these_settings(report, integration) { (live::mends::offers(report, &one.path(&format!("/checks/{}/apply", report.id)))) }
        @if !check.changes.is_empty() {
            section .card {
                h3 { "What changed since it last passed" }
                @if let Some(good) = &check.last_good { p .lead { "Compared with " (parts::moment_of(good.started_at)) "." } }
                ul { @for change in &check.changes { li { (changed(change)) } } }
            }
        }
        (live::report::steps(report))
        }
    })
}

fn changed(change: &Change) -> Markup {
    let before = change.before.as_ref().map_or("not taken", |before| live::report::word(before.outcome));
    html! { code { (change.step) } ": " (before) " before, " (live::report::word(change.after.outcome)) " now" }
}
