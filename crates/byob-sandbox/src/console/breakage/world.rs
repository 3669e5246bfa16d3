//! Breaking AWS itself: services that misbehave, and a clock that is wrong.

use time::Duration;

use crate::{
    Sandbox,
    state::{Fault, Faults},
};

/// Something that can be switched on and off.
pub struct Switch {
    /// Switches it.
    pub set: fn(&Sandbox, bool),
    /// Whether it is on.
    pub is_set: fn(&Sandbox) -> bool,
}

/// How long IAM's changes take while they are slow, in seconds.
const DELAY: u32 = 30;
/// How late slow answers are, in milliseconds.
const LATE: u32 = 5_000;
/// How far the clock is moved: beyond the fifteen minutes that AWS forgives.
const AHEAD: Duration = Duration::minutes(20);

/// IAM's changes spread slowly.
pub const IAM_DELAY: Switch = Switch {
    set: |sandbox, on| sandbox.faults().iam_delay_seconds = if on { DELAY } else { 0 },
    is_set: |sandbox| sandbox.faults().iam_delay_seconds > 0,
};

/// STS answers that there were too many requests.
pub const STS_THROTTLES: Switch = Switch {
    set: |sandbox, on| sandbox.faults().sts = on.then_some(Fault::Throttle { times: None }),
    is_set: |sandbox| matches!(sandbox.faults().sts, Some(Fault::Throttle { .. })),
};

/// STS answers with internal errors.
pub const STS_FAILS: Switch = Switch {
    set: |sandbox, on| sandbox.faults().sts = on.then_some(Fault::Fail { times: None }),
    is_set: |sandbox| matches!(sandbox.faults().sts, Some(Fault::Fail { .. })),
};

/// STS answers late.
pub const STS_IS_SLOW: Switch = Switch {
    set: |sandbox, on| sandbox.faults().sts = on.then_some(Fault::Slow { milliseconds: LATE, times: None }),
    is_set: |sandbox| matches!(sandbox.faults().sts, Some(Fault::Slow { .. })),
};

/// S3 asks to slow down.
pub const S3_THROTTLES: Switch = Switch {
    set: |sandbox, on| sandbox.faults().s3 = on.then_some(Fault::Throttle { times: None }),
    is_set: |sandbox| matches!(sandbox.faults().s3, Some(Fault::Throttle { .. })),
};

/// The sandbox's clock is ahead.
pub const CLOCK_AHEAD: Switch = Switch {
    set: |sandbox, on| sandbox.clock().set_ahead(if on { AHEAD } else { Duration::ZERO }),
    is_set: |sandbox| sandbox.clock().ahead() == AHEAD,
};

/// Everything is well again.
pub fn mend(sandbox: &Sandbox) {
    *sandbox.faults() = Faults::default();
    sandbox.clock().set_ahead(Duration::ZERO);
}
