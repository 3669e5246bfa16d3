//! About policies that deny what the access policy allows.

use byob_core::check::steps::StepName::*;
use serde_json::{Value, json};

use super::{Mistake, PLAIN, everything};

pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "the role denies itself",
        act: |c| c.add_to_role(&json!({ "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*" })),
        step: ObjectReadable,
        cause: "role_denies",
        ..PLAIN
    },
    Mistake {
        name: "a permissions boundary lacks reading",
        act: |c| {
            c.bound(&json!({ "Effect": "Allow", "Action": ["s3:List*", "s3:GetBucketLocation"], "Resource": "*" }));
        },
        step: ObjectReadable,
        cause: "boundary_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy denies reading",
        act: |c| {
            c.deny("s3:GetObject", &json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::222222222222:role/*" } }));
        },
        step: ObjectReadable,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy lets in the office only",
        act: |c| c.deny("s3:GetObject", &json!({ "NotIpAddress": { "aws:SourceIp": "203.0.113.0/24" } })),
        step: ObjectReadable,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy denies listing",
        act: |c| c.deny("s3:ListBucket", &Value::Null),
        step: PrefixListable,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy denies writing without KMS",
        settings: everything,
        act: |c| {
            c.deny("s3:PutObject", &json!({ "StringNotEquals": { "s3:x-amz-server-side-encryption": "aws:kms" } }));
        },
        step: ObjectWritable,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy denies deleting",
        settings: everything,
        act: |c| c.deny("s3:DeleteObject", &Value::Null),
        step: ObjectDeletable,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
];
