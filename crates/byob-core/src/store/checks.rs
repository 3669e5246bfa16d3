//! What checks found, and what follows from it.

use super::{
    NewEntry, Safety, Store,
    audit::{HOLD, record},
    events::{NewEvent, insert_event},
    integrations::RAISE_REVISION,
    jobs::{JobRow, NextRun, job_done},
    on,
    safety::set_safety,
};
use crate::{
    error::{Error, Result},
    id::{CheckId, IntegrationId, OrganizationId},
};

/// A check that was made, without its report.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CheckRow {
    /// Its ID; they sort by the time of the beginning.
    pub id: String,
    /// Of what.
    pub integration_id: String,
    /// At which version.
    pub integration_version: i64,
    /// `request`, `schedule` or `save`.
    pub occasion: String,
    /// Milliseconds since 1970.
    pub started_at: i64,
    /// Milliseconds.
    pub duration_ms: i64,
    /// All steps in one word.
    pub outcome: String,
    /// What that means for the integration.
    pub health: String,
    /// What became of each step, as JSON.
    pub steps: String,
}

/// A check with its report.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReportedCheckRow {
    /// The check.
    #[sqlx(flatten)]
    pub check: CheckRow,
    /// The report, as JSON.
    pub report: String,
}

/// What was known of an integration before a check ended.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KnownRow {
    /// The version that it is at now.
    pub version: i64,
    /// Its health.
    pub health: String,
    /// What is known of each step, as JSON.
    pub known_steps: String,
}

/// What a check changes.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// The health and what is known of each step; none if nothing was learned.
    pub health: Option<(&'static str, String)>,
    /// Whether the role is safe, if that was seen.
    pub safety: Option<Safety>,
    /// The check passed: the customer has granted what the settings say.
    pub granted: bool,
    /// What is to be told.
    pub event: Option<NewEvent>,
    /// When the job that made the check is due again.
    pub next_run: Option<NextRun>,
}

/// What became of a check that was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is kept, and the health was set as decided.
    Done {
        /// Whether the integration is safe was news.
        safety_changed: bool,
    },
    /// The integration is gone, or the lease was lost: nothing was written.
    Lost,
}

/// How many checks of an integration are kept.
const NEWEST: i64 = 50;

const TOUCH: &str = "UPDATE integrations SET checked_at = $1 WHERE organization_id = $2 AND id = $3 AND state = 'saved' \
                     RETURNING version, health, known_steps";
// When it was checked is written before this.
const SET_HEALTH: &str = "UPDATE integrations SET health = $1, known_steps = $2, \
                          good_at = CASE WHEN $1 IN ('healthy', 'degraded') THEN checked_at ELSE good_at END WHERE organization_id = $3 AND id = $4";
const SET_GRANTED: &str = "UPDATE integrations SET granted_settings = settings, granted_principal_arn = principal_arn, granted_at = $1 \
                           WHERE organization_id = $2 AND id = $3 AND version = $4";
const INSERT: &str = "INSERT INTO checks (organization_id, id, integration_id, integration_version, occasion, started_at, duration_ms, outcome, \
                      health, steps, report) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const DELETE_OLD: &str = "DELETE FROM checks WHERE organization_id = $1 AND integration_id = $2 AND id NOT IN (\
                          SELECT id FROM checks WHERE organization_id = $1 AND integration_id = $2 ORDER BY id DESC LIMIT $3) \
                          AND id <> (SELECT COALESCE(MAX(id), '') FROM checks WHERE organization_id = $1 AND integration_id = $2 \
                          AND health = 'healthy')";
const HOLD_DRAFT: &str =
    "UPDATE integrations SET health = health WHERE organization_id = $1 AND id = $2 AND state = 'draft'";
const DELETE_OTHERS: &str = "DELETE FROM checks WHERE organization_id = $1 AND integration_id = $2 AND id <> $3";
const LIST: &str = "SELECT id, integration_id, integration_version, occasion, started_at, duration_ms, outcome, health, steps FROM checks \
                    WHERE organization_id = $1 AND integration_id = $2 AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4";
const FIND: &str = "SELECT id, integration_id, integration_version, occasion, started_at, duration_ms, outcome, health, steps, report \
                    FROM checks WHERE organization_id = $1 AND integration_id = $2 AND id = $3";
const FIND_LAST: &str = "SELECT id, integration_id, integration_version, occasion, started_at, duration_ms, outcome, health, steps, report \
                         FROM checks WHERE organization_id = $1 AND integration_id = $2 ORDER BY id DESC LIMIT 1";
const FIND_LAST_GOOD: &str = "SELECT id, integration_id, integration_version, occasion, started_at, duration_ms, outcome, health, steps \
                              FROM checks WHERE organization_id = $1 AND integration_id = $2 AND id < $3 AND health = 'healthy' \
                              ORDER BY id DESC LIMIT 1";
// A role that was found to be unsafe when it was to be used has not been checked since.
const COUNT: &str = "SELECT CASE WHEN safety = 'unsafe' THEN 'unsafe' ELSE health END AS state, COUNT(*) FROM integrations \
                     WHERE state = 'saved' AND enabled GROUP BY 1";

macro_rules! set_granted {
    ($tx:expr, $organization:expr, $check:expr, $now:expr) => {
        sqlx::query(SET_GRANTED)
            .bind($now)
            .bind($organization.as_str())
            .bind(&$check.integration_id)
            .bind($check.integration_version)
            .execute(&mut *$tx)
            .await?
    };
}

