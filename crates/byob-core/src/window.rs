//! When a URL is signed and how long it lives: the arithmetic that makes URLs both honest and cacheable.
//!
//! Time is cut into windows of half the lifetime. All URLs of one window are signed for the same moment with the same session,
//! so the same locator gives the same URL on every replica and browsers find it in their cache. Every URL lives for at least
//! half of what was asked for, if its session lasts.

/// The window that a request falls into. All times are in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When it began.
    pub start: i64,
    /// How long its URLs may live.
    pub lifetime: i64,
}

/// What a presigned URL says about time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// `X-Amz-Date`.
    pub signed_at: i64,
    /// `X-Amz-Expires`.
    pub expires_in: u32,
}

impl Validity {
    /// When the URL dies.
    pub fn expires_at(self) -> i64 {
        self.signed_at + i64::from(self.expires_in)
    }
}

impl Window {
    /// The window of `now` for URLs that live for `lifetime` seconds.
    ///
    /// `phase` is any number, the same for all URLs of one integration: it moves the windows, so that those of different customers do
    /// not turn, and ask STS, in the same second.
    pub fn new(now: i64, lifetime: i64, phase: u32) -> Self {
        let width = (lifetime / 2).max(1);
        Self { start: now - (now - i64::from(phase)).rem_euclid(width), lifetime }
    }

    /// When URLs that are signed at its start die.
    pub fn end(self) -> i64 {
        self.start + self.lifetime
    }

    /// The validity of a URL that is handed out `now`. With `stable` it is the same throughout the window.
    ///
    /// A URL is not dated before its session was issued, and dies no later than the session is usable. `None` if that is
    /// over already.
    pub fn validity(self, now: i64, stable: bool, session: Option<Lifespan>) -> Option<Validity> {
        let signed_at = if stable { self.start } else { now };
        let signed_at = session.map_or(signed_at, |session| signed_at.max(session.issued_at));
        let end = signed_at + self.lifetime;
        let end = session.map_or(end, |session| end.min(session.usable_until));
        if end <= now {
            return None;
        }
        Some(Validity { signed_at, expires_in: u32::try_from(end - signed_at).ok()? })
    }
}

/// From when until when a session can sign, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifespan {
    /// When AWS issued it.
    pub issued_at: i64,
    /// A margin before it ends.
    pub usable_until: i64,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_window_is_half_the_lifetime() {
        let validity = |now| Window::new(now, 3600, 0).validity(now, true, None).unwrap();
        assert_eq!(validity(1800), Validity { signed_at: 1800, expires_in: 3600 });
        assert_eq!(validity(1800), validity(3599));
        assert_eq!(validity(3600).signed_at, 3600);
    }

    #[test]
    fn windows_of_different_phase_turn_at_different_times() {
        assert_eq!(Window::new(3599, 3600, 100).start, 1900);
        assert_eq!(Window::new(1899, 3600, 100).start, 100);
    }

    #[test]
    fn a_url_neither_precedes_nor_outlives_its_session() {
        let session = Lifespan { issued_at: 2000, usable_until: 4000 };
        let validity = Window::new(2500, 3600, 0).validity(2500, true, Some(session)).unwrap();
        assert_eq!(validity, Validity { signed_at: 2000, expires_in: 2000 });
        assert_eq!(Window::new(4000, 3600, 0).validity(4000, true, Some(session)), None);
    }

    proptest! {
        #[test]
        fn expiry_is_honest(
            now in 0_i64..4_000_000_000,
            lifetime in 1_i64..604_801,
            phase: u32,
            stable: bool,
            age in 0_i64..43_200,
            left in -100_i64..43_200,
        ) {
            let session = Lifespan { issued_at: now - age, usable_until: now + left };
            match Window::new(now, lifetime, phase).validity(now, stable, Some(session)) {
                Some(validity) => {
                    prop_assert!(validity.signed_at <= now && validity.signed_at >= session.issued_at);
                    prop_assert!(validity.expires_at() > now);
                    prop_assert!(validity.expires_at() <= (now + lifetime).min(session.usable_until));
                    prop_assert!(validity.expires_at() >= (now + lifetime / 2).min(session.usable_until));
                }
                None => prop_assert!(left <= 0),
            }
        }
    }
}
