//! The AWS of the demo: the platform's account, and the customer's with its buckets.

use byob_sandbox::{Credentials, Sandbox};
use time::Duration;

use super::files::{self, ARCHIVE_BUCKET, BUCKET, Sample};
use crate::commands::sandbox::{CUSTOMER, PLATFORM};

/// Whom customers' roles trust.
pub const PLATFORM_ARN: &str = "arn:aws:iam::111111111111:user/byob";
/// Where the customer's buckets lie.
pub const REGION: &str = "eu-central-1";
/// What the customer calls the role.
pub const ROLE: &str = "byob-access";

/// What the platform's own user may do: no more than it needs.
const PLATFORM_POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/*"}]}"#;

/// Who is who in the sandbox.
pub struct Customer {
    /// The keys of the platform's user.
    pub platform: Credentials,
    /// The keys of the customer's administrator.
    pub admin: Credentials,
}

impl Customer {
    /// Makes both accounts and the empty buckets.
    pub fn move_in(sandbox: &Sandbox) -> anyhow::Result<Self> {
        sandbox.account(PLATFORM.0, "BYOB platform");
        let admin = sandbox.account(CUSTOMER.0, "Acme Robotics");
        for bucket in [BUCKET, ARCHIVE_BUCKET] {
            sandbox.set_up_bucket(CUSTOMER.0, bucket, REGION);
        }
        let platform = sandbox
            .set_up_user(PLATFORM.0, "byob", PLATFORM_POLICY)
            .map_err(|refusal| anyhow::anyhow!(refusal.message))?;
        Ok(Self { platform, admin })
    }
}

/// Puts the files into the buckets, unless they are there from an earlier start.
pub fn fill(sandbox: &Sandbox, frames: impl Iterator<Item = Sample>) -> anyhow::Result<()> {
    let is_filled = sandbox.read().buckets.get(BUCKET).is_some_and(|bucket| !bucket.objects.is_empty());
    if is_filled {
        return Ok(());
    }
    let now = sandbox.clock().now();
    let put = |bucket: &str, sample: Sample, minutes_ago: i64| {
        let Sample { key, content_type, body } = sample;
        sandbox.set_up_object(bucket, &key, content_type, body, now - Duration::minutes(minutes_ago))
    };
    // Times that lie apart, so that versions and lists have an order to show.
    let (library, archive) = (files::library(), files::archive());
    for (at, sample) in (1..).zip(library) {
        put(BUCKET, sample, 3 * 24 * 60 - at)?;
    }
    for (at, sample) in (1..).zip(frames) {
        put(BUCKET, sample, 2 * 24 * 60 - at / 10)?;
    }
    for (at, sample) in (1..).zip(archive) {
        put(ARCHIVE_BUCKET, sample, 400 * 24 * 60 - at)?;
    }
    Ok(())
}
