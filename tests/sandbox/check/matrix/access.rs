//! About the access policy: what it lacks, and where it looks for the prefix.

use byob_core::check::{report::Outcome::Warned, steps::StepName::*};
use serde_json::json;

use super::{Mistake, PLAIN, everything, team};
use crate::{aws::BUCKET, check::customer::take};

pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "s3:GetBucketLocation is forgotten",
        spoil: |_, access| take(access, "s3:GetBucketLocation"),
        step: BucketReachable,
        outcome: Warned,
        cause: "location_not_permitted",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:GetBucketLocation has a condition on the prefix",
        settings: team,
        spoil: |_, access| access["Statement"][0]["Condition"] = json!({ "StringLike": { "s3:prefix": "team/*" } }),
        step: BucketReachable,
        outcome: Warned,
        cause: "location_not_permitted",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:ListBucket is forgotten",
        spoil: |_, access| take(access, "s3:ListBucket"),
        step: PrefixListable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:ListBucket is on the objects",
        spoil: |_, access| access["Statement"][1]["Resource"] = json!([format!("arn:aws:s3:::{BUCKET}/*")]),
        step: PrefixListable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:GetObject is forgotten",
        spoil: |_, access| take(access, "s3:GetObject"),
        step: ObjectReadable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:GetObject is on the bucket",
        spoil: |_, access| access["Statement"][2]["Resource"] = json!([format!("arn:aws:s3:::{BUCKET}")]),
        step: ObjectReadable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the prefix is another folder",
        settings: team,
        spoil: |_, access| {
            let elsewhere = access.to_string().replace("team", "teams");
            *access = serde_json::from_str(&elsewhere).unwrap();
        },
        step: PrefixListable,
        cause: "prefix_not_covered",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the prefix is in capitals",
        settings: team,
        spoil: |_, access| {
            let elsewhere = access.to_string().replace("team", "Team");
            *access = serde_json::from_str(&elsewhere).unwrap();
        },
        step: ObjectReadable,
        cause: "prefix_not_covered",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the prefix is given without its slash",
        settings: team,
        spoil: |_, access| access["Statement"][1]["Condition"]["StringLike"]["s3:prefix"] = json!(["team"]),
        step: PrefixListable,
        cause: "prefix_form_not_covered",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "only the prefix itself can be listed, not what lies below it",
        settings: team,
        spoil: |_, access| access["Statement"][1]["Condition"]["StringLike"]["s3:prefix"] = json!(["team", "team/"]),
        step: PrefixListable,
        cause: "prefix_form_not_covered",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:GetObjectVersion is forgotten",
        settings: everything,
        spoil: |_, access| take(access, "s3:GetObjectVersion"),
        step: VersionReadable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:ListBucketVersions is forgotten",
        settings: everything,
        spoil: |_, access| take(access, "s3:ListBucketVersions"),
        step: VersionReadable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:PutObject is forgotten",
        settings: everything,
        spoil: |_, access| take(access, "s3:PutObject"),
        step: ObjectWritable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:PutObject is forgotten, and nothing may be deleted",
        settings: || json!({ "access": ["write"] }),
        spoil: |_, access| take(access, "s3:PutObject"),
        step: ObjectWritable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:DeleteObject is forgotten",
        settings: everything,
        spoil: |_, access| take(access, "s3:DeleteObject"),
        step: ObjectDeletable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
];
