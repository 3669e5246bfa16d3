//! What the operator sees of the platform: what it is and how it does, counted over all organizations. Nothing of it shows a customer's files or
//! settings.

mod health;
mod operators;
mod platform;

pub use self::{
    health::{PlatformHealth, Unwell},
    platform::{Identity, OfferedPrincipal, PlatformFacts},
};
