//! The organizations of the platform.

use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use byob_core::{id::OrganizationId, organization::accounts::SignedIn, store::OverviewRow};
use maud::{Markup, html};

use super::{by, by_health, organization_path, view_link};
use crate::{
    body::Query,
    boundary::RequestId,
    console::{
        Answer,
        form::{Faults, Form, Line},
        frame::{Frame, Place},
        here::Operator,
        parts,
    },
    page::{Page, PageQuery},
    router::App,
};

pub async fn page(Operator(operator): Operator, State(app): State<App>, Query(query): Query<PageQuery>) -> Answer {
    Ok(view(&operator, &load(&app, &query).await?, &Form::default(), &Faults::default()))
}

pub async fn create(
    Operator(operator): Operator,
    State(app): State<App>,
    Extension(request): Extension<RequestId>,
    form: Form,
) -> Answer {
    let name = form.get("name");
    match app.core.create_organization_by_link(&by(&operator, request), name, form.get("admin_email")).await {
        Ok((id, admin, invitation)) => Ok(view_link(&app, &operator, id.as_str(), name.trim(), &admin, &invitation)),
        Err(error) => {
            let found = load(&app, &PageQuery::default()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, view(&operator, &found, &form, &Faults::of(error)?)).into_response())
        }
    }
}

async fn load(app: &App, query: &PageQuery) -> Answer<Page<OverviewRow>> {
    let limit = query.fetch_limit_after(OrganizationId::parse)?;
    let rows = app.core.store().organization_overviews(&query.cursor, limit).await?;
    Ok(query.page(rows, |row| row.id.clone()))
}

fn view(operator: &SignedIn, found: &Page<OverviewRow>, form: &Form, faults: &Faults) -> Response {
    Frame::of_platform(operator, Place::Organizations, "Organizations").page(&html! {
        @if found.items.is_empty() { p .lead { "There is none yet. Each customer of the platform is an organization: its people connect their buckets in it." } }
        @else { (table(&found.items)) }
        (parts::more("/operator/organizations", found.next_cursor.as_deref()))
        section .card {
            h2 { "Make an organization" }
            (faults.summary(&["name", "admin_email"]))
            form method="post" {
                (line("name", "Name", "text", "Such as “Acme Robotics”.").field(form, faults))
                (line("admin_email", "E-mail address of its first admin", "email", "").field(form, faults))
                button .primary { "Make it, with a link" }
                p .hint { "You get a link to hand over to the admin. Nothing is mailed." }
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
                        td .quiet { span .narrow { "Made " } (parts::moment_of(row.created_at)) }
                    }
                }
            }
        }
    }
}

/// How many there are, and how many of them have come.
pub fn members(row: &OverviewRow) -> Markup {
    html! {
        (row.members) (if row.members == 1 { " member" } else { " members" })
        @if row.joined < row.members { span .quiet { ", " (row.joined) " joined" } }
    }
}

pub fn line<'a>(name: &'a str, label: &'a str, kind: &'a str, hint: &str) -> Line<'a> {
    Line { name, label, kind, hint: html! { (hint) }, autocomplete: "off", required: true }
}
