//! The only place that talks to AWS.

pub mod endpoint;
pub mod guard;
pub mod platform;
pub mod s3;
pub mod sts;

use std::error::Error;

/// The first error of this type among the causes.
fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |error| (**error).source()).find_map(|error| error.downcast_ref())
}
