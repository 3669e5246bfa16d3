//! What the tests of this package share. The tests themselves are in `architecture.rs`, `contract/` and `api/`.
//!
//! | to | use |
//! |---|---|
//! | run the service, twice over one database, or again | [`Service`] |
//! | call it as somebody | [`Actor`], [`Client`] |
//! | make, count, break and hold AWS's answers | [`Sts`] |
//! | answer requests to a bucket | [`S3`] |
//! | describe a bucket to connect | [`given`] |
//! | read a presigned URL | [`Presigned`] |
//! | have many callers at once | [`Crowd`] |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "this is code of tests: where it cannot go on, the test has failed"
)]

mod actor;
mod client;
mod crowd;
mod database;
pub mod given;
mod postgres;
mod presigned;
pub mod s3;
mod service;
mod sts;

pub use self::{
    actor::Actor,
    client::{Client, Reply},
    crowd::{Crowd, patiently},
    database::Database,
    presigned::Presigned,
    s3::S3,
    service::{PLATFORM_SECRET, Service, Setup},
    sts::{Answer, AssumeRole, Gate, Issued, Sts},
};
