//! Whether AWS, or another store, answers at all.

use super::{
    ANY, Cause,
    seen::{code, says},
};
use crate::{aws_io::fault::FaultKind, check::steps::StepName::PresignedUrlLoads};

/// In the order in which they are tried.
pub const ROWS: &[Cause] = &[
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
        name: "url_expired",
        steps: &[PresignedUrlLoads],
        sign: "`AccessDenied` with `Request has expired` for a URL that was signed a moment ago",
        when: |seen| says(seen, &["request has expired"]),
        means: "S3 calls a URL expired that was signed a moment ago: the service's clock and the store's differ.",
        fix: "Compare the clocks; the step `clock-in-sync` says by how much they differ.",
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
];
