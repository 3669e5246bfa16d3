//! The role's ARN.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::html;

use super::{
    Draft, in_aws,
    notes::Fields,
    steps::{Order, Step},
};
use crate::{
    console::{
        Answer,
        connection::{ROLE, by_role},
        form::{Faults, Form, Line},
        parts,
    },
    router::App,
};

pub async fn page(State(app): State<App>, draft: Draft) -> Answer {
    let form = draft.form(Step::Role);
    let faults = draft.faults_of(&app, Step::Role, &form)?;
    Ok(view(&draft, &form, &faults))
}

pub async fn change(State(app): State<App>, draft: Draft, sent: Form) -> Answer {
    let stale = draft.stale(Step::Role, &sent);
    if !stale.is_empty() {
        draft.keep(&app, Step::Role, &sent).await?;
        return Ok((StatusCode::CONFLICT, view(&draft, &sent, &stale)).into_response());
    }
    let faults = if sent.get(ROLE).trim().is_empty() {
        Faults::missing([ROLE])
    } else {
        let (here, id) = (&draft.here, &draft.record.id);
        match app.core.update_draft(here.organization(), &here.by, id, by_role(&sent)).await {
            Ok(_) => {
                draft.note(&app, |notes| notes.set_typed(Step::Role, Fields::new())).await?;
                return Ok(draft.go_on(Step::Role));
            }
            Err(error) => Faults::of(error)?,
        }
    };
    draft.keep(&app, Step::Role, &sent).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, view(&draft, &sent, &faults)).into_response())
}

fn view(draft: &Draft, form: &Form, faults: &Faults) -> Response {
    let arn = Line {
        name: ROLE,
        label: "ARN of the role",
        kind: "text",
        hint: html! { "Such as " code { "arn:aws:iam::123456789012:role/byob" } "." },
        autocomplete: "off",
        required: false,
    };
    draft.page(Step::Role, "The role’s ARN", &["copy.js", "keep.js"], &html! {
        (in_aws(&["IAM", "Roles", "your role"], &html! { "The ARN stands at the top of the role’s page, in the box “Summary”." }))
        (faults.summary(&[ROLE]))
        form method="post" data-keep=(draft.action("role/typed")) .card {
            (draft.state(Step::Role))
            (arn.field(form, faults))
            button .primary { "Save and go on" }
        }
        @if draft.notes.began_with == Order::Role {
            section .card {
                h2 { "What the role will have to name" }
                p .lead { "The next step has the whole trust policy." }
                dl .facts {
                    dt { "External ID" } dd { (parts::copyable("external-id", draft.record.external_id.as_str())) }
                    @if let Some(principal) = &draft.record.principal {
                        dt { "Principal" } dd { (parts::copyable("principal", &principal.to_string())) }
                    }
                }
            }
        }
    })
}
