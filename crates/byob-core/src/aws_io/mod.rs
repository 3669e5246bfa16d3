//! The only place that talks to AWS.

pub mod endpoint;
pub mod fault;
pub mod guard;
pub mod iam;
pub mod platform;
pub mod refusal;
pub mod s3;
pub mod sts;
pub mod web;
pub mod witness;

use std::{error::Error, time::Duration};

use aws_smithy_types::timeout::TimeoutConfig;

/// How long AWS, or whoever stands in its place, may take. Shorter than the lease under which a session is asked for.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(8))
        .operation_timeout(Duration::from_secs(10))
        .build()
}

/// The first error of this type among the causes.
fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |error| (**error).source()).find_map(|error| error.downcast_ref())
}
