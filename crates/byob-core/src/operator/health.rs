//! How the platform does.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    check::report::Health,
    core::Core,
    error::Result,
    store::{ByHealth, JobCounts, Store},
};

/// A job that should have begun that long ago is overdue, in milliseconds. Workers look for what is due every two seconds.
const GRACE: i64 = 60_000;

/// More organizations than these are counted, not named.
const MOST_UNWELL: i64 = 100;

/// How the platform does.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlatformHealth {
    /// Which database answers: `sqlite` or `postgres`.
    #[schema(example = "postgres")]
    pub database: &'static str,
    /// Integrations that are turned on, over all organizations, at most ten seconds old; `/metrics` has the same numbers.
    pub integrations: ByHealth,
    /// Organizations in which an integration does not work, by name: the first hundred.
    pub unwell: Vec<Unwell>,
    /// The work that replicas share; `/metrics` has the same numbers.
    pub jobs: JobCounts,
    /// How often integrations are checked, in seconds; 0 is never.
    pub check_interval_seconds: i64,
}

/// An organization in which an integration does not work.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Unwell {
    /// Its ID.
    #[schema(example = "org_01jd…")]
    pub organization_id: String,
    /// Its name.
    pub name: String,
    /// How many of its integrations do not work.
    pub unhealthy: i64,
    /// How many have a role that can be assumed without its external ID.
    pub r#unsafe: i64,
}

impl Core {
    /// How the platform does. If the database does not answer, neither does this.
    pub async fn platform_health(&self) -> Result<PlatformHealth> {
        let unwell = self.store.organization_list_unwell(MOST_UNWELL).await?;
        let unwell = unwell.into_iter().map(|row| Unwell {
            organization_id: row.id,
            name: row.name,
            unhealthy: row.turned_on.unhealthy,
            r#unsafe: row.turned_on.is_unsafe,
        });
        Ok(PlatformHealth {
            database: match self.store {
                Store::Sqlite(_) => "sqlite",
                Store::Postgres(_) => "postgres",
            },
            integrations: self.integrations_by_health().await?,
            unwell: unwell.collect(),
            jobs: self.count_jobs().await?,
            check_interval_seconds: self.check_interval / 1000,
        })
    }

    /// How the jobs of all organizations stand.
    pub async fn count_jobs(&self) -> Result<JobCounts> {
        let now = self.clock.now_millis();
        self.store.job_count(now, self.check_delay, now - GRACE).await
    }

    async fn integrations_by_health(&self) -> Result<ByHealth> {
        let mut found = ByHealth::default();
        for (health, count) in Health::ALL.into_iter().zip(self.count_health().await?) {
            *match health {
                Health::Healthy => &mut found.healthy,
                Health::Degraded => &mut found.degraded,
                Health::Unhealthy => &mut found.unhealthy,
                Health::Unsafe => &mut found.is_unsafe,
                Health::Unknown => &mut found.unknown,
            } = count;
        }
        Ok(found)
    }
}
