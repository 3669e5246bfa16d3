//! The audit log: who changed what in an organization, in entries that are only ever added and each of which is bound to the one before by
//! its hash.
//!
//! An entry is written in the transaction of the change that it tells of, so that neither is ever without the other. What the hash is made of
//! is said at [`EntryRow`].

mod action;
mod changed;
mod verify;

use serde_json::{Value, json};

pub(crate) use self::changed::{changed, set};
pub use self::{
    action::Action,
    verify::{Broken, Flaw, Verified},
};
pub use crate::store::By;
use crate::{
    core::Core,
    error::Result,
    id::{AccountId, OrganizationId},
    store::{AccountRow, EntryFilter, EntryRow, MembershipRow, NewEntry},
};

impl Core {
    /// The organization's entries that are wanted, newest first, those before that number.
    pub async fn list_audit(
        &self,
        organization: &OrganizationId,
        filter: &EntryFilter,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<EntryRow>> {
        self.store.audit_list(organization, filter, before.unwrap_or(i64::MAX), limit).await
    }

    /// The organization's entries after that number, oldest first.
    pub async fn audit_after(&self, organization: &OrganizationId, number: i64, limit: i64) -> Result<Vec<EntryRow>> {
        self.store.audit_list_after(organization, number, limit).await
    }

    /// Something that is being done to the thing of that ID, which people call by that name.
    pub(crate) fn entry(&self, by: &By, action: Action, of: (&str, Option<&str>), details: Value) -> NewEntry {
        NewEntry {
            by: by.clone(),
            action: action.as_str(),
            object_kind: action.object_kind(),
            object_id: of.0.to_owned(),
            object_name: of.1.map(str::to_owned),
            details,
            created_at: self.clock.now_millis(),
        }
    }

    /// The same of an account, in every organization that it is in; `by` says who it is there that does it.
    pub(crate) async fn entries_of_account(
        &self,
        account: &AccountRow,
        action: Action,
        by: impl Fn(&MembershipRow) -> By,
    ) -> Result<Vec<(OrganizationId, NewEntry)>> {
        let memberships = self.store.membership_list(&AccountId::from_text(&account.id)).await?;
        let entries = memberships.iter().map(|membership| {
            let of = (membership.member_id.as_str(), Some(account.email.as_str()));
            let entry = self.entry(&by(membership), action, of, json!({}));
            (OrganizationId::from_text(&membership.organization_id), entry)
        });
        Ok(entries.collect())
    }
}
