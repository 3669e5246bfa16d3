//! Accounts: people who sign in to the console with an e-mail address and a password.
//!
//! Nothing is ever mailed, so an address proves nothing. Somebody belongs to an organization because they opened a link that one of its
//! admins gave them, not because an account has the address that the admin typed.

use std::{fmt, sync::LazyLock};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use byob_aws::Invalid;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::sync::Semaphore;

use super::{Role, organizations::email, tokens::hash};
use crate::{
    audit::{Action, By},
    core::Core,
    error::{Error, Kind, Result},
    id::{AccountId, MemberId, OrganizationId},
    store::{Accepting, AccountRow, InvitationRow, MembershipRow, NewEntry},
};

/// How long a link works, in milliseconds.
pub(super) const INVITATION_LIFE: i64 = 7 * 24 * 3600 * 1000;

/// How long a browser stays signed in, in milliseconds.
const SIGN_IN_LIFE: i64 = 7 * 24 * 3600 * 1000;

/// The audit log tells of failed sign-ins of one member this far apart, in milliseconds: whoever goes on trying must not fill it.
const FAILURES_APART: i64 = 3600 * 1000;

/// In characters. Source: <https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver>, which also asks for no other rules.
const SHORTEST_PASSWORD: usize = 12;

/// Argon2 takes any length; nobody types more than this, in bytes.
const LONGEST_PASSWORD: usize = 1024;

/// So many passwords are looked at side by side: each takes 19 MiB and a core for some time, also if whoever sent it has hung up.
static HASHING: Semaphore = Semaphore::const_new(2);

/// So many wait for their turn, or are looked at.
static WAITING: Semaphore = Semaphore::const_new(64);

/// Looked at where there is no account, so that the time tells nobody who has one.
static NOBODY: LazyLock<String> = LazyLock::new(|| hashed("nobody", &[7; 16]).unwrap_or_default());

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

/// A browser that was just signed in.
pub struct NewSignIn {
    /// What its cookie holds; it cannot be shown again.
    pub secret: String,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

/// A link that works once.
pub struct Invitation {
    /// What stands in the link; it cannot be shown again.
    pub secret: String,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

/// What somebody reads who opens a link.
#[derive(Debug, Clone)]
pub struct Invited {
    /// Whose account it is about.
    pub email: String,
    /// The organization to join; none if it is about the account alone.
    pub organization: Option<String>,
    /// Whether there is an account with that address.
    pub has_account: bool,
}

impl fmt::Debug for NewSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSignIn").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl SignedIn {
    /// Their membership of an organization. One that they are not in does not exist for them.
    pub fn membership(&self, organization: &str) -> Result<&Membership> {
        let found = self.memberships.iter().find(|membership| membership.organization.as_str() == organization);
        found.ok_or_else(|| Error::not_found("organization"))
    }
}

impl Core {
    /// Signs in, or says that address and password do not fit, without telling which of the two.
    pub async fn sign_in(&self, address: &str, password: &SecretString, request_id: Option<&str>) -> Result<NewSignIn> {
        let account = self.account_of(address, password, request_id).await?;
        self.new_sign_in(&account, request_id).await
    }

    /// The account that address and password open.
    pub(super) async fn account_of(
        &self,
        address: &str,
        password: &SecretString,
        request_id: Option<&str>,
    ) -> Result<AccountRow> {
        // What is no address has no account, and is not kept in mind either.
        let address = email(address).ok();
        let account = match &address {
            Some(address) => {
                self.attempts.note(address)?;
                self.store.account_find_by_email(address).await?
            }
            None => None,
        };
        let stored = account.as_ref().map_or_else(|| NOBODY.clone(), |account| account.password_hash.clone());
        let fits = fits(password.clone(), stored).await?;
        if let Some(account) = account.as_ref().filter(|_| !fits) {
            self.note_failed_sign_in(account, request_id);
        }
        account.filter(|_| fits).ok_or_else(|| {
            let detail = "The e-mail address and the password do not fit together.";
            Error::new(Kind::Invalid, "wrong_password", detail)
                .hint("Try again. Who has lost their password asks whoever runs this service for a new link.")
        })
    }

