//! What happened in an organization: a table that can be followed.
//!
//! The table is the truth: an event is written in the transaction that it tells of, and numbered in the order of commits, so that who
//! reads on from the last number that it has dealt with misses nothing. [`Core::events`] only wakes those who wait in this process; what
//! other replicas write is found by looking from time to time.

use tokio::sync::broadcast;

use crate::{core::Core, error::Result, id::OrganizationId, store::EventRow};

/// How many calls to wake may be missed before a waiting follower is told that it missed some. It reads the table in either case.
const CAPACITY: usize = 256;

/// Wakes those who wait for events.
#[derive(Debug, Clone)]
pub(crate) struct Bell(broadcast::Sender<OrganizationId>);

impl Bell {
    pub fn new() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }
}

impl Core {
    /// Tells of organizations in which something may have happened, on this replica. Then read [`list_events`](Self::list_events).
    pub fn events(&self) -> broadcast::Receiver<OrganizationId> {
        self.bell.0.subscribe()
    }

    /// The organization's events after that number, oldest first.
    pub async fn list_events(&self, organization: &OrganizationId, after: i64, limit: i64) -> Result<Vec<EventRow>> {
        self.store.event_list(organization, after, limit).await
    }

    pub(crate) fn wake(&self, organization: &OrganizationId) {
        // Nobody need be listening.
        let _ = self.bell.0.send(organization.clone());
    }
}
