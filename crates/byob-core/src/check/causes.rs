//! From what was seen to the likely cause and its mend: one table, from which the reference is written.
//!
//! The first row whose step and sign fit is the cause, so the special stand before the general. Words in braces are filled in with the
//! facts of the integration.

use super::{
    denial::{By, Denial},
    report::DocumentKind,
    steps::StepName::{
        self, BrowserCorsAllowed, BucketReachable, CleanupDone, ClockInSync, ExternalIdEnforced, ExternalIdRequired,
        PlatformIdentityKnown, PrefixListable, PresignedUrlLoads, RegionMatches, RoleArnValid, RoleAssumable,
        ScopeEnforced, VersionReadable,
    },
};
use crate::aws_io::fault::{Fault, FaultKind};

/// A likely cause.
#[derive(Debug)]
pub struct Cause {
    /// Stable and machine-readable.
    pub name: &'static str,
    /// Which steps it can be the cause of; none means any.
    pub steps: &'static [StepName],
    /// How it is told from others, in words.
    pub sign: &'static str,
    /// The same, as a test.
    when: fn(&Seen<'_>) -> bool,
    /// What is likely wrong, as a sentence.
    pub means: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// The document that mends it.
    pub document: Option<DocumentKind>,
}

/// What a cause is told by.
#[derive(Debug)]
pub struct Seen<'a> {
    /// The step that failed.
    pub step: StepName,
    /// What AWS said.
    pub fault: &'a Fault,
    /// The same, read.
    pub denial: &'a Denial,
    /// What other requests showed.
    pub signs: Signs,
}

/// What differs between requests that differ in one thing.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools)] // Each is a fact of its own.
pub struct Signs {
    /// The integration names an endpoint URL.
    pub own_endpoint: bool,
    /// The scope has a prefix.
    pub prefix: bool,
    /// The same request was answered with the bucket's name in the path.
    pub path_style_answers: bool,
    /// The same request succeeds when we offer to pay.
    pub paying_helps: bool,
    /// Neither listing nor reading below the prefix is permitted, but asking for the bucket's location is.
    pub nothing_below_prefix: bool,
    /// The same request succeeds on the prefix without its slash.
    pub other_form_of_prefix: bool,
}

fn code(seen: &Seen<'_>, codes: &[&str]) -> bool {
    codes.contains(&seen.fault.code())
}

fn by(seen: &Seen<'_>, by: By) -> bool {
    seen.denial.by == Some(by)
}

fn says(seen: &Seen<'_>, words: &[&str]) -> bool {
    let message = seen.fault.message().to_ascii_lowercase();
    words.iter().any(|word| message.contains(&word.to_ascii_lowercase()))
}

fn about_kms(seen: &Seen<'_>) -> bool {
    seen.denial.action.as_deref().is_some_and(|action| action.starts_with("kms:"))
        || seen.fault.code().starts_with("KMS.")
        || says(seen, &["kms key", "kms:decrypt", "kms:generatedatakey", "ciphertext refers to a customer master key"])
}

/// Told by a step itself, not by an answer of AWS.
fn told(_: &Seen<'_>) -> bool {
    false
}

const STS: &[StepName] = &[PlatformIdentityKnown, RoleAssumable, ExternalIdRequired, ExternalIdEnforced];
const ASSUME: &[StepName] = &[RoleAssumable];
const PROOF: &[StepName] = &[ExternalIdRequired, ExternalIdEnforced];
const ANY: &[StepName] = &[];

