//! How many integrations are in which state of health.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::report::Health;
use crate::{core::Core, error::Result};

/// For how long a count is believed, in milliseconds: metrics are looked at by several, and often.
const STALENESS: i64 = 10_000;

/// How many there are of each, in the order of [`Health::ALL`].
type Counts = [i64; Health::ALL.len()];

/// The last count and its time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Census(Arc<Mutex<Option<Counted>>>);

#[derive(Debug, Clone, Copy)]
struct Counted {
    at: i64,
    counts: Counts,
}

impl Core {
    /// How many integrations that are turned on are in which state, over all organizations: in the order of [`Health::ALL`], at most ten
    /// seconds old.
    pub async fn count_health(&self) -> Result<Counts> {
        let mut last = self.census.0.lock().await;
        let now = self.clock.now_millis();
        if let Some(counted) = last.filter(|counted| now < counted.at + STALENESS) {
            return Ok(counted.counts);
        }
        let found = self.store.health_count().await?;
        let count = |health| found.iter().filter(|(text, _)| Health::from_text(text) == health).map(|(_, n)| n).sum();
        let counts = Health::ALL.map(count);
        *last = Some(Counted { at: now, counts });
        Ok(counts)
    }
}
