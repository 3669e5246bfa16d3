//! What can be done.

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $name:literal,)+) => {
        /// What was done. The names are stable; what stands before the dot is the kind of thing that it was done to.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action {
            $($(#[$doc])* $action,)+
        }

        impl Action {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$action),+];

            /// As in the API and the database.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$action => $name,)+
                }
            }
        }
    };
}

actions! {
    /// The operator made the organization, with its first admin.
    OrganizationCreated = "organization.created",
    /// It has another name.
    OrganizationRenamed = "organization.renamed",
    /// An admin added somebody, who has yet to open the link.
    MemberInvited = "member.invited",
    /// Somebody made a link for them: to join, or to set a new password.
    MemberLinkMade = "member.link_made",
    /// They opened the link.
    MemberJoined = "member.joined",
    /// Their role is another one.
    MemberRoleChanged = "member.role_changed",
    /// They are out, with their tokens, or have left.
    MemberRemoved = "member.removed",
    /// They signed in to the console.
    MemberSignedIn = "member.signed_in",
    /// Somebody gave their address and a wrong password; told once an hour at most.
    MemberSignInFailed = "member.sign_in_failed",
    /// They set a new password, with the one before or by a link of the operator's.
    MemberPasswordSet = "member.password_set",
    /// Somebody made a token.
    TokenCreated = "token.created",
    /// It opens nothing any more.
    TokenRevoked = "token.revoked",
    /// Somebody began to connect a bucket.
    DraftCreated = "draft.created",
    /// Its settings were changed.
    DraftChanged = "draft.changed",
    /// Somebody checked its connection.
    DraftChecked = "draft.checked",
    /// Somebody gave it up.
    DraftDropped = "draft.dropped",
    /// Nobody used it for 30 days, and it was removed another 30 days later.
    DraftExpired = "draft.expired",
    /// It came out of a draft.
    IntegrationSaved = "integration.saved",
    /// Its settings were changed.
    IntegrationChanged = "integration.changed",
    /// It serves files again.
    IntegrationTurnedOn = "integration.turned_on",
    /// It serves no files any more.
    IntegrationTurnedOff = "integration.turned_off",
    /// Somebody checked its connection. Checks on schedule are in its history alone.
    IntegrationChecked = "integration.checked",
    /// It is gone.
    IntegrationRemoved = "integration.removed",
    /// The service made a role of its own account for it, which the customer trusts.
    IntegrationPrincipalRoleMade = "integration.principal_role_made",
    /// The service removed that role.
    IntegrationPrincipalRoleRemoved = "integration.principal_role_removed",
}

impl Action {
    /// The action of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == name)
    }

    /// What kind of thing it is done to.
    pub(super) fn object_kind(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}
