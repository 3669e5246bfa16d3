//! Organizations: for the operator.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use byob_core::{
    id::OrganizationId,
    organization::accounts::Invitation,
    store::{ByHealth, MemberRow, OverviewRow},
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::Operator,
    api::{time_of, tokens::NewTokenView},
    body::{Body, Query},
    page::{Page, PageQuery},
    problem::{Failure, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(get, update)).routes(routes!(invite))
}

/// A tenant of the platform.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Organization {
    id: String,
    name: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// How many members it has, those included who were invited and have not joined yet.
    members: i64,
    /// How many members have joined.
    joined: i64,
    /// How many integrations are being set up.
    drafts: i64,
    /// How many integrations are turned off.
    turned_off: i64,
    /// How many integrations are turned on, by their health.
    turned_on: ByHealth,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateOrganization {
    /// Unique on the platform.
    #[schema(max_length = 100)]
    name: String,
    /// The first admin's e-mail address.
    admin_email: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeOrganization {
    /// Unique on the platform.
    #[schema(max_length = 100)]
    name: String,
}

/// A new organization with its first admin's token and link, which are shown this once.
#[derive(Serialize, ToSchema)]
struct NewOrganization {
    organization: Organization,
    member_id: String,
    token: NewTokenView,
    #[serde(flatten)]
    link: AdminLink,
}

/// The link with which an organization's first admin joins it, which is shown this once.
#[derive(Serialize, ToSchema)]
struct AdminLink {
    /// Whom it is for.
    admin_email: String,
    /// Give it to them: it works once. Nothing is mailed.
    #[schema(example = "https://byob.example.com/join/…")]
    link: String,
    #[serde(with = "time::serde::rfc3339")]
    link_expires_at: OffsetDateTime,
}

/// Make an organization with its first admin
#[utoipa::path(post, path = "/organizations", operation_id = "create_organization", tag = "organizations",
    request_body = CreateOrganization,
    responses((status = 201, body = NewOrganization), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn create(
    Operator(by): Operator,
    State(app): State<App>,
    Body(body): Body<CreateOrganization>,
) -> Result<(StatusCode, Json<NewOrganization>), Failure> {
    let new = app.core.create_organization(&by, &body.name, &body.admin_email).await?;
    let id = OrganizationId::parse(&new.organization.id)?;
    let (member, invitation) = app.core.invite_again(&id, &by, &new.member_id).await?;
    let answer = NewOrganization {
        organization: app.core.store().organization_overview(&id).await?.into(),
        member_id: new.member_id.to_string(),
        token: new.token.into(),
        link: admin_link(&app, member, &invitation),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// List organizations
#[utoipa::path(get, path = "/organizations", operation_id = "list_organizations", tag = "organizations", params(PageQuery),
    responses((status = 200, body = Page<Organization>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list(
    _: Operator,
    State(app): State<App>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Organization>>, Failure> {
    let rows =
        app.core.store().organization_overviews(&query.cursor, query.fetch_limit_after(OrganizationId::parse)?).await?;
    let items = rows.into_iter().map(Organization::from).collect();
    Ok(Json(query.page(items, |organization: &Organization| organization.id.clone())))
}

/// Get an organization
#[utoipa::path(get, path = "/organizations/{id}", operation_id = "get_organization", tag = "organizations", params(("id" = String, Path)),
    responses((status = 200, body = Organization), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn get(_: Operator, State(app): State<App>, Path(id): Path<String>) -> Result<Json<Organization>, Failure> {
    Ok(Json(app.core.store().organization_overview(&OrganizationId::parse(&id)?).await?.into()))
}

/// Rename an organization
#[utoipa::path(patch, path = "/organizations/{id}", operation_id = "update_organization", tag = "organizations", params(("id" = String, Path)),
    request_body = ChangeOrganization,
    responses((status = 200, body = Organization), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn update(
    Operator(by): Operator,
    State(app): State<App>,
    Path(id): Path<String>,
    Body(body): Body<ChangeOrganization>,
) -> Result<Json<Organization>, Failure> {
    let id = OrganizationId::parse(&id)?;
    app.core.rename_organization(&id, &by, &body.name).await?;
    Ok(Json(app.core.store().organization_overview(&id).await?.into()))
}

/// Make a new link for the first admin of an organization that nobody uses yet; the one before no longer works
#[utoipa::path(post, path = "/organizations/{id}/link", operation_id = "create_organization_link", tag = "organizations", params(("id" = String, Path)),
    responses((status = 201, body = AdminLink), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn invite(
    Operator(by): Operator,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<AdminLink>), Failure> {
    let (member, invitation) = app.core.invite_first_admin(&OrganizationId::parse(&id)?, &by).await?;
    Ok((StatusCode::CREATED, Json(admin_link(&app, member, &invitation))))
}

fn admin_link(app: &App, member: MemberRow, invitation: &Invitation) -> AdminLink {
    AdminLink {
        admin_email: member.email,
        link: app.core.link(invitation),
        link_expires_at: time_of(invitation.expires_at),
    }
}

impl From<OverviewRow> for Organization {
    fn from(row: OverviewRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            created_at: time_of(row.created_at),
            members: row.members,
            joined: row.joined,
            drafts: row.drafts,
            turned_off: row.turned_off,
            turned_on: row.turned_on,
        }
    }
}
