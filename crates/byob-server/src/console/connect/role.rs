//! The role's ARN.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::html;
use serde_json::{Map, json};

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

pub async fn page(draft: Draft) -> Response {
    let form = Form::of([(FIELD, draft.record.settings.role_arn().unwrap_or_default().to_owned())]);
    view(&draft, &form, &Faults::default())
}

pub async fn change(State(app): State<App>, draft: Draft, form: Form) -> Answer {
    let arn = form.get(FIELD).trim();
    if arn.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, view(&draft, &form, &Faults::missing([FIELD]))).into_response());
    }
    let mut changes = Map::new();
    changes.insert("authentication".into(), json!({ "type": "role", "role_arn": arn }));
    match app.core.update_draft(draft.here.organization(), &draft.here.by, &draft.record.id, changes).await {
        Ok(_) => Ok(draft.go_on(Step::Role)),
        Err(error) => Ok((StatusCode::UNPROCESSABLE_ENTITY, view(&draft, &form, &Faults::of(error)?)).into_response()),
    }
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
        @if draft.order == Order::Role {
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