/// All causes.
pub const CAUSES: &[Cause] = &[
    // Whoever answers at all.
    Cause {
        name: "addressing_style",
        steps: ANY,
        sign: "No answer about the bucket with its name in the host, but one with its name in the path",
        when: |seen| seen.signs.path_style_answers,
        means: "The store wants the bucket's name in the path, not in the host name.",
        fix: "Set `force_path_style` to true.",
        document: None,
    },
    Cause {
        name: "address_refused",
        steps: ANY,
        sign: "Our own guard did not connect",
        when: |seen| seen.fault.kind == FaultKind::AddressRefused,
        means: "The service did not connect: the address is private, loopback or otherwise special, and the operator has not allowed it.",
        fix: "Use the store's public address, or ask the operator to allow this host and port (`outbound.allow`).",
        document: None,
    },
    Cause {
        name: "aws_throttled",
        steps: ANY,
        sign: "AWS asks to slow down",
        when: |seen| seen.fault.kind == FaultKind::Throttled,
        means: "AWS asks to slow down, so nothing was learned. That says nothing about the configuration.",
        fix: "Check again in a minute.",
        document: None,
    },
    Cause {
        name: "aws_unavailable",
        steps: ANY,
        sign: "AWS answered with a 5xx",
        when: |seen| seen.fault.kind == FaultKind::Failed,
        means: "AWS, or somebody on the way to it, failed, so nothing was learned. That says nothing about the configuration.",
        fix: "Check again in a minute; look at AWS's health page if it stays so.",
        document: None,
    },
    Cause {
        name: "timed_out",
        steps: ANY,
        sign: "No answer within the deadline",
        when: |seen| seen.fault.kind == FaultKind::TimedOut,
        means: "There was no answer in time, so nothing was learned.",
        fix: "Check again in a minute. With an endpoint URL: see that the store is up and that a firewall lets the service through.",
        document: None,
    },
    Cause {
        name: "clock_skew",
        steps: ANY,
        sign: "`RequestTimeTooSkewed`, or STS's `Signature expired` or `Signature not yet current`",
        when: |seen| {
            code(seen, &["RequestTimeTooSkewed"])
                || says(seen, &["signature expired", "signature not yet current", "request is not yet valid"])
        },
        means: "The service's clock differs from AWS's by more than AWS forgives.",
        fix: "This is for the operator to mend: set the clock of the service's machine by NTP.",
        document: None,
    },
    // The platform itself.
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
        when: |seen| code(seen, &crate::aws_io::refusal::EXPIRED),
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
        fix: "This is for the operator to mend: choose another principal and then `per_integration` again. That makes a new role. AWS does not take it for the old one, though its ARN is the same, so the customer has to save this trust policy again.",
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
    // The role's ARN.
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
    // Finding the bucket.
    Cause {
        name: "endpoint_unreachable",
        steps: ANY,
        sign: "No connection",
        when: |seen| seen.fault.kind == FaultKind::Unreachable,
        means: "Nobody answers at {endpoint}.",
        fix: "Check the endpoint URL: scheme, host and port. For AWS leave it out. If the store is up, a firewall may keep the service away.",
        document: None,
    },
    Cause {
        name: "not_s3",
        steps: ANY,
        sign: "An answer without S3's error document",
        when: |seen| seen.fault.kind == FaultKind::NotAws,
        means: "Something answers at {endpoint}, but it does not speak S3's language: perhaps a console, a proxy or a sign-in page.",
        fix: "Set `endpoint_url` to the address of the store's S3 API; for AWS leave it out.",
        document: None,
    },
    Cause {
        name: "no_such_bucket",
        steps: ANY,
        sign: "`NoSuchBucket`",
        when: |seen| code(seen, &["NoSuchBucket"]),
        means: "There is no bucket {bucket}.",
        fix: "Compare the name with the list of buckets in the S3 console: capitals, dashes and dots count. With an endpoint URL, check that it is the right store, and that its path, if it has one, is the store's and not the bucket.",
        document: None,
    },
    Cause {
        name: "wrong_region",
        steps: ANY,
        sign: "`PermanentRedirect`, `AuthorizationHeaderMalformed`, `IllegalLocationConstraintException` or a redirect",
        when: |seen| {
            code(
                seen,
                &[
                    "PermanentRedirect",
                    "TemporaryRedirect",
                    "AuthorizationHeaderMalformed",
                    "IllegalLocationConstraintException",
                ],
            ) || matches!(seen.fault.status, 301 | 307)
        },
        means: "The bucket lies in another region than {region}.",
        fix: "Set `region` to the bucket's: {found_region}.",
        document: None,
    },
    Cause {
        name: "access_key_refused",
        steps: ANY,
        sign: "`InvalidAccessKeyId`, `SignatureDoesNotMatch` or `InvalidToken` from S3",
        when: |seen| code(seen, &["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidSecurity"]),
        means: "The store does not accept the credentials.",
        fix: "With an access key: check the key and its secret. With an endpoint URL: check the region that the store expects.",
        document: None,
    },
    Cause {
        name: "session_expired",
        steps: ANY,
        sign: "`ExpiredToken` from S3",
        when: |seen| code(seen, &["ExpiredToken"]),
        means: "The store calls a session expired that was opened a moment ago: its clock is ahead.",
        fix: "Compare the clocks; the step `clock-in-sync` says by how much they differ.",
        document: None,
    },
    Cause {
        name: "requester_pays",
        steps: ANY,
        sign: "Denied, and permitted when we offer to pay",
        when: |seen| seen.signs.paying_helps,
        means: "The bucket demands that who asks pays (requester pays).",
        fix: "Set `requester_pays` to true: the platform's requests then say that the role's account pays.",
        document: None,
    },
    // KMS.
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
    // Denied by whom?
    Cause {
        name: "bucket_policy_denies",
        steps: ANY,
        sign: "`AccessDenied` with an explicit deny in a resource-based policy",
        when: |seen| by(seen, By::ResourceDenies),
        means: "The policy of the bucket {bucket} denies {action} to {role}. No other policy can outweigh that.",
        fix: "Open the bucket's `Permissions` tab, and find the statement with `Deny` that applies: it may name who asks, an address, the age of signatures or plain HTTP. Exempt {role} from it.",
        document: None,
    },
    Cause {
        name: "role_denies",
        steps: ANY,
        sign: "`AccessDenied` with an explicit deny in an identity-based policy",
        when: |seen| by(seen, By::RoleDenies),
        means: "A policy of the role itself denies {action} on {resource}. No `Allow` can outweigh that.",
        fix: "Look through all policies of the role, attached ones too, for a `Deny` that fits, and take it out.",
        document: None,
    },
    Cause {
        name: "boundary_denies",
        steps: ANY,
        sign: "`AccessDenied` because of a permissions boundary",
        when: |seen| by(seen, By::Boundary),
        means: "The role's permissions boundary does not allow {action} on {resource}.",
        fix: "Widen the boundary in IAM, at the bottom of the role's `Permissions` tab, or take it off.",
        document: None,
    },
    Cause {
        name: "organization_denies",
        steps: ANY,
        sign: "`AccessDenied` because of a service control policy or resource control policy",
        when: |seen| by(seen, By::Organization),
        means: "A policy of the customer's organization at AWS denies {action}.",
        fix: "Only the administrators of AWS Organizations can change that: show them the request ID.",
        document: None,
    },
    Cause {
        name: "vpc_endpoint_denies",
        steps: ANY,
        sign: "`AccessDenied` because of a VPC endpoint policy",
        when: |seen| by(seen, By::VpcEndpoint),
        means: "The policy of the VPC endpoint that the request came through denies {action}.",
        fix: "Whoever runs that network has to widen the endpoint's policy.",
        document: None,
    },
    Cause {
        name: "not_declared",
        steps: ANY,
        sign: "`AccessDenied` because no session policy allows it",
        when: |seen| by(seen, By::SessionLacks),
        means: "The session may not do {action} on {resource}: it is outside the declared scope or access.",
        fix: "Widen the scope or the access of the integration, and apply the new access policy.",
        document: None,
    },
    Cause {
        name: "bucket_not_permitted",
        steps: &[BucketReachable],
        sign: "Both `s3:GetBucketLocation` and listing are denied",
        when: |seen| seen.fault.is_denied(),
        means: "The role may do nothing with the bucket {bucket}. Most likely its access policy is missing, or is about another bucket.",
        fix: "Open the role in IAM, tab `Permissions`, and make its policy this document. If the name of the bucket is wrong in the integration, change it there.",
        document: Some(DocumentKind::AccessPolicy),
    },
    Cause {
        name: "location_not_permitted",
        steps: &[BucketReachable],
        sign: "`s3:GetBucketLocation` is denied, listing is not",
        when: told,
        means: "The role may not ask for the bucket's region, so that a wrong one is found less easily. Otherwise it works.",
        fix: "Let the access policy allow `s3:GetBucketLocation` on {bucket_arn}, in a statement without a condition on `s3:prefix`.",
        document: Some(DocumentKind::AccessPolicy),
    },
    Cause {
        name: "prefix_form_not_covered",
        steps: &[PrefixListable],
        sign: "Listing `{prefix}/` is denied, listing it without the slash, or names below it, is not; or the other way round",
        when: |seen| seen.signs.other_form_of_prefix,
        means: "The access policy permits listing the prefix in one form, but not in the one that is asked for: its condition on `s3:prefix` lacks a form.",
        fix: "The condition needs all three: `{prefix}`, `{prefix}/` and `{prefix}/*`, as in this document.",
        document: Some(DocumentKind::AccessPolicy),
    },
    Cause {
        name: "prefix_not_covered",
        steps: ANY,
        sign: "Neither listing nor reading below the prefix is permitted, though the role may ask for the bucket's location",
        when: |seen| seen.signs.prefix && seen.signs.nothing_below_prefix && seen.fault.is_denied(),
        means: "The access policy does not cover the prefix `{prefix}`: most likely it names another folder.",
        fix: "Make the role's access policy this document. The prefix is compared letter by letter, capitals and slashes included.",
        document: Some(DocumentKind::AccessPolicy),
    },
    Cause {
        name: "action_not_allowed",
        steps: ANY,
        sign: "`AccessDenied` because no identity-based policy allows it",
        when: |seen| by(seen, By::RoleLacks),
        means: "No policy of the role allows {action} on {resource}.",
        fix: "Add {action} to the role's access policy, as in this document. If it is there already, its `Resource` or `Condition` does not fit.",
        document: Some(DocumentKind::AccessPolicy),
    },
    Cause {
        name: "version_not_permitted",
        steps: &[VersionReadable],
        sign: "`AccessDenied` for a version, while the object itself can be read",
        when: |seen| seen.fault.is_denied(),
        means: "The role may not do {action}, which versions need beside `s3:GetObject` and `s3:ListBucket`.",
        fix: "Apply this access policy, which has `s3:ListBucketVersions` on the bucket and `s3:GetObjectVersion` on its objects.",
        document: Some(DocumentKind::AccessPolicy),
    },
    Cause {
        name: "url_denied",
        steps: &[PresignedUrlLoads, BrowserCorsAllowed],
        sign: "`AccessDenied` for a presigned URL, while the service itself may read the object",
        when: |seen| seen.fault.is_denied(),
        means: "The object can be read by the service's own requests, but not by a presigned URL: a policy treats requests without the `Authorization` header, or from other addresses, differently.",
        fix: "Look at the bucket policy for conditions on `s3:authType`, `s3:signatureAge`, `aws:SourceIp`, `aws:SourceVpce` or `aws:SecureTransport`.",
        document: None,
    },
    Cause {
        name: "access_denied",
        steps: ANY,
        sign: "`AccessDenied` without a reason",
        when: |seen| seen.fault.is_denied(),
        means: "S3 refused {action} on {resource}, and does not say which policy is to blame.",
        fix: "Compare the role's access policy with this document. If they agree, look for a `Deny` in the bucket policy, a permissions boundary, or a policy of the organization.",
        document: Some(DocumentKind::AccessPolicy),
    },
    // Objects.
    Cause {
        name: "object_gone",
        steps: ANY,
        sign: "`NoSuchKey` for an object that was listed or named",
        when: |seen| code(seen, &["NoSuchKey", "NoSuchVersion"]),
        means: "The object `{key}` does not exist (any more).",
        fix: "Name another object, or check again.",
        document: None,
    },
    Cause {
        name: "object_archived",
        steps: ANY,
        sign: "`InvalidObjectState`",
        when: |seen| code(seen, &["InvalidObjectState"]),
        means: "The object `{key}` is archived (Glacier), and has to be restored before it can be read.",
        fix: "Restore it in the S3 console, or name another object.",
        document: None,
    },
    Cause {
        name: "old_urls_refused",
        steps: &[PresignedUrlLoads],
        sign: "A URL that was signed just now loads, and one as old as those that are handed out does not",
        when: told,
        means: "The bucket denies URLs that were signed {signature_age} seconds ago (a condition on `s3:signatureAge`), and the integration hands out the same URL for that long so that browsers can cache.",
        fix: "Set `stable_urls` to false: every URL is then signed when it is asked for.",
        document: None,
    },
    Cause {
        name: "range_ignored",
        steps: &[PresignedUrlLoads],
        sign: "A range was asked for, and the whole came",
        when: told,
        means: "The store sends whole objects when a part is asked for: videos cannot be sought in, and large tables open slowly.",
        fix: "Look for a proxy in front of the store that drops the `Range` header.",
        document: None,
    },
    // The browser.
    Cause {
        name: "cors_missing",
        steps: &[BrowserCorsAllowed],
        sign: "The preflight is refused: CORS is not enabled for the bucket",
        when: told,
        means: "The bucket has no CORS configuration, so that pages can show its files but not read them.",
        fix: "Open the bucket's `Permissions` tab, and paste this under `Cross-origin resource sharing (CORS)`. Where nobody may do that, set the integration's `delivery` to `proxy`.",
        document: Some(DocumentKind::Cors),
    },
    Cause {
        name: "cors_origin_not_allowed",
        steps: &[BrowserCorsAllowed],
        sign: "The plainest preflight is refused as well",
        when: told,
        means: "The bucket's CORS configuration does not name the page {origin}.",
        fix: "Add this rule to those that are there, or {origin} to the `AllowedOrigins` of one: scheme, host and port exactly so, without a slash at the end.",
        document: Some(DocumentKind::Cors),
    },
    Cause {
        name: "cors_method_not_allowed",
        steps: &[BrowserCorsAllowed],
        sign: "A preflight for GET is permitted, and one for {method} is not",
        when: told,
        means: "The bucket's CORS configuration permits the page {origin} some methods, but not {method}.",
        fix: "Add {method} to `AllowedMethods`, as in this document.",
        document: Some(DocumentKind::Cors),
    },
    Cause {
        name: "cors_headers_not_allowed",
        steps: &[BrowserCorsAllowed],
        sign: "A preflight without request headers is permitted, and one with `range` or `content-type` is not",
        when: told,
        means: "The bucket's CORS configuration does not let pages send the header {header} with {method}: reading needs `Range`, for videos, PDFs and tables; writing needs `Content-Type`.",
        fix: "Set `AllowedHeaders` to `*`, as in this document.",
        document: Some(DocumentKind::Cors),
    },
    Cause {
        name: "cors_headers_not_exposed",
        steps: &[BrowserCorsAllowed],
        sign: "The answer's `Access-Control-Expose-Headers` lacks some",
        when: told,
        means: "Pages may read the files, but not see {missing_headers}: large tables and videos need them.",
        fix: "Add them to `ExposeHeaders`, as in this document.",
        document: Some(DocumentKind::Cors),
    },
    Cause {
        name: "cors_answer_lacks_headers",
        steps: &[BrowserCorsAllowed],
        sign: "The preflight is permitted, and the answer to the GET has no `Access-Control-Allow-Origin`",
        when: told,
        means: "The preflight is permitted, but the file itself comes without `Access-Control-Allow-Origin`, so that browsers keep it from the page.",
        fix: "Look for a proxy or cache in front of the store that drops the header or ignores `Vary: Origin`.",
        document: Some(DocumentKind::Cors),
    },
    // The rest.
    Cause {
        name: "scope_not_enforced",
        steps: &[ScopeEnforced],
        sign: "A request outside the scope was not denied",
        when: told,
        means: "The session reached {resource}, which is outside what is declared: the store does not enforce session policies.",
        fix: "With AWS this does not happen. With another store: give the role itself no more than this access policy.",
        document: Some(DocumentKind::AccessPolicy),
    },
    Cause {
        name: "scope_open_to_everybody",
        steps: &[ScopeEnforced],
        sign: "A request outside the scope was not denied, nor is it to somebody without credentials",
        when: told,
        means: "Everybody can reach {resource}, without any credentials: the bucket itself is open, so that no policy of a role or session can narrow that.",
        fix: "If that is meant, nothing is to be done. Otherwise look for `Principal: *` in the bucket policy, and turn on `Block all public access` on the bucket's `Permissions` tab.",
        document: None,
    },
    Cause {
        name: "clock_differs",
        steps: &[ClockInSync],
        sign: "The `Date` of answers differs from the service's clock by more than a minute",
        when: told,
        means: "The service's clock is {clock_difference}. AWS forgives 15 minutes.",
        fix: "This is for the operator to mend: set the clock of the service's machine by NTP.",
        document: None,
    },
    Cause {
        name: "canary_left",
        steps: &[CleanupDone],
        sign: "A canary could not be removed",
        when: told,
        means: "The file `{key}`, which a check wrote, could not be removed.",
        fix: "Delete it by hand, or let the role delete again: the next check then removes it.",
        document: None,
    },
    Cause {
        name: "region_missing",
        steps: &[RegionMatches],
        sign: "The draft has no region yet",
        when: told,
        means: "The bucket's region is not set yet.",
        fix: "Set `region` to the bucket's: {found_region}.",
        document: None,
    },
    Cause {
        name: "s3_refused",
        steps: ANY,
        sign: "Any other refusal",
        when: |_| true,
        means: "S3 refused {action}.",
        fix: "Look up AWS's error code, and quote the request ID to the store's support.",
        document: None,
    },
];

