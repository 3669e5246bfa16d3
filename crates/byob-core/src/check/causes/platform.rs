//! The platform itself: who it is, and whether it may assume roles.

use super::{
    ASSUME, Cause, STS,
    seen::{by, code, told},
};
use crate::{
    aws_io::{fault::FaultKind, refusal::EXPIRED},
    check::{denial::By, report::DocumentKind, steps::StepName::PlatformIdentityKnown},
};

/// In the order in which they are tried.
pub const ROWS: &[Cause] = &[
    Cause {
        name: "platform_credentials_missing",
        steps: STS,
        sign: "There is nothing to sign with",
        when: |seen| seen.fault.kind == FaultKind::NoCredentials && seen.fault.code.is_none(),
        means: "The platform has no AWS credentials.",
        fix: "This is for the operator to mend: set `aws.access_key_id` and `aws.secret_access_key`, or give the service a role or profile.",
        document: None,
    },
    Cause {
        name: "platform_credentials_expired",
        steps: STS,
        sign: "`ExpiredToken` from STS, also with credentials loaded afresh",
        when: |seen| code(seen, &EXPIRED),
        means: "The platform's own AWS credentials have expired.",
        fix: "This is for the operator to mend: renew them, or let the service take them from a role.",
        document: None,
    },
    Cause {
        name: "platform_credentials_invalid",
        steps: STS,
        sign: "`InvalidClientTokenId`, `SignatureDoesNotMatch`, `UnrecognizedClientException` or `IncompleteSignature` from STS",
        when: |seen| {
            code(
                seen,
                &[
                    "InvalidClientTokenId",
                    "SignatureDoesNotMatch",
                    "UnrecognizedClientException",
                    "IncompleteSignature",
                    "InvalidAccessKeyId",
                ],
            )
        },
        means: "AWS does not accept the platform's own credentials.",
        fix: "This is for the operator to mend: check the access key and its secret.",
        document: None,
    },
    Cause {
        name: "principal_role_missing",
        steps: &[PlatformIdentityKnown],
        sign: "The principal role cannot be assumed, and `iam:GetRole` finds none of that name",
        when: told,
        means: "Somebody has removed {principal}, the platform's own role for this integration.",
        fix: "Set `principal` to another kind and then to `per_integration` again, which makes a new role. AWS does not take it for the old one, though its ARN is the same, so the customer has to save this trust policy again. Where the operator has configured no other kind, connect the bucket anew instead.",
        document: Some(DocumentKind::TrustPolicy),
    },
    Cause {
        name: "principal_role_not_assumable",
        steps: STS,
        sign: "The principal role cannot be assumed, but is there, as far as `iam:GetRole` is permitted",
        when: |seen| seen.fault.kind == FaultKind::NoCredentials,
        means: "AWS refused to let the platform assume {principal}, its own role for this integration. A role that was just made can be assumed after some seconds.",
        fix: "Check again, or check with waiting. If it stays so, it is for the operator to mend: allow `sts:AssumeRole` on {principal} to the platform's identity, and see that the role trusts that identity.",
        document: None,
    },
    Cause {
        name: "platform_is_somebody_else",
        steps: &[PlatformIdentityKnown],
        sign: "`sts:GetCallerIdentity` names another identity than the principal",
        when: told,
        means: "The service runs as {identity}, but trust policies name {principal}. Customers' roles will refuse it.",
        fix: "This is for the operator to mend: give the service the credentials of {principal}, or set the principal to the identity it runs as. Customers who have applied a trust policy need the new one then.",
        document: None,
    },
    Cause {
        name: "principal_not_configured",
        steps: &[PlatformIdentityKnown],
        sign: "The operator has configured no principal of that kind",
        when: told,
        means: "The operator has not configured the principal that this integration's trust policy is to name.",
        fix: "Choose another principal, or ask the operator to set `aws.shared_principal_arn`, `aws.account_id` or `aws.principal_role_path`.",
        document: None,
    },
    Cause {
        name: "platform_may_not_assume",
        steps: ASSUME,
        sign: "`AccessDenied`, and STS says that an identity-based policy, that is the platform's own, does not allow it",
        when: |seen| by(seen, By::RoleLacks) || by(seen, By::RoleDenies) || by(seen, By::Boundary),
        means: "The platform's own policies do not let it assume {role}.",
        fix: "This is for the operator to mend: allow `sts:AssumeRole` on `arn:aws:iam::*:role/*` to the platform's identity.",
        document: None,
    },
];
