//! What the last steps tell, and whatever no other row fits.

use super::{ANY, Cause, seen::told};
use crate::check::{
    report::DocumentKind,
    steps::StepName::{CleanupDone, ClockInSync, RegionMatches, ScopeEnforced},
};

/// In the order in which they are tried.
pub const ROWS: &[Cause] = &[
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
