//! How often a password may be tried.

use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::error::{Error, Kind, Result};

/// So many passwords may be tried at once for one address, and then one every ten seconds.
const BURST: NonZeroU32 = NonZeroU32::new(8).unwrap();
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(6).unwrap();

/// More addresses than this are looked through for those that were left alone.
const MANY: usize = 10_000;

/// Tries of one replica, by address. An attacker who has many addresses to try from meets the limit all the same.
#[derive(Debug)]
pub struct Attempts(DefaultKeyedRateLimiter<String>);

impl Attempts {
    /// None yet.
    pub fn new() -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(PER_MINUTE).allow_burst(BURST)))
    }

    /// Notes one, or says that it is one too many.
    pub fn note(&self, address: &str) -> Result<()> {
        if self.0.len() > MANY {
            self.0.retain_recent();
        }
        self.0.check_key(&address.to_owned()).map_err(|_| {
            Error::new(Kind::TooMany, "too_many_attempts", "Too many passwords were tried for this address.")
                .hint("Wait a minute, then try again.")
        })
    }
}
