//! Who calls.

/// Everybody who may come: without a token, or with one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Shows no token.
    Anonymous,
    /// Opens files of the organization.
    Viewer,
    /// Works with files of the organization.
    Member,
    /// Manages the organization.
    Admin,
    /// Manages another organization.
    OtherOrganization,
    /// Runs the platform.
    Operator,
}

impl Actor {
    /// Everybody, in the order of the columns in the table of routes.
    pub const ALL: [Self; 6] =
        [Self::Anonymous, Self::Viewer, Self::Member, Self::Admin, Self::OtherOrganization, Self::Operator];
}
