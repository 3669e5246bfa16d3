//! The organization itself.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use byob_core::store::OrganizationRow;
use maud::html;
use serde::Deserialize;

use super::{
    Answer,
    form::{self, Faults, Form, Line},
    frame::{Frame, Place},
    here::{Admin, Here},
    parts, then,
};
use crate::{body::Query, router::App};

pub fn router() -> Router<App> {
    Router::new().route("/o/{organization}/organization", get(page).post(rename))
}

/// What was done, after which this page is shown again.
#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    done: String,
}

async fn page(Admin(here): Admin, State(app): State<App>, Query(query): Query<Done>) -> Answer {
    let organization = app.core.get_organization(here.organization()).await?;
    let form = Form::of([("name", organization.name.clone())]);
    Ok(view(&here, &organization, query.done == "name", &form, &Faults::default()))
}

async fn rename(Admin(here): Admin, State(app): State<App>, form: Form) -> Answer {
    match app.core.rename_organization(here.organization(), &here.by, form.get("name")).await {
        Ok(_) => Ok(then(&here.path("organization?done=name"))),
        Err(error) => {
            let organization = app.core.get_organization(here.organization()).await?;
            let status = form::refusal(&error);
            Ok((status, view(&here, &organization, false, &form, &Faults::of(error)?)).into_response())
        }
    }
}

fn view(here: &Here, organization: &OrganizationRow, renamed: bool, form: &Form, faults: &Faults) -> Response {
    let name = Line {
        name: "name",
        label: "Name",
        kind: "text",
        hint: html! { "Members see it, and whoever opens a link to join. Addresses and tokens stay as they are." },
        autocomplete: "organization",
        required: true,
    };
    Frame::new(here, Place::Organization, "Organization").scripts(&["copy.js"]).page(&html! {
        @if renamed { div .note .good role="status" { p { "It is called " (organization.name) " now." } } }
        (faults.summary(&["name"]))
        form method="post" .card {
            (name.field(form, faults))
            button .primary { "Save" }
        }
        section .card {
            dl .facts {
                dt { "ID" } dd { (parts::copyable("organization-id", &organization.id)) }
                dt { "Made" } dd { (parts::moment_of(organization.created_at)) }
            }
        }
    })
}
