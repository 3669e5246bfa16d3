//! Sessions, asked for once however many wait.
//!
//! In memory, then in the database, then of STS: one replica renews under a lease, and all replicas choose among the same
//! sessions by the same rule, so that they hand out identical URLs.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::{
    aws_io::{
        fault::FaultKind,
        sts::{AssumeRole, Sts, explain},
    },
    credentials::other_ids,
    credentials::session::Session,
    error::{Error, Kind, Result},
    integration::directory::unsafe_role,
    runtime::{Clock, Rng, millis},
    store::{Safety, SessionKey, Store},
    vault::Vault,
};

/// For how long a failure answers everybody who asks, in milliseconds: one broken role is asked for every few seconds, not by
/// every request.
const FAILURE_REMEMBERED: i64 = 3_000;

/// How long a session that another replica made may go unseen, in milliseconds.
const STALENESS: i64 = 1_000;

/// How long a replica may take to renew before another tries, in milliseconds. Longer than the deadline of the call to STS.
const LEASE: i64 = 15_000;

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

/// All that is known under one key.
#[derive(Default)]
struct Slot {
    known: Mutex<Known>,
    /// Held by whoever asks the database or STS; the others wait for it and look again.
    flight: Arc<AsyncMutex<()>>,
}

#[derive(Default)]
struct Known {
    /// Oldest first.
    sessions: Vec<Arc<Session>>,
    /// When the database was last looked at.
    looked_at: i64,
    /// When the newest session is to be renewed.
    renew_at: i64,
    failure: Option<(i64, Error)>,
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

