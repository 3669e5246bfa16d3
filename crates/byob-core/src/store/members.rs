//! Members of an organization.

use super::{
    InvitationRow, NewEntry, Store,
    audit::{HOLD, record},
    conflict, invitations, on, violated,
};
use crate::{
    error::{Error, Result},
    id::{MemberId, OrganizationId},
};

/// A person of an organization.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MemberRow {
    /// Their ID.
    pub id: String,
    /// Unique within the organization.
    pub email: String,
    /// `admin`, `member` or `viewer`.
    pub role: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Who they are, once they have accepted their invitation.
    pub account_id: Option<String>,
}

impl MemberRow {
    /// Their ID and their address.
    pub fn named(&self) -> (&str, Option<&str>) {
        (&self.id, Some(&self.email))
    }
}

pub(super) const INSERT: &str =
    "INSERT INTO members (id, organization_id, email, role, created_at) VALUES ($1, $2, $3, $4, $5)";
const FIND_FIRST_ADMIN: &str = "SELECT id, email, role, created_at, account_id FROM members \
                                WHERE organization_id = $1 AND role = 'admin' ORDER BY id LIMIT 1";
const FIND: &str = "SELECT id, email, role, created_at, account_id FROM members WHERE organization_id = $1 AND id = $2";
const LIST: &str = "SELECT id, email, role, created_at, account_id FROM members \
                    WHERE organization_id = $1 AND id > $2 ORDER BY id LIMIT $3";
// Who was invited and never came is no admin to rely on, unless nobody has come yet.
const OTHER_ADMINS: &str = "SELECT COUNT(*) FROM members WHERE organization_id = $1 AND id <> $2 AND role = 'admin' AND (account_id IS NOT NULL \
     OR NOT EXISTS (SELECT 1 FROM members j WHERE j.organization_id = $1 AND j.role = 'admin' AND j.account_id IS NOT NULL))";
const SET_ROLE: &str = "UPDATE members SET role = $1 WHERE organization_id = $2 AND id = $3";
const DELETE: &str = "DELETE FROM members WHERE organization_id = $1 AND id = $2";

impl Store {
    /// Adds a member together with the invitation, or nothing.
    pub async fn member_create(
        &self,
        organization: &OrganizationId,
        member: &MemberRow,
        invitation: (&InvitationRow, &str),
        entry: &NewEntry,
    ) -> Result<()> {
        let (row, hash) = invitation;
        let done: Result<(), sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            record!(tx, organization, entry);
            sqlx::query(INSERT).bind(&member.id).bind(organization.as_str()).bind(&member.email).bind(&member.role)
                .bind(member.created_at).execute(&mut *tx).await?;
            sqlx::query(invitations::INSERT).bind(hash).bind(&row.organization_id).bind(&row.member_id).bind(&row.email)
                .bind(row.makes_operator).bind(member.created_at).bind(row.expires_at).execute(&mut *tx).await?;
            tx.commit().await
        }
        .await);
        done.map_err(|error| match violated(&error) {
            Some("members_email_unique") => conflict(
                "member_exists",
                format!("`{}` is a member of the organization already.", member.email),
                "Change their role, or make a new link for them, in the list of members.",
            ),
            _ => error.into(),
        })
    }

    /// The admin who was there first.
    pub async fn member_find_first_admin(&self, organization: &OrganizationId) -> Result<Option<MemberRow>> {
        Ok(on!(self, pool => sqlx::query_as(FIND_FIRST_ADMIN).bind(organization.as_str()).fetch_optional(pool).await)?)
    }

    /// One member.
    pub async fn member_find(&self, organization: &OrganizationId, id: &MemberId) -> Result<Option<MemberRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(FIND).bind(organization.as_str()).bind(id.as_str()).fetch_optional(pool).await
        });
        Ok(found?)
    }

    /// The organization's members, oldest first, those after `cursor`.
    pub async fn member_list(&self, organization: &OrganizationId, cursor: &str, limit: i64) -> Result<Vec<MemberRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(LIST).bind(organization.as_str()).bind(cursor).bind(limit).fetch_all(pool).await
        });
        Ok(found?)
    }

    /// Changes a member's role, or with `None` removes them with their tokens. The last admin stays one. `entry` sees who they were before.
    pub async fn member_change(
        &self,
        organization: &OrganizationId,
        id: &MemberId,
        role: Option<&str>,
        entry: impl Fn(&MemberRow) -> NewEntry,
    ) -> Result<()> {
        let done: Result<Option<u64>, sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            // Others who change the organization's admins wait for this one.
            sqlx::query(HOLD).bind(organization.as_str()).execute(&mut *tx).await?;
            let before = sqlx::query_as(FIND).bind(organization.as_str()).bind(id.as_str());
            let before: Option<MemberRow> = before.fetch_optional(&mut *tx).await?;
            let Some(before) = before else { return Ok(Some(0)) };
            if role != Some("admin") {
                let (others,): (i64,) = sqlx::query_as(OTHER_ADMINS).bind(organization.as_str()).bind(id.as_str()).fetch_one(&mut *tx).await?;
                if others == 0 {
                    return Ok(None);
                }
            }
            let changed = match role {
                Some(role) => sqlx::query(SET_ROLE).bind(role).bind(organization.as_str()).bind(id.as_str()).execute(&mut *tx).await?.rows_affected(),
                None => sqlx::query(DELETE).bind(organization.as_str()).bind(id.as_str()).execute(&mut *tx).await?.rows_affected(),
            };
            record!(tx, organization, entry(&before));
            tx.commit().await?;
            Ok(Some(changed))
        }
        .await);
        match done? {
            Some(0) => Err(Error::not_found("member")),
            Some(_) => Ok(()),
            None => Err(conflict(
                "last_admin",
                "This is the organization's last admin.",
                "Make somebody else an admin first.",
            )),
        }
    }
}
