//! About KMS keys.

use byob_core::check::steps::StepName::*;
use serde_json::{Value, json};

use super::{Mistake, PLAIN};
use crate::{
    aws::CUSTOMER,
    check::customer::{KEY, take},
};

pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "objects are encrypted with a key that nobody named",
        act: |c| c.encrypt(None),
        step: EncryptedObjectReadable,
        cause: "kms_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the role may use a key that the integration does not name",
        act: |c| {
            c.encrypt(None);
            c.add_to_role(&json!({ "Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY }));
        },
        step: EncryptedObjectReadable,
        cause: "kms_key_not_declared",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the key's policy leaves nothing to IAM",
        settings: with_key,
        act: |c| {
            let admin = json!({ "AWS": format!("arn:aws:iam::{CUSTOMER}:user/admin") });
            c.encrypt(Some(json!({ "Effect": "Allow", "Principal": admin, "Action": "kms:*", "Resource": "*" })));
        },
        step: EncryptedObjectReadable,
        cause: "kms_key_denies",
        ..PLAIN
    },
    Mistake {
        name: "kms:Decrypt is forgotten",
        settings: with_key,
        spoil: |_, access| take(access, "kms:Decrypt"),
        act: |c| c.encrypt(None),
        step: EncryptedObjectReadable,
        cause: "kms_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the key's policy denies the role",
        settings: with_key,
        act: |c| {
            c.encrypt(Some(json!({ "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*" })));
        },
        step: EncryptedObjectReadable,
        cause: "kms_key_denies",
        ..PLAIN
    },
    Mistake {
        name: "the key is disabled",
        settings: with_key,
        act: |c| {
            c.encrypt(None);
            c.disable_key();
        },
        step: EncryptedObjectReadable,
        cause: "kms_key_unusable",
        ..PLAIN
    },
];

fn with_key() -> Value {
    json!({ "kms_key_arns": [KEY] })
}
