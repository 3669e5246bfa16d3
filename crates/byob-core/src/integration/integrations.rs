//! Saved integrations: made from a draft, changed, turned off, removed.

use byob_aws::Invalid;
use serde_json::{Map, Value, json};

use super::{Integration, Record, Settings, Spec, drafts::merged, scope::Scope};
use crate::{
    audit::{self, Action, By},
    core::Core,
    error::{Error, FieldFault, Kind, Result},
    id::{IntegrationId, OrganizationId},
    organization::Reach,
    store::{IntegrationRow, NewEntry, Safety, State},
};

impl Core {
    /// Makes an integration of a draft. It keeps the draft's ID, external ID and principal.
    pub async fn save_draft(&self, organization: &OrganizationId, by: &By, id: &IntegrationId) -> Result<Record> {
        if self.store.integration_find(organization, id).await?.is_some_and(|row| row.state == State::Saved.as_str()) {
            return Err(Error::new(
                Kind::Conflict,
                "draft_already_saved",
                format!("The draft was saved already: it is the integration {id}."),
            )
            .hint("Use the integration."));
        }
        let draft = self.get_draft(organization, id).await?;
        let row = IntegrationRow { state: State::Saved.as_str().to_owned(), expires_at: None, ..draft.row.clone() };
        let details = json!({"settings": audit::set(&draft.settings)});
        let entry = self.entry(by, Action::IntegrationSaved, row.named(), details);
        self.write_integration(organization, &draft, row, &draft.settings, true, vec![entry]).await
    }

    /// An integration as it is stored, to be shown, mended or removed.
    pub async fn get_integration(&self, reach: &Reach, id: &IntegrationId) -> Result<Record> {
        self.saved(reach.to(id)?, id).await
    }

    async fn saved(&self, organization: &OrganizationId, id: &IntegrationId) -> Result<Record> {
        Record::from_row(self.store.integration_get(organization, State::Saved, id).await?)
    }

    /// An integration to work with.
    pub(crate) async fn get_ready(&self, reach: &Reach, id: &IntegrationId) -> Result<Integration> {
        let organization = reach.to(id)?;
        Integration::from_row(organization, self.store.integration_get(organization, State::Saved, id).await?)
    }

    /// Integrations, oldest first.
    pub async fn list_integrations(&self, reach: &Reach, cursor: &str, limit: i64) -> Result<Vec<Record>> {
        let rows = if let Ok(organization) = reach.whole() {
            self.store.integration_list(organization, State::Saved, cursor, self.clock.now_millis(), limit).await?
        } else {
            let mut rows = self.store.integration_list_saved(reach.organization()).await?;
            rows.retain(|row| row.id.as_str() > cursor && reach.covers(&IntegrationId::from_text(&row.id)));
            rows.truncate(usize::try_from(limit).unwrap_or_default());
            rows
        };
        rows.into_iter().map(Record::from_row).collect()
    }

    /// Changes the fields that `changes` has, and turns the integration on or off.
    pub async fn update_integration(
        &self,
        organization: &OrganizationId,
        by: &By,
        id: &IntegrationId,
        enabled: Option<bool>,
        changes: Map<String, Value>,
    ) -> Result<Record> {
        let before = self.saved(organization, id).await?;
        let mut row = before.row.clone();
        row.enabled = enabled.unwrap_or(row.enabled);
        let mut entries = Vec::new();
        if row.enabled != before.row.enabled {
            let action = if row.enabled { Action::IntegrationTurnedOn } else { Action::IntegrationTurnedOff };
            entries.push(self.entry(by, action, row.named(), json!({})));
        }
        let mut settings = merged(&before.settings, changes)?;
        row.sealed_secret = self.changed_secret(organization, &before.settings, &mut settings, &row)?;
        let details = before.details_of_change(&row, &settings);
        if details == json!({"changed": {}}) {
            // Turning off must work even if the settings would be refused today.
            return if entries.is_empty() {
                Ok(before)
            } else {
                self.write_row(organization, row, &entries, |_| Ok(())).await
            };
        }
        // Who is trusted by another principal may be trusted in another way.
        let other_role = settings.role_arn() != before.settings.role_arn();
        let looked_at = other_role || settings.principal != before.settings.principal;
        entries.push(self.entry(by, Action::IntegrationChanged, before.row.named(), details));
        self.write_integration(organization, &before, row, &settings, looked_at, entries).await
    }

