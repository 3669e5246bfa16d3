//! Checks that were made.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    change::{Change, StepState, changes},
    report::{Conclusion, Health},
};
use crate::{
    core::Core,
    error::{Error, Result},
    id::{CheckId, IntegrationId, OrganizationId},
    organization::Reach,
    store::{CheckRow, State},
};

/// Why a check was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// Somebody asked for it.
    Request,
    /// It was time.
    Schedule,
    /// The integration was saved, changed or turned on.
    Save,
}

/// A check that was made.
#[derive(Debug, Clone)]
pub struct PastCheck {
    /// Its ID.
    pub id: CheckId,
    /// Why it was made.
    pub occasion: Occasion,
    /// When it began, in milliseconds since 1970.
    pub started_at: i64,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// All steps in one word.
    pub outcome: Conclusion,
    /// What that meant for the integration.
    pub health: Health,
    /// What became of each step.
    pub steps: Vec<StepState>,
}

/// A check with its report, beside the last good one.
#[derive(Debug)]
pub struct ComparedCheck {
    /// The check.
    pub check: PastCheck,
    /// The report, as it was written.
    pub report: Box<RawValue>,
    /// The last check before it that found the integration healthy.
    pub last_good: Option<PastCheck>,
    /// What was different then.
    pub changes: Vec<Change>,
}

impl Core {
    /// The checks of an integration that are kept, newest first.
    pub async fn list_checks(
        &self,
        reach: &Reach,
        id: &IntegrationId,
        cursor: &str,
        limit: i64,
    ) -> Result<Vec<PastCheck>> {
        let organization = reach.to(id)?;
        self.store.integration_get(organization, State::Saved, id).await?;
        let rows = self.store.check_list(organization, id, cursor, limit).await?;
        rows.into_iter().map(PastCheck::from_row).collect()
    }

    /// A check of an integration, and what has changed since the last good one before it.
    pub async fn get_check(&self, reach: &Reach, id: &IntegrationId, check: &CheckId) -> Result<ComparedCheck> {
        let organization = reach.to(id)?;
        self.store.integration_get(organization, State::Saved, id).await?;
        let row = self.store.check_get(organization, id, check).await?;
        let last_good = self.store.check_find_last_good(organization, id, check.as_str()).await?;
        let last_good = last_good.map(PastCheck::from_row).transpose()?;
        let check = PastCheck::from_row(row.check)?;
        let changes = last_good.as_ref().map(|good| changes(&good.steps, &check.steps)).unwrap_or_default();
        let report = RawValue::from_string(row.report).map_err(Error::internal)?;
        Ok(ComparedCheck { check, report, last_good, changes })
    }

    /// The report of the last check of a draft, as it was written.
    pub async fn last_draft_check(&self, organization: &OrganizationId, id: &IntegrationId) -> Result<Box<RawValue>> {
        self.get_draft(organization, id).await?;
        let last = self.store.check_find_last(organization, id).await?.ok_or_else(|| Error::not_found("check"))?;
        RawValue::from_string(last.report).map_err(Error::internal)
    }
}

impl PastCheck {
    fn from_row(row: CheckRow) -> Result<Self> {
        Ok(Self {
            id: CheckId::from_text(row.id),
            occasion: word(&row.occasion)?,
            started_at: row.started_at,
            duration_ms: row.duration_ms,
            outcome: word(&row.outcome)?,
            health: Health::from_text(&row.health),
            steps: serde_json::from_str(&row.steps).map_err(Error::internal)?,
        })
    }
}

impl Occasion {
    /// As in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Schedule => "schedule",
            Self::Save => "save",
        }
    }
}

/// A word of the database that the API uses, too.
fn word<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_value(text.into()).map_err(Error::internal)
}
