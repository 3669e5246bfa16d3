//! What a check found: a report, never an error.

use byob_aws::Invalid;
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::steps::StepName;
use crate::id::IntegrationId;
pub use crate::integration::changes::DocumentKind;

/// The whole diagnosis of a draft or integration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// The check's own ID.
    #[schema(example = "chk_01jd…")]
    pub id: String,
    /// What was checked.
    #[schema(value_type = String, example = "int_01jd…")]
    pub integration_id: IntegrationId,
    /// At which version.
    pub integration_version: i64,
    /// All steps in one word.
    pub outcome: Conclusion,
    /// What that means for the integration.
    pub health: Health,
    /// Whether the role demands the external ID.
    pub external_id: Proof,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// How many requests it cost.
    pub requests: usize,
    /// Where the documents changed since a check last passed: whether the customer has applied the changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Arrival>,
    /// Every step exactly once, in order.
    pub steps: Vec<Step>,
}

/// How the detail of `object-readable` begins where nothing can be listed.
pub(super) const NOTHING_THERE: &str = "Nothing is there to be read yet";

/// Whether changes of the documents are in the customer's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// Not yet, as far as was seen: `GET …/documents` shows what to change.
    Awaited,
    /// Every step passes with them.
    Arrived,
    /// Every step passes, but of part of the changes no request could tell: of what is to be taken away, of access lists, and of KMS keys
    /// where nothing was met that is encrypted with one.
    Unseen,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// The claim that is true exactly when the step passed.
    pub name: StepName,
    /// What became of it.
    pub outcome: Outcome,
    /// Nothing was decided. Either AWS did not answer the question: it was asked too often, too slow, or broken; such a step is `warned`. Or
    /// the step was spared because it leaves a trace; such a step is `skipped`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inconclusive: bool,
    /// What was seen; of a skipped step, the reason.
    pub detail: String,
    /// For steps that prove a refusal: whether they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// What was asked, and what came back.
    pub evidence: Vec<Evidence>,
    /// Milliseconds.
    pub duration_ms: u64,
    /// What AWS answered last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws: Option<Aws>,
    /// The likely cause, and how to mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The claim holds.
    Passed,
    /// It does not.
    Failed,
    /// It holds with a reservation, or nothing could be decided.
    Warned,
    /// It does not apply, or what it needs has failed.
    Skipped,
}

/// All steps in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// No step failed or warned.
    Passed,
    /// It works, with reservations.
    Warned,
    /// At least one step failed.
    Failed,
    /// AWS did not answer, so that nothing is known for sure.
    Inconclusive,
}

/// How an integration does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Not checked yet, or AWS did not answer.
    #[default]
    Unknown,
    /// Everything that is declared works.
    Healthy,
    /// It works, with reservations.
    Degraded,
    /// Something that is declared does not work.
    Unhealthy,
    /// The role can be assumed without its external ID. It is not used.
    Unsafe,
}

/// Whether something is proven. Throttling, timeouts and errors of AWS prove nothing either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// It is.
    Proven,
    /// The opposite was seen, or nothing has been tried.
    NotProven,
    /// AWS did not answer the question.
    Inconclusive,
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// The request, in words.
    #[schema(example = "s3:ListObjectsV2 on acme-images below `team/`")]
    pub asked: String,
    /// The answer, in words.
    #[schema(example = "403 AccessDenied: Access Denied")]
    pub answered: String,
    /// AWS's request ID, to quote to AWS's support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Milliseconds.
    pub duration_ms: u64,
}

/// What AWS answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Aws {
    /// Such as `sts:AssumeRole`.
    pub operation: String,
    /// AWS's error code; none where it did what it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// AWS's request ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// Why a step failed, and how to mend it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Stable and machine-readable; `docs/reference/checks.md` lists all.
    #[schema(example = "action_not_allowed")]
    pub cause: String,
    /// The likely cause, as a sentence.
    pub detail: String,
    /// What to do about it.
    pub fix: String,
    /// The document to apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<CorrectedDocument>,
    /// Settings of the integration that would mend it, as a change of the draft or integration takes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Value>,
}

