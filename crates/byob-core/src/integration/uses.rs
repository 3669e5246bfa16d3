//! When integrations are used: when somebody has a URL by one, or looks into its bucket. Checks are no use.

use super::Integration;
use crate::core::{Core, PUBLIC};

/// Uses within this time are one, in milliseconds.
const PRECISION: i64 = 60_000;

impl Core {
    /// Notes a use, beside the request that makes it: once a minute, whichever replica comes first.
    pub(crate) fn note_use_of(&self, integration: &Integration) {
        // The operator's public buckets have no row.
        if integration.organization_id.as_str() == PUBLIC {
            return;
        }
        let now = self.clock.now_millis();
        let before = now - PRECISION;
        if self.uses.get(&integration.id).is_some_and(|at| at > before) {
            return;
        }
        self.uses.insert(integration.id.clone(), now);
        let (store, organization, id) =
            (self.store.clone(), integration.organization_id.clone(), integration.id.clone());
        tokio::spawn(async move {
            if let Err(error) = store.integration_note_use(&organization, &id, now, before).await {
                tracing::warn!(integration = %id, cause = %error.causes(), "the use of an integration was not noted");
            }
        });
    }
}
