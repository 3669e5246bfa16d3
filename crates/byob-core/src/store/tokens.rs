//! API tokens. Only a hash is stored.

use std::collections::HashMap;

use byob_aws::Invalid;

use super::{
    NewEntry, Store,
    audit::{HOLD, record},
    on,
};
use crate::{
    error::{Error, Result},
    id::{OrganizationId, TokenId},
};

/// A token of a member or, without an organization, of the operator.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TokenRow {
    /// Its ID.
    pub id: String,
    /// Whose.
    pub organization_id: Option<String>,
    /// Who made it.
    pub member_id: Option<String>,
    /// What people call it.
    pub name: String,
    /// What it may do: `admin`, `member`, `viewer` or `operator`.
    pub role: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: Option<i64>,
    /// Milliseconds since 1970, to the minute. No change of the row sets it.
    pub last_used_at: Option<i64>,
    /// What its member may do today; known where a token was shown.
    #[sqlx(default)]
    pub member_role: Option<String>,
    /// Their e-mail address; known there as well.
    #[sqlx(default)]
    pub member_email: Option<String>,
    /// Whether it reaches no more than [`integration_ids`](Self::integration_ids).
    pub restricted: bool,
    /// The integrations that a restricted token reaches, in order.
    #[sqlx(skip)]
    pub integration_ids: Vec<String>,
}

impl TokenRow {
    /// Its ID and what people call it.
    pub fn named(&self) -> (&str, Option<&str>) {
        (&self.id, Some(&self.name))
    }
}

pub(super) const INSERT: &str = "INSERT INTO tokens (id, organization_id, member_id, name, role, hash, created_at, expires_at, restricted) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
// An integration of another organization, and one that is still a draft, is none.
const INSERT_INTEGRATION: &str = "INSERT INTO token_integrations (organization_id, token_id, integration_id) \
                                  SELECT organization_id, $1, id FROM integrations WHERE organization_id = $2 AND id = $3 AND state = 'saved'";
const FIND_BY_HASH: &str = "SELECT t.id AS id, t.organization_id AS organization_id, t.member_id AS member_id, t.name AS name, \
                            t.role AS role, t.created_at AS created_at, t.expires_at AS expires_at, t.last_used_at AS last_used_at, \
                            t.restricted AS restricted, m.role AS member_role, m.email AS member_email \
                            FROM tokens t LEFT JOIN members m ON m.id = t.member_id \
                            WHERE t.hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)";
const LIST: &str = "SELECT id, organization_id, member_id, name, role, created_at, expires_at, last_used_at, restricted FROM tokens \
                    WHERE organization_id = $1 AND id > $2 ORDER BY id LIMIT $3";
const LIST_INTEGRATIONS: &str = "SELECT token_id, integration_id FROM token_integrations \
                                 WHERE organization_id = $1 AND token_id >= $2 AND token_id <= $3 ORDER BY token_id, integration_id";
const LIST_OPERATOR: &str = "SELECT id, organization_id, member_id, name, role, created_at, expires_at, last_used_at, restricted FROM tokens \
                             WHERE organization_id IS NULL ORDER BY id";
const FIND: &str = "SELECT id, organization_id, member_id, name, role, created_at, expires_at, last_used_at, restricted FROM tokens \
                    WHERE organization_id = $1 AND id = $2";
// Replicas that note the same use write it once.
const NOTE_USE: &str =
    "UPDATE tokens SET last_used_at = $1 WHERE id = $2 AND (last_used_at IS NULL OR last_used_at <= $3)";
const DELETE_OPERATOR: &str = "DELETE FROM tokens WHERE organization_id IS NULL AND id = $1";
const DELETE: &str = "DELETE FROM tokens WHERE organization_id = $1 AND id = $2";

/// Inserts a token inside a transaction, without the integrations that it is restricted to.
macro_rules! insert_token {
    ($tx:expr, $token:expr, $hash:expr) => {
        sqlx::query($crate::store::tokens::INSERT)
            .bind(&$token.id)
            .bind(&$token.organization_id)
            .bind(&$token.member_id)
            .bind(&$token.name)
            .bind(&$token.role)
            .bind($hash)
            .bind($token.created_at)
            .bind($token.expires_at)
            .bind($token.restricted)
            .execute(&mut *$tx)
            .await
            .map(|_| ())
    };
}
pub(super) use insert_token;

impl Store {
    /// Adds a token. `hash` is what [`token_find_by_hash`](Self::token_find_by_hash) looks for.
    pub async fn token_create(
        &self,
        organization: &OrganizationId,
        token: &TokenRow,
        hash: &str,
        entry: &NewEntry,
    ) -> Result<()> {
        on!(self, pool => async {
            let mut tx = pool.begin().await?;
            record!(tx, organization, entry);
            insert_token!(tx, token, hash)?;
            for integration in &token.integration_ids {
                let named = sqlx::query(INSERT_INTEGRATION).bind(&token.id).bind(&token.organization_id).bind(integration);
                if named.execute(&mut *tx).await?.rows_affected() == 0 {
                    return Err(unknown_integration(integration));
                }
            }
            Ok(tx.commit().await?)
        }
        .await)
    }

