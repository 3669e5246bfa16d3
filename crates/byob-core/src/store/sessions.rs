//! Session credentials that all replicas share.

use super::{Store, on};
use crate::{
    error::Result,
    id::{IntegrationId, OrganizationId},
};

/// Which session: what it belongs to, and what narrows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionKey {
    /// Whose.
    pub organization_id: OrganizationId,
    /// Of which integration.
    pub integration_id: IntegrationId,
    /// At which version: a changed integration gets new sessions.
    pub integration_version: i64,
    /// SHA-256 of the session policy, in hexadecimal.
    pub session_policy_hash: String,
}

/// Sealed session credentials.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    /// Milliseconds since 1970.
    pub issued_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// Sealed by the vault.
    pub sealed_credentials: String,
}

const LIST: &str = "SELECT issued_at, expires_at, sealed_credentials FROM sessions WHERE organization_id = $1 AND integration_id = $2 \
                    AND integration_version = $3 AND session_policy_hash = $4 AND expires_at > $5 ORDER BY issued_at";
const INSERT: &str = "INSERT INTO sessions (organization_id, integration_id, integration_version, session_policy_hash, issued_at, expires_at, \
                      sealed_credentials) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const DELETE: &str = "DELETE FROM sessions WHERE organization_id = $1 AND integration_id = $2 AND integration_version = $3 \
                      AND session_policy_hash = $4 AND issued_at <= $5";
const DELETE_USELESS: &str = "DELETE FROM sessions WHERE organization_id = $1 AND integration_id = $2 \
                              AND (integration_version < $3 OR expires_at < $4)";

/// Binds the four columns of a [`SessionKey`].
macro_rules! bind_key {
    ($query:expr, $key:expr) => {
        $query
            .bind($key.organization_id.as_str())
            .bind($key.integration_id.as_str())
            .bind($key.integration_version)
            .bind(&$key.session_policy_hash)
    };
}

impl Store {
    /// The sessions that have not expired, oldest first.
    pub async fn session_list(&self, key: &SessionKey, now: i64) -> Result<Vec<SessionRow>> {
        Ok(on!(self, pool => bind_key!(sqlx::query_as(LIST), key).bind(now).fetch_all(pool).await)?)
    }

    /// Adds a session, and drops those of older versions of the integration and those that have expired.
    pub async fn session_create(&self, key: &SessionKey, session: &SessionRow, now: i64) -> Result<()> {
        let SessionRow { issued_at, expires_at, sealed_credentials } = session;
        let done: Result<(), sqlx::Error> = on!(self, pool => async {
            bind_key!(sqlx::query(INSERT), key).bind(issued_at).bind(expires_at).bind(sealed_credentials).execute(pool).await?;
            sqlx::query(DELETE_USELESS)
                .bind(key.organization_id.as_str())
                .bind(key.integration_id.as_str())
                .bind(key.integration_version)
                .bind(now)
                .execute(pool)
                .await
                .map(|_| ())
        }
        .await);
        Ok(done?)
    }

    /// Drops a session that AWS no longer takes, and those before it.
    pub async fn session_delete(&self, key: &SessionKey, issued_at: i64) -> Result<()> {
        on!(self, pool => bind_key!(sqlx::query(DELETE), key).bind(issued_at).execute(pool).await.map(|_| ()))?;
        Ok(())
    }
}
