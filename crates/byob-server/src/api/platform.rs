//! The platform itself: for the operator.

use axum::{Json, extract::State};
use byob_core::operator::{PlatformFacts, PlatformHealth};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::Operator,
    problem::{Failure, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(health))
}

/// Get what the platform is, without secrets: its AWS identity, asked at this moment, and the settings in force
#[utoipa::path(get, path = "/platform", operation_id = "get_platform", tag = "platform",
    responses((status = 200, body = PlatformFacts), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn get(_: Operator, State(app): State<App>) -> Result<Json<PlatformFacts>, Failure> {
    Ok(Json(app.core.platform_facts().await?))
}

/// Get how the platform does: integrations by health and jobs, over all organizations
#[utoipa::path(get, path = "/platform/health", operation_id = "get_platform_health", tag = "platform",
    responses((status = 200, body = PlatformHealth), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn health(_: Operator, State(app): State<App>) -> Result<Json<PlatformHealth>, Failure> {
    Ok(Json(app.core.platform_health().await?))
}
