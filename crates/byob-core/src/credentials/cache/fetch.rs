//! A session that this replica does not have: another one's, from the database, or a new one of STS.

use std::{sync::Arc, time::Duration};

use super::{
    Need, SessionCache,
    slot::{Slot, choose},
};
use crate::{
    aws_io::sts::AssumeRole,
    credentials::session::Session,
    error::{Error, Kind, Result},
    runtime::millis,
    store::{Safety, SessionKey},
};

/// How long a replica may take to renew before another tries, in milliseconds. Longer than the deadline of the call to STS.
const LEASE: i64 = 15_000;

impl SessionCache {
    pub(super) async fn shared_or_assumed(
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

    /// Ahead of expiry, after 70 to 85 % of its life: spread, so that sessions made together are not renewed together.
    fn renew_at(&self, session: &Session) -> i64 {
        let spread = i64::from(u8::from_be_bytes(self.rng.bytes()));
        let life = session.usable_until() - session.issued_at();
        session.issued_at() + life * (70 * 255 + 15 * spread) / (100 * 255)
    }
}