    /// Removes an integration. Its external ID is never used again.
    pub async fn delete_integration(&self, organization: &OrganizationId, by: &By, id: &IntegrationId) -> Result<()> {
        let entry = |row: &IntegrationRow| self.entry(by, Action::IntegrationRemoved, row.named(), json!({}));
        self.store.integration_delete(organization, State::Saved, id, entry).await?;
        self.directory.forget(organization).await;
        self.settle_left_principal(organization, id).await;
        Ok(())
    }

    /// Checks the settings, and writes them unless they tie with another integration or name a role that is not safe.
    async fn write_integration(
        &self,
        organization: &OrganizationId,
        before: &Record,
        mut row: IntegrationRow,
        settings: &Settings,
        look_at_role: bool,
        entries: Vec<NewEntry>,
    ) -> Result<Record> {
        let spec = Spec::check(settings, &self.guard).map_err(Error::fields)?;
        if settings.access_key_id().is_some() && row.sealed_secret.is_none() {
            return Err(Error::field(
                "authentication.secret_access_key",
                &Invalid::new(
                    "missing",
                    "The secret access key is not set.",
                    "Give it together with the access key ID.",
                ),
            ));
        }
        row.name = Some(spec.name.clone());
        row.settings = serde_json::to_string(settings).map_err(Error::internal)?;
        let principal = self.principal_after(organization, before, settings).await?;
        row.principal_arn.clone_from(&principal.arn);
        let written = async {
            if look_at_role {
                self.refuse_unsafe_role(organization, &row).await?;
                Safety::Unproven.as_str().clone_into(&mut row.safety);
            }
            self.write_row(organization, row, &entries, |others| no_tie(before.id.as_str(), &spec.scope, others)).await
        }
        .await;
        // Only now that it is written may the role of before go.
        self.settle_principal(organization, &before.id, principal).await;
        written
    }

    /// Refuses a role that lets in somebody who does not know the external ID.
    ///
    /// That it refuses proves nothing yet, for it may not be there: the proof comes when it lets us in, before its first session is used
    /// ([`SessionCache`](crate::credentials::cache::SessionCache)).
    async fn refuse_unsafe_role(&self, organization: &OrganizationId, row: &IntegrationRow) -> Result<()> {
        let record = Record::from_row(row.clone())?;
        let Some(role) = record.settings.role_arn().map(str::to_owned) else { return Ok(()) };
        let report = self.check_refusals(organization, record).await?;
        if !report.is_unsafe() {
            return Ok(());
        }
        let detail =
            format!("The role `{role}` lets in somebody without its external ID, or with another, so it is not used.");
        let hint = "Replace its trust policy with the generated one, as the documents have it, wait until that has spread, and save again.";
        let invalid = Invalid::new("role_unsafe", detail, hint);
        Err(Error::field("authentication.role_arn", &invalid).reported(report))
    }

    async fn write_row(
        &self,
        organization: &OrganizationId,
        mut row: IntegrationRow,
        entries: &[NewEntry],
        judge: impl Fn(&[IntegrationRow]) -> Result<()>,
    ) -> Result<Record> {
        row.updated_at = self.clock.now_millis();
        self.store.integration_update(organization, &row, entries, judge).await?;
        self.directory.forget(organization).await;
        self.saved(organization, &IntegrationId::from_text(&row.id)).await
    }
}

/// The one of the others for which some locator would fit equally well.
pub(super) fn tie<'a>(id: &str, scope: &Scope, others: &'a [IntegrationRow]) -> Result<Option<&'a IntegrationRow>> {
    for other in others.iter().filter(|other| other.id != id) {
        let settings: Settings = serde_json::from_str(&other.settings).map_err(Error::internal)?;
        if Spec::scope_of(&settings).is_some_and(|other| other.ties_with(scope)) {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// Refuses a scope that ties with another's.
fn no_tie(id: &str, scope: &Scope, others: &[IntegrationRow]) -> Result<()> {
    let Some(other) = tie(id, scope, others)? else { return Ok(()) };
    let name = other.name.as_deref().unwrap_or_default();
    Err(Error::fields(vec![FieldFault {
        field: "scope".into(),
        code: "scope_taken",
        detail: format!("The integration `{name}` ({}) serves the same scope already.", other.id),
        hint: "Use that integration, change or delete it, or choose another bucket or prefix.".into(),
    }])
    .with_kind(Kind::Conflict))
}
