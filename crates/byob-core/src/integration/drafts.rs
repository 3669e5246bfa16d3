//! Drafts: created on the server first, so that nothing is lost when a tab closes.

use byob_aws::{Invalid, policies::trust::ExternalId};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

use super::{
    Integration, Record, Settings, Spec, integrations::tie, principal_roles::on_principal, settings::Authentication,
};
use crate::{
    audit::{self, Action, By},
    check::report::Health,
    core::Core,
    error::{Error, Kind, Result},
    id::{IntegrationId, OrganizationId},
    runtime::Rng,
    store::{IntegrationRow, Safety, State},
};

/// A draft that nobody touches for this long is dropped: 30 days, in milliseconds.
pub const LIFE: i64 = 30 * 24 * 3600 * 1000;

/// An expired draft is still told from an unknown one for this long.
const AFTERLIFE: i64 = LIFE;

/// Most bytes of the notes of a draft, as JSON.
const MOST_NOTES: usize = 64 * 1024;

/// How often notes are written anew that somebody else changes at the same time.
const MOST_TRIES: usize = 8;

/// What is noted beside the settings of a draft: what whoever sets it up wants to find again and the settings cannot hold, such as what was
/// typed and is not right yet. Each page that shows drafts has a field of its own; the core reads nothing in it.
pub type Notes = Map<String, Value>;

/// How notes are changed: each field replaces the one of its name, and `null` removes it.
#[derive(Debug, Clone)]
pub struct NoteChanges(Option<Notes>);

impl NoteChanges {
    /// An object of at most 64 KiB; `null` removes all.
    pub fn parse(changes: Value) -> Result<Self> {
        match changes {
            Value::Null => Ok(Self(None)),
            Value::Object(fields) => written(&fields).map(|_| Self(Some(fields))),
            _ => {
                let hint = "Put what you note into an object, or send `null`.";
                Err(Error::field("notes", &Invalid::new("notes_no_object", "Notes are a JSON object.", hint)))
            }
        }
    }

