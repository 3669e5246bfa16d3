//! What checks have written into customers' buckets and not removed yet.

use super::{Store, on};
use crate::{
    error::Result,
    id::{IntegrationId, OrganizationId},
};

/// A file that a check wrote.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CanaryRow {
    /// Where it lies.
    pub bucket: String,
    /// Its key.
    pub object_key: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

const INSERT: &str = "INSERT INTO canaries (organization_id, integration_id, bucket, object_key, created_at) VALUES ($1, $2, $3, $4, $5)";
const LIST: &str = "SELECT bucket, object_key, created_at FROM canaries WHERE organization_id = $1 AND integration_id = $2 \
                    ORDER BY created_at LIMIT 20";
const DELETE: &str =
    "DELETE FROM canaries WHERE organization_id = $1 AND integration_id = $2 AND bucket = $3 AND object_key = $4";
const RELEASE: &str = "UPDATE canaries SET created_at = 0 \
                       WHERE organization_id = $1 AND integration_id = $2 AND bucket = $3 AND object_key = $4";

impl Store {
    /// Notes a file down before it is written.
    pub async fn canary_create(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
        bucket: &str,
        key: &str,
        now: i64,
    ) -> Result<()> {
        on!(self, pool => {
            sqlx::query(INSERT).bind(organization.as_str()).bind(integration.as_str()).bind(bucket).bind(key).bind(now).execute(pool).await.map(|_| ())
        })?;
        Ok(())
    }

    /// The oldest ones that are left.
    pub async fn canary_list(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
    ) -> Result<Vec<CanaryRow>> {
        let found = on!(self, pool => {
            sqlx::query_as(LIST).bind(organization.as_str()).bind(integration.as_str()).fetch_all(pool).await
        });
        Ok(found?)
    }

    /// The check that wrote it is over: it counts as old from now on.
    pub async fn canary_release(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
        bucket: &str,
        key: &str,
    ) -> Result<()> {
        on!(self, pool => {
            sqlx::query(RELEASE).bind(organization.as_str()).bind(integration.as_str()).bind(bucket).bind(key).execute(pool).await.map(|_| ())
        })?;
        Ok(())
    }

    /// One is removed.
    pub async fn canary_delete(
        &self,
        organization: &OrganizationId,
        integration: &IntegrationId,
        bucket: &str,
        key: &str,
    ) -> Result<()> {
        on!(self, pool => {
            sqlx::query(DELETE).bind(organization.as_str()).bind(integration.as_str()).bind(bucket).bind(key).execute(pool).await.map(|_| ())
        })?;
        Ok(())
    }
}
