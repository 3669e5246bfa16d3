//! The check before saving, and saving.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use byob_core::{
    Error, Kind,
    check::{CheckOptions, report::Health},
};
use maud::{Markup, html};

use super::{Draft, steps::Step};
use crate::{
    console::{
        Answer,
        connection::made_of::MADE_OF,
        form::{Faults, Form},
        live, then,
    },
    router::App,
};

pub async fn page(draft: Draft) -> Response {
    view(&draft, &Faults::default())
}

pub async fn check(State(app): State<App>, draft: Draft, headers: HeaderMap, form: Form) -> Answer {
    let options = CheckOptions::new(None, form.has("wait", "yes").then_some(180))?;
    let check = app.core.draft_check(draft.here.organization(), &draft.here.by, &draft.record.id, &options).await?;
    live::answer(check, &headers, move |_| draft.path(Step::Check)).await
}

/// Takes over the settings that the last check found for one of its steps.
pub async fn apply(State(app): State<App>, draft: Draft, form: Form) -> Answer {
    let report = draft.last.as_ref().ok_or_else(|| Error::not_found("check"))?;
    let settings = live::mends::chosen(report, &form)?;
    let names: Vec<String> = settings.keys().cloned().collect();
    app.core.update_draft(draft.here.organization(), &draft.here.by, &draft.record.id, settings).await?;
    // What was typed in its place would take it back.
    draft.note(&app, |notes| names.iter().for_each(|name| notes.forget(name))).await?;
    Ok(then(&format!("{}#changed", draft.path(Step::Check))))
}

pub async fn save(State(app): State<App>, mut draft: Draft, sent: Form) -> Answer {
    let made_of = sent.get(MADE_OF);
    // What was checked is saved, not what was said since in another tab.
    if !made_of.is_empty() && made_of != draft.record.row.version.to_string() {
        let detail = "It was not saved: its settings were changed after the check that this page showed.";
        let changed = Error::new(Kind::Conflict, "changed_meanwhile", detail);
        let changed = changed.hint("Look at what stands here now, and check again.");
        return Ok((StatusCode::CONFLICT, view(&draft, &Faults::general(changed))).into_response());
    }
    // In another tab something was typed since this one offered to save.
    if !draft.open().is_empty() {
        let open = Error::new(Kind::Conflict, "draft_open", "It was not saved: something is open still.");
        return Ok((StatusCode::CONFLICT, view(&draft, &Faults::general(open))).into_response());
    }
    match app.core.save_draft(draft.here.organization(), &draft.here.by, &draft.record.id).await {
        Ok(saved) => Ok(then(&draft.here.path(&format!("integrations/{}", saved.id)))),
        Err(error) => {
            // Saving checks whether the role is safe.
            draft.last = error.report().cloned().or(draft.last);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, view(&draft, &Faults::of(error)?)).into_response())
        }
    }
}

fn view(draft: &Draft, faults: &Faults) -> Response {
    let last = draft.last.as_ref();
    // What was checked before the settings were changed says nothing about them.
    let stale = last.is_some() && draft.checked().is_none();
    let works = draft.is_done(Step::Check);
    let open = draft.open();
    let is_unsafe = last.is_some_and(|report| report.health == Health::Unsafe);
    draft.page(Step::Check, "Does it work?", &["copy.js", "check.js"], &html! {
        (faults.summary(&[]))
        @if !open.is_empty() {
            div .note .warn {
                p { "Something is still to be said before this can be saved: "
                    @for (number, step) in open.iter().enumerate() { @if number > 0 { ", " } a href=(draft.path(*step)) { (step.name()) } } "." }
            }
        }
        @if last.is_none() {
            p .lead { "BYOB now does what it will do with your files: it assumes the role, lists, reads, and opens a file as a browser would. It also tries to get in without the external ID, and has to be refused." }
        }
        div .row {
            form method="post" action=(draft.path(Step::Check)) data-check .row {
                button .primary[!works] { @if last.is_some() { "Check again" } @else { "Check connection" } }
                label .tick {
                    input type="checkbox" name="wait" value="yes";
                    " Wait up to three minutes: changes in IAM take a while to spread"
                }
            }
            @if last.is_some() && !is_unsafe && !stale && open.is_empty() { (save_button(draft, works)) }
        }
        (live::place())
        @if let Some(report) = last {
            div #last data-check=(report.id) {
                @if stale { div .note .warn { p { b { "The settings were changed after this check." } " Check again." } } }
                (live::report::summary(report))
                @if !stale { (live::mends::offers(report, &draft.action("apply"))) }
                (live::report::steps(report))
            }
        }
    })
}

fn save_button(draft: &Draft, works: bool) -> Markup {
    html! {
        form method="post" action=(draft.action("save")) {
            input type="hidden" name=(MADE_OF) value=(draft.record.row.version);
            button .primary[works] { @if works { "Save, and use it" } @else { "Save anyway" } }
        }
    }
}
