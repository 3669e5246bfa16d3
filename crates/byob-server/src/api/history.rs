//! Checks that were made, and what happened: for admins.

use axum::{
    Json,
    extract::{Path, State},
};
use byob_core::{
    check::{
        Occasion, Report,
        change::Change,
        past::{ComparedCheck, PastCheck},
        report::{Conclusion, Health, Outcome},
    },
    id::{CheckId, IntegrationId},
};
use serde::Serialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::{Admin, Keeper},
    api::time_of,
    body::Query,
    page::{Page, PageQuery},
    problem::{Failure, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get)).routes(routes!(get_of_draft))
}

/// A check that was made.
#[derive(Debug, Serialize, ToSchema)]
struct CheckSummary {
    #[schema(example = "chk_01jd…")]
    id: String,
    /// Why it was made.
    occasion: Occasion,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    started_at: OffsetDateTime,
    /// How long it took, in milliseconds.
    duration_ms: i64,
    /// All steps in one word.
    outcome: Conclusion,
    /// What that meant for the integration.
    health: Health,
    /// The names of the steps that failed.
    failed: Vec<String>,
    /// The names of the steps that passed with reservations, or were not decided.
    warned: Vec<String>,
}

/// A check with its report, beside the last good one.
#[derive(Debug, Serialize, ToSchema)]
struct CheckView {
    #[schema(example = "chk_01jd…")]
    id: String,
    /// Why it was made.
    occasion: Occasion,
    /// The report, as it was when the check ended.
    #[schema(value_type = Report)]
    report: Box<RawValue>,
    /// The last check before it that found the integration healthy; `null` if there is none.
    last_good: Option<LastGood>,
    /// The steps that stand otherwise than in `last_good`.
    changes: Vec<Change>,
}

/// The last check that found an integration healthy.
#[derive(Debug, Serialize, ToSchema)]
struct LastGood {
    #[schema(example = "chk_01jd…")]
    id: String,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    started_at: OffsetDateTime,
}

/// List the checks of an integration, newest first
///
/// The newest 50 are kept, and the last that found the integration healthy.
#[utoipa::path(get, path = "/integrations/{id}/checks", operation_id = "list_integration_checks", tag = "checks",
    params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<CheckSummary>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list(
    Keeper(actor): Keeper,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<CheckSummary>>, Failure> {
    let (id, limit) = (IntegrationId::parse(&id)?, query.fetch_limit_after(CheckId::parse)?);
    let checks = app.core.list_checks(&actor.reach, &id, &query.cursor, limit).await?;
    let items = checks.into_iter().map(CheckSummary::from).collect();
    Ok(Json(query.page(items, |check: &CheckSummary| check.id.clone())))
}

/// Get a check of an integration, and what changed since the last good one
#[utoipa::path(get, path = "/integrations/{id}/checks/{check_id}", operation_id = "get_integration_check", tag = "checks",
    params(("id" = String, Path), ("check_id" = String, Path)),
    responses((status = 200, body = CheckView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn get(
    Keeper(actor): Keeper,
    State(app): State<App>,
    Path((id, check)): Path<(String, String)>,
) -> Result<Json<CheckView>, Failure> {
    let (id, check) = (IntegrationId::parse(&id)?, CheckId::parse(&check)?);
    Ok(Json(app.core.get_check(&actor.reach, &id, &check).await?.into()))
}

/// Get the report of the last check of a draft
#[utoipa::path(get, path = "/drafts/{id}/check", operation_id = "get_draft_check", tag = "checks", params(("id" = String, Path)),
    responses((status = 200, body = Report), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn get_of_draft(
    Admin(actor): Admin,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<Box<RawValue>>, Failure> {
    Ok(Json(app.core.last_draft_check(&actor.organization, &IntegrationId::parse(&id)?).await?))
}

impl From<PastCheck> for CheckSummary {
    fn from(check: PastCheck) -> Self {
        let names = |outcome| {
            let steps = check.steps.iter().filter(move |step| step.standing.outcome == outcome);
            steps.map(|step| step.name.clone()).collect()
        };
        Self {
            failed: names(Outcome::Failed),
            warned: names(Outcome::Warned),
            id: check.id.to_string(),
            occasion: check.occasion,
            started_at: time_of(check.started_at),
            duration_ms: check.duration_ms,
            outcome: check.outcome,
            health: check.health,
        }
    }
}

impl From<ComparedCheck> for CheckView {
    fn from(compared: ComparedCheck) -> Self {
        let last_good = |good: PastCheck| LastGood { id: good.id.to_string(), started_at: time_of(good.started_at) };
        Self {
            id: compared.check.id.to_string(),
            occasion: compared.check.occasion,
            report: compared.report,
            last_good: compared.last_good.map(last_good),
            changes: compared.changes,
        }
    }
}
