//! Which locators an integration serves, and how two scopes relate.

use byob_aws::{Bucket, Locator, Prefix, policies::BucketScope};

/// The checked form of [`settings::Scope`](super::settings::Scope).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One bucket, or a folder of it.
    Bucket(BucketScope),
    /// Every bucket that the role permits, or those of the list.
    AllPermitted(Vec<Bucket>),
}

/// How closely a scope fits a locator. The greatest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// An integration for any bucket.
    AnyBucket,
    /// An integration for all permitted buckets, whose list has this one.
    ListedBucket,
    /// An integration for this bucket.
    Bucket,
    /// An integration for a folder of this bucket; the longer prefix is the closer.
    Prefix(usize),
}

impl Scope {
    /// How closely this scope fits, or `None` if it does not cover the locator.
    pub fn fit(&self, locator: &Locator) -> Option<Fit> {
        match self {
            Self::Bucket(scope) if scope.bucket != *locator.bucket() => None,
            Self::Bucket(BucketScope { prefix: None, .. }) => Some(Fit::Bucket),
            Self::Bucket(BucketScope { prefix: Some(prefix), .. }) => {
                prefix.covers(locator.key()).then(|| Fit::Prefix(prefix.as_str().len()))
            }
            Self::AllPermitted(buckets) if buckets.is_empty() => Some(Fit::AnyBucket),
            Self::AllPermitted(buckets) => buckets.contains(locator.bucket()).then_some(Fit::ListedBucket),
        }
    }

    /// Whether some locator would fit both equally well, so that neither could be chosen.
    pub fn ties_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bucket(one), Self::Bucket(two)) => one == two,
            (Self::AllPermitted(one), Self::AllPermitted(two)) => {
                (one.is_empty() && two.is_empty()) || one.iter().any(|bucket| two.contains(bucket))
            }
            _ => false,
        }
    }

    /// The scope as the generated documents name it; empty means any bucket.
    pub fn buckets(&self) -> Vec<BucketScope> {
        match self {
            Self::Bucket(scope) => vec![scope.clone()],
            Self::AllPermitted(buckets) => {
                buckets.iter().map(|bucket| BucketScope { bucket: bucket.clone(), prefix: None }).collect()
            }
        }
    }

    /// The folder, where there is one.
    pub fn prefix(&self) -> Option<&Prefix> {
        match self {
            Self::Bucket(scope) => scope.prefix.as_ref(),
            Self::AllPermitted(_) => None,
        }
    }
}
