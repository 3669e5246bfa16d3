//! Time and randomness: the only two things that this crate takes from the outside world unasked, and so the only seams.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use rand::RngCore;
use time::OffsetDateTime;

/// The clock of the service; tests move theirs.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    /// Milliseconds since 1970.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is moved.
    pub fn manual(at: OffsetDateTime) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(millis(at)))))
    }

    /// Moves a manual clock; the machine's clock cannot be moved.
    pub fn advance(&self, by: std::time::Duration) {
        if let Source::Manual(at) = &self.0 {
            at.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// The time, in UTC.
    pub fn now(&self) -> OffsetDateTime {
        match &self.0 {
            #[allow(clippy::disallowed_methods)] // The one place that reads the machine's clock.
            Source::System => OffsetDateTime::now_utc(),
            Source::Manual(at) => from_millis(at.load(Ordering::SeqCst)),
        }
    }

    /// The time, in milliseconds since 1970, as the database keeps it.
    pub fn now_millis(&self) -> i64 {
        millis(self.now())
    }
}

/// Milliseconds since 1970.
pub fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// The time that many milliseconds after 1970.
pub fn from_millis(millis: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Unpredictable bytes for identifiers, external IDs and tokens.
#[derive(Debug, Clone, Default)]
pub struct Rng;

impl Rng {
    /// Bytes from a cryptographic generator that the operating system seeds.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        rand::rng().fill_bytes(&mut bytes);
        bytes
    }
}
