//! The connection check, against an AWS that enforces.

mod deputy;
pub mod given;
mod healthy;
