//! About the clock.

use byob_core::check::{report::Outcome::Warned, steps::StepName::*};

use super::{Mistake, PLAIN};

pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "the clock is twenty minutes off",
        act: |c| c.aws.sandbox.clock().set_ahead(time::Duration::minutes(20)),
        step: ClockInSync,
        cause: "clock_differs",
        ..PLAIN
    },
    Mistake {
        name: "the clock is five minutes off",
        act: |c| c.aws.sandbox.clock().set_ahead(time::Duration::minutes(-5)),
        step: ClockInSync,
        outcome: Warned,
        cause: "clock_differs",
        ..PLAIN
    },
];
