//! The organization that a token belongs to: to read for every member, to change for admins.

use axum::{Json, extract::State};
use byob_core::store::OrganizationRow;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::{Admin, Viewer},
    api::time_of,
    body::Body,
    problem::{Failure, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, update))
}

/// An organization, as its members see it.
#[derive(Debug, Serialize, ToSchema)]
struct OwnOrganization {
    id: String,
    name: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrganizationChanges {
    /// Unique on the platform.
    #[schema(max_length = 100, example = "Acme Robotics")]
    name: String,
}

/// Get the organization of the token
#[utoipa::path(get, path = "/organization", operation_id = "get_own_organization", tag = "organizations",
    responses((status = 200, body = OwnOrganization), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn get(Viewer(actor): Viewer, State(app): State<App>) -> Result<Json<OwnOrganization>, Failure> {
    Ok(Json(app.core.get_organization(actor.reach.whole()?).await?.into()))
}

/// Give the organization of the token another name
#[utoipa::path(patch, path = "/organization", operation_id = "update_own_organization", tag = "organizations",
    request_body = OrganizationChanges,
    responses((status = 200, body = OwnOrganization), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn update(
    Admin(actor): Admin,
    State(app): State<App>,
    Body(body): Body<OrganizationChanges>,
) -> Result<Json<OwnOrganization>, Failure> {
    Ok(Json(app.core.rename_organization(&actor.organization, &actor.by, &body.name).await?.into()))
}

impl From<OrganizationRow> for OwnOrganization {
    fn from(row: OrganizationRow) -> Self {
        Self { id: row.id, name: row.name, created_at: time_of(row.created_at) }
    }
}
