//! Finding the bucket.

use super::{
    ANY, Cause,
    seen::{code, told},
};
use crate::{aws_io::fault::FaultKind, check::steps::StepName::PrefixListable};

/// In the order in which they are tried.
pub const ROWS: &[Cause] = &[
    Cause {
        name: "endpoint_unreachable",
        steps: ANY,
        sign: "No connection",
        when: |seen| seen.fault.kind == FaultKind::Unreachable,
        means: "Nobody answers at {endpoint}.",
        fix: "Check the endpoint URL: scheme, host and port. AWS needs none; every other store does, also one that only behaves like AWS. If the store is up, a firewall may keep the service away.",
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
        name: "bucket_in_another_region",
        steps: &[PrefixListable],
        sign: "S3 says so of another bucket of the list than the first",
        when: told,
        means: "The bucket {bucket} lies in another region than the first of the list. An integration has one region.",
        fix: "Take {bucket} out of this integration, and connect it with one of its own, with the region {found_region}.",
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
];
