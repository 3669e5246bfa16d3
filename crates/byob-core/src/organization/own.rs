//! What people do with their own account. No token speaks for an account, so this is for who is signed in.

use secrecy::SecretString;

use super::{
    accounts::{Account, themselves},
    tokens::hash,
};
use crate::{
    audit::{Action, By},
    core::Core,
    error::{Error, Result},
    id::{MemberId, OrganizationId},
};

/// A browser that somebody is signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSignIn {
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

impl Core {
    /// Changes somebody's password, which takes the one before; their other sign-ins end. `secret` is what the cookie of this one holds.
    pub async fn change_password(
        &self,
        account: &Account,
        secret: &str,
        (current, new): (&SecretString, &SecretString),
        request_id: Option<&str>,
    ) -> Result<()> {
        // Whoever sits down at a browser that is signed in may try as few passwords as anybody.
        let known = self.account_of(&account.email, current, request_id).await.map_err(|error| match error.code() {
            "wrong_password" => Error::field("current_password", &super::accounts::wrong_for(&account.email)),
            _ => error,
        })?;
        let password_hash = self.hash_of("new_password", new).await?;
        let by = themselves(&account.email, request_id);
        let entries = self.entries_of_account(&known, Action::MemberPasswordSet, by).await?;
        let (id, email) = (&account.id, &account.email);
        self.store.account_set_password(id, email, &password_hash, &hash(secret), &entries).await?;
        self.forget_actors();
        Ok(())
    }

    /// Where somebody is signed in, newest first. `secret` is what the cookie of this sign-in holds.
    pub async fn own_sign_ins(&self, account: &Account, secret: &str) -> Result<Vec<OwnSignIn>> {
        let this = hash(secret);
        let rows = self.store.sign_in_list(&account.id, self.clock.now_millis()).await?;
        let sign_ins = rows.into_iter().map(|row| OwnSignIn {
            created_at: row.created_at,
            expires_at: row.expires_at,
            is_this: row.hash == this,
        });
        Ok(sign_ins.collect())
    }

    /// Ends all of somebody's sign-ins but this one. Other replicas believe them for a second.
    pub async fn sign_out_elsewhere(&self, account: &Account, secret: &str) -> Result<()> {
        self.store.sign_in_delete_others(&account.id, &hash(secret)).await?;
        self.forget_actors();
        Ok(())
    }

    /// Takes somebody out of an organization by their own wish, with the tokens that they made there. The last admin has to stay.
    pub async fn leave(&self, organization: &OrganizationId, by: &By, member: &MemberId) -> Result<()> {
        self.remove_member(organization, by, member).await.map_err(|error| match error.code() {
            "last_admin" => Error::new(error.kind(), "last_admin", "You are the organization's last admin.")
                .hint("Make somebody else an admin first, who has joined."),
            _ => error,
        })
    }
}
