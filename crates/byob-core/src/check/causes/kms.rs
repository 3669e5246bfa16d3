//! Keys of KMS.

use super::{
    ANY, Cause,
    seen::{about_kms, by},
};
use crate::check::{denial::By, report::DocumentKind};

/// In the order in which they are tried.
pub const ROWS: &[Cause] = &[
    Cause {
        name: "kms_key_unusable",
        steps: ANY,
        sign: "`KMS.DisabledException`, `KMS.NotFoundException` or `KMS.KMSInvalidStateException`",
        when: |seen| seen.fault.code().starts_with("KMS.") && seen.fault.code() != "KMS.AccessDeniedException",
        means: "The KMS key that encrypts the object is disabled, being deleted, or gone.",
        fix: "Look at the key in KMS. Without it the object cannot be read by anybody.",
        document: None,
    },
    Cause {
        name: "kms_key_not_declared",
        steps: ANY,
        sign: "Denied for a KMS action by the session policy: the integration does not name the key",
        when: |seen| about_kms(seen) && by(seen, By::SessionLacks),
        means: "The object is encrypted with the KMS key {kms_key}, which the integration does not name, so that its sessions may not use it.",
        fix: "Add the key to `kms_key_arns`, and apply the new access policy.",
        document: None,
    },
    Cause {
        name: "kms_key_denies",
        steps: ANY,
        sign: "Denied for a KMS action by the key's own policy",
        when: |seen| about_kms(seen) && (by(seen, By::ResourceDenies) || by(seen, By::ResourceLacks)),
        means: "The policy of the KMS key {kms_key} does not let {role} use it.",
        fix: "Open the key in KMS, and let its key policy allow {action} to {role} (or let it leave that to IAM, as the policy of a new key does).",
        document: None,
    },
    Cause {
        name: "kms_not_allowed",
        steps: ANY,
        sign: "Denied for a KMS action, by the role's policies or without a reason",
        when: about_kms,
        means: "The role may not use the KMS key {kms_key} that encrypts the object: no policy of it allows {action}.",
        fix: "Name the key in `kms_key_arns`, and apply this access policy. If the role has it already, the key's own policy is in the way: open the key in KMS, and let it allow {action} to {role}, or leave that to IAM, as the policy of a new key does.",
        document: Some(DocumentKind::AccessPolicy),
    },
];
