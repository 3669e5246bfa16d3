//! The connection check: takes an integration through everything that it is declared for, by the code that serves files, and says what is
//! wrong and how to mend it.
//!
//! It answers with a [`Report`], never with an error, whatever it finds. [`steps`] is the table of what is tried, [`causes`] the table of
//! what a refusal means; `run` takes one step after the other.

mod browser;
mod bucket;
mod canary;
pub mod causes;
mod clock;
mod denial;
mod fix;
mod identity;
mod objects;
mod principal_role;
pub mod report;
mod run;
mod scope;
pub mod steps;
mod subject;

use std::time::Duration;

use byob_aws::Invalid;
use tokio::sync::mpsc::UnboundedSender;

pub use self::report::Report;
use self::{
    report::{Proof, Step},
    run::Run,
    steps::StepName,
    subject::Subject,
};
use crate::{
    core::Core,
    error::{Error, Result},
    id::{self, IntegrationId, OrganizationId},
    integration::Record,
    store::{Safety, State},
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
}

impl Core {
    /// Prepares the check of a draft.
    pub async fn draft_check(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        options: &CheckOptions,
    ) -> Result<Check> {
        let record = self.get_draft(organization, id).await?;
        self.check_of(organization, record, options)
    }

    /// Prepares the check of an integration.
    pub async fn integration_check(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        options: &CheckOptions,
    ) -> Result<Check> {
        let record = self.get_integration(organization, id).await?;
        self.check_of(organization, record, options)
    }

    fn check_of(&self, organization: &OrganizationId, record: Record, options: &CheckOptions) -> Result<Check> {
        let subject = Subject::new(self, organization, record, options.locator.as_deref())?;
        Ok(Check { core: self.clone(), subject, wait: options.wait, traceless: options.traceless })
    }

    /// Looks whether a role lets in those whom it must not, and asks for nothing else: neither for a session, nor of the bucket.
    pub(crate) async fn check_refusals(&self, organization: &OrganizationId, record: Record) -> Result<Report> {
        let subject = Subject::new(self, organization, record, None)?;
        let id = id::check(&self.clock, &self.rng);
        let mut run = Run::new(self, &subject);
        Ok(Box::pin(run.steps(&REFUSALS, id, Duration::ZERO, None)).await)
    }
}

impl Core {
    /// What a check of a saved integration found has consequences: one whose role is not safe is not used any more.
    async fn note(&self, subject: &Subject, report: &Report) -> Result<()> {
        let safety = match report.external_id {
            _ if report.is_unsafe() => Safety::Unsafe,
            Proof::Proven => Safety::Proven,
            _ => return Ok(()),
        };
        let Subject { organization, record, .. } = subject;
        if record.row.state == State::Saved.as_str()
            && self.store.integration_set_safety(organization, &record.id, record.row.version, safety).await?
        {
            self.directory.forget(organization).await;
        }
        Ok(())
    }
}

impl Check {
    /// Takes every step; each is told of as soon as it is done.
    ///
    /// It runs as a task of its own: whoever asked may go away, and yet what was written is removed.
    pub async fn run(self, tell: Option<UnboundedSender<Step>>) -> Result<Report> {
        let task = tokio::spawn(async move {
            let Self { core, subject, wait, traceless } = self;
            let id = id::check(&core.clock, &core.rng);
            let mut run = Run::new(&core, &subject).traceless(traceless);
            let report = Box::pin(run.steps(&StepName::ALL, id, wait, tell.as_ref())).await;
            core.note(&subject, &report).await?;
            Ok(report)
        });
        task.await.map_err(Error::internal)?
    }
}
