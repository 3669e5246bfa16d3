//! Drafts and integrations: one table, so that an external ID stays with its integration from the first day.

use byob_aws::Invalid;

use super::{
    NewEntry, Store,
    audit::{HOLD, record},
    conflict,
    jobs::{self, job},
    on, violated,
};
use crate::{
    error::{Error, Kind, Result},
    id::{IntegrationId, OrganizationId},
};

/// Where an integration is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Being set up.
    Draft,
    /// Serving locators, unless disabled.
    Saved,
}

impl State {
    /// As in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Saved => "saved",
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Saved => "integration",
        }
    }
}

/// A draft or an integration.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct IntegrationRow {
    /// Its ID, the same as a draft and when saved.
    pub id: String,
    /// `draft` or `saved`.
    pub state: String,
    /// Raised by every change.
    pub version: i64,
    /// Whether it serves locators.
    pub enabled: bool,
    /// Unique among the saved ones of the organization.
    pub name: Option<String>,
    /// Unique everywhere, never changed.
    pub external_id: String,
    /// Whom the customer's role trusts.
    pub principal_arn: Option<String>,
    /// The settings, as JSON, without secrets.
    pub settings: String,
    /// The secret access key, sealed.
    pub sealed_secret: Option<String>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub updated_at: i64,
    /// When a draft is dropped, in milliseconds since 1970.
    pub expires_at: Option<i64>,
    /// `unproven`, `proven` or `unsafe`.
    pub safety: String,
    /// What the last check that decided anything said. No change of the row sets it.
    pub health: String,
    /// When the last check ended, in milliseconds since 1970.
    pub checked_at: Option<i64>,
    /// When a check last found that it works, if with reservations, in milliseconds since 1970.
    pub good_at: Option<i64>,
    /// When it was last used, to the minute, in milliseconds since 1970.
    pub last_used_at: Option<i64>,
    /// The settings at which a check last passed, as JSON. No change of the row sets it, nor the next two.
    pub granted_settings: Option<String>,
    /// Whom the customer's role trusted then.
    pub granted_principal_arn: Option<String>,
    /// When that was, in milliseconds since 1970.
    pub granted_at: Option<i64>,
    /// What is noted beside the settings of a draft, as JSON. No change of the row sets it; saving drops it.
    pub notes: Option<String>,
}

impl IntegrationRow {
    /// Its ID and what people call it.
    pub fn named(&self) -> (&str, Option<&str>) {
        (&self.id, self.name.as_deref())
    }

    /// That another of the organization is called so already.
    pub(crate) fn name_taken(&self) -> Error {
        let detail = format!("There is an integration `{}` already.", self.name.as_deref().unwrap_or_default());
        Error::field("name", &Invalid::new("name_taken", detail, "Choose another name.")).with_kind(Kind::Conflict)
    }
}

const INSERT: &str = "INSERT INTO integrations (id, organization_id, state, version, enabled, name, external_id, principal_arn, settings, \
                      sealed_secret, created_at, updated_at, expires_at, safety) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const FIND: &str = "SELECT id, state, version, enabled, name, external_id, principal_arn, settings, sealed_secret, created_at, updated_at, \
                    expires_at, safety, health, checked_at, granted_settings, granted_principal_arn, granted_at, notes, good_at, last_used_at FROM integrations WHERE organization_id = $1 AND id = $2";
const LIST: &str = "SELECT id, state, version, enabled, name, external_id, principal_arn, settings, sealed_secret, created_at, updated_at, \
                    expires_at, safety, health, checked_at, granted_settings, granted_principal_arn, granted_at, notes, good_at, last_used_at FROM integrations WHERE organization_id = $1 AND state = $2 AND id > $3 \
                    AND (expires_at IS NULL OR expires_at > $4) ORDER BY id LIMIT $5";
const LIST_SAVED: &str = "SELECT id, state, version, enabled, name, external_id, principal_arn, settings, sealed_secret, created_at, updated_at, \
                          expires_at, safety, health, checked_at, granted_settings, granted_principal_arn, granted_at, notes, good_at, last_used_at FROM integrations WHERE organization_id = $1 AND state = 'saved' ORDER BY id";
// The external ID and the time of creation are absent: nothing changes them. That one role is unsafe says nothing of another.
// A role that is no longer the one that was judged counts as unproven; otherwise what was found meanwhile stands. An integration begins with
// what the last check of its draft found, if that was of the same settings, and counts as checked when it is saved.
const UPDATE: &str = "UPDATE integrations SET state = $1, version = version + 1, enabled = $2, name = $3, principal_arn = $4, settings = $5, \
                      sealed_secret = $6, updated_at = $7, expires_at = $8, \
                      safety = CASE WHEN $9 = 'unproven' THEN $9 ELSE safety END, \
                      health = CASE WHEN state = 'draft' AND $1 = 'saved' THEN \
                      COALESCE((SELECT CASE WHEN health = 'unsafe' THEN 'unknown' ELSE health END FROM checks WHERE organization_id = $10 AND \
                      integration_id = $11 AND integration_version = $12 ORDER BY id DESC LIMIT 1), 'unknown') \
                      WHEN health = 'unsafe' AND $9 = 'unproven' THEN 'unknown' ELSE health END, \
                      checked_at = CASE WHEN state = 'draft' AND $1 = 'saved' AND EXISTS (SELECT 1 FROM checks WHERE \
                      organization_id = $10 AND integration_id = $11 AND integration_version = $12) THEN $7 ELSE checked_at END, \
                      good_at = CASE WHEN state = 'draft' AND $1 = 'saved' THEN (SELECT MAX(started_at + duration_ms) FROM checks WHERE \
                      organization_id = $10 AND integration_id = $11 AND integration_version = $12 AND health IN ('healthy', 'degraded')) ELSE good_at END, \
                      notes = CASE WHEN $1 = 'saved' THEN NULL ELSE notes END \
                      WHERE organization_id = $10 AND id = $11 AND version = $12";
