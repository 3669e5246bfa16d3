//! Why one file does not load: the steps of a check that its loading depends on.

use std::time::Duration;

use byob_aws::Locator;
use tokio::sync::Semaphore;

use super::{
    causes::named,
    fix::Facts,
    objects::is_folded,
    report::{Finding, Outcome},
    run::Run,
    steps::StepName,
    subject::Subject,
};
use crate::{
    core::{Core, PUBLIC},
    error::{Error, Result},
    id::{CheckId, IntegrationId},
    integration::settings::Delivery,
    organization::Reach,
};

/// What a file passes on its way to the browser.
const STEPS: [StepName; 11] = [
    StepName::PlatformIdentityKnown,
    StepName::RoleArnValid,
    StepName::RoleAssumable,
    StepName::ExternalIdRequired,
    StepName::ExternalIdEnforced,
    StepName::BucketReachable,
    StepName::RegionMatches,
    StepName::ObjectReadable,
    StepName::EncryptedObjectReadable,
    StepName::PresignedUrlLoads,
    StepName::BrowserCorsAllowed,
];

/// Each costs about a dozen requests, and anybody who may open files may ask.
static SIDE_BY_SIDE: Semaphore = Semaphore::const_new(4);

/// What those are told to do who only open files.
pub const MENDED_BY_ADMINS: &str = "An admin of your organization can mend it: the connection check says how.";

/// The likely cause why a file does not load.
#[derive(Debug, Clone, PartialEq)]
pub struct Trouble {
    /// The step that failed.
    pub step: StepName,
    /// Why, and what to do.
    pub finding: Finding,
    /// Which integration serves the file.
    pub integration_id: IntegrationId,
}

impl Trouble {
    /// The same for somebody who only opens files: roles, external IDs and policies are for admins.
    #[must_use]
    pub fn without_settings(mut self) -> Self {
        use StepName::{
            BrowserCorsAllowed, BucketReachable, EncryptedObjectReadable, ObjectReadable, PresignedUrlLoads,
            RegionMatches,
        };
        let mut fix = MENDED_BY_ADMINS;
        let detail = match (self.finding.cause.as_str(), self.step) {
            // Of the file alone.
            ("object_gone" | "version_gone" | "object_archived" | "key_of_its_writer", _) => return self,
            ("key_folded", _) => self.finding.detail.as_str(),
            ("aws_throttled" | "aws_unavailable" | "timed_out", _) => {
                fix = "Try again in a minute.";
                "AWS does not answer at the moment."
            }
            (_, BucketReachable | RegionMatches) => "The bucket cannot be reached.",
            (_, ObjectReadable | EncryptedObjectReadable | PresignedUrlLoads) => "The bucket refuses this file.",
            (_, BrowserCorsAllowed) => "The bucket does not let pages of this address read its files.",
            _ => "The bucket's account does not let this service in.",
        };
        self.finding =
            Finding { detail: detail.to_owned(), fix: fix.to_owned(), document: None, settings: None, ..self.finding };
        self
    }
}

impl Core {
    /// Goes the way of one file, and says where it ends, or where AWS did not answer; none if it loads from here.
    pub async fn diagnose_file(&self, reach: &Reach, text: &str) -> Result<Option<Trouble>> {
        let locator = Locator::parse(text)?;
        let listing = self.directory.of(reach.organization()).await?;
        let integration = listing.select(reach, &locator)?;
        if integration.organization_id.as_str() == PUBLIC {
            // It is the operator's, who has no integration that could be checked.
            return Ok(None);
        }
        let record = self.get_integration(reach, &integration.id).await?;
        let subject = Subject::new(self, reach.organization(), record, Some(text))?;
        let _permit = SIDE_BY_SIDE.acquire().await.map_err(Error::internal)?;
        let id = CheckId::new(&self.clock, &self.rng).to_string();
        let mut run = Run::new(self, &subject);
        let report = Box::pin(run.steps(&STEPS, id, Duration::ZERO, None)).await;
        let (failed, others): (Vec<_>, Vec<_>) =
            report.steps.into_iter().partition(|step| step.outcome == Outcome::Failed);
        let undecided = others.into_iter().filter(|step| step.inconclusive && step.outcome == Outcome::Warned);
        let found = failed.into_iter().chain(undecided).find_map(|step| Some((step.name, step.finding?)));
        let found = found.or_else(|| {
            let is_folded = integration.spec.delivery == Delivery::Direct && is_folded(locator.key().as_str());
            let facts = Facts::of(&subject).with("key", locator.key().as_str());
            is_folded.then(|| (StepName::PresignedUrlLoads, facts.finding(named("key_folded"), &subject)))
        });
        Ok(found.map(|(step, finding)| Trouble { step, finding, integration_id: integration.id.clone() }))
    }
}