    /// Tells the account's organizations, aside, so that the time tells nobody that there is such an account.
    fn note_failed_sign_in(&self, account: &AccountRow, request_id: Option<&str>) {
        let (core, account, request_id) = (self.clone(), account.clone(), request_id.map(str::to_owned));
        tokio::spawn(async move {
            let since = core.clock.now_millis() - FAILURES_APART;
            // Whoever it was, they did not show to be the member.
            let nobody = |_: &MembershipRow| By::nobody().at(request_id.clone());
            let noted = async {
                let entries = core.entries_of_account(&account, Action::MemberSignInFailed, nobody).await?;
                for (organization, entry) in &entries {
                    core.store.audit_record_once(organization, entry, since).await?;
                }
                Ok::<_, Error>(())
            };
            if let Err(error) = noted.await {
                tracing::warn!(cause = %error.causes(), "a failed sign-in could not be written down");
            }
        });
    }

    /// Who is signed in with what the cookie holds. Replicas go on believing what they last saw for a second at most.
    pub async fn signed_in(&self, secret: &str) -> Result<Option<std::sync::Arc<SignedIn>>> {
        let hash = hash(secret);
        if let Some(known) = self.signed_in.get(&hash) {
            return Ok(Some(known));
        }
        let Some(row) = self.store.sign_in_find(&hash, self.clock.now_millis()).await? else { return Ok(None) };
        let account = Account { id: AccountId::from_text(row.id), email: row.email, is_operator: row.is_operator };
        let rows = self.store.membership_list(&account.id).await?;
        let memberships = rows.into_iter().filter_map(|row| {
            Some(Membership {
                organization: OrganizationId::from_text(row.organization_id),
                name: row.organization_name,
                member: MemberId::from_text(row.member_id),
                role: Role::from_name(&row.role)?,
            })
        });
        let found = std::sync::Arc::new(SignedIn { memberships: memberships.collect(), account });
        self.signed_in.insert(hash, found.clone());
        Ok(Some(found))
    }

    /// Ends a sign-in.
    pub async fn sign_out(&self, secret: &str) -> Result<()> {
        let hash = hash(secret);
        self.store.sign_in_delete(&hash).await?;
        self.signed_in.invalidate(&hash);
        Ok(())
    }

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

    /// A password that nobody has thought of.
    pub fn new_password(&self) -> String {
        self.new_secret("").0.chars().take(20).collect()
    }

    /// What a link is for.
    pub async fn invited(&self, secret: &str) -> Result<Invited> {
        let row = self.invitation(secret).await?;
        let organization = match &row.organization_id {
            Some(id) => Some(self.store.organization_get(&OrganizationId::from_text(id)).await?.name),
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

    async fn new_sign_in(&self, account: &AccountRow, request_id: Option<&str>) -> Result<NewSignIn> {
        let by = themselves(&account.email, request_id);
        let entries = self.entries_of_account(account, Action::MemberSignedIn, by).await?;
        let (secret, hash) = self.new_secret("");
        let now = self.clock.now_millis();
        let expires_at = now + SIGN_IN_LIFE;
        let id = AccountId::from_text(&account.id);
        self.store.sign_in_create(&hash, &id, (now, expires_at), &entries).await?;
        Ok(NewSignIn { secret, expires_at })
    }

    pub(super) async fn hash_of(&self, field: &str, password: &SecretString) -> Result<String> {
        let text = password.expose_secret();
        if text.chars().count() < SHORTEST_PASSWORD || text.len() > LONGEST_PASSWORD {
            let detail = format!("A password has {SHORTEST_PASSWORD} characters or more.");
            return Err(Error::field(
                field,
                &Invalid::new("password_length", detail, "Take some words that only you would put together."),
            ));
        }
        let (password, salt) = (password.clone(), self.rng.bytes::<16>());
        aside(move || hashed(password.expose_secret(), &salt)).await
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
        "Use the password that you sign in with. Who has lost it asks whoever runs this service.",
    )
}

fn hashed(password: &str, salt: &[u8]) -> Result<String> {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash: PasswordHash| hash.to_string()).map_err(|error| Error::internal(error.to_string()))
}

async fn fits(password: SecretString, stored: String) -> Result<bool> {
    aside(move || {
        let parsed = PasswordHash::new(&stored).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Argon2::default().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok())
    })
    .await
}

/// Works on a password on a thread of its own, when it is its turn.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let place = WAITING.try_acquire().map_err(|_| {
        Error::new(Kind::Unavailable, "busy", "Too many people are signing in at the moment.")
            .hint("Try again in a moment.")
    })?;
    let turn = HASHING.acquire().await.map_err(Error::internal)?;
    let done = tokio::task::spawn_blocking(move || {
        let _kept_until_the_end = (place, turn);
        work()
    });
    done.await.map_err(Error::internal)?
}