// Replicas that note the same use write it once. It is no change: neither the version nor the revision is raised.
const NOTE_USE: &str = "UPDATE integrations SET last_used_at = $1 WHERE organization_id = $2 AND id = $3 AND (last_used_at IS NULL OR last_used_at <= $4)";
const SET_NOTES: &str = "UPDATE integrations SET notes = $1, expires_at = $2 WHERE organization_id = $3 AND id = $4 AND state = 'draft' \
                         AND COALESCE(notes, '') = $5";
const DELETE: &str = "DELETE FROM integrations WHERE organization_id = $1 AND id = $2 AND state = $3";
const LIST_STALE: &str = "SELECT id, state, version, enabled, name, external_id, principal_arn, settings, sealed_secret, created_at, updated_at, \
                          expires_at, safety, health, checked_at, granted_settings, granted_principal_arn, granted_at, notes, good_at, last_used_at FROM integrations WHERE organization_id = $1 AND state = 'draft' AND expires_at < $2";
const FIND_REVISION: &str = "SELECT integrations_revision FROM organizations WHERE id = $1";
pub(super) const RAISE_REVISION: &str =
    "UPDATE organizations SET integrations_revision = integrations_revision + 1 WHERE id = $1";

impl Store {
    /// Notes that it is used now, unless a use after `before` is noted already; both in milliseconds since 1970.
    pub async fn integration_note_use(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        now: i64,
        before: i64,
    ) -> Result<()> {
        on!(self, pool => {
            sqlx::query(NOTE_USE).bind(now).bind(organization.as_str()).bind(id.as_str()).bind(before).execute(pool).await.map(|_| ())
        })?;
        Ok(())
    }

