//! Whether the service's clock agrees with AWS's.

use super::{judged::Judged, run::Run};

/// Seconds. Answers may take a while to arrive.
const FINE: i64 = 60;

/// AWS forgives fifteen minutes, in seconds.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html> (`RequestTimeTooSkewed`).
const FORGIVEN: i64 = 15 * 60;

impl Run<'_> {
    pub(super) fn clock_in_sync(&mut self) -> Judged {
        let Some(ahead) = self.witness.ahead() else {
            return Judged::skipped("Nobody answered with a date.");
        };
        let words = match ahead {
            ahead if ahead > 0 => format!("{ahead} seconds behind"),
            ahead => format!("{} seconds ahead", -ahead),
        };
        let facts = self.facts.clone().with("clock_difference", &words);
        let detail = format!("The service's clock is {words}.");
        match ahead.abs() {
            0..=FINE => Judged::passed("The clocks agree to within a minute."),
            61..=FORGIVEN => Judged::warned("clock_differs", facts, detail),
            _ => Judged::failed("clock_differs", facts, detail),
        }
    }
}
