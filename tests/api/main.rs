//! The API, called over HTTP by everybody who may come.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: where they cannot go on, the test has failed"
)]

mod access_keys;
mod audit;
mod bad_input;
mod checks;
mod documents;
mod drafts;
mod health;
mod integrations;
mod log;
mod objects;
mod organizations;
mod ownership;
mod platform;
mod policies;
mod principals;
mod problems;
mod reach;
mod resolve;
mod routes;
mod scopes;
mod tokens;
mod unreadable;
