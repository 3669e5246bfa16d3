//! A small AWS that enforces.
//!
//! S3, STS, IAM and as much of KMS as encrypted objects need, on one loopback port, for demos and tests. Every request is
//! authenticated (signature, clock, expiry, session token) and authorized: trust policies with external IDs, identity, resource and
//! session policies and permission boundaries are evaluated by [`byob_aws::iam`]. What AWS refuses is refused with AWS's code.
//!
//! The sandbox shares a house with the signer that it checks, so that its agreement proves nothing about signatures: those are held to
//! other implementations elsewhere.

pub mod call;
mod chunks;
pub mod clock;
mod console;
mod control;
mod http;
mod iam;
mod kms;
mod query;
mod random;
pub mod refusal;
mod s3;
mod save;
mod setup;
pub mod signature;
pub mod state;
mod sts;

use std::{
    collections::{BTreeMap, HashMap},
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use axum::Router;
use byob_aws::iam::{Policy, PolicyKind};
use time::{Duration, OffsetDateTime};
use tokio::{
    net::TcpListener,
    sync::{Notify, oneshot},
};

use crate::{
    call::{Caller, Disbelief},
    clock::Clock,
    state::{Account, Blobs, Faults, State},
};

/// A running world of accounts and buckets. Clones are the same world.
#[derive(Clone)]
pub struct Sandbox(Arc<World>);

struct World {
    state: RwLock<State>,
    blobs: Blobs,
    clock: Clock,
    folder: Option<save::Folder>,
    changed: Notify,
    faults: Mutex<Faults>,
    calls: Mutex<BTreeMap<String, u64>>,
    policies: RwLock<HashMap<(PolicyKind, String), Arc<Policy>>>,
}

/// How long requests may take once the sandbox is told to stop.
const LAST_CALL: std::time::Duration = std::time::Duration::from_secs(3);

/// Parsed policies that are kept; when there are more, all are forgotten.
const MOST_POLICIES: usize = 1_000;

/// A user's access key, as it is handed to a client.
#[derive(Clone)]
pub struct Credentials {
    /// `AKIA…`.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
}

impl Sandbox {
    /// A world that is gone with the process.
    pub fn in_memory(clock: Clock) -> Self {
        Self::assemble(State::default(), Blobs::memory(), clock, None)
    }

    /// A world that is kept in a folder, which is made where it is missing.
    ///
    /// # Errors
    /// When the folder cannot be read or written, holds something else, or is in use by another process.
    pub fn in_folder(folder: PathBuf, clock: Clock) -> io::Result<Self> {
        let folder = save::Folder::open(folder)?;
        let blobs = Blobs::folder(folder.path().join("objects"))?;
        let state = folder.load()?;
        Ok(Self::assemble(state, blobs, clock, Some(folder)))
    }

    fn assemble(state: State, blobs: Blobs, clock: Clock, folder: Option<save::Folder>) -> Self {
        Self(Arc::new(World {
            state: RwLock::new(state),
            blobs,
            clock,
            folder,
            changed: Notify::new(),
            faults: Mutex::default(),
            calls: Mutex::default(),
            policies: RwLock::default(),
        }))
    }

    /// Everything as one HTTP service: S3, STS, IAM, KMS, the console's pages and the controls.
    pub fn router(&self) -> Router {
        http::router(self.clone())
    }

    /// Serves until told to stop, and writes what has changed to the folder meanwhile and at the end.
    ///
    /// # Errors
    /// When the listener fails, or the folder cannot be written.
    pub async fn serve(
        &self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let service = self.router().into_make_service_with_connect_info::<SocketAddr>();
        let (tell, told) = oneshot::channel::<()>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(async {
            stop.await;
            drop(tell);
        });
        let last_call = async {
            drop(told.await);
            tokio::time::sleep(LAST_CALL).await;
        };
        tokio::select! {
            served = serving => served?,
            () = last_call => {}
            () = save::keep_saving(self) => {}
        }
        self.save()
    }

    /// Writes everything to the folder now.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(&self) -> io::Result<()> {
        save::save(self)
    }

    /// The clock, to be read and moved.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The contents of objects.
    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// Looks at the state.
    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state.
    pub fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.changed.notify_one();
        self.0.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is broken on purpose, to be looked at and changed.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often each operation was asked for, by names such as `sts:AssumeRole`. What was not believed, or was answered by a fault, did not come
    /// as far as an operation, and is not counted.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self, operation: String) {
        *self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).entry(operation).or_default() += 1;
    }

    /// Changes users, roles or policies; the change takes effect when the configured delay is over.
    pub fn change_iam<T, E>(&self, change: impl FnOnce(&mut state::Iam) -> Result<T, E>) -> Result<T, E> {
        let now = self.0.clock.now();
        let delay = Duration::seconds(i64::from(self.faults().iam_delay_seconds));
        self.write().iam.change(now, delay, change)
    }

    /// Makes an account whose user `admin` may do everything in it, and gives its access key. An account that exists already is left
    /// as it is, and its administrator's key is given.
    pub fn account(&self, id: &str, name: &str) -> Credentials {
        let now = self.0.clock.now();
        let made: Result<Credentials, std::convert::Infallible> = self.change_iam(|iam| {
            let account = iam.accounts.entry(id.to_owned()).or_insert_with(|| Account::new(id, name));
            let admin = account.users.entry("admin".to_owned()).or_insert_with(|| iam::users::new("admin", "/", now));
            admin.attached.insert("arn:aws:iam::aws:policy/AdministratorAccess".to_owned());
            if admin.access_keys.is_empty() {
                admin.access_keys.push(iam::users::new_access_key(now));
            }
            let key = &admin.access_keys[0];
            Ok(Credentials { access_key_id: key.id.clone(), secret_access_key: key.secret.clone() })
        });
        made.unwrap_or_else(|never| match never {})
    }

    /// Whose access key that is, and its secret.
    fn identify(&self, key_id: &str, token: Option<&str>, now: OffsetDateTime) -> Result<(Caller, String), Disbelief> {
        let state = self.read();
        if let Some(session) = state.sessions.get(key_id) {
            if token != Some(&session.session_token) {
                return Err(Disbelief::BadToken(token.unwrap_or_default().to_owned()));
            }
            if now >= session.expires {
                return Err(Disbelief::ExpiredToken(session.session_token.clone()));
            }
            return Ok((Caller::Session(Arc::new(session.clone())), session.secret_access_key.clone()));
        }
        let iam = state.iam.in_force(now);
        let Some((account, user, key)) = iam.access_key(key_id).filter(|(_, _, key)| key.active) else {
            return Err(Disbelief::UnknownKey(key_id.to_owned()));
        };
        if let Some(token) = token {
            return Err(Disbelief::BadToken(token.to_owned()));
        }
        let caller = Caller::User { account: account.id.clone(), arn: account.user_arn(user), id: user.id.clone() };
        Ok((caller, key.secret.clone()))
    }

    /// A policy as the evaluator wants it; none where the text cannot be read.
    fn parse_policy(&self, text: &str, kind: PolicyKind) -> Option<Arc<Policy>> {
        let key = (kind, text.to_owned());
        if let Some(known) = self.0.policies.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Some(Arc::clone(known));
        }
        let parsed = Arc::new(Policy::parse(text, kind).ok()?);
        let mut policies = self.0.policies.write().unwrap_or_else(PoisonError::into_inner);
        if policies.len() >= MOST_POLICIES {
            policies.clear();
        }
        policies.insert(key, Arc::clone(&parsed));
        Some(parsed)
    }
}
