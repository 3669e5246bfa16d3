//! The connection check: takes an integration through everything that it is declared for, by the code that serves files, and says what is
//! wrong and how to mend it.
//!
//! It answers with a [`Report`], never with an error, whatever it finds. [`steps`] is the table of what is tried, [`causes`] the table of
//! what a refusal means; `run` takes one step after the other, and [`keep`] says what a check leaves behind.

mod browser;
mod bucket;
mod canary;
pub mod causes;
pub(crate) mod census;
pub mod change;
mod clock;
mod denial;
pub mod file;
mod fix;
pub(crate) mod identity;
mod judged;
pub mod keep;
mod objects;
mod other_buckets;
pub mod past;
mod principal_role;
pub mod report;
mod run;
mod scope;
pub mod steps;
mod subject;

use std::time::Duration;

use byob_aws::Invalid;
use tokio::sync::mpsc::UnboundedSender;

pub use self::{past::Occasion, report::Report};
use self::{report::Step, run::Run, steps::StepName, subject::Subject};
use crate::{
    audit::By,
    core::Core,
    error::{Error, Result},
    id::{CheckId, IntegrationId, OrganizationId},
    integration::Record,
    organization::Reach,
    store::{JobRow, Kept},
};

/// The longest time that a check waits for changes to spread through IAM, in seconds.
pub const LONGEST_WAIT: u64 = 180;

/// How a check is made.
#[derive(Debug, Clone, Default)]
pub struct CheckOptions {
    /// An object to read, where none can be listed, or a bucket to look at, where there are several.
    pub locator: Option<String>,
    /// How long steps that are denied are tried again, because changes of IAM take minutes to spread.
    pub wait: Duration,
    /// Writes no canary into buckets that keep versions, where it could not be removed without a trace: for checks that nobody asked for.
    pub traceless: bool,
}

impl CheckOptions {
    /// `wait` is in seconds.
    pub fn new(locator: Option<String>, wait: Option<u64>) -> Result<Self> {
        let wait = wait.unwrap_or_default();
        if wait > LONGEST_WAIT {
            let hint = format!("Use 0 to {LONGEST_WAIT} seconds.");
            return Err(Error::field(
                "wait",
                &Invalid::new("out_of_range", format!("{wait} seconds are too long."), hint),
            ));
        }
        Ok(Self { locator, wait: Duration::from_secs(wait), traceless: false })
    }
}

/// The steps that tell whether a role lets in those whom it must not.
const REFUSALS: [StepName; 4] = [
    StepName::PlatformIdentityKnown,
    StepName::RoleArnValid,
    StepName::ExternalIdRequired,
    StepName::ExternalIdEnforced,
];

/// A check that is ready to run: what can be wrong with the question is known to be right.
pub struct Check {
    core: Core,
    subject: Subject,
    wait: Duration,
    traceless: bool,
    occasion: Occasion,
    /// Who asked for it.
    by: By,
    /// The job that makes it.
    job: Option<JobRow>,
}

impl Core {
    /// Prepares the check of a draft.
    pub async fn draft_check(
        &self,
        organization: &OrganizationId,
        by: &By,
        id: &IntegrationId,
        options: &CheckOptions,
    ) -> Result<Check> {
        let record = self.get_draft(organization, id).await?;
        self.check_of(organization, by, record, options)
    }

    /// Prepares the check of an integration.
    pub async fn integration_check(
        &self,
        reach: &Reach,
        by: &By,
        id: &IntegrationId,
        options: &CheckOptions,
    ) -> Result<Check> {
        let record = self.get_integration(reach, id).await?;
        self.check_of(reach.to(id)?, by, record, options)
    }

    fn check_of(
        &self,
        organization: &OrganizationId,
        by: &By,
        record: Record,
        options: &CheckOptions,
    ) -> Result<Check> {
        let subject = Subject::new(self, organization, record, options.locator.as_deref())?;
        let (wait, traceless) = (options.wait, options.traceless);
        let (core, by) = (self.clone(), by.clone());
        Ok(Check { core, subject, wait, traceless, occasion: Occasion::Request, by, job: None })
    }

    /// Makes the check that a job is for. Nobody asked for it, so it leaves no trace in the bucket.
    pub(crate) async fn check_for(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        job: &JobRow,
    ) -> Result<Report> {
        let options = CheckOptions { traceless: true, ..CheckOptions::default() };
        let check = self.integration_check(&Reach::all(organization), &By::service(), id, &options).await?;
        let saved = job.occasion == Occasion::Save.as_str();
        let occasion = if saved { Occasion::Save } else { Occasion::Schedule };
        Check { occasion, job: Some(job.clone()), ..check }.run(None).await
    }

    /// Looks whether a role lets in those whom it must not, and asks for nothing else: neither for a session, nor of the bucket.
    pub(crate) async fn check_refusals(&self, organization: &OrganizationId, record: Record) -> Result<Report> {
        let subject = Subject::new(self, organization, record, None)?;
        let id = CheckId::new(&self.clock, &self.rng).to_string();
        let mut run = Run::new(self, &subject);
        Ok(Box::pin(run.steps(&REFUSALS, id, Duration::ZERO, None)).await)
    }
}

impl Check {
    /// Takes every step; each is told of as soon as it is done.
    ///
    /// It runs as a task of its own: whoever asked may go away, and yet what was written is removed.
    pub async fn run(self, tell: Option<UnboundedSender<Step>>) -> Result<Report> {
        let task = tokio::spawn(async move {
            let Self { core, subject, wait, traceless, occasion, by, job } = self;
            let id = CheckId::new(&core.clock, &core.rng).to_string();
            let mut run = Run::new(&core, &subject).traceless(traceless);
            let report = Box::pin(run.steps(&StepName::ALL, id, wait, tell.as_ref())).await;
            let labels = [("occasion", occasion.as_str()), ("outcome", report.outcome.as_str())];
            metrics::counter!("byob_checks_total", &labels).increment(1);
            let took = Duration::from_millis(report.duration_ms).as_secs_f64();
            metrics::histogram!("byob_check_duration_seconds", "occasion" => occasion.as_str()).record(took);
            tracing::info!(
                integration = %report.integration_id, check = report.id, occasion = occasion.as_str(),
                outcome = report.outcome.as_str(), requests = report.requests, elapsed_ms = report.duration_ms, "checked"
            );
            if core.keep(&subject, &report, (occasion, &by), job.as_ref()).await? == Kept::Lost {
                tracing::warn!(integration = %report.integration_id, check = report.id, "a check that came too late is not kept");
            }
            Ok(report)
        });
        task.await.map_err(Error::internal)?
    }
}
