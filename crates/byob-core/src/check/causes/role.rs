//! The customer's role: its ARN, whether it lets the platform in, and whether it lets in others too.

use super::{
    ASSUME, Cause, PROOF, STS,
    seen::{code, says, told},
};
use crate::{
    aws_io::fault::FaultKind,
    check::{report::DocumentKind, steps::StepName::RoleArnValid},
};

/// In the order in which they are tried.
pub const ROWS: &[Cause] = &[
    // Its ARN.
    Cause {
        name: "role_arn_missing",
        steps: &[RoleArnValid],
        sign: "The draft has no role ARN yet",
        when: told,
        means: "The role's ARN is not known yet.",
        fix: "Make the role with the generated trust policy and access policy, then paste its ARN: IAM shows it at the top of the role's page.",
        document: Some(DocumentKind::TrustPolicy),
    },
    Cause {
        name: "authentication_missing",
        steps: &[RoleArnValid],
        sign: "The draft does not say how the bucket is reached",
        when: told,
        means: "It is not said yet how the bucket is reached.",
        fix: "Set `authentication`: by `role` (the way to prefer), `access_key` or `anonymous`.",
        document: None,
    },
    // Assuming the role.
    Cause {
        name: "session_policy_too_large",
        steps: ASSUME,
        sign: "`PackedPolicyTooLarge`",
        when: |seen| code(seen, &["PackedPolicyTooLarge", "PackedPolicyTooLargeException"]),
        means: "The session policy for this scope is larger than AWS takes.",
        fix: "Declare fewer buckets, shorter prefixes or fewer KMS keys in one integration; make several of it.",
        document: None,
    },
    Cause {
        name: "chained_session_too_long",
        steps: ASSUME,
        sign: "`ValidationError` that speaks of role chaining",
        when: |seen| code(seen, &["ValidationError"]) && says(seen, &["role chaining"]),
        means: "The platform itself uses a role, and a session that one role opens of another lasts an hour at most.",
        fix: "Set `session_duration` to 3600 or less.",
        document: None,
    },
    Cause {
        name: "session_too_long",
        steps: ASSUME,
        sign: "`ValidationError` that speaks of `DurationSeconds` or `MaxSessionDuration`",
        when: |seen| code(seen, &["ValidationError"]) && says(seen, &["durationseconds", "maxsessionduration"]),
        means: "The role {role} allows no session of {duration} seconds.",
        fix: "Raise the role's maximum session duration in IAM, or lower `session_duration`.",
        document: None,
    },
    Cause {
        name: "sts_region_disabled",
        steps: ASSUME,
        sign: "`RegionDisabledException`",
        when: |seen| code(seen, &["RegionDisabledException"]),
        means: "STS is not active in the platform's region for the customer's account.",
        fix: "Activate the region in the account settings of IAM.",
        document: None,
    },
    Cause {
        name: "role_missing",
        steps: ASSUME,
        sign: "`NoSuchEntity`: some stores say it; AWS does not tell a missing role from one that refuses",
        when: |seen| code(seen, &["NoSuchEntity", "NoSuchRole"]),
        means: "There is no role {role}.",
        fix: "Compare the ARN with the role's page in IAM: account, path and name all count. If the role was deleted, make it again with the documents.",
        document: Some(DocumentKind::TrustPolicy),
    },
    Cause {
        name: "role_refuses_platform",
        steps: ASSUME,
        sign: "`AccessDenied`, with the external ID and without: the role is missing, or its trust policy names another principal or another external ID. AWS answers the same for all three, and for roles of others",
        when: |seen| seen.fault.is_denied(),
        means: "AWS refused to let the platform assume {role}. Most likely one of three: there is no such role (look it up in IAM); its trust policy names another principal than {principal}; or it demands another external ID than {external_id}.",
        fix: "Open the role in IAM, tab `Trust relationships`, and make it exactly this document. Changes in IAM take some minutes to arrive: check again, or check with waiting.",
        document: Some(DocumentKind::TrustPolicy),
    },
    Cause {
        name: "sts_refused",
        steps: STS,
        sign: "Any other refusal of STS",
        when: |seen| seen.fault.kind == FaultKind::Refused,
        means: "STS refused the request.",
        fix: "Look up AWS's error code, and quote the request ID to AWS's support.",
        document: None,
    },
    Cause {
        name: "sts_unreachable",
        steps: STS,
        sign: "No connection, or an answer that is not AWS's",
        when: |seen| matches!(seen.fault.kind, FaultKind::Unreachable | FaultKind::NotAws),
        means: "STS cannot be reached.",
        fix: "This is for the operator to mend: check the network and `aws.sts_endpoint_url`.",
        document: None,
    },
    // The confused deputy.
    Cause {
        name: "external_id_not_required",
        steps: PROOF,
        sign: "The role could be assumed without any external ID",
        when: told,
        means: "The role can be assumed without its external ID. Any other customer of the platform who names this role would get at the data (the confused deputy). The integration is not used while that is so.",
        fix: "Replace the role's trust policy by this one: the condition must be `StringEquals` on `sts:ExternalId` with this one value. `…IfExists`, `ForAllValues`, `Null` and `StringLike` with a wildcard do not demand it.",
        document: Some(DocumentKind::TrustPolicy),
    },
    Cause {
        name: "external_id_not_enforced",
        steps: PROOF,
        sign: "The role could be assumed with a random external ID, or with one that only begins and ends like the right one",
        when: told,
        means: "The role can be assumed with other external IDs than its own. Any other customer of the platform who names this role would get at the data (the confused deputy). The integration is not used while that is so.",
        fix: "Replace the role's trust policy by this one: the condition must be `StringEquals` on `sts:ExternalId` with this one value, not `StringLike` with a wildcard.",
        document: Some(DocumentKind::TrustPolicy),
    },
];
