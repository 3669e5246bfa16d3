//! Accounts: people who sign in to the console with an e-mail address and a password.
//!
//! Nothing is ever mailed, so an address proves nothing. Somebody belongs to an organization because they opened a link that one of its
//! admins gave them, not because an account has the address that the admin typed.

mod links;
mod passwords;
mod sign_in;

use byob_aws::Invalid;

pub(super) use self::links::INVITATION_LIFE;
pub use self::{
    links::{Invitation, Invited},
    sign_in::NewSignIn,
};
use super::Role;
use crate::{
    audit::By,
    error::{Error, Result},
    id::{AccountId, MemberId, OrganizationId},
    store::MembershipRow,
};

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Their ID.
    pub id: AccountId,
    /// Unique on the platform.
    pub email: String,
    /// Whether they run the platform.
    pub is_operator: bool,
}

/// An organization that somebody is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The organization.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// Who they are in it.
    pub member: MemberId,
    /// What they may do there.
    pub role: Role,
}

/// Who is signed in, and where they belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub account: Account,
    /// By the organizations' names.
    pub memberships: Vec<Membership>,
}

impl SignedIn {
    /// Their membership of an organization. One that they are not in does not exist for them.
    pub fn membership(&self, organization: &str) -> Result<&Membership> {
        let found = self.memberships.iter().find(|membership| membership.organization.as_str() == organization);
        found.ok_or_else(|| Error::not_found("organization"))
    }
}

/// The account's owner, as the member that they are in each of their organizations.
pub(super) fn themselves(email: &str, request_id: Option<&str>) -> impl Fn(&MembershipRow) -> By {
    move |membership| By::member(&MemberId::from_text(&membership.member_id), email).at(request_id.map(str::to_owned))
}

pub(super) fn wrong_for(email: &str) -> Invalid {
    let detail = format!("That is not the password of `{email}`, who has an account here.");
    Invalid::new(
        "wrong_password",
        detail,
        "Use the password that you sign in with. Anyone who has lost it asks whoever runs this service.",
    )
}
