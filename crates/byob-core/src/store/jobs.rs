//! Work that is due at some time, shared by all replicas.

use super::{Store, on};
use crate::{
    error::Result,
    id::{IntegrationId, OrganizationId},
};

/// The kind of a job that checks an integration.
pub const CHECK: &str = "check";

/// A job that one replica has for itself.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct JobRow {
    /// Whose.
    pub organization_id: String,
    /// Such as [`CHECK`].
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// Why it is due.
    pub occasion: String,
    /// How often it was begun since it last went well, this time included.
    pub attempts: i64,
    /// Who has it.
    pub leased_by: String,
    /// Until when, in milliseconds since 1970. The same replica never has the same job twice until the same moment, so this and its name
    /// tell one lease from another.
    pub leased_until: i64,
}

/// When a job is due.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DueRow {
    /// In milliseconds since 1970.
    pub run_at: i64,
    /// Why.
    pub occasion: String,
    /// How often it was begun since it last went well.
    pub attempts: i64,
}

/// When a job that was done is due again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextRun {
    /// In milliseconds since 1970.
    pub run_at: i64,
    /// Why.
    pub occasion: &'static str,
    /// Whether it went well this time.
    pub went_well: bool,
}

/// How the jobs of all organizations stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct JobCounts {
    /// Nobody has them, and it is not their time yet, or only just.
    pub waiting: i64,
    /// A replica has them.
    pub running: i64,
    /// Nobody has them, though they should have begun.
    pub overdue: i64,
    /// Those of all these that did not go well when they were last begun.
    pub failing: i64,
}

/// How a replica takes a job.
#[derive(Debug, Clone, Copy)]
pub struct Taking<'a> {
    /// Of which kind.
    pub kind: &'a str,
    /// The replica.
    pub replica: &'a str,
    /// The time, in milliseconds since 1970.
    pub now: i64,
    /// Until when the job is the replica's.
    pub until: i64,
    /// For how long what was saved is left alone, in milliseconds.
    pub settling: i64,
    /// How many jobs of one organization the replica may have at a time, so that one customer cannot keep it busy alone.
    pub per_organization: i64,
}

/// The oldest job that is due. PostgreSQL would make those who look at once wait for the same row; it is told to look at the next one.
macro_rules! take {
    ($lock:literal) => {
        concat!(
            "UPDATE jobs SET leased_by = $1, leased_until = $2, attempts = attempts + 1 \
             WHERE (organization_id, kind, subject) = (\
             SELECT due.organization_id, due.kind, due.subject FROM jobs AS due \
             WHERE due.kind = $3 AND due.run_at + CASE WHEN due.occasion = 'save' THEN $6 ELSE 0 END <= $4 AND (due.leased_until IS NULL OR due.leased_until <= $4) \
             AND (SELECT COUNT(*) FROM jobs AS busy WHERE busy.organization_id = due.organization_id AND busy.kind = $3 \
             AND busy.leased_by = $1 AND busy.leased_until > $4) < $5 \
             ORDER BY due.run_at, due.subject LIMIT 1",
            $lock,
            ") RETURNING organization_id, kind, subject, occasion, attempts, leased_by, leased_until"
        )
    };
}

pub(super) const PUT: &str = "INSERT INTO jobs (organization_id, kind, subject, occasion, run_at, attempts) VALUES ($1, $2, $3, $4, $5, 0) \
                   ON CONFLICT (organization_id, kind, subject) DO UPDATE SET occasion = excluded.occasion, run_at = excluded.run_at, attempts = 0";
pub(super) const HURRY: &str =
    "UPDATE jobs SET run_at = $4 WHERE organization_id = $1 AND kind = $2 AND subject = $3 AND run_at > $4";
pub(super) const DELETE: &str = "DELETE FROM jobs WHERE organization_id = $1 AND kind = $2 AND subject = $3";
pub(super) const DONE: &str = "UPDATE jobs SET run_at = $1, occasion = $2, attempts = CASE WHEN $3 THEN 0 ELSE attempts END, \
                               leased_by = NULL, leased_until = NULL \
                               WHERE organization_id = $4 AND kind = $5 AND subject = $6 AND leased_by = $7 AND leased_until = $8";
