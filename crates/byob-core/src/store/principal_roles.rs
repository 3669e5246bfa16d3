//! Roles that the platform has in its own account, each for one integration.

use super::{NewEntry, Store, audit::record, on};
use crate::{
    error::Result,
    id::{IntegrationId, OrganizationId},
};

/// A principal role as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PrincipalRoleRow {
    /// Whose principal it is.
    pub integration_id: String,
    /// Unique in the platform's account.
    pub name: String,
    /// Known as soon as the role is known to be ours.
    pub arn: Option<String>,
    /// The customer's roles that it may assume, as a list in JSON; unknown while that is being changed.
    pub targets: Option<String>,
    /// It is as its integration wants it.
    pub settled: bool,
}

/// How the principal roles of all organizations stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct PrincipalRoleCounts {
    /// As their integrations want them.
    pub settled: i64,
    /// Being made, changed or removed, or left for a later sweep.
    pub unsettled: i64,
}

const BEGIN: &str = "INSERT INTO principal_roles (organization_id, integration_id, name, settled, created_at, swept_at) \
                     VALUES ($1, $2, $3, FALSE, $4, $4) \
                     ON CONFLICT (organization_id, integration_id) DO UPDATE SET settled = FALSE";
const FIND: &str = "SELECT integration_id, name, arn, targets, settled FROM principal_roles \
                    WHERE organization_id = $1 AND integration_id = $2";
const UPDATE: &str = "UPDATE principal_roles SET arn = $1, targets = $2, settled = $3 WHERE organization_id = $4 AND integration_id = $5";
const DELETE: &str = "DELETE FROM principal_roles WHERE organization_id = $1 AND integration_id = $2";
// A draft that has expired wants nothing any more.
const LIST_UNSETTLED: &str = "SELECT integration_id, name, arn, targets, settled FROM principal_roles WHERE organization_id = $1 AND (settled = FALSE \
     OR NOT EXISTS (SELECT 1 FROM integrations WHERE integrations.organization_id = principal_roles.organization_id \
     AND integrations.id = principal_roles.integration_id AND integrations.principal_arn = principal_roles.arn \
     AND (integrations.expires_at IS NULL OR integrations.expires_at > $2))) ORDER BY swept_at, integration_id LIMIT $3";
const COUNT: &str = "SELECT COUNT(CASE WHEN settled THEN 1 END) AS settled, COUNT(CASE WHEN NOT settled THEN 1 END) AS unsettled FROM principal_roles";
const SWEPT: &str = "UPDATE principal_roles SET swept_at = $1 WHERE organization_id = $2 AND integration_id = $3";

impl Store {
    /// Notes a role down before it is made or changed.
    pub async fn principal_role_begin(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
        name: &str,
        now: i64,
    ) -> Result<()> {
        on!(self, pool => {
            sqlx::query(BEGIN).bind(organization.as_str()).bind(integration.as_str()).bind(name).bind(now).execute(pool).await.map(|_| ())
        })?;
        Ok(())
    }

    /// The role of an integration, if there is or was to be one.
    pub async fn principal_role_find(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
    ) -> Result<Option<PrincipalRoleRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(FIND).bind(organization.as_str()).bind(integration.as_str()).fetch_optional(pool).await
        });
        Ok(found?)
    }

    /// Writes down what is known of it; `entry` tells of it if it was just made.
    pub async fn principal_role_update(
        &self,
        organization: &OrganizationId,
        row: &PrincipalRoleRow,
        entry: Option<&NewEntry>,
    ) -> Result<()> {
        let done: Result<(), sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            if let Some(entry) = entry {
                record!(tx, organization, entry);
            }
            sqlx::query(UPDATE).bind(&row.arn).bind(&row.targets).bind(row.settled).bind(organization.as_str()).bind(&row.integration_id)
                .execute(&mut *tx).await?;
            tx.commit().await
        }
        .await);
        Ok(done?)
    }

    /// Forgets a role that is removed; `entry` tells of it, unless it was never made.
    pub async fn principal_role_delete(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
        entry: Option<&NewEntry>,
    ) -> Result<()> {
        let done: Result<(), sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            if let Some(entry) = entry {
                record!(tx, organization, entry);
            }
            sqlx::query(DELETE).bind(organization.as_str()).bind(integration.as_str()).execute(&mut *tx).await?;
            tx.commit().await
        }
        .await);
        Ok(done?)
    }

    /// Roles that are not as they should be, or that no integration and no draft wants any more; those first that were not looked at the
    /// longest.
    pub async fn principal_role_list_unsettled(
        &self,
        organization: &OrganizationId,
        now: i64,
        limit: i64,
    ) -> Result<Vec<PrincipalRoleRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(LIST_UNSETTLED).bind(organization.as_str()).bind(now).bind(limit).fetch_all(pool).await
        });
        Ok(found?)
    }

    /// A sweep came by.
    pub async fn principal_role_swept(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
        now: i64,
    ) -> Result<()> {
        on!(self, pool => {
            sqlx::query(SWEPT).bind(now).bind(organization.as_str()).bind(integration.as_str()).execute(pool).await.map(|_| ())
        })?;
        Ok(())
    }

    /// How many there are in all organizations.
    pub async fn principal_role_count(&self) -> Result<PrincipalRoleCounts> {
        Ok(on!(self, pool => sqlx::query_as(COUNT).fetch_one(pool).await)?)
    }
}
