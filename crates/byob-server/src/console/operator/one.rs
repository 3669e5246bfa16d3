//! One organization, as far as it is the operator's business.

use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use byob_core::{
    Error,
    id::OrganizationId,
    organization::accounts::SignedIn,
    store::{MemberRow, OverviewRow},
};
use maud::{Markup, html};

use super::{
    by, by_health, organization_path,
    organizations::{line, members},
    view_link,
};
use crate::{
    boundary::RequestId,
    console::{
        Answer,
        form::{Faults, Form},
        frame::{Frame, Place},
        here::Operator,
        parts, then,
    },
    router::App,
};

pub async fn page(Operator(operator): Operator, State(app): State<App>, Path(id): Path<String>) -> Answer {
    let one = One::get(&app, &id).await?;
    let form = Form::of([("name", one.row.name.clone())]);
    Ok(one.view(&operator, &form, &Faults::default()))
}

pub async fn rename(
    Operator(operator): Operator,
    State(app): State<App>,
    Extension(request): Extension<RequestId>,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let by = by(&operator, request);
    match app.core.rename_organization(&OrganizationId::parse(&id)?, &by, form.get("name")).await {
        Ok(_) => Ok(then(&organization_path(&id))),
        Err(error) => refused(&app, &operator, &id, &form, error).await,
    }
}

pub async fn link(
    Operator(operator): Operator,
    State(app): State<App>,
    Extension(request): Extension<RequestId>,
    Path(id): Path<String>,
) -> Answer {
    match app.core.invite_first_admin(&OrganizationId::parse(&id)?, &by(&operator, request)).await {
        Ok((admin, invitation)) => {
            let one = One::get(&app, &id).await?;
            Ok(view_link(&app, &operator, &id, &one.row.name, &admin, &invitation))
        }
        Err(error) => refused(&app, &operator, &id, &Form::default(), error).await,
    }
}

async fn refused(app: &App, operator: &SignedIn, id: &str, form: &Form, error: Error) -> Answer {
    let page = One::get(app, id).await?.view(operator, form, &Faults::of(error)?);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

struct One {
    row: OverviewRow,
    admin: Option<MemberRow>,
}

impl One {
    async fn get(app: &App, id: &str) -> byob_core::Result<Self> {
        let id = OrganizationId::parse(id)?;
        let row = app.core.store().organization_overview(&id).await?;
        Ok(Self { row, admin: app.core.store().member_find_first_admin(&id).await? })
    }

    fn view(&self, operator: &SignedIn, form: &Form, faults: &Faults) -> Response {
        let path = organization_path(&self.row.id);
        Frame::of_platform(operator, Place::Organizations, &self.row.name)
            .below("/operator/organizations".to_owned(), "Organizations")
            .scripts(&["copy.js"])
            .page(&html! {
                (faults.summary(&["name"]))
                section .card { (self.facts()) }
                section .card {
                    h2 { "Its first admin" }
                    @if self.row.is_in_use() {
                        p { "This organization is in use, so its own admins make links for its members. Anyone who has lost a password gets a new link from " code { "byob admin create-link" } ", on the server." }
                        p .quiet { "As operator you see how much there is in an organization, not what: its files and settings are open to its members alone." }
                    } @else {
                        p { "Nobody has joined yet. The first admin joins by their link, which works once and for a week. A new link ends the one before." }
                        form method="post" action={ (path) "/link" } { button { "Make a new link" } }
                    }
                }
                section .card {
                    h2 { "Rename" }
                    form method="post" action={ (path) "/name" } {
                        (line("name", "Name", "text", "").field(form, faults))
                        button { "Rename" }
                    }
                }
            })
    }

    fn facts(&self) -> Markup {
        let row = &self.row;
        html! {
            dl .facts {
                dt { "Members" } dd { (members(row)) }
                @if let Some(admin) = &self.admin {
                    dt { "First admin" } dd { (admin.email) @if admin.account_id.is_none() { " " span .badge { "Has not joined yet" } } }
                }
                dt { "Integrations" } dd { (by_health(&row.turned_on, row.turned_off)) }
                @if row.drafts > 0 { dt { "Being set up" } dd { (row.drafts) } }
                dt { "ID" } dd { (parts::copyable("organization-id", &row.id)) }
                dt { "Made" } dd { (parts::moment_of(row.created_at)) }
            }
        }
    }
}
