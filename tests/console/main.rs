//! The console over HTTP, as a browser without scripts sees it. What needs a browser is in `tests/browser`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: where they cannot go on, the test has failed"
)]

mod account;
mod audit;
mod connect;
mod files;
mod guard;
mod integrations;
mod invitations;
mod kept;
mod members;
mod operator;
mod organization;
mod search;
mod sign_in;
mod tokens;
mod visitor;