const FIND: &str =
    "SELECT run_at, occasion, attempts FROM jobs WHERE organization_id = $1 AND kind = $2 AND subject = $3";
// A job that was begun counts as failing only when that attempt is over.
const COUNT: &str = "SELECT COUNT(CASE WHEN NOT running AND due_at > $3 THEN 1 END) AS waiting, COUNT(CASE WHEN running THEN 1 END) AS running, \
     COUNT(CASE WHEN NOT running AND due_at <= $3 THEN 1 END) AS overdue, \
     COUNT(CASE WHEN attempts > CASE WHEN running THEN 1 ELSE 0 END THEN 1 END) AS failing \
     FROM (SELECT attempts, leased_until IS NOT NULL AND leased_until > $1 AS running, \
     run_at + CASE WHEN occasion = 'save' THEN $2 ELSE 0 END AS due_at FROM jobs) AS all_jobs";
const GIVE_BACK: &str =
    "UPDATE jobs SET leased_by = NULL, leased_until = NULL, attempts = attempts - 1 WHERE leased_by = $1";

/// Binds what names a job.
macro_rules! job {
    ($sql:expr, $organization:expr, $kind:expr, $subject:expr) => {
        sqlx::query($sql).bind($organization.as_str()).bind($kind).bind($subject)
    };
}
pub(super) use job;

/// Says when a job is due again, if the lease still holds: a statement that changes one row, or none.
macro_rules! job_done {
    ($by:expr, $job:expr, $next:expr) => {
        sqlx::query($crate::store::jobs::DONE)
            .bind($next.run_at)
            .bind($next.occasion)
            .bind($next.went_well)
            .bind(&$job.organization_id)
            .bind(&$job.kind)
            .bind(&$job.subject)
            .bind(&$job.leased_by)
            .bind($job.leased_until)
            .execute($by)
            .await
            .map(|done| done.rows_affected() == 1)
    };
}
pub(super) use job_done;

impl Store {
    /// Takes the job that has been due for longest, if there is one that nobody has. Work is looked for in all organizations.
    pub async fn job_take(&self, taking: &Taking<'_>) -> Result<Option<JobRow>> {
        let sql = match self {
            Self::Sqlite(_) => take!(""),
            Self::Postgres(_) => take!(" FOR UPDATE OF due SKIP LOCKED"),
        };
        let found = on!(self, pool => {
            sqlx::query_as(sql)
                .bind(taking.replica)
                .bind(taking.until)
                .bind(taking.kind)
                .bind(taking.now)
                .bind(taking.per_organization)
                .bind(taking.settling)
                .fetch_optional(pool)
                .await
        });
        Ok(found?)
    }

    /// Says when a job is due again. Says whether the lease still held; else nothing is written.
    pub async fn job_done(&self, job: &JobRow, next: NextRun) -> Result<bool> {
        Ok(on!(self, pool => job_done!(pool, job, next))?)
    }

    /// Gives back all jobs that a replica has.
    pub async fn job_give_back(&self, replica: &str) -> Result<()> {
        on!(self, pool => sqlx::query(GIVE_BACK).bind(replica).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// How all jobs stand. One that should have begun at `late` is overdue; `settling` is as in [`Taking`].
    pub async fn job_count(&self, now: i64, settling: i64, late: i64) -> Result<JobCounts> {
        Ok(on!(self, pool => sqlx::query_as(COUNT).bind(now).bind(settling).bind(late).fetch_one(pool).await)?)
    }

    /// The job that checks an integration.
    pub async fn job_find_check(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
    ) -> Result<Option<DueRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(FIND).bind(organization.as_str()).bind(CHECK).bind(integration.as_str()).fetch_optional(pool).await
        });
        Ok(found?)
    }
}
