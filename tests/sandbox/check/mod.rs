//! The connection check, against an AWS that enforces.

mod deputy;
mod given;
mod health;
mod healthy;
