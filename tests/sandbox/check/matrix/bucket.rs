//! About the bucket: its name, its region, who may do anything with it.

use byob_core::check::{report::Outcome::Warned, steps::StepName::*};
use serde_json::json;

use super::{Mistake, PLAIN, team};
use crate::{
    aws::BUCKET,
    check::{customer::replace, given::Connection},
};

pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "the scope is not set",
        settings: || json!({ "scope": null, "role": "none", "authentication": { "type": "role", "role_arn": "arn:aws:iam::222222222222:role/nobody" } }),
        step: RoleAssumable,
        cause: "role_refuses_platform",
        ..PLAIN
    },
    Mistake {
        name: "the bucket's name is misspelt",
        settings: || json!({ "scope": { "type": "bucket", "bucket": "customer-imagez" } }),
        step: BucketReachable,
        cause: "no_such_bucket",
        ..PLAIN
    },
    Mistake {
        name: "the region is another one",
        settings: || json!({ "region": "us-west-2" }),
        step: RegionMatches,
        cause: "wrong_region",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the region is not set",
        settings: || json!({ "region": null }),
        step: RegionMatches,
        cause: "region_missing",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the access policy is about another bucket",
        spoil: |_, access| replace(access, BUCKET, "customer-images-old"),
        step: BucketReachable,
        cause: "bucket_not_permitted",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the role has no access policy",
        act: Connection::take_all_access,
        step: BucketReachable,
        cause: "bucket_not_permitted",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy denies unencrypted connections",
        act: |c| c.deny("s3:*", &json!({ "Bool": { "aws:SecureTransport": "false" } })),
        step: BucketReachable,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy denies s3:GetBucketLocation",
        act: |c| c.deny("s3:GetBucketLocation", &json!(null)),
        step: BucketReachable,
        outcome: Warned,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "everybody may read the bucket",
        settings: team,
        act: |c| {
            let resources = [format!("arn:aws:s3:::{BUCKET}"), format!("arn:aws:s3:::{BUCKET}/*")];
            c.set_bucket_policy(&json!({
                "Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": resources,
            }));
        },
        step: ScopeEnforced,
        outcome: Warned,
        cause: "scope_open_to_everybody",
        ..PLAIN
    },
];
