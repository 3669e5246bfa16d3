//! What is known under one key, and which of its sessions serves.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Mutex as AsyncMutex;

use super::Need;
use crate::{credentials::session::Session, error::Error};

/// For how long a failure answers everybody who asks, in milliseconds: one broken role is asked for every few seconds, not by
/// every request.
const FAILURE_REMEMBERED: i64 = 3_000;

/// How long a session that another replica made may go unseen, in milliseconds.
const STALENESS: i64 = 1_000;

/// All that is known under one key.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) known: Mutex<Known>,
    /// Held by whoever asks the database or STS; the others wait for it and look again.
    pub(super) flight: Arc<AsyncMutex<()>>,
}

#[derive(Default)]
pub(super) struct Known {
    /// Oldest first.
    pub(super) sessions: Vec<Arc<Session>>,
    /// When the database was last looked at.
    pub(super) looked_at: i64,
    /// When the newest session is to be renewed.
    pub(super) renew_at: i64,
    pub(super) failure: Option<(i64, Error)>,
}

impl Slot {
    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        // What is known stays usable even if a thread panicked while it held the lock: every write is one assignment.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session that meets the need, if the database was looked at a moment ago.
    pub(super) fn fresh(&self, need: Need, now: i64) -> Option<Arc<Session>> {
        let known = self.known();
        if now < known.looked_at + STALENESS { choose(&known.sessions, need, now) } else { None }
    }

    pub(super) fn renewal_is_due(&self, now: i64) -> bool {
        let known = self.known();
        known.renew_at <= now && known.recent_failure(now).is_none()
    }

    pub(super) fn newest_issued_at(&self) -> i64 {
        self.known().sessions.last().map_or(0, |session| session.issued_at())
    }
}

impl Known {
    pub(super) fn recent_failure_and_fallback(&self, now: i64) -> (Option<Error>, Option<Arc<Session>>) {
        (self.recent_failure(now), longest(&self.sessions, now))
    }

    /// After a failure, until a new session comes: what is still usable.
    pub(super) fn failing_fallback(&self, now: i64) -> Option<Arc<Session>> {
        self.failure.as_ref().and_then(|_| longest(&self.sessions, now))
    }

    pub(super) fn recent_failure(&self, now: i64) -> Option<Error> {
        self.failure.as_ref().filter(|(at, _)| now < at + FAILURE_REMEMBERED).map(|(_, error)| error.clone())
    }
}

/// The session for URLs of one window: the same all through the window, on every replica.
///
/// That is the newest from before the window, if it lasts long enough; else the first that was issued in it.
pub(super) fn choose(sessions: &[Arc<Session>], need: Need, now: i64) -> Option<Arc<Session>> {
    let usable = || sessions.iter().filter(|session| session.usable_until() > now);
    let from_before =
        usable().rev().find(|session| session.issued_at() < need.since && session.usable_until() >= need.until);
    from_before.or_else(|| usable().find(|session| session.issued_at() >= need.since)).cloned()
}

/// The session to fall back on.
pub(super) fn longest(sessions: &[Arc<Session>], now: i64) -> Option<Arc<Session>> {
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
