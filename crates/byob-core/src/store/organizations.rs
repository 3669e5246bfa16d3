//! Organizations and their members.

use super::{Store, TokenRow, conflict, on, tokens::insert_token, violated};
use crate::{
    error::{Error, Result},
    id::{MemberId, OrganizationId},
};

/// A tenant of the platform.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OrganizationRow {
    /// Its ID.
    pub id: String,
    /// Unique on the platform.
    pub name: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

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
}

const INSERT_ORGANIZATION: &str =
    "INSERT INTO organizations (id, name, created_at, integrations_revision) VALUES ($1, $2, $3, 0)";
const INSERT_MEMBER: &str =
    "INSERT INTO members (id, organization_id, email, role, created_at) VALUES ($1, $2, $3, $4, $5)";
const LIST: &str = "SELECT id, name, created_at FROM organizations WHERE id > $1 ORDER BY id LIMIT $2";
const FIND: &str = "SELECT id, name, created_at FROM organizations WHERE id = $1";
const FIND_FIRST_ADMIN: &str = "SELECT id, email, role, created_at FROM members WHERE organization_id = $1 AND role = 'admin' \
                                ORDER BY id LIMIT 1";
const FIND_MEMBER: &str = "SELECT id, email, role, created_at FROM members WHERE organization_id = $1 AND id = $2";

impl Store {
    /// Adds an organization together with its first member and that member's token, or nothing.
    pub async fn organization_create(
        &self,
        organization: &OrganizationRow,
        member: &MemberRow,
        token: (&TokenRow, &str),
    ) -> Result<()> {
        let (o, m) = (organization, member);
        let done: Result<(), sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            sqlx::query(INSERT_ORGANIZATION).bind(&o.id).bind(&o.name).bind(o.created_at).execute(&mut *tx).await?;
            sqlx::query(INSERT_MEMBER).bind(&m.id).bind(&o.id).bind(&m.email).bind(&m.role).bind(m.created_at).execute(&mut *tx).await?;
            insert_token!(&mut *tx, token.0, token.1)?;
            tx.commit().await
        }
        .await);
        done.map_err(|error| match violated(&error) {
            Some("organizations_name_unique") => conflict(
                "organization_name_taken",
                format!("There is an organization `{}` already.", o.name),
                "Choose another name.",
            ),
            _ => error.into(),
        })
    }

    /// Organizations in the order in which they were made, those after `cursor` first.
    pub async fn organization_list(&self, cursor: &str, limit: i64) -> Result<Vec<OrganizationRow>> {
        Ok(on!(self, pool => sqlx::query_as(LIST).bind(cursor).bind(limit).fetch_all(pool).await)?)
    }

    /// One organization.
    pub async fn organization_get(&self, id: &OrganizationId) -> Result<OrganizationRow> {
        let found: Option<OrganizationRow> =
            on!(self, pool => sqlx::query_as(FIND).bind(id.as_str()).fetch_optional(pool).await)?;
        found.ok_or_else(|| Error::not_found("organization"))
    }

    /// The admin who was there first.
    pub async fn member_find_first_admin(&self, organization: &OrganizationId) -> Result<Option<MemberRow>> {
        Ok(on!(self, pool => sqlx::query_as(FIND_FIRST_ADMIN).bind(organization.as_str()).fetch_optional(pool).await)?)
    }

    /// One member.
    pub async fn member_find(&self, organization: &OrganizationId, id: &MemberId) -> Result<Option<MemberRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(FIND_MEMBER).bind(organization.as_str()).bind(id.as_str()).fetch_optional(pool).await
        });
        Ok(found?)
    }
}
