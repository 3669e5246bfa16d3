//! What happened in an organization, for whoever follows.

use super::{Store, on};
use crate::{error::Result, id::OrganizationId};

/// Something that is to be told.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Such as `integration.health_changed`.
    pub kind: &'static str,
    /// What it happened to.
    pub subject: String,
    /// JSON.
    pub payload: String,
}

/// Something that happened.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EventRow {
    /// Its number in the organization, from 1 on.
    pub sequence: i64,
    /// Such as `integration.health_changed`.
    pub kind: String,
    /// What it happened to.
    pub subject: String,
    /// JSON.
    pub payload: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// Events are kept for 90 days, in milliseconds.
const KEPT: i64 = 90 * 24 * 3600 * 1000;

// Holds the organization's row until the transaction ends, so that numbers are given in the order of commits.
pub(super) const NUMBER: &str =
    "UPDATE organizations SET last_event = last_event + 1 WHERE id = $1 RETURNING last_event";
pub(super) const INSERT: &str = "INSERT INTO events (organization_id, sequence, kind, subject, payload, created_at) \
                                 VALUES ($1, $2, $3, $4, $5, $6)";
pub(super) const DELETE_OLD: &str = "DELETE FROM events WHERE organization_id = $1 AND created_at < $2";
const LIST: &str = "SELECT sequence, kind, subject, payload, created_at FROM events WHERE organization_id = $1 AND sequence > $2 \
                    ORDER BY sequence LIMIT $3";

/// From when on events are kept.
pub(super) fn kept_since(now: i64) -> i64 {
    now - KEPT
}

/// Writes an event inside a transaction, and drops those that are too old.
macro_rules! insert_event {
    ($tx:expr, $organization:expr, $event:expr, $now:expr) => {{
        use $crate::store::events;
        let number: i64 = sqlx::query_scalar(events::NUMBER).bind($organization.as_str()).fetch_one(&mut *$tx).await?;
        sqlx::query(events::INSERT)
            .bind($organization.as_str())
            .bind(number)
            .bind($event.kind)
            .bind(&$event.subject)
            .bind(&$event.payload)
            .bind($now)
            .execute(&mut *$tx)
            .await?;
        let kept_since = events::kept_since($now);
        sqlx::query(events::DELETE_OLD).bind($organization.as_str()).bind(kept_since).execute(&mut *$tx).await?;
    }};
}
pub(super) use insert_event;

impl Store {
    /// The organization's events after that number, oldest first.
    pub async fn event_list(&self, organization: &OrganizationId, after: i64, limit: i64) -> Result<Vec<EventRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(LIST).bind(organization.as_str()).bind(after).bind(limit).fetch_all(pool).await
        });
        Ok(found?)
    }
}
