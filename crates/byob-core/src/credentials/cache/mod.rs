//! Sessions, asked for once however many wait.
//!
//! In memory, then in the database, then of STS: one replica renews under a lease, and all replicas choose among the same
//! sessions by the same rule, so that they hand out identical URLs.

mod fetch;
mod proof;
mod slot;

use std::{sync::Arc, time::Duration};

use tokio::sync::OwnedMutexGuard;

use self::slot::{Slot, longest};
use crate::{
    aws_io::sts::{AssumeRole, Sts},
    credentials::session::Session,
    error::{Error, Result},
    runtime::{Clock, Rng},
    store::{SessionKey, Store},
    vault::Vault,
};

/// What a caller needs of a session, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// When the caller's window began. A session that was issued since is as fresh as a session can be asked to be.
    pub since: i64,
    /// Until when an older session has to be usable.
    pub until: i64,
}

/// The sessions of this replica.
#[derive(Clone)]
pub struct SessionCache {
    slots: moka::sync::Cache<SessionKey, Arc<Slot>>,
    store: Store,
    vault: Vault,
    sts: Arc<Sts>,
    clock: Clock,
    rng: Rng,
    /// Who this replica is, in leases.
    replica: Arc<str>,
}

impl SessionCache {
    /// An empty cache.
    pub fn new(store: Store, vault: Vault, sts: Sts, clock: Clock, rng: Rng) -> Self {
        Self {
            slots: moka::sync::Cache::builder().max_capacity(10_000).time_to_idle(Duration::from_hours(12)).build(),
            store,
            vault,
            sts: Arc::new(sts),
            clock,
            replica: base16ct::lower::encode_string(&rng.bytes::<16>()).into(),
            rng,
        }
    }

    /// Whom sessions are asked of.
    pub(crate) fn sts(&self) -> &Arc<Sts> {
        &self.sts
    }

    /// A session that meets the need, or, while STS does not answer, the best that is still usable.
    pub async fn get(&self, key: SessionKey, request: AssumeRole, need: Need) -> Result<Arc<Session>> {
        let slot = self.slots.get_with_by_ref(&key, Arc::default);
        let session = match slot.fresh(need, self.clock.now_millis()) {
            Some(session) => session,
            None => self.fly(slot.clone(), key.clone(), request.clone(), need).await?,
        };
        if slot.renewal_is_due(self.clock.now_millis())
            && let Ok(flight) = slot.flight.clone().try_lock_owned()
        {
            let newest = Need { since: slot.newest_issued_at() + 1, until: i64::MAX };
            self.land_in_background(flight, slot, key, request, newest);
        }
        Ok(session)
    }

    /// Drops a session that AWS called expired, and gets a newer one.
    pub async fn replace(&self, key: SessionKey, request: AssumeRole, expired: &Session) -> Result<Arc<Session>> {
        let issued_at = expired.issued_at();
        self.store.session_delete(&key, issued_at).await?;
        let slot = self.slots.get_with_by_ref(&key, Arc::default);
        slot.known().sessions.retain(|session| session.issued_at() > issued_at);
        let now = self.clock.now_millis();
        self.get(key, request, Need { since: now, until: now }).await
    }

    /// Waits for whoever is asking already, looks again, and asks if it is still needed.
    ///
    /// The asking runs as a task of its own, so that it is not lost when the caller who started it goes away.
    async fn fly(&self, slot: Arc<Slot>, key: SessionKey, request: AssumeRole, need: Need) -> Result<Arc<Session>> {
        let failing = slot.known().failing_fallback(self.clock.now_millis());
        let flight = match failing {
            // STS has failed and not recovered: nobody waits for it again while an older session serves.
            Some(fallback) => {
                let Ok(flight) = slot.flight.clone().try_lock_owned() else { return Ok(fallback) };
                if slot.known().recent_failure(self.clock.now_millis()).is_none() {
                    self.land_in_background(flight, slot, key, request, need);
                }
                return Ok(fallback);
            }
            None => slot.flight.clone().lock_owned().await,
        };
        let now = self.clock.now_millis();
        if let Some(session) = slot.fresh(need, now) {
            return Ok(session);
        }
        let (failure, fallback) = slot.known().recent_failure_and_fallback(now);
        if let Some(failure) = failure {
            return fallback.ok_or(failure);
        }
        let cache = self.clone();
        let landing = tokio::spawn(async move {
            let _flight = flight;
            cache.land(&slot, &key, &request, need).await
        });
        landing.await.map_err(Error::internal)?
    }

    /// Asks while the sessions in the slot go on being used; a failure is remembered there.
    fn land_in_background(
        &self,
        flight: OwnedMutexGuard<()>,
        slot: Arc<Slot>,
        key: SessionKey,
        request: AssumeRole,
        need: Need,
    ) {
        let cache = self.clone();
        tokio::spawn(async move {
            let _flight = flight;
            let _ = cache.land(&slot, &key, &request, need).await;
        });
    }

    /// Asks the database, then STS. The slot's flight is held.
    async fn land(&self, slot: &Slot, key: &SessionKey, request: &AssumeRole, need: Need) -> Result<Arc<Session>> {
        match self.shared_or_assumed(slot, key, request, need).await {
            Ok(session) => Ok(session),
            Err(error) => {
                let now = self.clock.now_millis();
                tracing::warn!(integration = %key.integration_id, code = error.code(), cause = %error.causes(), "no new session");
                let mut known = slot.known();
                known.failure = Some((now, error.clone()));
                longest(&known.sessions, now).ok_or(error)
            }
        }
    }
}
