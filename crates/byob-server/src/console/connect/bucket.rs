//! Which bucket, and what may be done in it.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::html;

use super::{
    Draft,
    notes::{Fields, Notes},
    steps::Step,
};
use crate::{
    console::{
        Answer,
        connection::{
            fields::{Asked, SHOWN},
            missing, wanted,
        },
        form::{Faults, Form},
    },
    router::App,
};

pub async fn page(State(app): State<App>, draft: Draft) -> Answer {
    let form = draft.form(Step::Bucket);
    let wrong = draft.faults_of(&app, Step::Bucket, &form)?;
    let faults = if wrong.is_empty() { draft.faults_of_name(&form)? } else { wrong };
    Ok(view(&draft, &form, &faults))
}

pub async fn change(State(app): State<App>, mut draft: Draft, sent: Form) -> Answer {
    let stale = draft.stale(Step::Bucket, &sent);
    if !stale.is_empty() {
        draft.keep(&app, Step::Bucket, &sent).await?;
        return Ok((StatusCode::CONFLICT, view(&draft, &sent, &stale)).into_response());
    }
    let role = draft.record.settings.role_arn().or(draft.notes.role.as_deref()).map(str::to_owned);
    // What is not needed to have a draft is needed to go on.
    let mut faults = missing(&draft.record, &sent);
    if faults.is_empty() {
        let (here, id, changes) = (&draft.here, &draft.record.id, wanted(draft.role(&sent), &sent));
        match app.core.update_draft(here.organization(), &here.by, id, changes).await {
            Ok(record) => draft.record = record,
            Err(error) => faults = Faults::of(error)?,
        }
    }
    if !faults.is_empty() {
        draft.keep(&app, Step::Bucket, &sent).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, view(&draft, &sent, &faults)).into_response());
    }
    let role = role.filter(|_| !draft.is_by_role());
    let settle = |notes: &mut Notes| {
        notes.set_typed(Step::Bucket, Fields::new());
        notes.role.clone_from(&role);
    };
    draft.note(&app, settle).await?;
    draft.taken = app.core.find_tie(draft.here.organization(), &draft.record).await?;
    draft.name_taken = app.core.find_name_taken(draft.here.organization(), &draft.record).await?;
    // Nobody makes a role for a bucket that is connected already, or names it as another is.
    if draft.taken.is_some() || draft.name_taken.is_some() {
        let faults = draft.faults_of_name(&sent)?;
        return Ok((StatusCode::CONFLICT, view(&draft, &sent, &faults)).into_response());
    }
    Ok(draft.go_on(Step::Bucket))
}

fn view(draft: &Draft, form: &Form, faults: &Faults) -> Response {
    let asked = Asked { form, faults };
    let elsewhere = !form.get("endpoint_url").is_empty() || !form.has("authentication.type", "role");
    draft.page(Step::Bucket, "Which bucket?", &["keep.js"], &html! {
        (faults.summary(&SHOWN))
        form method="post" data-keep=(draft.action("bucket/typed")) {
            (draft.state(Step::Bucket))
            section .card {
                (asked.name())
                (asked.scope())
                (asked.region())
            }
            section .card {
                (asked.access())
                (asked.kms_keys())
            }
            details .more open[elsewhere] {
                summary { "A store that is not AWS, or no role" }
                (asked.endpoints())
                fieldset {
                    legend { "How BYOB gets in" }
                    (asked.radio("authentication.type", "role", "By a role", "The way to prefer: nothing secret is stored, and you can end it at any time."))
                    (asked.radio("authentication.type", "access_key", "With an access key", "For stores that have no roles. The secret is stored encrypted, and never shown again."))
                    (asked.radio("authentication.type", "anonymous", "Without credentials", "Only for buckets that everybody may read."))
                }
                (asked.line("authentication.access_key_id", "Access key ID", "text", html! { "Only with an access key." }))
                (asked.line("authentication.secret_access_key", "Secret access key", "password", html! { "Only with an access key. Once one is stored, leave this empty to keep it." }))
            }
            button .primary { "Save and go on" }
        }
    })
}
