//! From what was seen to the likely cause and its mend: one table, from which the reference is written.
//!
//! The first row whose step and sign fit is the cause, so the special stand before the general. Words in braces are filled in with the
//! facts of the integration.

mod answer;
mod browser;
mod bucket;
mod denied;
mod kms;
mod last;
mod object;
mod platform;
mod role;
mod seen;

pub use self::seen::{Seen, Signs};
use super::{
    report::DocumentKind,
    steps::StepName::{self, ExternalIdEnforced, ExternalIdRequired, PlatformIdentityKnown, RoleAssumable},
};

/// A likely cause.
#[derive(Debug, Clone, Copy)]
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

const STS: &[StepName] = &[PlatformIdentityKnown, RoleAssumable, ExternalIdRequired, ExternalIdEnforced];
const ASSUME: &[StepName] = &[RoleAssumable];
const PROOF: &[StepName] = &[ExternalIdRequired, ExternalIdEnforced];
const ANY: &[StepName] = &[];

/// The parts of the table, in the order in which their rows are tried.
const PARTS: [&[Cause]; 9] = [
    answer::ROWS,
    platform::ROWS,
    role::ROWS,
    bucket::ROWS,
    kms::ROWS,
    denied::ROWS,
    object::ROWS,
    browser::ROWS,
    last::ROWS,
];

/// All causes: the one table.
pub const CAUSES: &[Cause] = &joined();

/// The standard library joins no slices in constants.
const fn joined() -> [Cause; COUNT] {
    let mut all = [PARTS[0][0]; COUNT];
    let (mut next, mut part) = (0, 0);
    while part < PARTS.len() {
        let mut row = 0;
        while row < PARTS[part].len() {
            all[next] = PARTS[part][row];
            (next, row) = (next + 1, row + 1);
        }
        part += 1;
    }
    all
}

const COUNT: usize = {
    let (mut count, mut part) = (0, 0);
    while part < PARTS.len() {
        (count, part) = (count + PARTS[part].len(), part + 1);
    }
    count
};

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
    use crate::{
        aws_io::fault::{Fault, FaultKind},
        check::{
            denial::Denial,
            steps::StepName::{BucketReachable, ObjectReadable, PresignedUrlLoads, VersionReadable},
        },
    };

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
