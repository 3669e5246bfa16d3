//! Invitations: links that work once. Only a hash of what stands in them is stored.

use super::{
    AccountRow, NewEntry, Store,
    accounts::{self, email_taken},
    audit::record,
    on, violated,
};
use crate::{
    error::{Error, Result},
    id::{MemberId, OrganizationId},
};

/// A link with which somebody sets a password, joins an organization, or both.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct InvitationRow {
    /// Whom it makes a member; none if it is about the account alone.
    pub organization_id: Option<String>,
    /// Which member that is.
    pub member_id: Option<String>,
    /// Whose account it is about.
    pub email: String,
    /// Whether the account comes to run the platform.
    pub makes_operator: bool,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

/// What becomes of an account when an invitation is accepted.
#[derive(Debug, Clone, Copy)]
pub enum Accepting<'a> {
    /// It is made.
    New(&'a AccountRow),
    /// It is there, and only joins.
    Known(&'a AccountRow),
    /// It is there, and gets this password's hash. Who was signed in with the old one no longer is.
    Password(&'a AccountRow),
}

pub(super) const INSERT: &str = "INSERT INTO invitations (hash, organization_id, member_id, email, makes_operator, created_at, expires_at) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7)";
const FIND: &str = "SELECT organization_id, member_id, email, makes_operator, expires_at FROM invitations \
                    WHERE hash = $1 AND expires_at > $2";
const TAKE: &str = "DELETE FROM invitations WHERE hash = $1 AND expires_at > $2";
const DROP_OF_MEMBER: &str = "DELETE FROM invitations WHERE organization_id = $1 AND member_id = $2";
pub(super) const DROP_OF_ACCOUNT: &str = "DELETE FROM invitations WHERE organization_id IS NULL AND email = $1";
pub(super) const DROP_OF_OPERATOR: &str = "DELETE FROM invitations WHERE email = $1 AND makes_operator";
const DROP_EXPIRED: &str = "DELETE FROM invitations WHERE expires_at <= $1";
const JOIN: &str = "UPDATE members SET account_id = $1 WHERE organization_id = $2 AND id = $3";
const SIGN_OUT: &str = "DELETE FROM sign_ins WHERE account_id = $1";

impl Store {
    /// Adds an invitation; an earlier one of the same member, or about the same account alone, no longer works.
    /// One about an account concerns all organizations that it is in.
    pub async fn invitation_create(
        &self,
        row: &InvitationRow,
        hash: &str,
        now: i64,
        entries: &[(OrganizationId, NewEntry)],
    ) -> Result<()> {
        let done: Result<(), sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            for (organization, entry) in entries {
                record!(tx, organization, entry);
            }
            sqlx::query(DROP_EXPIRED).bind(now).execute(&mut *tx).await?;
            match &row.organization_id {
                Some(_) => sqlx::query(DROP_OF_MEMBER).bind(&row.organization_id).bind(&row.member_id).execute(&mut *tx).await?.rows_affected(),
                None => sqlx::query(DROP_OF_ACCOUNT).bind(&row.email).execute(&mut *tx).await?.rows_affected(),
            };
            sqlx::query(INSERT).bind(hash).bind(&row.organization_id).bind(&row.member_id).bind(&row.email)
                .bind(row.makes_operator).bind(now).bind(row.expires_at).execute(&mut *tx).await?;
            tx.commit().await
        }
        .await);
        Ok(done?)
    }

    /// The invitation with this hash, if it still works. Whoever has the link may not be in any organization yet.
    pub async fn invitation_find(&self, hash: &str, now: i64) -> Result<Option<InvitationRow>> {
        Ok(on!(self, pool => sqlx::query_as(FIND).bind(hash).bind(now).fetch_optional(pool).await)?)
    }

    /// Uses an invitation up, and does what it is for; or does nothing.
    pub async fn invitation_accept(
        &self,
        invitation: &InvitationRow,
        hash: &str,
        accepting: Accepting<'_>,
        now: i64,
        entries: &[(OrganizationId, NewEntry)],
    ) -> Result<()> {
        let (Accepting::New(account) | Accepting::Known(account) | Accepting::Password(account)) = accepting;
        let done: Result<bool, sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            for (organization, entry) in entries {
                record!(tx, organization, entry);
            }
            if sqlx::query(TAKE).bind(hash).bind(now).execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(false);
            }
            match accepting {
                Accepting::New(_) => {
                    sqlx::query(accounts::INSERT).bind(&account.id).bind(&account.email).bind(&account.password_hash)
                        .bind(account.is_operator).bind(account.created_at).execute(&mut *tx).await?;
                }
                Accepting::Password(_) => {
                    sqlx::query(accounts::SET_PASSWORD).bind(&account.password_hash).bind(invitation.makes_operator)
                        .bind(&account.id).execute(&mut *tx).await?;
                    sqlx::query(SIGN_OUT).bind(&account.id).execute(&mut *tx).await?;
                }
                Accepting::Known(_) => {}
            }
            if let (Some(organization), Some(member)) = (&invitation.organization_id, &invitation.member_id) {
                sqlx::query(JOIN).bind(&account.id).bind(organization).bind(member).execute(&mut *tx).await?;
            }
            tx.commit().await?;
            Ok(true)
        }
        .await);
        match done {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::not_found("invitation")),
            Err(error) => Err(match violated(&error) {
                Some("accounts_email_unique") => email_taken(),
                Some("members_account_unique") => super::conflict(
                    "member_already",
                    "You are a member of this organization already, under another address.",
                    "Ask an admin to remove one of the two.",
                ),
                _ => error.into(),
            }),
        }
    }

    /// Takes a member's invitation back.
    pub async fn invitation_delete(&self, organization: &OrganizationId, member: &MemberId) -> Result<()> {
        on!(self, pool => {
            sqlx::query(DROP_OF_MEMBER).bind(organization.as_str()).bind(member.as_str()).execute(pool).await.map(|_| ())
        })?;
        Ok(())
    }
}
