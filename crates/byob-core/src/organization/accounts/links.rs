//! Links that work once: to join an organization, to set a new password, to come to run the platform.

use std::fmt;

use secrecy::SecretString;
use serde_json::json;

use super::{NewSignIn, themselves, wrong_for};
use crate::{
    audit::{Action, By},
    core::Core,
    error::{Error, Kind, Result},
    id::{AccountId, MemberId, OrganizationId},
    organization::{organizations::email, tokens::hash},
    store::{Accepting, AccountRow, InvitationRow, NewEntry, OrganizationRow},
};

/// How long a link works, in milliseconds.
pub(in crate::organization) const INVITATION_LIFE: i64 = 7 * 24 * 3600 * 1000;

/// A link that works once.
pub struct Invitation {
    /// What stands in the link; it cannot be shown again.
    pub secret: String,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// What somebody reads who opens a link.
#[derive(Debug, Clone)]
pub struct Invited {
    /// Whose account it is about.
    pub email: String,
    /// The organization to join; none if it is about the account alone.
    pub organization: Option<OrganizationRow>,
    /// Whether there is an account with that address.
    pub has_account: bool,
}

impl Core {
    /// A link about an account alone: to set a new password, or, for somebody new, to come to run the platform.
    pub async fn create_link(&self, by: &By, address: &str, makes_operator: bool) -> Result<Invitation> {
        let email = email(address).map_err(|invalid| Error::field("email", &invalid))?;
        let known = self.store.account_find_by_email(&email).await?;
        if known.is_none() && !makes_operator {
            let detail = format!("There is no account with the address `{email}`.");
            return Err(Error::new(Kind::NotFound, "no_such_account", detail).hint(
                "Members get their first link from an admin of their organization; `--operator` makes an operator.",
            ));
        }
        let entries = match &known {
            Some(account) => self.entries_of_account(account, Action::MemberLinkMade, |_| by.clone()).await?,
            None => Vec::new(),
        };
        let (row, invitation, hash) = self.new_invitation(None, &email, makes_operator);
        self.store.invitation_create(&row, &hash, self.clock.now_millis(), &entries).await?;
        Ok(invitation)
    }

    /// The address that somebody opens with it.
    pub fn link(&self, invitation: &Invitation) -> String {
        format!("{}/join/{}", self.origin(), invitation.secret)
    }

    /// What a link is for.
    pub async fn invited(&self, secret: &str) -> Result<Invited> {
        let row = self.invitation(secret).await?;
        let organization = match &row.organization_id {
            Some(id) => Some(self.store.organization_get(&OrganizationId::from_text(id)).await?),
            None => None,
        };
        let has_account = self.store.account_find_by_email(&row.email).await?.is_some();
        Ok(Invited { email: row.email, organization, has_account })
    }

    /// Opens a link with a password: the new one of a new account, or the one of the account that there is. Where the link is about the
    /// account alone, the password becomes its new one. Signs in.
    pub async fn accept(&self, secret: &str, password: &SecretString, request_id: Option<&str>) -> Result<NewSignIn> {
        let invitation = self.invitation(secret).await?;
        let now = self.clock.now_millis();
        let known = self.store.account_find_by_email(&invitation.email).await?;
        let joined = self.entry_of_joining(&invitation, request_id);
        let account = match known {
            // Whoever knows the account's password joins; the admin who made the link may be a stranger to the account.
            Some(account) if invitation.member_id.is_some() => {
                self.account_of(&account.email, password, request_id).await.map_err(|error| match error.code() {
                    "wrong_password" => Error::field("password", &wrong_for(&account.email)),
                    _ => error,
                })?;
                self.store
                    .invitation_accept(&invitation, &hash(secret), Accepting::Known(&account), now, &joined)
                    .await?;
                account
            }
            Some(mut account) => {
                account.password_hash = self.hash_of("password", password).await?;
                let by = themselves(&account.email, request_id);
                let set = self.entries_of_account(&account, Action::MemberPasswordSet, by).await?;
                self.store
                    .invitation_accept(&invitation, &hash(secret), Accepting::Password(&account), now, &set)
                    .await?;
                account
            }
            None => {
                let account = AccountRow {
                    id: AccountId::new(&self.clock, &self.rng).to_string(),
                    email: invitation.email.clone(),
                    password_hash: self.hash_of("password", password).await?,
                    is_operator: invitation.makes_operator,
                    created_at: now,
                };
                self.store
                    .invitation_accept(&invitation, &hash(secret), Accepting::New(&account), now, &joined)
                    .await?;
                account
            }
        };
        self.forget_actors();
        self.new_sign_in(&account, request_id).await
    }

    /// What the organization is told that somebody joins.
    fn entry_of_joining(
        &self,
        invitation: &InvitationRow,
        request_id: Option<&str>,
    ) -> Vec<(OrganizationId, NewEntry)> {
        let (Some(organization), Some(member)) = (&invitation.organization_id, &invitation.member_id) else {
            return Vec::new();
        };
        let by = By::member(&MemberId::from_text(member), &invitation.email).at(request_id.map(str::to_owned));
        let entry = self.entry(&by, Action::MemberJoined, (member, Some(&invitation.email)), json!({}));
        vec![(OrganizationId::from_text(organization), entry)]
    }

    async fn invitation(&self, secret: &str) -> Result<InvitationRow> {
        let found = self.store.invitation_find(&hash(secret), self.clock.now_millis()).await?;
        found.ok_or_else(|| {
            Error::new(
                Kind::Gone,
                "link_gone",
                "This link does not work any more: it was used, replaced, or is older than a week.",
            )
            .hint("Ask whoever sent it for a new one, or sign in if you have a password already.")
        })
    }
}
