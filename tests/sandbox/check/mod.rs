//! The connection check, against an AWS that enforces.

mod customer;
mod deputy;
pub mod given;
mod healthy;
mod matrix;
mod surroundings;
