//! The REST API, one file for each resource.

pub mod audit;
pub mod checks;
pub mod compact;
pub mod diagnose;
pub mod drafts;
pub mod events;
pub mod files;
pub mod history;
pub mod integrations;
pub mod members;
pub mod objects;
pub mod operations;
pub mod organization;
pub mod organizations;
pub mod platform;
pub mod policies;
pub mod resolve;
pub mod tokens;

use byob_core::runtime::from_millis;
use time::OffsetDateTime;

/// A time of the database.
fn time_of(millis: i64) -> OffsetDateTime {
    from_millis(millis)
}