    async fn shared_or_assumed(
        &self,
        slot: &Slot,
        key: &SessionKey,
        request: &AssumeRole,
        need: Need,
    ) -> Result<Arc<Session>> {
        let lease = format!("session/{}/{}/{}", key.integration_id, key.integration_version, key.session_policy_hash);
        let give_up = self.clock.now_millis() + LEASE;
        loop {
            let now = self.clock.now_millis();
            if let Some(session) = self.look(slot, key, need).await? {
                return Ok(session);
            }
            if self.store.lease_take(&lease, &self.replica, now, now + LEASE).await? {
                break;
            }
            if now >= give_up {
                return Err(Error::new(
                    Kind::AwsUnavailable,
                    "session_pending",
                    "Another replica is still asking AWS for a session.",
                )
                .hint("Try again in a moment."));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // Between the look and the lease another replica may have finished.
        let answer = match self.look(slot, key, need).await {
            Ok(None) => self.assume(slot, key, request).await,
            Ok(Some(session)) => Ok(session),
            Err(error) => Err(error),
        };
        if let Err(error) = self.store.lease_release(&lease, &self.replica).await {
            // The session is good; the lease ends by itself.
            tracing::warn!(lease, cause = %error.causes(), "a lease could not be given back");
        }
        answer
    }

    /// Takes over what the database has.
    async fn look(&self, slot: &Slot, key: &SessionKey, need: Need) -> Result<Option<Arc<Session>>> {
        let now = self.clock.now_millis();
        let rows = self.store.session_list(key, now).await?;
        let mut sessions = Vec::with_capacity(rows.len());
        for row in &rows {
            let held = slot.known().sessions.iter().find(|session| session.issued_at() == row.issued_at).cloned();
            match held.map_or_else(|| Session::open(&self.vault, key, row).map(Arc::new), Ok) {
                Ok(session) => sessions.push(session),
                // A session is easily replaced; one that another encryption key sealed must not be in the way.
                Err(error) => tracing::warn!(integration = %key.integration_id, "a stored session is skipped: {error}"),
            }
        }
        let mut known = slot.known();
        // What could not be stored is known here alone.
        let newest = sessions.last().map_or(i64::MIN, |session| session.issued_at());
        sessions.extend(known.sessions.iter().filter(|session| session.issued_at() > newest).cloned());
        known.looked_at = now;
        if sessions.last().map(|session| session.issued_at())
            != known.sessions.last().map(|session| session.issued_at())
        {
            known.renew_at = sessions.last().map_or(i64::MAX, |newest| self.renew_at(newest));
            known.failure = None;
        }
        known.sessions = sessions;
        Ok(choose(&known.sessions, need, now))
    }

    async fn assume(&self, slot: &Slot, key: &SessionKey, request: &AssumeRole) -> Result<Arc<Session>> {
        let issued_at = self.clock.now_millis();
        if request.unproven {
            self.try_as_others(key, request).await?;
        }
        let assumed = self.sts.assume_role(request).await?;
        if request.unproven {
            // It let us in, and a moment ago nobody else.
            self.note(key, Safety::Proven).await?;
        }
        let session = Arc::new(Session::new(assumed.credentials, issued_at, millis(assumed.expires_at)));
        if session.usable_until() <= self.clock.now_millis() {
            return Err(Error::new(Kind::AwsUnavailable, "session_over", "AWS gave a session that is over already.")
                .hint("The service's clock may be wrong; that is for the operator to mend."));
        }
        if let Some(row) = session.seal(&self.vault, key)?
            && let Err(error) = self.store.session_create(key, &row, issued_at).await
        {
            // The session is good, though other replicas will not see it.
            tracing::warn!(integration = %key.integration_id, cause = %error.causes(), "a session could not be stored");
        }
        let mut known = slot.known();
        known.looked_at = self.clock.now_millis();
        known.renew_at = self.renew_at(&session);
        known.failure = None;
        known.sessions.push(session.clone());
        Ok(session)
    }

    /// A role is asked for a session only after it was seen to refuse those who do not know its external ID.
    async fn try_as_others(&self, key: &SessionKey, request: &AssumeRole) -> Result<()> {
        let [other, alike] = other_ids(&request.external_id, &self.rng);
        for instead in [None, Some(&other), Some(&alike)] {
            match self.sts.try_without_id(request, instead, None).await {
                Err(fault) if fault.is_denied() => {}
                Ok(()) => {
                    self.note(key, Safety::Unsafe).await?;
                    return Err(unsafe_role(key.integration_id.as_str()));
                }
                // Whoever could not even ask learned nothing of the role.
                Err(fault) if fault.kind == FaultKind::NoCredentials => return Err(explain(&fault, request)),
                Err(fault) => {
                    let detail = "It could not be seen yet that the role demands its external ID, so it is not used.";
                    return Err(Error::new(Kind::AwsUnavailable, "role_unproven", detail)
                        .hint("Try again in a moment.")
                        .aws(fault.shown()));
                }
            }
        }
        Ok(())
    }

    async fn note(&self, key: &SessionKey, safety: Safety) -> Result<()> {
        let SessionKey { organization_id, integration_id, integration_version, .. } = key;
        let now = self.clock.now_millis();
        self.store.integration_set_safety(organization_id, integration_id, *integration_version, safety, now).await?;
        Ok(())
    }

    /// Ahead of expiry, after 70 to 85 % of its life: spread, so that sessions made together are not renewed together.
    fn renew_at(&self, session: &Session) -> i64 {
        let spread = i64::from(u8::from_be_bytes(self.rng.bytes()));
        let life = session.usable_until() - session.issued_at();
        session.issued_at() + life * (70 * 255 + 15 * spread) / (100 * 255)
    }
}

impl Slot {
    fn known(&self) -> MutexGuard<'_, Known> {
        // What is known stays usable even if a thread panicked while it held the lock: every write is one assignment.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session that meets the need, if the database was looked at a moment ago.
    fn fresh(&self, need: Need, now: i64) -> Option<Arc<Session>> {
        let known = self.known();
        if now < known.looked_at + STALENESS { choose(&known.sessions, need, now) } else { None }
    }

    fn renewal_is_due(&self, now: i64) -> bool {
        let known = self.known();
        known.renew_at <= now && known.recent_failure(now).is_none()
    }

    fn newest_issued_at(&self) -> i64 {
        self.known().sessions.last().map_or(0, |session| session.issued_at())
    }
}

impl Known {
    fn recent_failure_and_fallback(&self, now: i64) -> (Option<Error>, Option<Arc<Session>>) {
        (self.recent_failure(now), longest(&self.sessions, now))
    }

    /// After a failure, until a new session comes: what is still usable.
    fn failing_fallback(&self, now: i64) -> Option<Arc<Session>> {
        self.failure.as_ref().and_then(|_| longest(&self.sessions, now))
    }

    fn recent_failure(&self, now: i64) -> Option<Error> {
        self.failure.as_ref().filter(|(at, _)| now < at + FAILURE_REMEMBERED).map(|(_, error)| error.clone())
    }
}

/// The session for URLs of one window: the same all through the window, on every replica.
///
/// That is the newest from before the window, if it lasts long enough; else the first that was issued in it.
fn choose(sessions: &[Arc<Session>], need: Need, now: i64) -> Option<Arc<Session>> {
    let usable = || sessions.iter().filter(|session| session.usable_until() > now);
    let from_before =
        usable().rev().find(|session| session.issued_at() < need.since && session.usable_until() >= need.until);
    from_before.or_else(|| usable().find(|session| session.issued_at() >= need.since)).cloned()
}

/// The session to fall back on.
fn longest(sessions: &[Arc<Session>], now: i64) -> Option<Arc<Session>> {
    sessions.iter().filter(|session| session.usable_until() > now).max_by_key(|session| session.usable_until()).cloned()
}

#[cfg(test)]
mod tests {
    use byob_aws::Credentials;

    use super::*;

    const MINUTE: i64 = 60_000;

    /// Sessions of an hour, issued at these minutes; usable for 59.
    fn sessions(issued_at: &[i64]) -> Vec<Arc<Session>> {
        let session =
            |minute: &i64| Session::new(Credentials::new("A", "S", None), minute * MINUTE, (minute + 60) * MINUTE);
        issued_at.iter().map(|minute| Arc::new(session(minute))).collect()
    }

    fn chosen(issued_at: &[i64], since: i64, until: i64, now: i64) -> Option<i64> {
        let need = Need { since: since * MINUTE, until: until * MINUTE };
        choose(&sessions(issued_at), need, now * MINUTE).map(|session| session.issued_at() / MINUTE)
    }

    #[test]
    fn a_window_keeps_its_session() {
        assert_eq!(chosen(&[0], 15, 45, 20), Some(0));
        assert_eq!(chosen(&[0, 18], 15, 45, 20), Some(0), "a renewal in mid-window changes nothing");
        assert_eq!(chosen(&[0, 18], 30, 60, 31), Some(18), "the next window takes the new one");
        assert_eq!(chosen(&[18, 25], 15, 200, 26), Some(18), "the first of the window, however many follow");
    }

    #[test]
    fn a_session_that_the_request_would_outlive_is_renewed_once_a_window() {
        assert_eq!(chosen(&[0], 30, 90, 31), None);
        assert_eq!(chosen(&[0, 31], 30, 90, 40), Some(31));
        assert_eq!(chosen(&[0], 30, 90, 59), None, "no longer usable at all");
    }

    #[test]
    fn the_longest_lasting_session_is_the_one_to_fall_back_on() {
        assert_eq!(longest(&sessions(&[0, 10]), 20 * MINUTE).map(|session| session.issued_at()), Some(10 * MINUTE));
        assert!(longest(&sessions(&[0]), 59 * MINUTE).is_none());
    }
}
