//! IAM: who there is in an account, and what they may do.
//!
//! The files beside this one hold the rules, as plain functions on [`Iam`] that the console uses, too; [`api`] speaks IAM's protocol.
//! Sentences and codes are those of <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html> and, where that says
//! nothing, those that people quote from AWS.

pub mod access_keys;
mod api;
pub mod documents;
pub mod identities;
pub mod names;
pub mod policies;
pub mod roles;
#[cfg(test)]
pub mod testing;
pub mod users;

pub use api::SERVICE;

use crate::{
    refusal::Refusal,
    state::{Account, Iam},
};

/// The most tags that anything can have.
const MOST_TAGS: usize = 50;

/// An account that somebody's credentials belong to.
fn account<'a>(iam: &'a Iam, id: &str) -> Result<&'a Account, Refusal> {
    iam.accounts.get(id).ok_or_else(|| no_such_entity(format!("The account {id} cannot be found.")))
}

/// The same, to be changed.
fn account_mut<'a>(iam: &'a mut Iam, id: &str) -> Result<&'a mut Account, Refusal> {
    iam.accounts.get_mut(id).ok_or_else(|| no_such_entity(format!("The account {id} cannot be found.")))
}

/// There is nothing of that name.
fn no_such_entity(message: impl Into<String>) -> Refusal {
    Refusal::new(404, "NoSuchEntity", message)
}

/// There is one of that name already.
fn already_exists(message: impl Into<String>) -> Refusal {
    Refusal::new(409, "EntityAlreadyExists", message)
}

/// Something that depends on it has to go first.
fn delete_conflict(message: impl Into<String>) -> Refusal {
    Refusal::new(409, "DeleteConflict", message)
}

/// One more would be too many.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
fn limit_exceeded(message: impl Into<String>) -> Refusal {
    Refusal::new(409, "LimitExceeded", message)
}