/// The likely cause of what was seen.
pub fn diagnose(seen: &Seen<'_>) -> &'static Cause {
    let fits = |cause: &&Cause| (cause.steps.is_empty() || cause.steps.contains(&seen.step)) && (cause.when)(seen);
    // The last row fits everything.
    CAUSES.iter().find(fits).unwrap_or(&CAUSES[CAUSES.len() - 1])
}

/// The cause of that name.
pub fn named(name: &str) -> &'static Cause {
    CAUSES.iter().find(|cause| cause.name == name).unwrap_or(&CAUSES[CAUSES.len() - 1])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use StepName::ObjectReadable;

    #[test]
    fn every_cause_is_told_once_and_says_what_to_do() {
        let mut names = HashSet::new();
        for cause in CAUSES {
            assert!(names.insert(cause.name), "{}", cause.name);
            assert!(cause.means.ends_with('.') && cause.fix.ends_with('.'), "{}", cause.name);
        }
    }

    fn seen(step: StepName, status: u16, code: &str, message: &str, signs: Signs) -> &'static str {
        let kind = FaultKind::Refused;
        let fault = Fault {
            status,
            code: Some(code.into()),
            message: Some(message.into()),
            ..Fault::silent("s3:GetObject", kind)
        };
        diagnose(&Seen { step, fault: &fault, denial: &Denial::read(message), signs }).name
    }

    #[test]
    fn the_special_is_told_from_the_general() {
        let plain = Signs::default();
        let paying = Signs { paying_helps: true, ..plain };
        let below = Signs { prefix: true, nothing_below_prefix: true, ..plain };
        let denied = "User: u is not authorized to perform: s3:GetObject on resource: \"r\" ";
        let kms = "User: u is not authorized to perform: kms:Decrypt on resource: k ";
        for (step, code, message, signs, expected) in [
            (RoleAssumable, "AccessDenied", "not authorized", plain, "role_refuses_platform"),
            (
                RoleAssumable,
                "AccessDenied",
                "because no identity-based policy allows the sts:AssumeRole action",
                plain,
                "platform_may_not_assume",
            ),
            (RoleAssumable, "SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2", plain, "clock_skew"),
            (
                RoleAssumable,
                "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration",
                plain,
                "session_too_long",
            ),
            (
                RoleAssumable,
                "ValidationError",
                "DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
                plain,
                "chained_session_too_long",
            ),
            (ObjectReadable, "AccessDenied", "Access Denied", plain, "access_denied"),
            (ObjectReadable, "AccessDenied", "Access Denied", paying, "requester_pays"),
            (ObjectReadable, "AccessDenied", "Access Denied", below, "prefix_not_covered"),
            (VersionReadable, "AccessDenied", "Access Denied", plain, "version_not_permitted"),
            (BucketReachable, "AccessDenied", "Access Denied", plain, "bucket_not_permitted"),
            (BucketReachable, "NoSuchBucket", "", plain, "no_such_bucket"),
            (PresignedUrlLoads, "AccessDenied", "Access Denied", plain, "url_denied"),
            (ObjectReadable, "Odd", "", plain, "s3_refused"),
        ] {
            assert_eq!(seen(step, 403, code, message, signs), expected, "{message}");
        }
        for (end, expected) in [
            ("because no identity-based policy allows the action", "action_not_allowed"),
            ("with an explicit deny in a resource-based policy", "bucket_policy_denies"),
            ("with an explicit deny in a service control policy", "organization_denies"),
            ("because no permissions boundary allows the action", "boundary_denies"),
        ] {
            assert_eq!(seen(ObjectReadable, 403, "AccessDenied", &format!("{denied}{end}"), plain), expected);
        }
        for (end, expected) in [
            ("because no identity-based policy allows the action", "kms_not_allowed"),
            ("because no session policy allows the action", "kms_key_not_declared"),
            ("because no resource-based policy allows the action", "kms_key_denies"),
        ] {
            assert_eq!(seen(ObjectReadable, 403, "AccessDenied", &format!("{kms}{end}"), plain), expected);
        }
    }
}
