//! Organizations.

use byob_aws::Invalid;

use super::{
    MemberRow, NewEntry, Store, TokenRow,
    audit::{HOLD, record},
    members, on,
    tokens::insert_token,
    violated,
};
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

/// An organization as its operator sees it: how much there is of what, and none of it itself.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OverviewRow {
    /// Its ID.
    pub id: String,
    /// Unique on the platform.
    pub name: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Its members, those who were invited included.
    pub members: i64,
    /// The members who have joined.
    pub joined: i64,
    /// Integrations that are being set up.
    pub drafts: i64,
    /// Integrations that are turned off.
    pub turned_off: i64,
    /// Integrations that are turned on, by their health.
    #[sqlx(flatten)]
    pub turned_on: ByHealth,
}

/// How many integrations are in which state of health.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct ByHealth {
    /// Everything that is declared works.
    pub healthy: i64,
    /// They work, with reservations.
    pub degraded: i64,
    /// Something that is declared does not work.
    pub unhealthy: i64,
    /// Their roles can be assumed without the external ID.
    #[sqlx(rename = "unsafe")]
    #[serde(rename = "unsafe")]
    pub is_unsafe: i64,
    /// Not checked yet.
    pub unknown: i64,
}

impl OverviewRow {
    /// Whether its people have done anything in it yet.
    pub fn is_in_use(&self) -> bool {
        self.joined > 0 || self.drafts > 0 || self.turned_off > 0 || self.turned_on.total() > 0
    }
}

impl ByHealth {
    /// All of them.
    pub fn total(&self) -> i64 {
        self.healthy + self.degraded + self.unhealthy + self.is_unsafe + self.unknown
    }
}

impl OrganizationRow {
    /// Its ID and its name.
    pub fn named(&self) -> (&str, Option<&str>) {
        (&self.id, Some(&self.name))
    }
}

const INSERT_ORGANIZATION: &str =
    "INSERT INTO organizations (id, name, created_at, integrations_revision) VALUES ($1, $2, $3, 0)";
const LIST: &str = "SELECT id, name, created_at FROM organizations WHERE id > $1 ORDER BY id LIMIT $2";
const RENAME: &str = "UPDATE organizations SET name = $1 WHERE id = $2";
const FIND: &str = "SELECT id, name, created_at FROM organizations WHERE id = $1";

/// The organizations for which a condition holds, with what is in them. Integrations are counted as `checks::COUNT` counts them.
macro_rules! overview {
    ($condition:literal) => {
        concat!(
            "SELECT o.id, o.name, o.created_at, \
             (SELECT COUNT(*) FROM members m WHERE m.organization_id = o.id) AS members, \
             (SELECT COUNT(*) FROM members m WHERE m.organization_id = o.id AND m.account_id IS NOT NULL) AS joined, \
             COUNT(CASE WHEN i.state = 'draft' THEN 1 END) AS drafts, \
             COUNT(CASE WHEN i.state = 'saved' AND NOT i.enabled THEN 1 END) AS turned_off, \
             COUNT(CASE WHEN i.state = 'saved' AND i.enabled AND i.safety <> 'unsafe' AND i.health = 'healthy' THEN 1 END) AS healthy, \
             COUNT(CASE WHEN i.state = 'saved' AND i.enabled AND i.safety <> 'unsafe' AND i.health = 'degraded' THEN 1 END) AS degraded, \
             COUNT(CASE WHEN i.state = 'saved' AND i.enabled AND i.safety <> 'unsafe' AND i.health = 'unhealthy' THEN 1 END) AS unhealthy, \
             COUNT(CASE WHEN i.state = 'saved' AND i.enabled AND (i.safety = 'unsafe' OR i.health = 'unsafe') THEN 1 END) AS unsafe, \
             COUNT(CASE WHEN i.state = 'saved' AND i.enabled AND i.safety <> 'unsafe' AND i.health = 'unknown' THEN 1 END) AS unknown \
             FROM organizations o LEFT JOIN integrations i ON i.organization_id = o.id ",
            $condition
        )
    };
}
const OVERVIEW: &str = overview!("WHERE o.id = $1 GROUP BY o.id, o.name, o.created_at");
const OVERVIEWS: &str = overview!("WHERE o.id > $1 GROUP BY o.id, o.name, o.created_at ORDER BY o.id LIMIT $2");
// Only those in which something does not work.
const UNWELL: &str = overview!(
    "WHERE EXISTS (SELECT 1 FROM integrations u WHERE u.organization_id = o.id AND u.state = 'saved' AND u.enabled \
     AND (u.safety = 'unsafe' OR u.health IN ('unhealthy', 'unsafe'))) GROUP BY o.id, o.name, o.created_at ORDER BY o.name LIMIT $1"
);

impl Store {
    /// Adds an organization together with its first member and, where one is wanted, that member's token, or nothing.
    pub async fn organization_create(
        &self,
        organization: &OrganizationRow,
        member: &MemberRow,
        token: Option<(&TokenRow, &str)>,
        entry: &NewEntry,
    ) -> Result<()> {
        let (o, m, id) = (organization, member, OrganizationId::from_text(&organization.id));
        let done: Result<(), sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            sqlx::query(INSERT_ORGANIZATION).bind(&o.id).bind(&o.name).bind(o.created_at).execute(&mut *tx).await?;
            sqlx::query(members::INSERT).bind(&m.id).bind(&o.id).bind(&m.email).bind(&m.role).bind(m.created_at).execute(&mut *tx).await?;
            if let Some((token, hash)) = token {
                insert_token!(tx, token, hash)?;
            }
            record!(tx, &id, entry);
            tx.commit().await
        }
        .await);
        done.map_err(|error| name_taken(error, &o.name))
    }

    /// Gives an organization another name.
    pub async fn organization_rename(
        &self,
        id: &OrganizationId,
        name: &str,
        entry: impl Fn(&OrganizationRow) -> NewEntry,
    ) -> Result<()> {
        let renamed: Result<bool, sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            sqlx::query(HOLD).bind(id.as_str()).execute(&mut *tx).await?;
            let before: Option<OrganizationRow> = sqlx::query_as(FIND).bind(id.as_str()).fetch_optional(&mut *tx).await?;
            let Some(before) = before else { return Ok(false) };
            sqlx::query(RENAME).bind(name).bind(id.as_str()).execute(&mut *tx).await?;
            record!(tx, id, entry(&before));
            tx.commit().await?;
            Ok(true)
        }
        .await);
        if renamed.map_err(|error| name_taken(error, name))? { Ok(()) } else { Err(Error::not_found("organization")) }
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

    /// What is in one organization.
    pub async fn organization_overview(&self, id: &OrganizationId) -> Result<OverviewRow> {
        let found: Option<OverviewRow> =
            on!(self, pool => sqlx::query_as(OVERVIEW).bind(id.as_str()).fetch_optional(pool).await)?;
        found.ok_or_else(|| Error::not_found("organization"))
    }

    /// The same of many, in the order in which they were made, those after `cursor` first.
    pub async fn organization_overviews(&self, cursor: &str, limit: i64) -> Result<Vec<OverviewRow>> {
        Ok(on!(self, pool => sqlx::query_as(OVERVIEWS).bind(cursor).bind(limit).fetch_all(pool).await)?)
    }

    /// Organizations in which an integration that is turned on does not work, or is unsafe, by name.
    pub async fn organization_list_unwell(&self, limit: i64) -> Result<Vec<OverviewRow>> {
        Ok(on!(self, pool => sqlx::query_as(UNWELL).bind(limit).fetch_all(pool).await)?)
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
