//! Whether roles are safe to use.

use super::{
    Store,
    integrations::RAISE_REVISION,
    jobs::{self, job},
    on,
};
use crate::{
    error::Result,
    id::{IntegrationId, OrganizationId},
};

/// Whether a role was seen to refuse those who do not know its external ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// Not yet: the role could not be assumed, or AWS did not answer.
    Unproven,
    /// It was.
    Proven,
    /// It lets them in. It is not used.
    Unsafe,
}

impl Safety {
    /// As in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unproven => "unproven",
            Self::Proven => "proven",
            Self::Unsafe => "unsafe",
        }
    }

    /// What the database says; what it should not say counts as not proven.
    pub fn from_text(text: &str) -> Self {
        [Self::Proven, Self::Unsafe].into_iter().find(|safety| safety.as_str() == text).unwrap_or(Self::Unproven)
    }
}

pub(super) const SET_SAFETY: &str =
    "UPDATE integrations SET safety = $1 WHERE organization_id = $2 AND id = $3 AND version = $4 AND safety <> $1";
pub(super) const DELETE_SESSIONS: &str = "DELETE FROM sessions WHERE organization_id = $1 AND integration_id = $2";

/// Notes safety down inside a transaction that has the organization's row, and drops the sessions of a role that is not safe. Says how
/// many rows that changed: one, or none.
macro_rules! set_safety {
    ($tx:expr, $organization:expr, $id:expr, $version:expr, $safety:expr) => {{
        let written = sqlx::query($crate::store::safety::SET_SAFETY)
            .bind($safety.as_str())
            .bind($organization.as_str())
            .bind($id.as_str())
            .bind($version)
            .execute(&mut *$tx)
            .await?
            .rows_affected();
        if written > 0 && $safety == $crate::store::Safety::Unsafe {
            let dropped = sqlx::query($crate::store::safety::DELETE_SESSIONS);
            dropped.bind($organization.as_str()).bind($id.as_str()).execute(&mut *$tx).await?;
        }
        written
    }};
}
pub(super) use set_safety;

impl Store {
    /// Notes down whether the role of an integration is safe, as long as it is at this version. Says whether that was news.
    ///
    /// The sessions of one that is not are dropped with it, and it is due to be checked.
    pub async fn integration_set_safety(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        version: i64,
        safety: Safety,
        now: i64,
    ) -> Result<bool> {
        let written: Result<u64, sqlx::Error> = on!(self, pool => async {
            let mut tx = pool.begin().await?;
            sqlx::query(RAISE_REVISION).bind(organization.as_str()).execute(&mut *tx).await?;
            let written = set_safety!(tx, organization, id, version, safety);
            if written > 0 && safety == Safety::Unsafe {
                // A check tells of it.
                job!(jobs::HURRY, organization, jobs::CHECK, id.as_str()).bind(now).execute(&mut *tx).await?;
            }
            // What changes nothing need not make anybody read anew.
            if written > 0 { tx.commit().await? } else { tx.rollback().await? }
            Ok(written)
        }
        .await);
        Ok(written? > 0)
    }
}