    /// Adds a draft.
    pub async fn integration_create(
        &self,
        organization: &OrganizationId,
        row: &IntegrationRow,
        entry: &NewEntry,
    ) -> Result<()> {
        let done: Result<(), sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            record!(tx, organization, entry);
            sqlx::query(INSERT)
                .bind(&row.id)
                .bind(organization.as_str())
                .bind(&row.state)
                .bind(row.version)
                .bind(row.enabled)
                .bind(&row.name)
                .bind(&row.external_id)
                .bind(&row.principal_arn)
                .bind(&row.settings)
                .bind(&row.sealed_secret)
                .bind(row.created_at)
                .bind(row.updated_at)
                .bind(row.expires_at)
                .bind(&row.safety)
                .execute(&mut *tx)
                .await?;
            tx.commit().await
        }
        .await);
        Ok(done?)
    }

    /// A draft or integration, whichever has the ID.
    pub async fn integration_find(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
    ) -> Result<Option<IntegrationRow>> {
        let found = on!(self, pool => sqlx::query_as(FIND).bind(organization.as_str()).bind(id.as_str()).fetch_optional(pool).await);
        Ok(found?)
    }

    /// A draft, or an integration, as asked for.
    pub async fn integration_get(
        &self,
        organization: &OrganizationId,
        state: State,
        id: &IntegrationId,
    ) -> Result<IntegrationRow> {
        let found = self.integration_find(organization, id).await?;
        found.filter(|row| row.state == state.as_str()).ok_or_else(|| Error::not_found(state.noun()))
    }

    /// Drafts that have not expired, or integrations, oldest first, those after `cursor`.
    pub async fn integration_list(
        &self,
        organization: &OrganizationId,
        state: State,
        cursor: &str,
        now: i64,
        limit: i64,
    ) -> Result<Vec<IntegrationRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(LIST)
                .bind(organization.as_str())
                .bind(state.as_str())
                .bind(cursor)
                .bind(now)
                .bind(limit)
                .fetch_all(pool)
                .await
        });
        Ok(found?)
    }

    /// A number that every change of an integration of the organization raises.
    pub async fn integration_revision(&self, organization: &OrganizationId) -> Result<i64> {
        let found: Option<i64> = on!(self, pool => sqlx::query_scalar(FIND_REVISION).bind(organization.as_str()).fetch_optional(pool).await)?;
        found.ok_or_else(|| Error::not_found("organization"))
    }

    /// All integrations of an organization, to choose from.
    pub async fn integration_list_saved(&self, organization: &OrganizationId) -> Result<Vec<IntegrationRow>> {
        Ok(on!(self, pool => sqlx::query_as(LIST_SAVED).bind(organization.as_str()).fetch_all(pool).await)?)
    }

    /// Writes a changed row, if it is still at the version that it was read at. A saved integration is due to be checked then, unless it
    /// is turned off.
    ///
    /// For a saved integration, `judge` first sees all integrations of the organization and may refuse; changes of one
    /// organization's integrations wait for each other, so that what it saw still holds when the row is written.
    pub async fn integration_update(
        &self,
        organization: &OrganizationId,
        row: &IntegrationRow,
        entries: &[NewEntry],
        judge: impl Fn(&[IntegrationRow]) -> Result<()>,
    ) -> Result<()> {
        let written: Result<u64, Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            for entry in entries {
                record!(tx, organization, entry);
            }
            if row.state == State::Saved.as_str() {
                sqlx::query(RAISE_REVISION).bind(organization.as_str()).execute(&mut *tx).await?;
                judge(&sqlx::query_as(LIST_SAVED).bind(organization.as_str()).fetch_all(&mut *tx).await?)?;
            }
            let written = sqlx::query(UPDATE)
                .bind(&row.state)
                .bind(row.enabled)
                .bind(&row.name)
                .bind(&row.principal_arn)
                .bind(&row.settings)
                .bind(&row.sealed_secret)
                .bind(row.updated_at)
                .bind(row.expires_at)
                .bind(&row.safety)
                .bind(organization.as_str())
                .bind(&row.id)
                .bind(row.version)
                .execute(&mut *tx)
                .await
                .map_err(|error| name_taken(error, row))?
                .rows_affected();
            if written > 0 && row.state == State::Saved.as_str() {
                if row.enabled {
                    job!(jobs::PUT, organization, jobs::CHECK, &row.id).bind("save").bind(row.updated_at).execute(&mut *tx).await?;
                } else {
                    job!(jobs::DELETE, organization, jobs::CHECK, &row.id).execute(&mut *tx).await?;
                }
            }
            if written > 0 {
                tx.commit().await?;
            }
            Ok(written)
        }
        .await);
        if written? == 0 {
            return Err(conflict(
                "changed_meanwhile",
                "Somebody changed it at the same time.",
                "Load it again and repeat your change.",
            ));
        }
        Ok(())
    }

    /// Replaces the notes of a draft, if they are still those from before; whether they were. Whoever notes something uses the draft, so that
    /// it expires at `expires_at`, in milliseconds since 1970.
    pub async fn integration_set_notes(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        before: Option<&str>,
        notes: Option<&str>,
        expires_at: i64,
    ) -> Result<bool> {
        let set = on!(self, pool => {
            sqlx::query(SET_NOTES)
                .bind(notes)
                .bind(expires_at)
                .bind(organization.as_str())
                .bind(id.as_str())
                .bind(before.unwrap_or_default())
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })?;
        Ok(set > 0)
    }

    /// Removes a draft or an integration, with its sessions, its checks and its job. `entry` sees what it was.
    pub async fn integration_delete(
        &self,
        organization: &OrganizationId,
        state: State,
        id: &IntegrationId,
        entry: impl Fn(&IntegrationRow) -> NewEntry,
    ) -> Result<()> {
        let gone: Result<bool, sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            sqlx::query(RAISE_REVISION).bind(organization.as_str()).execute(&mut *tx).await?;
            let found = sqlx::query_as(FIND).bind(organization.as_str()).bind(id.as_str());
            let found: Option<IntegrationRow> = found.fetch_optional(&mut *tx).await?;
            let Some(found) = found.filter(|row| row.state == state.as_str()) else { return Ok(false) };
            sqlx::query(DELETE).bind(organization.as_str()).bind(id.as_str()).bind(state.as_str()).execute(&mut *tx).await?;
            job!(jobs::DELETE, organization, jobs::CHECK, id.as_str()).execute(&mut *tx).await?;
            record!(tx, organization, entry(&found));
            tx.commit().await?;
            Ok(true)
        }
        .await);
        if gone? { Ok(()) } else { Err(Error::not_found(state.noun())) }
    }

    /// Removes drafts that expired before `before`. `entry` sees each.
    pub async fn integration_delete_stale_drafts(
        &self,
        organization: &OrganizationId,
        before: i64,
        entry: impl Fn(&IntegrationRow) -> NewEntry,
    ) -> Result<()> {
        let done: Result<(), sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            sqlx::query(HOLD).bind(organization.as_str()).execute(&mut *tx).await?;
            let stale = sqlx::query_as(LIST_STALE).bind(organization.as_str()).bind(before);
            let stale: Vec<IntegrationRow> = stale.fetch_all(&mut *tx).await?;
            for row in &stale {
                sqlx::query(DELETE).bind(organization.as_str()).bind(&row.id).bind(&row.state).execute(&mut *tx).await?;
                record!(tx, organization, entry(row));
            }
            tx.commit().await
        }
        .await);
        Ok(done?)
    }
}

fn name_taken(error: sqlx::Error, row: &IntegrationRow) -> Error {
    match violated(&error) {
        Some("integrations_name_unique") => row.name_taken(),
        _ => error.into(),
    }
}
