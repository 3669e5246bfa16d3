//! One session of a customer's role.

use std::sync::Mutex;

use byob_aws::{
    Credentials,
    sigv4::{Scope, SigningKey},
};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    error::{Error, Result},
    store::{SessionKey, SessionRow},
    vault::Vault,
    window::Lifespan,
};

/// A session is not used in its last minute: clocks differ, and a URL should outlive the page that asked for it.
pub const MARGIN_SECONDS: u32 = 60;

/// Few scopes are alive at a time: one for each region of an integration, and two around midnight.
const KEPT_KEYS: usize = 8;

/// Session credentials with their times (milliseconds since 1970), or an access key, which has none.
#[derive(Debug)]
pub struct Session {
    credentials: Credentials,
    times: Option<Times>,
    keys: Mutex<Vec<(Scope, SigningKey)>>,
}

#[derive(Debug, Clone, Copy)]
struct Times {
    issued_at: i64,
    expires_at: i64,
}

/// How a session is written before it is sealed.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Sealed {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
}

impl Session {
    /// What STS issued.
    pub fn new(credentials: Credentials, issued_at: i64, expires_at: i64) -> Self {
        Self { credentials, times: Some(Times { issued_at, expires_at }), keys: Mutex::default() }
    }

    /// An access key, which does not end.
    pub fn lasting(credentials: Credentials) -> Self {
        Self { credentials, times: None, keys: Mutex::default() }
    }

    /// The credentials.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// When it was issued, in milliseconds since 1970.
    pub fn issued_at(&self) -> i64 {
        self.times.map_or(i64::MIN, |times| times.issued_at)
    }

    /// Until when it is used, in milliseconds since 1970.
    pub fn usable_until(&self) -> i64 {
        self.times.map_or(i64::MAX, |times| times.expires_at - i64::from(MARGIN_SECONDS) * 1000)
    }

    /// The same two, for the arithmetic of URLs.
    pub fn lifespan(&self) -> Option<Lifespan> {
        self.times.map(|times| Lifespan {
            issued_at: times.issued_at.div_euclid(1000),
            usable_until: self.usable_until().div_euclid(1000),
        })
    }

    /// The signing key for a scope, derived once.
    pub fn signing_key(&self, scope: &Scope) -> SigningKey {
        let mut keys = self.keys.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, key)) = keys.iter().find(|(known, _)| known == scope) {
            return key.clone();
        }
        let key = SigningKey::derive(&self.credentials, scope);
        keys.truncate(KEPT_KEYS - 1);
        keys.insert(0, (scope.clone(), key.clone()));
        key
    }

    /// For the database.
    pub(super) fn seal(&self, vault: &Vault, key: &SessionKey) -> Result<Option<SessionRow>> {
        let Some(Times { issued_at, expires_at }) = self.times else { return Ok(None) };
        let sealed = Sealed {
            access_key_id: self.credentials.access_key_id().to_owned(),
            secret_access_key: self.credentials.secret_access_key().to_owned(),
            session_token: self.credentials.session_token().map(str::to_owned),
        };
        let json = zeroize::Zeroizing::new(serde_json::to_vec(&sealed).map_err(Error::internal)?);
        Ok(Some(SessionRow { issued_at, expires_at, sealed_credentials: vault.seal(&record(key, issued_at), &json)? }))
    }

    /// From the database.
    pub(super) fn open(vault: &Vault, key: &SessionKey, row: &SessionRow) -> Result<Self> {
        let json = vault.open(&record(key, row.issued_at), &row.sealed_credentials)?;
        let mut opened: Sealed = serde_json::from_slice(&json).map_err(Error::internal)?;
        let credentials = Credentials::new(
            std::mem::take(&mut opened.access_key_id),
            std::mem::take(&mut opened.secret_access_key),
            opened.session_token.take(),
        );
        Ok(Self::new(credentials, row.issued_at, row.expires_at))
    }
}

/// The record that a sealed session belongs to.
fn record(key: &SessionKey, issued_at: i64) -> String {
    let SessionKey { organization_id, integration_id, integration_version, session_policy_hash } = key;
    format!("{organization_id}/{integration_id}/{integration_version}/{session_policy_hash}/{issued_at}")
}
