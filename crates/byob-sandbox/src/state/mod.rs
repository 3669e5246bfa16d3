//! Everything that the sandbox remembers.

pub mod blobs;
pub mod breakages;
pub mod buckets;
pub mod faults;
pub mod iam;
pub mod principals;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use self::{
    blobs::{Blob, Blobs},
    breakages::{Before, Breakage},
    buckets::{Bucket, Version},
    faults::{Fault, Faults},
    iam::{AccessKey, Account, Iam, IamHistory, KmsKey, ManagedPolicy, Role, User},
};

/// All accounts and buckets. Contents of objects are in [`Blobs`].
#[derive(Default, Serialize, Deserialize)]
pub struct State {
    /// Accounts with their users, roles, policies and keys.
    pub iam: IamHistory,
    /// Sessions of roles, by access key ID.
    pub sessions: HashMap<String, Session>,
    /// Buckets of all accounts, by name: names are global.
    pub buckets: BTreeMap<String, Bucket>,
    /// What visitors broke on purpose.
    #[serde(default)]
    pub breakages: Vec<Breakage>,
}

/// What `AssumeRole` handed out.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    /// `ASIA…`.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// Has to come with every request.
    pub session_token: String,
    /// The role's account.
    pub account: String,
    /// The role's ARN, with its path.
    pub role_arn: String,
    /// The role's unique ID: a role made again under the same name is another one.
    pub role_id: String,
    /// Chosen by who assumed the role.
    pub name: String,
    /// Narrow what the role may do.
    pub policies: Vec<String>,
    /// Tags of the session (`aws:PrincipalTag/…`).
    pub tags: BTreeMap<String, String>,
    /// Keys of the tags that go on to the sessions that this one begins.
    pub transitive: BTreeSet<String>,
    /// `aws:SourceIdentity`, which goes on, too.
    pub source_identity: Option<String>,
    /// From when on it is refused.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub expires: OffsetDateTime,
    /// When it was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub issued: OffsetDateTime,
}

impl Session {
    /// `arn:aws:sts::123456789012:assumed-role/name/session`, without the role's path, as AWS writes it.
    pub fn arn(&self) -> String {
        let role = self.role_arn.rsplit('/').next().unwrap_or_default();
        format!("arn:aws:sts::{}:assumed-role/{role}/{}", self.account, self.name)
    }
}
