//! Organizations: made by the operator, together with their first admin, who may call it by another name.

use byob_aws::Invalid;

use serde_json::json;

use super::{Role, accounts::Invitation};
use crate::{
    audit::{Action, By},
    core::Core,
    error::{Error, Kind, Result},
    id::{MemberId, OrganizationId},
    organization::tokens::NewToken,
    store::{MemberRow, NewEntry, OrganizationRow},
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
    /// Makes an organization with its first admin, and a token for programs of theirs.
    pub async fn create_organization(&self, by: &By, name: &str, admin_email: &str) -> Result<NewOrganization> {
        let (organization, member) = self.new_organization(name, admin_email)?;
        let (id, member_id) = (OrganizationId::from_text(&organization.id), MemberId::from_text(&member.id));
        let (token, hash) = self.new_token(Some((&id, &member_id)), "First token".into(), Role::Admin.as_str());
        let entry = self.entry_of_making(by, &organization, &member, Some(&token));
        self.store.organization_create(&organization, &member, Some((&token.row, &hash)), &entry).await?;
        Ok(NewOrganization { organization, member_id, token })
    }

    /// The same without a token: the first admin joins by the link, and makes tokens when they need one.
    pub async fn create_organization_by_link(
        &self,
        by: &By,
        name: &str,
        admin_email: &str,
    ) -> Result<(OrganizationId, MemberRow, Invitation)> {
        let (organization, member) = self.new_organization(name, admin_email)?;
        let entry = self.entry_of_making(by, &organization, &member, None);
        self.store.organization_create(&organization, &member, None, &entry).await?;
        let id = OrganizationId::from_text(organization.id);
        let (member, invitation) = self.invite_again(&id, by, &MemberId::from_text(member.id)).await?;
        Ok((id, member, invitation))
    }

    /// Makes a new link for the first admin of an organization that nobody uses yet. Of one that is used, no operator makes any: whoever
    /// opens it would be its admin.
    pub async fn invite_first_admin(&self, id: &OrganizationId, by: &By) -> Result<(MemberRow, Invitation)> {
        if self.store.organization_overview(id).await?.is_in_use() {
            let detail = "Somebody has joined this organization, or connected a bucket to it.";
            return Err(Error::new(Kind::Conflict, "organization_in_use", detail).hint(
                "Its admins make links for its members. Anyone who has lost a password gets a link from `byob admin create-link`, on the server.",
            ));
        }
        let admin = self.store.member_find_first_admin(id).await?.ok_or_else(|| Error::not_found("member"))?;
        self.invite_again(id, by, &MemberId::from_text(admin.id)).await
    }

    fn entry_of_making(
        &self,
        by: &By,
        organization: &OrganizationRow,
        admin: &MemberRow,
        token: Option<&NewToken>,
    ) -> NewEntry {
        let token = token.map(|token| &token.row.id);
        let details = json!({"member_id": admin.id, "email": admin.email, "token_id": token});
        self.entry(by, Action::OrganizationCreated, organization.named(), details)
    }

    /// An organization and its first admin, not stored yet.
    fn new_organization(&self, name: &str, admin_email: &str) -> Result<(OrganizationRow, MemberRow)> {
        let name = crate::id::name(name).map_err(|invalid| Error::field("name", &invalid))?;
        let email = email(admin_email).map_err(|invalid| Error::field("admin_email", &invalid))?;
        let created_at = self.clock.now_millis();
        let id = OrganizationId::new(&self.clock, &self.rng).to_string();
        let member = MemberRow {
            id: MemberId::new(&self.clock, &self.rng).to_string(),
            email,
            role: Role::Admin.to_string(),
            created_at,
            account_id: None,
        };
        Ok((OrganizationRow { id, name, created_at }, member))
    }

    /// The organization itself.
    pub async fn get_organization(&self, id: &OrganizationId) -> Result<OrganizationRow> {
        self.store.organization_get(id).await
    }

    /// Gives an organization another name. Other replicas may show the one before for a second: who is signed in is known with the names of
    /// their organizations.
    pub async fn rename_organization(&self, id: &OrganizationId, by: &By, name: &str) -> Result<OrganizationRow> {
        let name = crate::id::name(name).map_err(|invalid| Error::field("name", &invalid))?;
        let now = self.get_organization(id).await?;
        if now.name == name {
            return Ok(now);
        }
        let entry = |before: &OrganizationRow| {
            let details = json!({"changed": {"name": {"before": before.name, "after": name}}});
            self.entry(by, Action::OrganizationRenamed, (id.as_str(), Some(&name)), details)
        };
        self.store.organization_rename(id, &name, entry).await?;
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
