//! Organizations: for the operator.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use byob_core::{id::OrganizationId, store::OrganizationRow};
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
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(get))
}

/// A tenant of the platform.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Organization {
    id: String,
    name: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
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

/// A new organization with its first admin's token, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
struct NewOrganization {
    organization: Organization,
    member_id: String,
    token: NewTokenView,
}

/// Make an organization with its first admin
#[utoipa::path(post, path = "/organizations", operation_id = "create_organization", tag = "organizations",
    request_body = CreateOrganization,
    responses((status = 201, body = NewOrganization), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn create(
    _: Operator,
    State(app): State<App>,
    Body(body): Body<CreateOrganization>,
) -> Result<(StatusCode, Json<NewOrganization>), Failure> {
    let new = app.core.create_organization(&body.name, &body.admin_email).await?;
    let answer = NewOrganization {
        organization: new.organization.into(),
        member_id: new.member_id.to_string(),
        token: new.token.into(),
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
        app.core.store().organization_list(&query.cursor, query.fetch_limit_after(OrganizationId::parse)?).await?;
    let items = rows.into_iter().map(Organization::from).collect();
    Ok(Json(query.page(items, |organization: &Organization| organization.id.clone())))
}

/// Get an organization
#[utoipa::path(get, path = "/organizations/{id}", operation_id = "get_organization", tag = "organizations", params(("id" = String, Path)),
    responses((status = 200, body = Organization), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn get(_: Operator, State(app): State<App>, Path(id): Path<String>) -> Result<Json<Organization>, Failure> {
    Ok(Json(app.core.store().organization_get(&OrganizationId::parse(&id)?).await?.into()))
}

impl From<OrganizationRow> for Organization {
    fn from(row: OrganizationRow) -> Self {
        Self { id: row.id, name: row.name, created_at: time_of(row.created_at) }
    }
}
