//! The database: SQLite embedded, or PostgreSQL shared by replicas.
//!
//! Every statement is written once and runs on both. Each method takes the organization first, so that no query can forget
//! it; `find_…` gives `None` where `get_…` gives "not found".

mod accounts;
mod audit;
mod audit_entry;
mod canaries;
mod checks;
mod events;
mod integrations;
mod invitations;
mod jobs;
mod leases;
mod members;
mod organizations;
mod principal_roles;
mod safety;
mod sessions;
mod sign_ins;
mod tokens;

use std::{str::FromStr, time::Duration};

use sqlx::{
    PgPool, SqlitePool,
    migrate::Migrator,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use self::{
    accounts::{AccountRow, MembershipRow},
    audit::{EntryFilter, HeadRow},
    audit_entry::{By, EntryRow, NewEntry},
    canaries::CanaryRow,
    checks::{CheckRow, Kept, KnownRow, ReportedCheckRow, Verdict},
    events::{EventRow, NewEvent},
    integrations::{IntegrationRow, State},
    invitations::{Accepting, InvitationRow},
    jobs::{CHECK, DueRow, JobCounts, JobRow, NextRun, Taking},
    members::MemberRow,
    organizations::{ByHealth, OrganizationRow, OverviewRow},
    principal_roles::{PrincipalRoleCounts, PrincipalRoleRow},
    safety::Safety,
    sessions::{SessionKey, SessionRow},
    sign_ins::SignInRow,
    tokens::TokenRow,
};
use crate::error::{Error, Kind, Result};

/// How often SQLite is asked, every tenth of a second, while another process holds a lock that does not wait.
const ATTEMPTS: u32 = 50;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// One database, of one of two kinds.
#[derive(Debug, Clone)]
pub enum Store {
    /// A file beside the service.
    Sqlite(SqlitePool),
    /// A server that replicas share.
    Postgres(PgPool),
}

/// Runs the same code on whichever pool there is.
macro_rules! on {
    ($store:expr, $pool:ident => $body:expr) => {
        match $store {
            $crate::store::Store::Sqlite($pool) => $body,
            $crate::store::Store::Postgres($pool) => $body,
        }
    };
}
use on;

impl Store {
    /// Connects to `sqlite:FILE` (made if missing) or `postgres://…` and brings the tables up to date.
    pub async fn connect(url: &str) -> Result<Self> {
        let unreachable = |error: sqlx::Error| {
            Error::new(Kind::Unavailable, "database_unavailable", "The database cannot be opened.")
                .hint("Check `database_url`: `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME`.")
                .caused_by(error)
        };
        let store = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10));
            Self::Postgres(pool.connect(url).await.map_err(unreachable)?)
        } else {
            let options = SqliteConnectOptions::from_str(url)
                .map_err(unreachable)?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(Duration::from_secs(10));
            Self::Sqlite(open_sqlite(options).await.map_err(unreachable)?)
        };
        store.migrate().await?;
        Ok(store)
    }

    /// Brings the tables up to date.
    ///
    /// PostgreSQL makes processes that start at once wait for each other. SQLite does not, so whoever lost looks again: by then the
    /// tables of the winner are there.
    async fn migrate(&self) -> Result<()> {
        let mut attempts = if matches!(self, Self::Sqlite(_)) { ATTEMPTS } else { 1 };
        loop {
            let Err(error) = on!(self, pool => MIGRATIONS.run(pool).await) else { break };
            attempts -= 1;
            if attempts == 0 {
                let detail = "The database's tables could not be brought up to date.";
                return Err(Error::new(Kind::Unavailable, "migration_failed", detail).caused_by(error));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(self.audit_protect().await?)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        on!(self, pool => sqlx::query("SELECT 1").execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// Waits for running statements and closes.
    pub async fn close(&self) {
        on!(self, pool => pool.close().await);
    }
}

/// Processes that start at once on a new file wait for each other: the mode of its journal is set without heeding the time to wait for locks.
async fn open_sqlite(options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let mut attempts = ATTEMPTS;
    loop {
        match SqlitePoolOptions::new().max_connections(8).connect_with(options.clone()).await {
            Err(sqlx::Error::Database(error)) if attempts > 1 && error.message().contains("locked") => attempts -= 1,
            answer => return answer,
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The name of the unique constraint that a statement violated, in the words of the migrations: SQLite reports columns,
/// PostgreSQL the constraint.
fn violated(error: &sqlx::Error) -> Option<&'static str> {
    let database = error.as_database_error().filter(|error| error.is_unique_violation())?;
    let reported = database.constraint().unwrap_or_else(|| database.message());
    let known = [
        ("organizations_name_unique", "organizations.name"),
        ("members_email_unique", "members.email"),
        ("members_account_unique", "members.account_id"),
        ("accounts_email_unique", "accounts.email"),
        ("integrations_external_id_unique", "integrations.external_id"),
        ("integrations_name_unique", "integrations.name"),
    ];
    known.into_iter().find(|(name, column)| reported.contains(name) || reported.contains(column)).map(|(name, _)| name)
}

fn conflict(code: &'static str, detail: impl Into<String>, hint: &str) -> Error {
    Error::new(Kind::Conflict, code, detail).hint(hint)
}