macro_rules! insert_check {
    ($tx:expr, $organization:expr, $check:expr, $report:expr) => {
        sqlx::query(INSERT)
            .bind($organization.as_str())
            .bind(&$check.id)
            .bind(&$check.integration_id)
            .bind($check.integration_version)
            .bind(&$check.occasion)
            .bind($check.started_at)
            .bind($check.duration_ms)
            .bind(&$check.outcome)
            .bind(&$check.health)
            .bind(&$check.steps)
            .bind($report)
            .execute(&mut *$tx)
            .await?
    };
}

impl Store {
    /// Keeps a check of a saved integration, and what `judge` makes of it and of what was known before, or nothing.
    ///
    /// A check that a job made is kept only if the job is still whose it was. Of one that somebody asked for, `entry` tells.
    pub async fn check_keep(
        &self,
        organization: &OrganizationId,
        check: &CheckRow,
        report: &str,
        (now, job, entry): (i64, Option<&JobRow>, Option<&NewEntry>),
        judge: impl Fn(&KnownRow) -> Result<Verdict>,
    ) -> Result<Kept> {
        on!(self, pool => async {
            let mut tx = pool.begin().await?;
            sqlx::query(HOLD).bind(organization.as_str()).execute(&mut *tx).await?;
            let touched = sqlx::query_as(TOUCH).bind(now).bind(organization.as_str()).bind(&check.integration_id);
            let Some(known): Option<KnownRow> = touched.fetch_optional(&mut *tx).await? else {
                tx.rollback().await?;
                return Ok(Kept::Lost);
            };
            let verdict = judge(&known)?;
            if let (Some(job), Some(next)) = (job, verdict.next_run)
                && !job_done!(&mut *tx, job, next)?
            {
                tx.rollback().await?;
                return Ok(Kept::Lost);
            }
            insert_check!(tx, organization, check, report);
            if let Some(entry) = entry {
                record!(tx, organization, entry);
            }
            sqlx::query(DELETE_OLD).bind(organization.as_str()).bind(&check.integration_id).bind(NEWEST).execute(&mut *tx).await?;
            if let Some((health, steps)) = &verdict.health {
                sqlx::query(SET_HEALTH)
                    .bind(health)
                    .bind(steps)
                    .bind(organization.as_str())
                    .bind(&check.integration_id)
                    .execute(&mut *tx)
                    .await?;
            }
            if verdict.granted {
                set_granted!(tx, organization, check, now);
            }
            if let Some(event) = &verdict.event {
                insert_event!(tx, organization, event, now);
            }
            let safety_changed = match verdict.safety {
                Some(safety) => set_safety!(tx, organization, check.integration_id, check.integration_version, safety) > 0,
                None => false,
            };
            if safety_changed {
                sqlx::query(RAISE_REVISION).bind(organization.as_str()).execute(&mut *tx).await?;
            }
            tx.commit().await?;
            Ok(Kept::Done { safety_changed })
        }
        .await)
    }

    /// Keeps the last check of a draft, if it is still one; `granted_at` is when it passed.
    pub async fn check_keep_of_draft(
        &self,
        organization: &OrganizationId,
        check: &CheckRow,
        report: &str,
        granted_at: Option<i64>,
        entry: &NewEntry,
    ) -> Result<()> {
        on!(self, pool => async {
            let mut tx = pool.begin().await?;
            record!(tx, organization, entry);
            let found = sqlx::query(HOLD_DRAFT).bind(organization.as_str()).bind(&check.integration_id).execute(&mut *tx);
            if found.await?.rows_affected() == 0 {
                return Ok(());
            }
            insert_check!(tx, organization, check, report);
            let others = sqlx::query(DELETE_OTHERS).bind(organization.as_str()).bind(&check.integration_id).bind(&check.id);
            others.execute(&mut *tx).await?;
            if let Some(now) = granted_at {
                set_granted!(tx, organization, check, now);
            }
            tx.commit().await?;
            Ok(())
        }
        .await)
    }

    /// Checks of an integration, newest first, those before `cursor`.
    pub async fn check_list(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
        cursor: &str,
        limit: i64,
    ) -> Result<Vec<CheckRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(LIST)
                .bind(organization.as_str())
                .bind(integration.as_str())
                .bind(cursor)
                .bind(limit)
                .fetch_all(pool)
                .await
        });
        Ok(found?)
    }

    /// One check of an integration.
    pub async fn check_get(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
        id: &CheckId,
    ) -> Result<ReportedCheckRow> {
        let found: Option<ReportedCheckRow> = on!(self, pool => {
            sqlx::query_as(FIND).bind(organization.as_str()).bind(integration.as_str()).bind(id.as_str()).fetch_optional(pool).await
        })?;
        found.ok_or_else(|| Error::not_found("check"))
    }

    /// The newest check of a draft or integration.
    pub async fn check_find_last(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
    ) -> Result<Option<ReportedCheckRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(FIND_LAST).bind(organization.as_str()).bind(integration.as_str()).fetch_optional(pool).await
        });
        Ok(found?)
    }

    /// The last check before this one that found the integration healthy.
    pub async fn check_find_last_good(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
        before: &str,
    ) -> Result<Option<CheckRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(FIND_LAST_GOOD)
                .bind(organization.as_str())
                .bind(integration.as_str())
                .bind(before)
                .fetch_optional(pool)
                .await
        });
        Ok(found?)
    }

    /// How many integrations that are turned on are in which state of health, over all organizations.
    pub async fn health_count(&self) -> Result<Vec<(String, i64)>> {
        Ok(on!(self, pool => sqlx::query_as(COUNT).fetch_all(pool).await)?)
    }
}
