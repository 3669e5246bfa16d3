//! The connection check, against an AWS that enforces.

mod changes;
mod customer;
mod deputy;
pub mod given;
mod health;
mod healthy;
mod matrix;
mod several_buckets;
mod surroundings;
mod unlisted;
