//! Organizations: made by the operator, together with their first admin, who may call it by another name.

use byob_aws::Invalid;

use super::Role;
use crate::{
    core::Core,
    error::{Error, Result},
    id::{MemberId, OrganizationId},
    organization::tokens::NewToken,
    store::{MemberRow, OrganizationRow},
};

/// A new organization, its first admin, and that admin's token, which is shown this once.
#[derive(Debug)]
pub struct NewOrganization {
    /// The organization.
    pub organization: OrganizationRow,
    /// Its first admin.
    pub member_id: MemberId,
    /// The admin's token.
    pub token: NewToken,
}

impl Core {
    /// Makes an organization with its first admin.
    pub async fn create_organization(&self, name: &str, admin_email: &str) -> Result<NewOrganization> {
        let name = crate::id::name(name).map_err(|invalid| Error::field("name", &invalid))?;
        let email = email(admin_email).map_err(|invalid| Error::field("admin_email", &invalid))?;
        let created_at = self.clock.now_millis();
        let id = OrganizationId::new(&self.clock, &self.rng);
        let organization = OrganizationRow { id: id.to_string(), name, created_at };
        let member_id = MemberId::new(&self.clock, &self.rng);
        let role = Role::Admin.to_string();
        let member = MemberRow { id: member_id.to_string(), email, role, created_at, account_id: None };
        let (token, hash) = self.new_token(Some((&id, &member_id)), "First token".into(), Role::Admin.as_str());
        self.store.organization_create(&organization, &member, (&token.row, &hash)).await?;
        Ok(NewOrganization { organization, member_id, token })
    }

    /// The organization itself.
    pub async fn get_organization(&self, id: &OrganizationId) -> Result<OrganizationRow> {
        self.store.organization_get(id).await
    }

    /// Gives an organization another name. Other replicas may show the one before for a second.
    pub async fn rename_organization(&self, id: &OrganizationId, name: &str) -> Result<OrganizationRow> {
        let name = crate::id::name(name).map_err(|invalid| Error::field("name", &invalid))?;
        self.store.organization_rename(id, &name).await?;
        self.forget_actors();
        self.get_organization(id).await
    }
}

/// Enough to catch a name in the wrong field; whether mail arrives, only mail can tell.
pub(super) fn email(text: &str) -> Result<String, Invalid> {
    let email = text.trim();
    let plausible =
        email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.contains('@'));
    if plausible && email.len() <= 254 && !email.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Ok(email.to_lowercase());
    }
    Err(Invalid::new(
        "invalid_email",
        format!("`{email}` is not an e-mail address."),
        "Write it as `name@example.com`.",
    ))
}
