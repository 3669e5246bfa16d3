//! The organizations of the platform.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use byob_core::{organization::accounts::SignedIn, store::OverviewRow};
use maud::{Markup, html};
use serde::Deserialize;

use super::{by_health, organization_path, view_link};
use crate::{
    body::Query,
    console::{
        Answer,
        form::{Faults, Form, Line},
        frame::{Frame, Place},
        here::Operator,
        parts,
    },
    router::App,
};

const PAGE: i64 = 200;

#[derive(Deserialize, Default)]
pub struct Which {
    #[serde(default)]
    cursor: String,
}

pub async fn page(Operator(operator): Operator, State(app): State<App>, Query(which): Query<Which>) -> Answer {
    view(&app, &operator, &which, &Form::default(), &Faults::default()).await
}

pub async fn create(Operator(operator): Operator, State(app): State<App>, form: Form) -> Answer {
    let name = form.get("name");
    match app.core.create_organization_by_link(name, form.get("admin_email")).await {
        Ok((id, admin, invitation)) => Ok(view_link(&app, &operator, id.as_str(), name.trim(), &admin, &invitation)),
        Err(error) => {
            let page = view(&app, &operator, &Which::default(), &form, &Faults::of(error)?).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

async fn view(app: &App, operator: &SignedIn, which: &Which, form: &Form, faults: &Faults) -> Answer {
    // One more than fits, so that a next page is noticed.
    let mut found = app.core.store().organization_overviews(&which.cursor, PAGE + 1).await?;
    let fits = usize::try_from(PAGE).unwrap_or_default();
    let next = found.get(fits).is_some().then(|| found[fits - 1].id.clone());
    found.truncate(fits);
    Ok(render(operator, &found, next.as_deref(), form, faults))
}

fn render(operator: &SignedIn, found: &[OverviewRow], next: Option<&str>, form: &Form, faults: &Faults) -> Response {
    Frame::of_platform(operator, Place::Organizations, "Organizations").page(&html! {
        @if found.is_empty() { p .lead { "There is none yet. Each customer of the platform is an organization: its people connect their buckets in it." } }
        @else { (table(found)) }
        @if let Some(cursor) = next { p .row { a .button href={ "/operator/organizations?cursor=" (cursor) } { "More" } } }
        section .card {
            h2 { "Make an organization" }
            (faults.summary(&["name", "admin_email"]))
            form method="post" {
                (line("name", "Name", "text", "Such as “Acme Robotics”.").field(form, faults))
                (line("admin_email", "E-mail address of its first admin", "email", "").field(form, faults))
                button .primary { "Make it, with a link" }
                p .hint { "You get a link for the admin to hand over. Nothing is mailed." }
            }
        }
    })
}

fn table(found: &[OverviewRow]) -> Markup {
    html! {
        table .table .stack {
            thead { tr { th { "Name" } th { "Members" } th { "Integrations" } th { "Made" } } }
            tbody {
                @for row in found {
                    tr {
                        th scope="row" { a href=(organization_path(&row.id)) { (row.name) } }
                        td { (members(row)) }
                        td { (by_health(&row.turned_on, row.turned_off)) }
                        td .quiet { (parts::moment_of(row.created_at)) }
                    }
                }
            }
        }
    }
}

/// How many there are, and how many of them have come.
pub fn members(row: &OverviewRow) -> Markup {
    html! {
        (row.members) @if row.joined < row.members { span .quiet { ", " (row.joined) " joined" } }
    }
}

pub fn line<'a>(name: &'a str, label: &'a str, kind: &'a str, hint: &str) -> Line<'a> {
    Line { name, label, kind, hint: html! { (hint) }, autocomplete: "off", required: true }
}
