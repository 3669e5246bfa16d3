//! What happened in the organization: for admins.

use axum::{Json, extract::State};
use byob_core::{Error, store::EventRow};
use serde::Serialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::Admin,
    api::time_of,
    body::Query,
    page::{PageQuery, invalid_cursor},
    problem::{Failure, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
struct Event {
    /// Its number in the organization: later events have higher ones.
    sequence: i64,
    /// What happened.
    #[schema(example = "integration.health_changed")]
    kind: String,
    /// What it happened to.
    #[schema(example = "int_01jd…")]
    subject: String,
    /// Of `integration.health_changed`: `integration_id`, `check_id`, the health `before` and `after`, and `steps`, those that stand
    /// otherwise than before, each with `step`, `before` and `after`.
    #[schema(value_type = Object)]
    payload: Box<RawValue>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

/// Events, and where to go on.
#[derive(Debug, Serialize, ToSchema)]
struct Events {
    /// The items, oldest first.
    items: Vec<Event>,
    /// What to ask with next. It is there also when nothing is left for now: keep it, and ask again later.
    next_cursor: String,
}

/// List events, oldest first
///
/// Whoever goes on asking with `next_cursor` misses none. Events are kept for 90 days.
#[utoipa::path(get, path = "/events", operation_id = "list_events", tag = "events", params(PageQuery),
    responses((status = 200, body = Events), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list(
    Admin(actor): Admin,
    State(app): State<App>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Events>, Failure> {
    let limit = query.fetch_limit()? - 1;
    let after = match query.cursor.as_str() {
        "" => 0,
        number => number.parse().ok().filter(|number| *number >= 0).ok_or_else(invalid_cursor)?,
    };
    let rows = app.core.list_events(&actor.organization, after, limit).await?;
    let next_cursor = rows.last().map_or(after, |last| last.sequence).to_string();
    let items = rows.into_iter().map(Event::read).collect::<Result<_, _>>()?;
    Ok(Json(Events { items, next_cursor }))
}

impl Event {
    fn read(row: EventRow) -> Result<Self, Failure> {
        let payload = RawValue::from_string(row.payload).map_err(|error| Failure(Error::internal(error)))?;
        let EventRow { sequence, kind, subject, created_at, .. } = row;
        Ok(Self { sequence, kind, subject, payload, created_at: time_of(created_at) })
    }
}
