//! The role's ARN.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::html;
use serde_json::{Map, Value, json};

use super::{
    Draft, in_aws,
    steps::{Order, Step},
};
use crate::{
    console::{
        Answer,
        form::{Faults, Form, Line},
        parts,
    },
    router::App,
};

const FIELD: &str = "authentication.role_arn";

pub async fn page(State(app): State<App>, draft: Draft) -> Answer {
    let Some(form) = draft.notes.typed(Step::Role) else {
        let form = Form::of([(FIELD, draft.record.settings.role_arn().unwrap_or_default().to_owned())]);
        return Ok(view(&draft, &form, &Faults::default()));
    };
    let faults = app.core.changed(&draft.record, wanted(form)).err().map(Faults::of).transpose()?;
    Ok(view(&draft, form, &faults.unwrap_or_default()))
}

pub async fn change(State(app): State<App>, mut draft: Draft, form: Form) -> Answer {
    let faults = if form.get(FIELD).trim().is_empty() {
        Faults::missing([FIELD])
    } else {
        let (here, id) = (&draft.here, &draft.record.id);
        match app.core.update_draft(here.organization(), &here.by, id, wanted(&form)).await {
            Ok(_) => {
                draft.settle(&app, Step::Role).await?;
                return Ok(draft.go_on(Step::Role));
            }
            Err(error) => Faults::of(error)?,
        }
    };
    draft.keep(&app, Step::Role, &form).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, view(&draft, &form, &faults)).into_response())
}

fn wanted(form: &Form) -> Map<String, Value> {
    let mut changes = Map::new();
    changes.insert("authentication".into(), json!({ "type": "role", "role_arn": form.get(FIELD).trim() }));
    changes
}

fn view(draft: &Draft, form: &Form, faults: &Faults) -> Response {
    let arn = Line {
        name: FIELD,
        label: "ARN of the role",
        kind: "text",
        hint: html! { "Such as " code { "arn:aws:iam::123456789012:role/byob" } "." },
        autocomplete: "off",
        required: false,
    };
    draft.page(Step::Role, "The role’s ARN", &["copy.js", "keep.js"], &html! {
        (in_aws(&["IAM", "Roles", "your role"], &html! { "The ARN stands at the top of the role’s page, in the box “Summary”." }))
        (faults.summary(&[FIELD]))
        form method="post" data-keep .card {
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
