//! The service against the sandbox, and the sandbox against hostile requests. What needs other people's clients is in `tests/interop`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "helpers of tests: where they cannot go on, the test has failed, and nothing runs beside them"
)]

mod aws;
mod check;
mod faults;
mod folder;
mod hostile;
mod principals;
mod proxy;
mod roles;
mod tables;
mod why;
