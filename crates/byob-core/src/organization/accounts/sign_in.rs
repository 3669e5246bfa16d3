//! Signing in, being signed in, and signing out.

use std::{fmt, sync::Arc};

use secrecy::SecretString;

use super::{
    Account, Membership, SignedIn,
    passwords::{NOBODY, fits},
    themselves,
};
use crate::{
    audit::{Action, By},
    core::Core,
    error::{Error, Kind, Result},
    id::{AccountId, MemberId, OrganizationId},
    organization::{Role, organizations::email, tokens::hash},
    store::{AccountRow, MembershipRow},
};

/// How long a browser stays signed in, in milliseconds.
const SIGN_IN_LIFE: i64 = 7 * 24 * 3600 * 1000;

/// The audit log tells of failed sign-ins of one member this far apart, in milliseconds: whoever goes on trying must not fill it.
const FAILURES_APART: i64 = 3600 * 1000;

/// A browser that was just signed in.
pub struct NewSignIn {
    /// What its cookie holds; it cannot be shown again.
    pub secret: String,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

impl fmt::Debug for NewSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSignIn").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Core {
    /// Signs in, or says that address and password do not fit, without telling which of the two.
    pub async fn sign_in(&self, address: &str, password: &SecretString, request_id: Option<&str>) -> Result<NewSignIn> {
        let account = self.account_of(address, password, request_id).await?;
        self.new_sign_in(&account, request_id).await
    }

    /// The account that address and password open.
    pub(in crate::organization) async fn account_of(
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
                .hint("Try again. Anyone who has lost their password asks whoever runs this service for a new link.")
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

    /// A browser of theirs, signed in.
    pub(super) async fn new_sign_in(&self, account: &AccountRow, request_id: Option<&str>) -> Result<NewSignIn> {
        let by = themselves(&account.email, request_id);
        let entries = self.entries_of_account(account, Action::MemberSignedIn, by).await?;
        let (secret, hash) = self.new_secret("");
        let now = self.clock.now_millis();
        let expires_at = now + SIGN_IN_LIFE;
        let id = AccountId::from_text(&account.id);
        self.store.sign_in_create(&hash, &id, (now, expires_at), &entries).await?;
        Ok(NewSignIn { secret, expires_at })
    }

    /// Who is signed in with what the cookie holds. Replicas go on believing what they last saw for a second at most.
    pub async fn signed_in(&self, secret: &str) -> Result<Option<Arc<SignedIn>>> {
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
        let found = Arc::new(SignedIn { memberships: memberships.collect(), account });
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
}
