//! The organization that a token belongs to: to read for every member, to change for admins.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::{Admin, Viewer},
    api::organizations::Organization,
    body::Body,
    problem::{Failure, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, update))
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
    responses((status = 200, body = Organization), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn get(Viewer(actor): Viewer, State(app): State<App>) -> Result<Json<Organization>, Failure> {
    Ok(Json(app.core.get_organization(actor.reach.whole()?).await?.into()))
}

/// Give the organization of the token another name
#[utoipa::path(patch, path = "/organization", operation_id = "update_own_organization", tag = "organizations",
    request_body = OrganizationChanges,
    responses((status = 200, body = Organization), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn update(
    Admin(actor): Admin,
    State(app): State<App>,
    Body(body): Body<OrganizationChanges>,
) -> Result<Json<Organization>, Failure> {
    Ok(Json(app.core.rename_organization(&actor.organization, &body.name).await?.into()))
}