    /// Makes the changes.
    pub fn apply(&self, notes: &mut Notes) {
        let Some(fields) = &self.0 else { return notes.clear() };
        for (name, value) in fields {
            if value.is_null() {
                notes.remove(name);
            } else {
                notes.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Notes as they are stored, if there are any.
fn written(notes: &Notes) -> Result<Option<String>> {
    if notes.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(notes).map_err(Error::internal)?;
    if text.len() > MOST_NOTES {
        let invalid = Invalid::new("notes_too_long", "Notes have at most 64 KiB as JSON.", "Note less.");
        return Err(Error::field("notes", &invalid));
    }
    Ok(Some(text))
}

impl Record {
    /// What is noted beside the settings of a draft.
    pub fn notes(&self) -> Result<Notes> {
        let notes = self.row.notes.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)?;
        Ok(notes.unwrap_or_default())
    }
}

impl Core {
    /// Makes a draft, with its external ID and principal.
    pub async fn create_draft(&self, organization: &OrganizationId, by: &By, settings: Settings) -> Result<Record> {
        let mut settings = settings.settled();
        Spec::check_draft(&settings, &self.guard).map_err(Error::fields)?;
        let now = self.clock.now_millis();
        let expired = |row: &IntegrationRow| self.entry(&By::service(), Action::DraftExpired, row.named(), json!({}));
        self.store.integration_delete_stale_drafts(organization, now - AFTERLIFE, expired).await?;
        let id = IntegrationId::new(&self.clock, &self.rng);
        self.sweep_in_background(organization);
        let sealed_secret = self.seal_secret(organization, &id, &mut settings)?;
        let principal = self.take_principal(organization, &id, None, &settings).await?;
        let row = IntegrationRow {
            id: id.to_string(),
            state: State::Draft.as_str().to_owned(),
            version: 1,
            enabled: true,
            name: settings.name.clone(),
            external_id: new_external_id(&self.rng).as_str().to_owned(),
            principal_arn: principal.arn.clone(),
            settings: serde_json::to_string(&settings).map_err(Error::internal)?,
            sealed_secret,
            created_at: now,
            updated_at: now,
            expires_at: Some(now + LIFE),
            safety: Safety::Unproven.as_str().to_owned(),
            health: Health::Unknown.as_str().to_owned(),
            checked_at: None,
            good_at: None,
            last_used_at: None,
            granted_settings: None,
            granted_principal_arn: None,
            granted_at: None,
            notes: None,
        };
        let details = json!({"settings": audit::set(&settings)});
        let entry = self.entry(by, Action::DraftCreated, row.named(), details);
        let created = self.store.integration_create(organization, &row, &entry).await;
        self.settle_principal(organization, &id, principal).await;
        created?;
        Record::from_row(row)
    }

    /// A draft that has not expired.
    pub async fn get_draft(&self, organization: &OrganizationId, id: &IntegrationId) -> Result<Record> {
        let draft = Record::from_row(self.store.integration_get(organization, State::Draft, id).await?)?;
        if draft.row.expires_at.is_some_and(|at| at <= self.clock.now_millis()) {
            return Err(Error::new(Kind::Gone, "draft_expired", "The draft has expired: nobody used it for 30 days.")
                .hint("Make a new draft. It gets a new external ID, so the trust policy has to be changed as well."));
        }
        Ok(draft)
    }

    /// Drafts that have not expired, oldest first.
    pub async fn list_drafts(&self, organization: &OrganizationId, cursor: &str, limit: i64) -> Result<Vec<Record>> {
        let rows =
            self.store.integration_list(organization, State::Draft, cursor, self.clock.now_millis(), limit).await?;
        rows.into_iter().map(Record::from_row).collect()
    }

    /// Changes the fields that `changes` has; `null` clears one.
    pub async fn update_draft(
        &self,
        organization: &OrganizationId,
        by: &By,
        id: &IntegrationId,
        changes: Map<String, Value>,
    ) -> Result<Record> {
        let draft = self.get_draft(organization, id).await?;
        let mut row = draft.row.clone();
        let mut settings = self.changed(&draft, changes)?;
        row.sealed_secret = self.changed_secret(organization, &draft.settings, &mut settings, &row)?;
        let details = draft.details_of_change(&row, &settings);
        if details == json!({"changed": {}}) {
            // The last check was of these very settings.
            return Ok(draft);
        }
        let now = self.clock.now_millis();
        row.name.clone_from(&settings.name);
        row.settings = serde_json::to_string(&settings).map_err(Error::internal)?;
        (row.updated_at, row.expires_at) = (now, Some(now + LIFE));
        let principal = self.take_principal(organization, id, Some(&draft), &settings).await?;
        row.principal_arn.clone_from(&principal.arn);
        let entry = self.entry(by, Action::DraftChanged, row.named(), details);
        let updated = self.store.integration_update(organization, &row, &[entry], |_| Ok(())).await;
        self.settle_principal(organization, id, principal).await;
        updated?;
        self.get_draft(organization, id).await
    }

    /// The settings of a draft as they would be with these changes, which are not made.
    pub fn changed(&self, draft: &Record, changes: Map<String, Value>) -> Result<Settings> {
        let settings = merged(&draft.settings, changes)?;
        Spec::check_draft(&settings, &self.guard).map_err(Error::fields)?;
        Ok(settings)
    }

    /// Changes what is noted beside a draft. Its last check stands.
    pub async fn note_draft(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        change: impl Fn(&mut Notes),
    ) -> Result<Record> {
        for _ in 0..MOST_TRIES {
            let draft = self.get_draft(organization, id).await?;
            let mut notes = draft.notes()?;
            change(&mut notes);
            let (before, after) = (draft.row.notes.as_deref(), written(&notes)?);
            let expires_at = self.clock.now_millis() + LIFE;
            if self.store.integration_set_notes(organization, id, before, after.as_deref(), expires_at).await? {
                return self.get_draft(organization, id).await;
            }
        }
        Err(Error::new(Kind::Conflict, "changed_meanwhile", "Somebody changed it at the same time.")
            .hint("Load it again and repeat your change."))
    }

    /// The integration that serves the scope of a draft already: to be told before somebody makes a role for it. Saving looks again.
    pub async fn find_tie(&self, organization: &OrganizationId, draft: &Record) -> Result<Option<Record>> {
        let Some(scope) = Spec::scope_of(&draft.settings) else { return Ok(None) };
        let others = self.store.integration_list_saved(organization).await?;
        tie(draft.id.as_str(), &scope, &others)?.cloned().map(Record::from_row).transpose()
    }

    /// What is said of the name of a draft if an integration has it already: to be told before somebody makes a role for it. Saving looks again.
    pub async fn find_name_taken(&self, organization: &OrganizationId, draft: &Record) -> Result<Option<Error>> {
        let Some(name) = draft.settings.name.as_deref() else { return Ok(None) };
        let others = self.store.integration_list_saved(organization).await?;
        let namesake = others.iter().find(|other| other.name.as_deref() == Some(name.trim()));
        Ok(namesake.map(IntegrationRow::name_taken))
    }

    /// Drops a draft.
    pub async fn delete_draft(&self, organization: &OrganizationId, by: &By, id: &IntegrationId) -> Result<()> {
        let entry = |row: &IntegrationRow| self.entry(by, Action::DraftDropped, row.named(), json!({}));
        self.store.integration_delete(organization, State::Draft, id, entry).await?;
        self.settle_left_principal(organization, id).await;
        Ok(())
    }

    /// Whoever makes a draft need not wait for what others left behind.
    fn sweep_in_background(&self, organization: &OrganizationId) {
        let (core, organization) = (self.clone(), organization.clone());
        tokio::spawn(async move {
            if let Err(error) = core.sweep_principal_roles(&organization).await {
                tracing::warn!(%organization, cause = %error.causes(), "principal roles were not swept");
            }
        });
    }

    /// Whom the trust policy has to name, where that is the same for all integrations. It is missing only where no role is involved.
    pub(super) fn principal_for(&self, settings: &Settings) -> Result<Option<String>> {
        match (self.platform.principal(settings.principal), &settings.authentication) {
            (Ok(principal), _) => Ok(Some(principal.to_string())),
            (Err(error), Some(Authentication::Role { .. })) => Err(on_principal(&error)),
            (Err(_), _) => Ok(None),
        }
    }

    fn seal_secret(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        settings: &mut Settings,
    ) -> Result<Option<String>> {
        let record = Integration::secret_record(organization, id);
        settings.take_secret().map(|secret| self.vault.seal(&record, secret.expose_secret().as_bytes())).transpose()
    }

    /// The sealed secret after a change: the new one, or the old one while the access key stays the same.
    pub(super) fn changed_secret(
        &self,
        organization: &OrganizationId,
        before: &Settings,
        after: &mut Settings,
        row: &IntegrationRow,
    ) -> Result<Option<String>> {
        let sealed = self.seal_secret(organization, &IntegrationId::from_text(&row.id), after)?;
        let same_key = before.access_key_id().is_some() && before.access_key_id() == after.access_key_id();
        Ok(sealed.or_else(|| row.sealed_secret.clone().filter(|_| same_key)))
    }
}

/// Random version 4 UUIDs have 122 random bits.
pub(crate) fn new_external_id(rng: &Rng) -> ExternalId {
    let uuid = uuid::Builder::from_random_bytes(rng.bytes()).into_uuid().to_string();
    // A UUID has only characters that AWS takes.
    #[allow(clippy::expect_used)]
    ExternalId::parse(&uuid).expect("a UUID is an external ID")
}

/// The settings with some fields replaced; `null` stands for "as if it had never been set".
pub(crate) fn merged(settings: &Settings, changes: Map<String, Value>) -> Result<Settings> {
    let mut merged = serde_json::to_value(settings).map_err(Error::internal)?;
    let Value::Object(fields) = &mut merged else { return Err(Error::internal("settings are not an object")) };
    for (name, value) in changes {
        match value {
            // A field that does not exist stays, to be refused below.
            Value::Null if fields.contains_key(&name) => drop(fields.remove(&name)),
            value => drop(fields.insert(name, value)),
        }
    }
    serde_path_to_error::deserialize(merged)
        .map(Settings::settled)
        .map_err(|error| Error::unreadable(&error.path().to_string(), &error.inner().to_string()))
}