/// A document of the customer's account as it should be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CorrectedDocument {
    /// Which.
    pub kind: DocumentKind,
    /// The whole document.
    #[schema(value_type = Object)]
    pub document: Written,
    /// What to change, as a unified diff against what is known of the customer's; none where nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
}

/// JSON in the order in which it was written: people paste it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Written(Box<RawValue>);

impl Written {
    /// Writes something down.
    pub fn new(value: &impl Serialize) -> Option<Self> {
        serde_json::value::to_raw_value(value).ok().map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Written {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Report {
    /// The step of that name.
    pub fn step(&self, name: StepName) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// Whether the bucket, or the folder of it, was seen to be empty.
    pub fn is_of_nothing(&self) -> bool {
        self.step(StepName::ObjectReadable).is_some_and(|step| step.detail.starts_with(NOTHING_THERE))
    }

    /// Whether the role was seen to let in those who do not know the external ID.
    pub fn is_unsafe(&self) -> bool {
        self.health == Health::Unsafe
    }
}

impl Conclusion {
    /// Of these steps. What failed outweighs what is not known, and that what is only imperfect.
    pub fn of(steps: &[Step]) -> Self {
        let any = |wanted: fn(&Step) -> bool| steps.iter().any(wanted);
        if any(|step| step.outcome == Outcome::Failed) {
            Self::Failed
        } else if any(|step| step.inconclusive && step.outcome == Outcome::Warned) {
            Self::Inconclusive
        } else if any(|step| step.outcome == Outcome::Warned) {
            Self::Warned
        } else {
            Self::Passed
        }
    }

    /// As in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
            Self::Inconclusive => "inconclusive",
        }
    }
}

impl Health {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Unknown, Self::Healthy, Self::Degraded, Self::Unhealthy, Self::Unsafe];

    /// What the database says; what it should not say counts as not known.
    pub fn from_text(text: &str) -> Self {
        Self::ALL.into_iter().find(|health| health.as_str() == text).unwrap_or_default()
    }

    /// What these steps mean.
    pub fn of(steps: &[Step]) -> Self {
        let refuses = |step: &Step| step.name.is_of_external_id() && step.proof == Some(Proof::NotProven);
        match Conclusion::of(steps) {
            Conclusion::Failed if steps.iter().any(refuses) => Self::Unsafe,
            Conclusion::Failed => Self::Unhealthy,
            Conclusion::Inconclusive => Self::Unknown,
            Conclusion::Warned => Self::Degraded,
            Conclusion::Passed => Self::Healthy,
        }
    }

    /// As in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
            Self::Unsafe => "unsafe",
        }
    }
}

impl Proof {
    /// Both refusals together: one that failed outweighs one that is not known.
    pub fn of_external_id(steps: &[Step]) -> Self {
        let proofs: Vec<Proof> =
            steps.iter().filter(|step| step.name.is_of_external_id()).filter_map(|step| step.proof).collect();
        if proofs.contains(&Self::NotProven) {
            Self::NotProven
        } else if proofs.contains(&Self::Inconclusive) {
            Self::Inconclusive
        } else if proofs.len() == 2 {
            Self::Proven
        } else {
            Self::NotProven
        }
    }
}

impl Aws {
    /// What was asked and answered last.
    pub fn new(operation: &str, code: Option<String>, request_id: Option<String>) -> Self {
        Self { operation: operation.to_owned(), code, request_id }
    }
}

impl From<&Invalid> for Finding {
    fn from(invalid: &Invalid) -> Self {
        Self {
            cause: invalid.code().to_owned(),
            detail: invalid.detail().to_owned(),
            fix: invalid.hint().to_owned(),
            document: None,
            settings: None,
        }
    }
}
