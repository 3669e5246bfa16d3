//! What visitors broke on the console's page, and how it was before, so that it can be undone after a restart, too.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{ManagedPolicy, iam::BoundPolicy};

/// Something that is broken on purpose. Of each side of a role or bucket, one thing is broken at a time.
#[derive(Clone, Serialize, Deserialize)]
pub struct Breakage {
    /// The account.
    pub account: String,
    /// The name of the mistake, such as `wrong-external-id`.
    pub mistake: String,
    /// The role or bucket.
    pub on: String,
    /// How it was.
    pub before: Before,
}

/// One side of a role or bucket, as it was.
#[derive(Clone, Serialize, Deserialize)]
pub enum Before {
    /// A role's trust policy.
    Trust(BoundPolicy),
    /// What a role may do.
    Permissions {
        /// Its inline policies.
        inline: BTreeMap<String, String>,
        /// The ARNs of its managed policies.
        attached: BTreeSet<String>,
        /// Those of them that are the account's, by name.
        managed: BTreeMap<String, ManagedPolicy>,
    },
    /// How long a role's sessions may last, in seconds.
    SessionDuration(i64),
    /// A bucket's CORS configuration.
    Cors(Option<String>),
    /// A bucket's policy.
    BucketPolicy(Option<BoundPolicy>),
}
