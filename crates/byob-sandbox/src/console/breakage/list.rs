//! All mistakes that the page offers.

use super::{Act, Mishap, bucket, role, world};

/// In the order of the page.
pub const ALL: &[Mishap] = &[
    Mishap {
        name: "no-external-id",
        title: "Forget the external ID",
        does: "Takes the condition on sts:ExternalId out of the role’s trust policy. Any customer of the platform could now name this role.",
        says: "external-id-required and external-id-enforced fail: the role can be assumed without its external ID. From this check on BYOB does not use the role, \
               until another check finds it mended.",
        act: Act::Trust(role::forget_external_id),
    },
    Mishap {
        name: "wrong-external-id",
        title: "Paste an old external ID",
        does: "Replaces the external ID in the trust policy by another one.",
        says: "role-assumable fails: AWS denies sts:AssumeRole. It does not say why, so the check names what it may be, the external ID among it, and shows the \
               trust policy as it should be.",
        act: Act::Trust(role::change_external_id),
    },
    Mishap {
        name: "other-principal",
        title: "Trust somebody else",
        does: "Replaces the principal in the trust policy by the customer’s own account.",
        says: "role-assumable fails: AWS denies sts:AssumeRole. It does not say why, so the check names what it may be, the principal among it, and shows the \
               trust policy as it should be.",
        act: Act::Trust(role::trust_another),
    },
    Mishap {
        name: "short-sessions",
        title: "Shorten sessions",
        does: "Sets the role’s maximum session duration to one hour, the shortest that AWS takes.",
        says: "role-assumable fails where the connection asks for longer sessions: DurationSeconds exceeds what the role allows.",
        act: Act::Session,
    },
    Mishap {
        name: "no-get-object",
        title: "Forget s3:GetObject",
        does: "Takes every permission that includes s3:GetObject away from the role.",
        says: "object-readable fails: no policy of the role allows s3:GetObject. Listing goes on.",
        act: Act::Permissions(|statements| role::take_away(statements, "s3:GetObject")),
    },
    Mishap {
        name: "no-list-bucket",
        title: "Forget s3:ListBucket",
        does: "Takes every permission that includes s3:ListBucket away from the role.",
        says: "prefix-listable fails, and missing files look denied: without s3:ListBucket, S3 answers 403 in place of 404.",
        act: Act::Permissions(|statements| role::take_away(statements, "s3:ListBucket")),
    },
    Mishap {
        name: "no-kms-decrypt",
        title: "Forget kms:Decrypt",
        does: "Takes every permission that includes kms:Decrypt away from the role.",
        says: "encrypted-object-readable fails: objects that are encrypted with a KMS key cannot be read.",
        act: Act::Permissions(|statements| role::take_away(statements, "kms:Decrypt")),
    },
    Mishap {
        name: "wrong-bucket",
        title: "Name another bucket",
        does: "Adds “-old” to the bucket’s name in the role’s policies.",
        says: "bucket-reachable fails: the access policy is about another bucket.",
        act: Act::Permissions(|statements| role::name_another_bucket(statements)),
    },
    Mishap {
        name: "wrong-prefix",
        title: "Misspell the prefix",
        does: "Adds a letter to the folder in the role’s policies; where they are about the whole bucket, narrows them to a folder.",
        says: "object-readable fails, and prefix-listable too where listing is limited to the prefix.",
        act: Act::Permissions(|statements| role::misspell_prefix(statements)),
    },
    Mishap {
        name: "no-cors",
        title: "Delete the CORS configuration",
        does: "Browsers may no longer read the bucket’s files from pages of BYOB.",
        says: "browser-cors-allowed fails: the preflight is refused. Programs go on reading.",
        act: Act::Cors(bucket::forget_cors),
    },
    Mishap {
        name: "other-origin",
        title: "Allow another website",
        does: "Replaces the origins in the CORS configuration by https://elsewhere.example.",
        says: "browser-cors-allowed fails: the bucket’s rules do not name the console’s origin.",
        act: Act::Cors(bucket::allow_another_origin),
    },
    Mishap {
        name: "nothing-exposed",
        title: "Expose no headers",
        does: "Removes ExposeHeaders from the CORS configuration.",
        says: "browser-cors-allowed warns: scripts cannot see Content-Range and ETag, so that large tables do not open.",
        act: Act::Cors(bucket::expose_nothing),
    },
    Mishap {
        name: "bucket-policy-denies",
        title: "Deny by bucket policy",
        does: "Adds a statement to the bucket policy that denies the role s3:GetObject.",
        says: "object-readable fails: an explicit deny in the bucket policy, which no policy of the role can outweigh.",
        act: Act::Policy(bucket::deny_role),
    },
    Mishap {
        name: "office-only",
        title: "Let in the office only",
        does: "Adds a statement to the bucket policy that denies s3:GetObject to all addresses but 203.0.113.0/24.",
        says: "object-readable fails: an explicit deny in the bucket policy. Whoever opens a URL comes from another address.",
        act: Act::Policy(bucket::office_only),
    },
    Mishap {
        name: "young-signatures-only",
        title: "Deny old signatures",
        does: "Adds a statement to the bucket policy that denies s3:GetObject when the signature is older than a minute (s3:signatureAge).",
        says: "presigned-url-loads fails for URLs that stay the same for a while, and proposes to turn that off for this connection.",
        act: Act::Policy(bucket::young_signatures_only),
    },
    Mishap {
        name: "iam-delay",
        title: "Let IAM be slow",
        does: "Changes to roles and policies take effect after 30 seconds, as they may at AWS.",
        says: "Nothing, until you change something. Forget s3:GetObject, and check at once: all is well. After 30 seconds the check finds it. Undo that, and \
               check with --wait 60: what is still denied is tried again until the change has arrived.",
        act: Act::World(world::IAM_DELAY),
    },
    Mishap {
        name: "sts-throttles",
        title: "Let STS throttle",
        does: "STS answers every request with Throttling.",
        says: "platform-identity-known is undecided, not failed, what needs it is skipped, and the check ends inconclusive. Sessions that are still valid go on \
               being used.",
        act: Act::World(world::STS_THROTTLES),
    },
    Mishap {
        name: "sts-fails",
        title: "Let STS fail",
        does: "STS answers every request with an internal error.",
        says: "platform-identity-known is undecided, not failed, what needs it is skipped, and the check ends inconclusive. Sessions that are still valid go on \
               being used.",
        act: Act::World(world::STS_FAILS),
    },
    Mishap {
        name: "sts-slow",
        title: "Let STS be slow",
        does: "STS answers after five seconds.",
        says: "Each request to STS takes five seconds. external-id-enforced makes more than one and waits ten seconds at most, so it is undecided, what needs it \
               is skipped, and the check ends inconclusive. Files load as before while the session lasts.",
        act: Act::World(world::STS_IS_SLOW),
    },
    Mishap {
        name: "s3-throttles",
        title: "Let S3 ask to slow down",
        does: "S3 answers every request with SlowDown.",
        says: "bucket-reachable is undecided, what needs it is skipped, and the check ends inconclusive. URLs are still signed: that takes no request.",
        act: Act::World(world::S3_THROTTLES),
    },
    Mishap {
        name: "clock-ahead",
        title: "Move the clock",
        does: "The sandbox’s clock goes 20 minutes ahead. AWS forgives 15.",
        says: "clock-in-sync fails: the service’s clock is 20 minutes behind. The other steps pass, for the service learns from the first refusal. It has to learn \
               again when this is undone, so the next check may fail once.",
        act: Act::World(world::CLOCK_AHEAD),
    },
];
