//! The sandbox's clock, which tests and visitors can move.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use time::{Duration, OffsetDateTime};

/// What time it is in the sandbox.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn Fn() -> OffsetDateTime + Send + Sync>,
    ahead_millis: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        #[allow(clippy::disallowed_methods)] // The one place of the sandbox that reads the machine's clock.
        Self::from_fn(OffsetDateTime::now_utc)
    }

    /// A clock of the caller's, such as one that tests move.
    pub fn from_fn(source: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(source), ahead_millis: Arc::default() }
    }

    /// How far the sandbox is ahead of its source; negative is behind.
    pub fn set_ahead(&self, by: Duration) {
        self.ahead_millis.store(i64::try_from(by.whole_milliseconds()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// How far the sandbox is ahead of its source.
    pub fn ahead(&self) -> Duration {
        Duration::milliseconds(self.ahead_millis.load(Ordering::SeqCst))
    }

    /// The time in the sandbox, in UTC.
    pub fn now(&self) -> OffsetDateTime {
        let now = (self.source)();
        now.checked_add(self.ahead()).unwrap_or(now)
    }
}
