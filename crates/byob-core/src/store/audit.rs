//! The audit log. Entries are only ever added, in the transaction of what they tell of.

use super::{EntryRow, NewEntry, Store, on};
use crate::{
    error::{Error, Result},
    id::OrganizationId,
};

/// Where the log of an organization ends, as the organization knows it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeadRow {
    /// How many entries there are.
    #[sqlx(rename = "audit_entries")]
    pub number: i64,
    /// The hash of the last.
    #[sqlx(rename = "audit_head")]
    pub hash: String,
}

/// Which entries are wanted; what is empty leaves all.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    /// What was done.
    pub action: String,
    /// The ID of what it was done to.
    pub object: String,
    /// The ID of the member, or of the token.
    pub actor: String,
}

/// Makes an organization's changes wait for each other. A transaction takes this first, so that none holds what another one needs.
pub(super) const HOLD: &str = "UPDATE organizations SET name = name WHERE id = $1";
pub(super) const NUMBER: &str =
    "UPDATE organizations SET audit_entries = audit_entries + 1 WHERE id = $1 RETURNING audit_entries, audit_head";
pub(super) const SET_HEAD: &str = "UPDATE organizations SET audit_head = $1 WHERE id = $2";
pub(super) const INSERT: &str = "INSERT INTO audit_entries (organization_id, number, created_at, actor_kind, actor_id, actor_name, token_id, token_name, action, \
                      object_kind, object_id, object_name, details, request_id, previous_hash, hash) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
const HEAD: &str = "SELECT audit_entries, audit_head FROM organizations WHERE id = $1";
const AFTER: &str = "SELECT organization_id, number, created_at, actor_kind, actor_id, actor_name, token_id, token_name, action, object_kind, object_id, \
                     object_name, details, request_id, previous_hash, hash FROM audit_entries \
                     WHERE organization_id = $1 AND number > $2 ORDER BY number LIMIT $3";
const LIST: &str = "SELECT organization_id, number, created_at, actor_kind, actor_id, actor_name, token_id, token_name, action, object_kind, object_id, \
                    object_name, details, request_id, previous_hash, hash FROM audit_entries \
                    WHERE organization_id = $1 AND number < $2 AND ($3 = '' OR action = $3) AND ($4 = '' OR object_id = $4) \
                    AND ($5 = '' OR actor_id = $5 OR token_id = $5) ORDER BY number DESC LIMIT $6";
const LAST_OF: &str = "SELECT COALESCE(MAX(created_at), 0) FROM audit_entries WHERE organization_id = $1 AND object_id = $2 AND action = $3";

/// Triggers are written differently in the two. They are no lock against who owns the database, but against a slip.
const SQLITE_REFUSES: &str = "\
    CREATE TRIGGER IF NOT EXISTS audit_entries_stay BEFORE UPDATE ON audit_entries \
    BEGIN SELECT RAISE(ABORT, 'entries of the audit log are never changed'); END; \
    CREATE TRIGGER IF NOT EXISTS audit_entries_remain BEFORE DELETE ON audit_entries \
    BEGIN SELECT RAISE(ABORT, 'entries of the audit log are never removed'); END;";
const POSTGRES_REFUSES: &str = "\
    DO $$ BEGIN \
    PERFORM pg_advisory_xact_lock(2707); \
    IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'audit_entries_stay' AND tgrelid = 'audit_entries'::regclass) THEN \
    CREATE OR REPLACE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS \
    'BEGIN RAISE EXCEPTION ''entries of the audit log are never changed or removed''; END'; \
    CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries \
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay(); \
    END IF; END $$";

/// Writes an entry inside a transaction, and so holds the organization's row until its end.
macro_rules! record {
    ($tx:expr, $organization:expr, $entry:expr) => {{
        use $crate::store::audit;
        let last: audit::HeadRow =
            sqlx::query_as(audit::NUMBER).bind($organization.as_str()).fetch_one(&mut *$tx).await?;
        let row = $entry.placed($organization, last.number, last.hash);
        sqlx::query(audit::INSERT)
            .bind(&row.organization_id)
            .bind(row.number)
            .bind(row.created_at)
            .bind(&row.actor_kind)
            .bind(&row.actor_id)
            .bind(&row.actor_name)
            .bind(&row.token_id)
            .bind(&row.token_name)
            .bind(&row.action)
            .bind(&row.object_kind)
            .bind(&row.object_id)
            .bind(&row.object_name)
            .bind(&row.details)
            .bind(&row.request_id)
            .bind(&row.previous_hash)
            .bind(&row.hash)
            .execute(&mut *$tx)
            .await?;
        sqlx::query(audit::SET_HEAD).bind(&row.hash).bind($organization.as_str()).execute(&mut *$tx).await?;
    }};
}
pub(super) use record;

impl Store {
    /// Makes the database itself refuse to change or remove entries.
    pub(super) async fn audit_protect(&self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(pool) => sqlx::raw_sql(SQLITE_REFUSES).execute(pool).await.map(|_| ()),
            Self::Postgres(pool) => sqlx::raw_sql(POSTGRES_REFUSES).execute(pool).await.map(|_| ()),
        }
    }

    /// Writes an entry of something that changes nothing, unless there is one of the same action and object since `since`. Says whether it
    /// did.
    pub async fn audit_record_once(&self, organization: &OrganizationId, entry: &NewEntry, since: i64) -> Result<bool> {
        let done: Result<bool, sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            sqlx::query(HOLD).bind(organization.as_str()).execute(&mut *tx).await?;
            let last = sqlx::query_scalar(LAST_OF).bind(organization.as_str()).bind(&entry.object_id).bind(entry.action);
            let last: i64 = last.fetch_one(&mut *tx).await?;
            if last >= since {
                return Ok(false);
            }
            record!(tx, organization, entry);
            tx.commit().await?;
            Ok(true)
        }
        .await);
        Ok(done?)
    }

    /// Where the organization's log ends.
    pub async fn audit_head(&self, organization: &OrganizationId) -> Result<HeadRow> {
        let found: Option<HeadRow> =
            on!(self, pool => sqlx::query_as(HEAD).bind(organization.as_str()).fetch_optional(pool).await)?;
        found.ok_or_else(|| Error::not_found("organization"))
    }

    /// The organization's entries after that number, oldest first.
    pub async fn audit_list_after(
        &self,
        organization: &OrganizationId,
        number: i64,
        limit: i64,
    ) -> Result<Vec<EntryRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(AFTER).bind(organization.as_str()).bind(number).bind(limit).fetch_all(pool).await
        });
        Ok(found?)
    }

    /// The organization's entries before that number that are wanted, newest first.
    pub async fn audit_list(
        &self,
        organization: &OrganizationId,
        filter: &EntryFilter,
        before: i64,
        limit: i64,
    ) -> Result<Vec<EntryRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(LIST)
                .bind(organization.as_str())
                .bind(before)
                .bind(&filter.action)
                .bind(&filter.object)
                .bind(&filter.actor)
                .bind(limit)
                .fetch_all(pool)
                .await
        });
        Ok(found?)
    }
}
