//! Passwords: how they are kept, and looked at, a few at a time.

use std::sync::LazyLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use byob_aws::Invalid;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::{
    core::Core,
    error::{Error, Kind, Result},
};

/// In characters. Source: <https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver>, which also asks for no other rules.
const SHORTEST_PASSWORD: usize = 12;

/// Argon2 takes any length; nobody types more than this, in bytes.
const LONGEST_PASSWORD: usize = 1024;

/// So many passwords are looked at side by side: each takes 19 MiB and a core for some time, also if whoever sent it has hung up.
static HASHING: Semaphore = Semaphore::const_new(2);

/// So many wait for their turn, or are looked at.
static WAITING: Semaphore = Semaphore::const_new(64);

/// Looked at where there is no account, so that the time tells nobody who has one.
pub(super) static NOBODY: LazyLock<String> = LazyLock::new(|| hashed("nobody", &[7; 16]).unwrap_or_default());

impl Core {
    /// A password that nobody has thought of.
    pub fn new_password(&self) -> String {
        self.new_secret("").0.chars().take(20).collect()
    }

    pub(in crate::organization) async fn hash_of(&self, field: &str, password: &SecretString) -> Result<String> {
        let text = password.expose_secret();
        if text.chars().count() < SHORTEST_PASSWORD || text.len() > LONGEST_PASSWORD {
            let detail = format!("A password has {SHORTEST_PASSWORD} characters or more.");
            return Err(Error::field(
                field,
                &Invalid::new("password_length", detail, "Take some words that only you would put together."),
            ));
        }
        let (password, salt) = (password.clone(), self.rng.bytes::<16>());
        aside(move || hashed(password.expose_secret(), &salt)).await
    }
}

fn hashed(password: &str, salt: &[u8]) -> Result<String> {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash: PasswordHash| hash.to_string()).map_err(|error| Error::internal(error.to_string()))
}

pub(super) async fn fits(password: SecretString, stored: String) -> Result<bool> {
    aside(move || {
        let parsed = PasswordHash::new(&stored).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Argon2::default().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok())
    })
    .await
}

/// Works on a password on a thread of its own, when it is its turn.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let place = WAITING.try_acquire().map_err(|_| {
        Error::new(Kind::Unavailable, "busy", "Too many people are signing in at the moment.")
            .hint("Try again in a moment.")
    })?;
    let turn = HASHING.acquire().await.map_err(Error::internal)?;
    let done = tokio::task::spawn_blocking(move || {
        let _kept_until_the_end = (place, turn);
        work()
    });
    done.await.map_err(Error::internal)?
}
