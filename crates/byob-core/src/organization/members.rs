//! Members of an organization: invited by an admin, with a link that works once.

use serde_json::json;

use super::{Role, accounts::Invitation, organizations::email};
use crate::{
    audit::{Action, By},
    core::Core,
    error::{Error, Result},
    id::{MemberId, OrganizationId},
    store::{InvitationRow, MemberRow},
};

impl Core {
    /// Adds a member. They belong to it once they have opened the link.
    pub async fn invite_member(
        &self,
        organization: &OrganizationId,
        by: &By,
        address: &str,
        role: Role,
    ) -> Result<(MemberRow, Invitation)> {
        let email = email(address).map_err(|invalid| Error::field("email", &invalid))?;
        let member = MemberRow {
            id: MemberId::new(&self.clock, &self.rng).to_string(),
            email,
            role: role.to_string(),
            created_at: self.clock.now_millis(),
            account_id: None,
        };
        let (row, invitation, hash) = self.new_invitation(Some((organization, &member)), &member.email, false);
        let entry = self.entry(by, Action::MemberInvited, member.named(), json!({"role": role}));
        self.store.member_create(organization, &member, (&row, &hash), &entry).await?;
        Ok((member, invitation))
    }

    /// Makes a new link for somebody who has not joined yet; the one before no longer works.
    pub async fn invite_again(
        &self,
        organization: &OrganizationId,
        by: &By,
        id: &MemberId,
    ) -> Result<(MemberRow, Invitation)> {
        let member = self.get_member(organization, id).await?;
        if member.account_id.is_some() {
            let detail = format!("`{}` has joined already.", member.email);
            return Err(Error::new(crate::Kind::Conflict, "member_joined", detail).hint(
                "Anyone who has lost their password asks the operator for a new link (`byob admin create-link`).",
            ));
        }
        let (row, invitation, hash) = self.new_invitation(Some((organization, &member)), &member.email, false);
        let entry = self.entry(by, Action::MemberLinkMade, member.named(), json!({}));
        let now = self.clock.now_millis();
        self.store.invitation_create(&row, &hash, now, &[(organization.clone(), entry)]).await?;
        Ok((member, invitation))
    }

    /// The organization's members, oldest first, those after `cursor`.
    pub async fn list_members(
        &self,
        organization: &OrganizationId,
        cursor: &str,
        limit: i64,
    ) -> Result<Vec<MemberRow>> {
        self.store.member_list(organization, cursor, limit).await
    }

    /// One member.
    pub async fn get_member(&self, organization: &OrganizationId, id: &MemberId) -> Result<MemberRow> {
        self.store.member_find(organization, id).await?.ok_or_else(|| Error::not_found("member"))
    }

    /// Changes a member's role. Their tokens are never worth more than it. Replicas may believe the old one for a second.
    pub async fn change_member(
        &self,
        organization: &OrganizationId,
        by: &By,
        id: &MemberId,
        role: Role,
    ) -> Result<MemberRow> {
        let entry = |before: &MemberRow| {
            let details = json!({"changed": {"role": {"before": before.role, "after": role}}});
            self.entry(by, Action::MemberRoleChanged, before.named(), details)
        };
        self.store.member_change(organization, id, Some(role.as_str()), entry).await?;
        self.forget_actors();
        self.get_member(organization, id).await
    }

    /// Removes a member, with their tokens and their invitation.
    pub async fn remove_member(&self, organization: &OrganizationId, by: &By, id: &MemberId) -> Result<()> {
        let entry =
            |before: &MemberRow| self.entry(by, Action::MemberRemoved, before.named(), json!({"role": before.role}));
        self.store.member_change(organization, id, None, entry).await?;
        self.forget_actors();
        Ok(())
    }

    /// What is believed of who calls is asked for again.
    pub(crate) fn forget_actors(&self) {
        self.bearers.invalidate_all();
        self.signed_in.invalidate_all();
    }

    /// An invitation that is not stored yet, and its hash.
    pub(super) fn new_invitation(
        &self,
        member: Option<(&OrganizationId, &MemberRow)>,
        email: &str,
        makes_operator: bool,
    ) -> (InvitationRow, Invitation, String) {
        let (secret, hash) = self.new_secret("");
        let expires_at = self.clock.now_millis() + super::accounts::INVITATION_LIFE;
        let row = InvitationRow {
            organization_id: member.map(|(organization, _)| organization.to_string()),
            member_id: member.map(|(_, member)| member.id.clone()),
            email: email.to_owned(),
            makes_operator,
            expires_at,
        };
        (row, Invitation { secret, expires_at }, hash)
    }
}
