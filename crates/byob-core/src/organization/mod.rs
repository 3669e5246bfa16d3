//! Organizations, their members, and who may do what.

pub mod accounts;
pub(crate) mod attempts;
pub mod members;
pub mod organizations;
pub mod own;
pub mod reach;
pub mod tokens;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::reach::Reach;

/// What an actor may do. Each role may do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Opens files: resolves locators.
    Viewer,
    /// Works with files.
    Member,
    /// Connects buckets and manages the organization.
    Admin,
}

impl Role {
    /// As in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Viewer, Self::Member, Self::Admin].into_iter().find(|role| role.as_str() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
