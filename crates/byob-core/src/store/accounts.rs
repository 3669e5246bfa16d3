//! Accounts: the people who sign in, whatever organizations they are in.

use std::fmt;

use super::{NewEntry, Store, audit::record, conflict, invitations, on, sign_ins, violated};
use crate::{
    error::{Error, Result},
    id::{AccountId, OrganizationId},
};

/// Somebody who signs in with a password.
#[derive(Clone, sqlx::FromRow)]
pub struct AccountRow {
    /// Its ID.
    pub id: String,
    /// Unique on the platform, in small letters.
    pub email: String,
    /// In the PHC string format.
    pub password_hash: String,
    /// Whether they run the platform.
    pub is_operator: bool,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

impl fmt::Debug for AccountRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountRow").field("id", &self.id).finish_non_exhaustive()
    }
}

/// An organization that somebody is in.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MembershipRow {
    /// The organization's ID.
    pub organization_id: String,
    /// Its name.
    pub organization_name: String,
    /// The member's ID in it.
    pub member_id: String,
    /// `admin`, `member` or `viewer`.
    pub role: String,
}

pub(super) const INSERT: &str =
    "INSERT INTO accounts (id, email, password_hash, is_operator, created_at) VALUES ($1, $2, $3, $4, $5)";
const FIND_BY_EMAIL: &str = "SELECT id, email, password_hash, is_operator, created_at FROM accounts WHERE email = $1";
pub(super) const SET_PASSWORD: &str =
    "UPDATE accounts SET password_hash = $1, is_operator = (is_operator OR $2) WHERE id = $3";
const OPERATORS: &str = "SELECT email FROM accounts WHERE is_operator ORDER BY email";
const REMOVE_OPERATOR: &str = "UPDATE accounts SET is_operator = FALSE WHERE email = $1 AND is_operator";
const MEMBERSHIPS: &str = "SELECT o.id AS organization_id, o.name AS organization_name, m.id AS member_id, m.role AS role \
                           FROM members m JOIN organizations o ON o.id = m.organization_id WHERE m.account_id = $1 \
                           ORDER BY o.name";

impl Store {
    /// The account with this address, which is how a sign-in begins: no organization is known yet.
    pub async fn account_find_by_email(&self, email: &str) -> Result<Option<AccountRow>> {
        Ok(on!(self, pool => sqlx::query_as(FIND_BY_EMAIL).bind(email).fetch_optional(pool).await)?)
    }

    /// Adds an account that is in no organization yet.
    pub async fn account_create(&self, row: &AccountRow) -> Result<()> {
        let done = on!(self, pool => {
            sqlx::query(INSERT).bind(&row.id).bind(&row.email).bind(&row.password_hash).bind(row.is_operator).bind(row.created_at)
                .execute(pool).await.map(|_| ())
        });
        done.map_err(|error| match violated(&error) {
            Some("accounts_email_unique") => email_taken(),
            _ => error.into(),
        })
    }

    /// Gives an account another password. Its sign-ins end but for the one with this hash, and so does a link that would set another.
    pub async fn account_set_password(
        &self,
        account: &AccountId,
        email: &str,
        password_hash: &str,
        kept_sign_in: &str,
        entries: &[(OrganizationId, NewEntry)],
    ) -> Result<()> {
        let done: Result<(), sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            for (organization, entry) in entries {
                record!(tx, organization, entry);
            }
            sqlx::query(SET_PASSWORD).bind(password_hash).bind(false).bind(account.as_str()).execute(&mut *tx).await?;
            sqlx::query(sign_ins::DELETE_OTHERS).bind(account.as_str()).bind(kept_sign_in).execute(&mut *tx).await?;
            sqlx::query(invitations::DROP_OF_ACCOUNT).bind(email).execute(&mut *tx).await?;
            tx.commit().await
        }
        .await);
        Ok(done?)
    }

    /// The addresses of the accounts that run the platform.
    pub async fn operator_list(&self) -> Result<Vec<String>> {
        Ok(on!(self, pool => sqlx::query_scalar(OPERATORS).fetch_all(pool).await)?)
    }

    /// Takes the platform away from an account, and the links that would give it: whether there was either.
    pub async fn operator_remove(&self, email: &str) -> Result<bool> {
        let done: Result<u64, sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            let account = sqlx::query(REMOVE_OPERATOR).bind(email).execute(&mut *tx).await?.rows_affected();
            let links = sqlx::query(invitations::DROP_OF_OPERATOR).bind(email).execute(&mut *tx).await?.rows_affected();
            tx.commit().await?;
            Ok(account + links)
        }
        .await);
        Ok(done? > 0)
    }

    /// The organizations that the account is in, by name.
    pub async fn membership_list(&self, account: &AccountId) -> Result<Vec<MembershipRow>> {
        Ok(on!(self, pool => sqlx::query_as(MEMBERSHIPS).bind(account.as_str()).fetch_all(pool).await)?)
    }
}

/// Somebody else was faster.
pub(super) fn email_taken() -> Error {
    conflict(
        "account_exists",
        "There is an account with that e-mail address already.",
        "Sign in, then open the link again.",
    )
}
