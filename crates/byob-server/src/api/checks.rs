//! Connection checks: for admins.

use std::convert::Infallible;

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use byob_core::{
    check::{Check, CheckOptions, Report},
    id::IntegrationId,
};
use futures::{StreamExt, stream};
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::{Admin, Keeper},
    body::OptionalBody,
    problem::{Failure, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check_draft)).routes(routes!(check_integration))
}

/// How to check. The whole body may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct CheckRequest {
    /// An object to read, where none can be listed (`list` is not declared), or whose bucket is to be looked at, where there are several.
    #[schema(example = "s3://acme-images/team/cat.png")]
    locator: Option<String>,
    /// For how many seconds steps that are denied are tried again: changes of IAM take up to some minutes to spread. Default: 0.
    #[schema(minimum = 0, maximum = 180)]
    wait: Option<u64>,
}

/// Check a draft
///
/// Answers 200 with the report, whatever it finds. With `Accept: text/event-stream` each step is sent as soon as it is done, as an event
/// `step`, and at the end the whole as an event `report`.
#[utoipa::path(post, path = "/drafts/{id}/check", operation_id = "check_draft", tag = "checks", params(("id" = String, Path)),
    request_body = Option<CheckRequest>,
    responses((status = 200, body = Report), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn check_draft(
    Admin(actor): Admin,
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    OptionalBody(request): OptionalBody<CheckRequest>,
) -> Result<Response, Failure> {
    let id = IntegrationId::parse(&id)?;
    let check = app.core.draft_check(&actor.organization, &actor.by, &id, &request.options()?).await?;
    answer(check, &headers).await
}

/// Check an integration
///
/// Answers 200 with the report, whatever it finds. With `Accept: text/event-stream` each step is sent as soon as it is done, as an event
/// `step`, and at the end the whole as an event `report`.
#[utoipa::path(post, path = "/integrations/{id}/check", operation_id = "check_integration", tag = "checks", params(("id" = String, Path)),
    request_body = Option<CheckRequest>,
    responses((status = 200, body = Report), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn check_integration(
    Keeper(actor): Keeper,
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    OptionalBody(request): OptionalBody<CheckRequest>,
) -> Result<Response, Failure> {
    let id = IntegrationId::parse(&id)?;
    let check = app.core.integration_check(&actor.reach, &actor.by, &id, &request.options()?).await?;
    answer(check, &headers).await
}

impl CheckRequest {
    fn options(self) -> Result<CheckOptions, Failure> {
        Ok(CheckOptions::new(self.locator, self.wait)?)
    }
}

async fn answer(check: Check, headers: &HeaderMap) -> Result<Response, Failure> {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/event-stream") {
        return Ok(Json(check.run(None).await?).into_response());
    }
    let (tell, told) = mpsc::unbounded_channel();
    let running = tokio::spawn(check.run(Some(tell)));
    let steps = stream::unfold(told, async |mut told| {
        let step = told.recv().await?;
        Some((Event::default().event("step").json_data(&step), told))
    });
    let report = stream::once(async move {
        match running.await {
            Ok(Ok(report)) => Event::default().event("report").json_data(&report),
            // The task can only have panicked, and that is logged.
            _ => Ok(Event::default().event("error").data("Something went wrong on our side.")),
        }
    });
    let events = steps.chain(report).map(|event| Ok::<_, Infallible>(event.unwrap_or_default()));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}
