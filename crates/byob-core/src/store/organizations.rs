//! Organizations.

use byob_aws::Invalid;

use super::{MemberRow, Store, TokenRow, members, on, tokens::insert_token, violated};
use crate::{
    error::{Error, Kind, Result},
    id::OrganizationId,
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

const INSERT_ORGANIZATION: &str =
    "INSERT INTO organizations (id, name, created_at, integrations_revision) VALUES ($1, $2, $3, 0)";
const LIST: &str = "SELECT id, name, created_at FROM organizations WHERE id > $1 ORDER BY id LIMIT $2";
const RENAME: &str = "UPDATE organizations SET name = $1 WHERE id = $2";
const FIND: &str = "SELECT id, name, created_at FROM organizations WHERE id = $1";

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
            sqlx::query(members::INSERT).bind(&m.id).bind(&o.id).bind(&m.email).bind(&m.role).bind(m.created_at).execute(&mut *tx).await?;
            insert_token!(tx, token.0, token.1)?;
            tx.commit().await
        }
        .await);
        done.map_err(|error| name_taken(error, &o.name))
    }

    /// Gives an organization another name.
    pub async fn organization_rename(&self, id: &OrganizationId, name: &str) -> Result<()> {
        let renamed = on!(self, pool => {
            sqlx::query(RENAME).bind(name).bind(id.as_str()).execute(pool).await.map(|done| done.rows_affected())
        });
        match renamed.map_err(|error| name_taken(error, name))? {
            0 => Err(Error::not_found("organization")),
            _ => Ok(()),
        }
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
}

fn name_taken(error: sqlx::Error, name: &str) -> Error {
    match violated(&error) {
        Some("organizations_name_unique") => {
            let detail = format!("There is an organization `{name}` already.");
            Error::field("name", &Invalid::new("organization_name_taken", detail, "Choose another name."))
                .with_kind(Kind::Conflict)
        }
        _ => error.into(),
    }
}
