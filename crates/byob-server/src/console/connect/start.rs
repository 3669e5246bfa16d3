//! Beginning, coming back, and giving up.

use axum::{extract::State, response::Response};
use byob_core::integration::Settings;
use maud::html;
use serde_json::json;

use super::{
    Draft, note, path,
    steps::{Order, Step},
};
use crate::{
    console::{
        Answer,
        form::Form,
        frame::{Frame, Place},
        here::Admin,
        then,
    },
    router::App,
};

pub async fn page(Admin(here): Admin) -> Response {
    let choice = |value: &str, first: bool, title: &str, text: &str| {
        html! {
            label .choice {
                input type="radio" name="from" value=(value) checked[first];
                span { b { (title) } span { (text) } }
            }
        }
    };
    Frame::new(&here, Place::Integrations, "Connect a bucket").below(here.path("integrations"), "Integrations").page(&html! {
        p .lead { "In about five minutes. You need somebody who may make roles in the AWS account of the bucket; that may be you in another tab." }
        form method="post" .card {
            fieldset {
                legend { "What do you have?" }
                (choice("bucket", true, "A bucket", "You say what BYOB may do, get the policies for it, and make a role with them. Take this if in doubt."))
                (choice("role", false, "A role already", "You paste its ARN, and get the external ID and the trust policy that it needs."))
            }
            button .primary { "Begin" }
        }
    })
}

pub async fn begin(Admin(here): Admin, State(app): State<App>, form: Form) -> Answer {
    let settings: Settings = serde_json::from_value(json!({})).map_err(byob_core::Error::internal)?;
    let draft = app.core.create_draft(here.organization(), &here.by, settings).await?;
    if !form.has("from", "role") {
        return Ok(then(&path(&here, &draft.id, "/bucket")));
    }
    note(&app, &here, &draft.id, |notes| notes.began_with = Order::Role).await?;
    Ok(then(&path(&here, &draft.id, "/role")))
}

/// Leads to the first step that asks for something, or to the documents before it, unless somebody has begun with it.
pub async fn resume(draft: Draft) -> Answer {
    let steps = draft.steps();
    let Some(open) = steps.iter().position(|step| !draft.is_said(*step)) else {
        return Ok(then(&draft.path(Step::Check)));
    };
    let documents = steps[..open].iter().rev().take_while(|step| step.is_document()).count();
    let has_begun = draft.has(steps[open]) || draft.notes.typed(steps[open]).is_some();
    Ok(then(&draft.path(steps[if has_begun { open } else { open - documents }])))
}

pub async fn discard(State(app): State<App>, draft: Draft) -> Answer {
    app.core.delete_draft(draft.here.organization(), &draft.here.by, &draft.record.id).await?;
    Ok(then(&draft.here.path("integrations")))
}