    /// Adds a token of the operator.
    pub async fn token_create_operator(&self, token: &TokenRow, hash: &str) -> Result<()> {
        let done: Result<(), sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            insert_token!(tx, token, hash)?;
            tx.commit().await
        }
        .await);
        Ok(done?)
    }

    /// The unexpired token with this hash. This is how an organization is found, so it cannot be asked for first.
    pub async fn token_find_by_hash(&self, hash: &str, now: i64) -> Result<Option<TokenRow>> {
        let found: Option<TokenRow> =
            on!(self, pool => sqlx::query_as(FIND_BY_HASH).bind(hash).bind(now).fetch_optional(pool).await)?;
        let Some(mut row) = found else { return Ok(None) };
        if let Some(organization) = row.organization_id.as_ref().filter(|_| row.restricted) {
            let organization = OrganizationId::from_text(organization);
            self.add_integrations(&organization, std::slice::from_mut(&mut row)).await?;
        }
        Ok(Some(row))
    }

    /// The organization's tokens, oldest first, those after `cursor`.
    pub async fn token_list(&self, organization: &OrganizationId, cursor: &str, limit: i64) -> Result<Vec<TokenRow>> {
        let mut rows: Vec<TokenRow> = on!(self, pool => {
            sqlx::query_as(LIST).bind(organization.as_str()).bind(cursor).bind(limit).fetch_all(pool).await
        })?;
        self.add_integrations(organization, &mut rows).await?;
        Ok(rows)
    }

    /// Adds to tokens, which are in order, the integrations that they are restricted to.
    async fn add_integrations(&self, organization: &OrganizationId, rows: &mut [TokenRow]) -> Result<()> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
        let named: Vec<(String, String)> = on!(self, pool => {
            sqlx::query_as(LIST_INTEGRATIONS).bind(organization.as_str()).bind(&first.id).bind(&last.id).fetch_all(pool).await
        })?;
        let mut of_token: HashMap<String, Vec<String>> = HashMap::new();
        for (token, integration) in named {
            of_token.entry(token).or_default().push(integration);
        }
        for row in rows {
            row.integration_ids = of_token.remove(&row.id).unwrap_or_default();
        }
        Ok(())
    }

    /// The operator's tokens, oldest first.
    pub async fn token_list_operator(&self) -> Result<Vec<TokenRow>> {
        Ok(on!(self, pool => sqlx::query_as(LIST_OPERATOR).fetch_all(pool).await)?)
    }

    /// Notes when a token was shown, unless a use after `before` is known. Whoever showed it has proven which one it is, so that no
    /// organization is asked for.
    pub async fn token_note_use(&self, id: &TokenId, now: i64, before: i64) -> Result<()> {
        on!(self, pool => {
            sqlx::query(NOTE_USE).bind(now).bind(id.as_str()).bind(before).execute(pool).await.map(|_| ())
        })?;
        Ok(())
    }

    /// Revokes a token of the operator.
    pub async fn token_delete_operator(&self, id: &TokenId) -> Result<()> {
        let gone = on!(self, pool => {
            sqlx::query(DELETE_OPERATOR).bind(id.as_str()).execute(pool).await.map(|done| done.rows_affected())
        })?;
        if gone == 0 { Err(Error::not_found("token")) } else { Ok(()) }
    }

    /// Revokes a token. `entry` sees what it was.
    pub async fn token_delete(
        &self,
        organization: &OrganizationId,
        id: &TokenId,
        entry: impl Fn(&TokenRow) -> NewEntry,
    ) -> Result<()> {
        let gone: Result<bool, sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            sqlx::query(HOLD).bind(organization.as_str()).execute(&mut *tx).await?;
            let found = sqlx::query_as(FIND).bind(organization.as_str()).bind(id.as_str());
            let Some(found): Option<TokenRow> = found.fetch_optional(&mut *tx).await? else { return Ok(false) };
            sqlx::query(DELETE).bind(organization.as_str()).bind(id.as_str()).execute(&mut *tx).await?;
            record!(tx, organization, entry(&found));
            tx.commit().await?;
            Ok(true)
        }
        .await);
        if gone? { Ok(()) } else { Err(Error::not_found("token")) }
    }
}

fn unknown_integration(id: &str) -> Error {
    let detail = format!("The organization has no integration `{id}`.");
    let invalid = Invalid::new("unknown_integration", detail, "Name integrations by their IDs; a draft is none yet.");
    Error::field("integration_ids", &invalid)
}
