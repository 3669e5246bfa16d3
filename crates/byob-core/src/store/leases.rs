//! Leases: work that only one replica does at a time.

use super::{Store, on};
use crate::error::Result;

const TAKE: &str = "INSERT INTO leases (name, owner, expires_at) VALUES ($1, $2, $3) \
                    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at WHERE leases.expires_at <= $4";
const RELEASE: &str = "DELETE FROM leases WHERE name = $1 AND owner = $2";

impl Store {
    /// Takes a lease until `until`, unless somebody holds it at `now` (both in milliseconds since 1970).
    pub async fn lease_take(&self, name: &str, owner: &str, now: i64, until: i64) -> Result<bool> {
        let taken = on!(self, pool => {
            sqlx::query(TAKE).bind(name).bind(owner).bind(until).bind(now).execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(taken == 1)
    }

    /// Gives a lease back early.
    pub async fn lease_release(&self, name: &str, owner: &str) -> Result<()> {
        on!(self, pool => sqlx::query(RELEASE).bind(name).bind(owner).execute(pool).await.map(|_| ()))?;
        Ok(())
    }
}
