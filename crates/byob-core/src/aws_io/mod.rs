//! The only place that talks to AWS.

pub mod endpoint;
pub mod guard;
pub mod platform;
pub mod sts;
