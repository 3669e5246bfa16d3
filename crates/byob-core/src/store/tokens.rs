//! API tokens. Only a hash is stored.

use super::{Store, on};
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
    /// What its member may do today; known where a token was shown.
    #[sqlx(default)]
    pub member_role: Option<String>,
}

pub(super) const INSERT: &str = "INSERT INTO tokens (id, organization_id, member_id, name, role, hash, created_at, expires_at) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const FIND_BY_HASH: &str = "SELECT t.id AS id, t.organization_id AS organization_id, t.member_id AS member_id, t.name AS name, \
                            t.role AS role, t.created_at AS created_at, t.expires_at AS expires_at, m.role AS member_role \
                            FROM tokens t LEFT JOIN members m ON m.id = t.member_id \
                            WHERE t.hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)";
const LIST: &str = "SELECT id, organization_id, member_id, name, role, created_at, expires_at FROM tokens \
                    WHERE organization_id = $1 AND id > $2 ORDER BY id LIMIT $3";
const LIST_OPERATOR: &str = "SELECT id, organization_id, member_id, name, role, created_at, expires_at FROM tokens \
                             WHERE organization_id IS NULL ORDER BY id";
const DELETE_OPERATOR: &str = "DELETE FROM tokens WHERE organization_id IS NULL AND id = $1";
const DELETE: &str = "DELETE FROM tokens WHERE organization_id = $1 AND id = $2";

/// Inserts a token, by a pool or inside a transaction.
macro_rules! insert_token {
    ($by:expr, $token:expr, $hash:expr) => {
        sqlx::query($crate::store::tokens::INSERT)
            .bind(&$token.id)
            .bind(&$token.organization_id)
            .bind(&$token.member_id)
            .bind(&$token.name)
            .bind(&$token.role)
            .bind($hash)
            .bind($token.created_at)
            .bind($token.expires_at)
            .execute($by)
            .await
            .map(|_| ())
    };
}
pub(super) use insert_token;

impl Store {
    /// Adds a token. `hash` is what [`token_find_by_hash`](Self::token_find_by_hash) looks for.
    pub async fn token_create(&self, token: &TokenRow, hash: &str) -> Result<()> {
        on!(self, pool => insert_token!(pool, token, hash))?;
        Ok(())
    }

    /// The unexpired token with this hash. This is how an organization is found, so it cannot be asked for first.
    pub async fn token_find_by_hash(&self, hash: &str, now: i64) -> Result<Option<TokenRow>> {
        Ok(on!(self, pool => sqlx::query_as(FIND_BY_HASH).bind(hash).bind(now).fetch_optional(pool).await)?)
    }

    /// The organization's tokens, oldest first, those after `cursor`.
    pub async fn token_list(&self, organization: &OrganizationId, cursor: &str, limit: i64) -> Result<Vec<TokenRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(LIST).bind(organization.as_str()).bind(cursor).bind(limit).fetch_all(pool).await
        });
        Ok(found?)
    }

    /// The operator's tokens, oldest first.
    pub async fn token_list_operator(&self) -> Result<Vec<TokenRow>> {
        Ok(on!(self, pool => sqlx::query_as(LIST_OPERATOR).fetch_all(pool).await)?)
    }

    /// Revokes a token of the operator.
    pub async fn token_delete_operator(&self, id: &TokenId) -> Result<()> {
        let gone = on!(self, pool => {
            sqlx::query(DELETE_OPERATOR).bind(id.as_str()).execute(pool).await.map(|done| done.rows_affected())
        })?;
        if gone == 0 { Err(Error::not_found("token")) } else { Ok(()) }
    }

    /// Revokes a token.
    pub async fn token_delete(&self, organization: &OrganizationId, id: &TokenId) -> Result<()> {
        let gone = on!(self, pool => {
            sqlx::query(DELETE).bind(organization.as_str()).bind(id.as_str()).execute(pool).await.map(|done| done.rows_affected())
        })?;
        if gone == 0 { Err(Error::not_found("token")) } else { Ok(()) }
    }
}
