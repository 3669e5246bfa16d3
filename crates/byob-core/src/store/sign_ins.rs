//! Browsers that are signed in. Only a hash of what their cookie holds is stored.

use super::{AccountRow, NewEntry, Store, audit::record, on};
use crate::{
    error::Result,
    id::{AccountId, OrganizationId},
};

/// A sign-in, as its owner sees it.
#[derive(Clone, sqlx::FromRow)]
pub struct SignInRow {
    /// The hash of what the cookie holds.
    pub hash: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

const INSERT: &str = "INSERT INTO sign_ins (hash, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
const DROP_EXPIRED: &str = "DELETE FROM sign_ins WHERE expires_at <= $1";
const FIND: &str = "SELECT a.id AS id, a.email AS email, a.password_hash AS password_hash, a.is_operator AS is_operator, \
                    a.created_at AS created_at FROM sign_ins s JOIN accounts a ON a.id = s.account_id \
                    WHERE s.hash = $1 AND s.expires_at > $2";
const LIST: &str = "SELECT hash, created_at, expires_at FROM sign_ins WHERE account_id = $1 AND expires_at > $2 \
                    ORDER BY created_at DESC, hash";
const DELETE: &str = "DELETE FROM sign_ins WHERE hash = $1";
pub(super) const DELETE_OTHERS: &str = "DELETE FROM sign_ins WHERE account_id = $1 AND hash <> $2";

impl Store {
    /// Adds a sign-in, and drops those that have expired. It concerns all organizations that the account is in.
    pub async fn sign_in_create(
        &self,
        hash: &str,
        account: &AccountId,
        (now, expires_at): (i64, i64),
        entries: &[(OrganizationId, NewEntry)],
    ) -> Result<()> {
        on!(self, pool => sqlx::query(DROP_EXPIRED).bind(now).execute(pool).await.map(|_| ()))?;
        let done: Result<(), sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            for (organization, entry) in entries {
                record!(tx, organization, entry);
            }
            sqlx::query(INSERT).bind(hash).bind(account.as_str()).bind(now).bind(expires_at).execute(&mut *tx).await?;
            tx.commit().await
        }
        .await);
        Ok(done?)
    }

    /// Who is signed in with this hash. This is how organizations are found, so none can be asked for first.
    pub async fn sign_in_find(&self, hash: &str, now: i64) -> Result<Option<AccountRow>> {
        Ok(on!(self, pool => sqlx::query_as(FIND).bind(hash).bind(now).fetch_optional(pool).await)?)
    }

    /// Where an account is signed in, newest first.
    pub async fn sign_in_list(&self, account: &AccountId, now: i64) -> Result<Vec<SignInRow>> {
        Ok(on!(self, pool => sqlx::query_as(LIST).bind(account.as_str()).bind(now).fetch_all(pool).await)?)
    }

    /// Ends all sign-ins of an account but one.
    pub async fn sign_in_delete_others(&self, account: &AccountId, hash: &str) -> Result<()> {
        on!(self, pool => sqlx::query(DELETE_OTHERS).bind(account.as_str()).bind(hash).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// Ends a sign-in.
    pub async fn sign_in_delete(&self, hash: &str) -> Result<()> {
        on!(self, pool => sqlx::query(DELETE).bind(hash).execute(pool).await.map(|_| ()))?;
        Ok(())
    }
}
