//! The whole set of documents in the languages in which people change an AWS account.
//!
//! | you want | look at |
//! |---|---|
//! | a CloudFormation template | [`cloudformation::template`] |
//! | Terraform | [`terraform::configuration`] |
//! | a shell script for the AWS CLI | [`aws_cli::script`] |
//! | a link that opens AWS's console with everything filled in | [`quick_create::link`] |
//!
//! All make one role with the trust policy and, as its inline policy, the access policy. Inline, because a role has room for
//! 10,240 characters of inline policies and a managed policy for 6,144, and because it comes and goes with its role.
//!
//! None is put together from strings that somebody typed: policies are JSON by a serializer, in ASCII, and every other text
//! goes through the one function that quotes for its language. Nothing is written for "requester pays": no policy knows of it.
//!
//! ```
//! use byob_aws::{Bucket, Partition, PrincipalArn, arn::Dialect, render::{RoleName, Setup, aws_cli}};
//! use byob_aws::policies::{Access, BucketScope, Grant, access::access_policy, trust::{ExternalId, trust_policy}};
//!
//! let scope = BucketScope { bucket: Bucket::parse("images")?, prefix: None };
//! let grant = Grant { partition: Partition::Aws, buckets: vec![scope], access: vec![Access::Read], kms_keys: vec![] };
//! let principal = PrincipalArn::parse("arn:aws:iam::111122223333:role/byob", Dialect::Aws)?;
//! let trust = trust_policy(&principal, &ExternalId::parse("3b4e0f52-7d1c-4c1e-9f0e-6a3f2f1f5b11")?);
//! let role_name = RoleName::suggest("images", "int_01jd8w2v5n3x");
//! let script = aws_cli::script(&Setup::new(role_name, trust, access_policy(&grant))?);
//! assert!(script.starts_with("#!/bin/sh\n") && script.contains("\nrole='byob-images-2v5n3x'\n"));
//! # Ok::<(), byob_aws::Invalid>(())
//! ```

pub mod aws_cli;
pub mod cloudformation;
mod hcl;
pub mod json;
pub mod quick_create;
pub mod role_name;
pub mod terraform;
#[cfg(test)]
mod tests;

pub use role_name::RoleName;

use crate::{
    Bucket, Invalid,
    policies::{PolicyDocument, cors::CorsConfiguration, lifecycle::LifecycleConfiguration},
};

/// The longest trust policy, in characters without blanks. An account may have asked AWS for more.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
pub const LONGEST_TRUST_POLICY: usize = 2048;

/// The most that all inline policies of a role have room for, in characters without blanks.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
pub const LONGEST_ACCESS_POLICY: usize = 10_240;

/// A role's sessions last at most an hour unless it says otherwise, in seconds; it cannot say less.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>.
const SHORTEST_MAXIMUM: u32 = 3600;

/// The name of the inline policy.
const POLICY_NAME: &str = "byob";

/// What IAM's console shows beside the role.
const DESCRIPTION: &str = "Lets BYOB use buckets of this account.";

/// All that a customer's account needs, checked against AWS's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    role_name: RoleName,
    trust_policy: PolicyDocument,
    access_policy: PolicyDocument,
    max_session_duration: Option<u32>,
    buckets: Vec<Bucket>,
    cors: Option<CorsConfiguration>,
    lifecycle: Option<LifecycleConfiguration>,
}

impl Setup {
    /// A role and its two policies. The error says which of them has no room in a role.
    pub fn new(
        role_name: RoleName,
        trust_policy: PolicyDocument,
        access_policy: PolicyDocument,
    ) -> Result<Self, Invalid> {
        fits("trust", &trust_policy, LONGEST_TRUST_POLICY, "Use a shorter external ID or principal ARN.")?;
        fits(
            "access",
            &access_policy,
            LONGEST_ACCESS_POLICY,
            "Make several integrations, each with a role and a part of the buckets or keys, or leave the list of buckets empty.",
        )?;
        Ok(Self {
            role_name,
            trust_policy,
            access_policy,
            max_session_duration: None,
            buckets: Vec::new(),
            cors: None,
            lifecycle: None,
        })
    }

    /// How long sessions are asked for, in seconds: the role has to allow it.
    #[must_use]
    pub fn session_duration(mut self, seconds: u32) -> Self {
        self.max_session_duration = Some(seconds).filter(|seconds| *seconds > SHORTEST_MAXIMUM);
        self
    }

    /// What the buckets themselves need. Access points and directory buckets among them are left out: neither has these settings.
    #[must_use]
    pub fn buckets(
        mut self,
        buckets: impl IntoIterator<Item = Bucket>,
        cors: Option<CorsConfiguration>,
        lifecycle: Option<LifecycleConfiguration>,
    ) -> Self {
        self.buckets = buckets.into_iter().filter(has_settings).collect();
        (self.cors, self.lifecycle) = (cors, lifecycle);
        self
    }

    /// The CORS configuration, if there is a bucket for it.
    fn cors(&self) -> Option<&CorsConfiguration> {
        self.cors.as_ref().filter(|_| !self.buckets.is_empty())
    }

    /// The lifecycle configuration, if there is a bucket for it.
    fn lifecycle(&self) -> Option<&LifecycleConfiguration> {
        self.lifecycle.as_ref().filter(|_| !self.buckets.is_empty())
    }
}

/// Source of the aliases' endings: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>.
fn has_settings(bucket: &Bucket) -> bool {
    let name = bucket.as_str();
    !bucket.is_arn() && !["-s3alias", "--ol-s3", "--x-s3", "--table-s3"].iter().any(|ending| name.ends_with(ending))
}

fn fits(which: &str, policy: &PolicyDocument, longest: usize, hint: &str) -> Result<(), Invalid> {
    // AWS does not count blanks between words, and we write none into names; those inside of strings are counted, to be safe.
    let length = policy.to_compact_json().len();
    if length <= longest {
        return Ok(());
    }
    let detail = format!("The {which} policy has {length} characters; a role has room for {longest}.");
    Err(Invalid::new("policy_too_large", detail, hint))
}
