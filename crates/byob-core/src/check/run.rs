//! Takes the steps one after the other. Each gets a deadline; what needs a step that failed is skipped with the reason.

use std::{sync::Arc, time::Duration};

use aws_sdk_s3::Client;
use byob_aws::Locator;
use tokio::{
    sync::mpsc::UnboundedSender,
    time::{Instant, sleep, timeout},
};

use super::{
    causes::{Seen, Signs, diagnose, named},
    denial::Denial,
    fix::{Facts, Known, corrected},
    judged::Judged,
    report::{Arrival, Aws, Conclusion, DocumentKind, Evidence, Health, Outcome, Proof, Report, Step},
    steps::{STEPS, StepName},
    subject::Subject,
};
use crate::{
    aws_io::{
        fault::{Fault, FaultKind},
        witness::Witness,
    },
    core::Core,
    credentials::session::Session,
    runtime::from_millis,
};

/// No step takes longer, unless it was asked to wait for IAM.
const DEADLINE: Duration = Duration::from_secs(10);

/// How long a step that was denied is left alone before it is tried again, at first; each time half as long again.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// A check under way.
pub(super) struct Run<'a> {
    pub core: &'a Core,
    pub subject: &'a Subject,
    pub witness: Witness,
    pub facts: Facts,
    /// No canary in buckets that keep versions.
    pub traceless: bool,
    /// What steps learned for later ones.
    pub found: Found,
    evidence: Vec<Evidence>,
    aws: Option<Aws>,
    steps: Vec<Step>,
    /// The steps whose claim holds, or says nothing here.
    held: Vec<StepName>,
}

/// What steps learned for later ones.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)] // Each is a fact of its own.
pub(super) struct Found {
    /// The role's session, or the access key.
    pub session: Option<Arc<Session>>,
    /// Asks the bucket with that session.
    pub s3: Option<Client>,
    /// The role let us in with the right external ID.
    pub assumed: bool,
    /// The role lets somebody in who shows no external ID, or another.
    lets_in: bool,
    /// Where the bucket lies, as far as S3 says.
    pub region: Option<String>,
    /// S3 sent us to another region.
    pub elsewhere: bool,
    /// The answer of the listing, where it was asked for early.
    pub listing: Option<Result<Vec<Object>, Fault>>,
    /// Whether the bucket's location may be asked for.
    pub location_permitted: bool,
    /// An object that was read, or, in an empty folder, a name that does not exist.
    pub readable: Option<Readable>,
    /// Something that is encrypted with a KMS key.
    pub encrypted: Option<Encrypted>,
    /// What was written and has to go again.
    pub canary: Option<String>,
    /// Something was written.
    pub wrote: bool,
    /// The bucket keeps versions of what is overwritten or deleted.
    pub keeps_versions: bool,
}

/// An object of the listing.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub locator: Locator,
    pub size: i64,
    pub archived: bool,
}

/// An object that is encrypted with a KMS key.
#[derive(Debug, Clone)]
pub(super) struct Encrypted {
    pub locator: Locator,
    /// The key, as far as it was named.
    pub key: String,
    /// What came of reading it.
    pub answer: Result<(), Fault>,
}

/// What can be fetched by URL.
#[derive(Debug, Clone)]
pub(super) struct Readable {
    pub locator: Locator,
    pub exists: bool,
    pub size: i64,
}

impl<'a> Run<'a> {
    pub fn new(core: &'a Core, subject: &'a Subject) -> Self {
        Self {
            core,
            subject,
            witness: Witness::new(core.clock.clone()),
            facts: Facts::of(subject),
            traceless: false,
            found: Found::default(),
            evidence: Vec::new(),
            aws: None,
            steps: Vec::new(),
            held: Vec::new(),
        }
    }

    /// Whether canaries are to be spared where they leave versions behind.
    pub fn traceless(self, traceless: bool) -> Self {
        Self { traceless, ..self }
    }

    /// Takes these steps, skips the others, and tells of each as soon as it is done. What is denied is tried again for as long as `wait` allows.
    pub async fn steps(
        &mut self,
        wanted: &[StepName],
        id: String,
        wait: Duration,
        tell: Option<&UnboundedSender<Step>>,
    ) -> Report {
        let (started_at, begun) = (from_millis(self.core.clock.now_millis()), Instant::now());
        for info in &STEPS {
            let step = if wanted.contains(&info.step) {
                self.one(info.step, begun + wait).await
            } else {
                self.written(info.step, Judged::skipped("It was not asked for."), Instant::now())
            };
            if let Some(tell) = tell {
                // Whoever listened may be gone; the check goes on to its end, for what it wrote has to be removed.
                let _ = tell.send(step.clone());
            }
            self.steps.push(step);
        }
        let record = &self.subject.record;
        let outcome = Conclusion::of(&self.steps);
        Report {
            changes: self.arrival(outcome),
            id,
            integration_id: record.id.clone(),
            integration_version: record.row.version,
            outcome,
            health: Health::of(&self.steps),
            external_id: Proof::of_external_id(&self.steps),
            started_at,
            duration_ms: millis(begun.elapsed()),
            requests: self.witness.requests(),
            steps: std::mem::take(&mut self.steps),
        }
    }

    /// Whether the customer has applied what changed in the documents.
    fn arrival(&self, outcome: Conclusion) -> Option<Arrival> {
        let record = &self.subject.record;
        let documents = self.core.policies(record).ok()?;
        let changes = self.core.changes(record, &documents)?;
        let key_tried = self
            .steps
            .iter()
            .any(|step| step.name == StepName::EncryptedObjectReadable && step.outcome == Outcome::Passed);
        Some(match outcome {
            Conclusion::Failed | Conclusion::Inconclusive => Arrival::Awaited,
            Conclusion::Passed | Conclusion::Warned if changes.out_of_sight || (changes.more_keys && !key_tried) => {
                Arrival::Unseen
            }
            Conclusion::Passed | Conclusion::Warned => Arrival::Arrived,
        })
    }

    async fn one(&mut self, name: StepName, give_up: Instant) -> Step {
        let begun = Instant::now();
        if let Some(unmet) = name.info().needs.iter().find(|needed| !self.held.contains(needed)) {
            return self.written(name, Judged::skipped(self.why_not(*unmet)), begun);
        }
        let mut pause = FIRST_PAUSE;
        let judged = loop {
            let tried = timeout(DEADLINE, self.try_step(name)).await;
            let mut judged = tried.unwrap_or_else(|_| self.undecided(&Fault::silent("", FaultKind::TimedOut)));
            let waited = begun.elapsed();
            if judged.may_change && Instant::now() + pause < give_up {
                sleep(pause).await;
                pause = (pause * 3 / 2).min(LONGEST_PAUSE);
                continue;
            }
            if judged.outcome == Outcome::Passed && waited >= FIRST_PAUSE && pause > FIRST_PAUSE {
                let seconds = waited.as_secs();
                judged.detail =
                    format!("{} It took {seconds} seconds until the change had spread through IAM.", judged.detail);
            }
            break judged;
        };
        if name.is_of_external_id() && judged.outcome == Outcome::Failed {
            // Nothing of an unsafe role is used, what came with the right ID included.
            (self.found.lets_in, self.found.session) = (true, None);
        }
        self.written(name, judged, begun)
    }

    async fn try_step(&mut self, name: StepName) -> Judged {
        match name {
            StepName::PlatformIdentityKnown => self.platform_identity_known().await,
            StepName::RoleArnValid => self.role_arn_valid(),
            StepName::RoleAssumable => self.role_assumable().await,
            StepName::ExternalIdRequired => self.external_id_required().await,
            StepName::ExternalIdEnforced => self.external_id_enforced().await,
            StepName::BucketReachable => self.bucket_reachable().await,
            StepName::RegionMatches => self.region_matches().await,
            StepName::PrefixListable => self.prefix_listable().await,
            StepName::ObjectReadable => self.object_readable().await,
            StepName::VersionReadable => self.version_readable().await,
            StepName::EncryptedObjectReadable => self.encrypted_object_readable(),
            StepName::ObjectWritable => self.object_writable().await,
            StepName::ObjectDeletable => self.object_deletable().await,
            StepName::ScopeEnforced => self.scope_enforced().await,
            StepName::PresignedUrlLoads => self.presigned_url_loads().await,
            StepName::BrowserCorsAllowed => self.browser_cors_allowed().await,
            StepName::ClockInSync => self.clock_in_sync(),
            StepName::CleanupDone => self.cleanup_done().await,
        }
    }

    /// Why a step that needs this one is not taken.
    fn why_not(&self, needed: StepName) -> String {
        if self.found.lets_in {
            return "The role is unsafe, so its credentials are not used.".to_owned();
        }
        // What was skipped itself has its reason in what it needed.
        let first = self.steps.iter().find(|step| step.name == needed);
        match first.map(|step| (step.outcome, step.inconclusive)) {
            Some((Outcome::Skipped, _)) => first.map(|step| step.detail.clone()).unwrap_or_default(),
            Some((_, true)) => format!("It needs `{needed}`, which could not be decided."),
            _ => format!("It needs `{needed}`, which failed."),
        }
    }

    /// Writes down what became of a step.
    fn written(&mut self, name: StepName, judged: Judged, begun: Instant) -> Step {
        if judged.holds {
            self.held.push(name);
        }
        let finding = judged.because.map(|because| {
            let cause = named(because.cause);
            let mut finding = because.facts.finding(cause, self.subject);
            finding.document = cause.document.and_then(|kind| corrected(self.core, self.subject, kind, &because));
            finding.settings = because.settings;
            finding
        });
        Step {
            name,
            outcome: judged.outcome,
            inconclusive: judged.inconclusive,
            detail: judged.detail,
            proof: judged.proof,
            evidence: std::mem::take(&mut self.evidence),
            duration_ms: millis(begun.elapsed()),
            aws: self.aws.take(),
            finding,
        }
    }

    /// Sends a request, and notes question and answer. `of` reads the client's error.
    pub async fn ask<T, E>(
        &mut self,
        operation: &'static str,
        asked: impl Into<String>,
        send: impl Future<Output = Result<T, E>>,
        of: impl Fn(&E) -> Fault,
    ) -> Result<T, Fault> {
        self.witness.expect();
        let begun = Instant::now();
        let answer = send.await.map_err(|error| of(&error));
        let last = self.witness.last();
        let (answered, code, request_id) = match &answer {
            Ok(_) => (last.status.to_string(), None, last.request_id),
            Err(fault) => (fault.in_words(), fault.code.clone(), fault.request_id.clone().or(last.request_id)),
        };
        let asked = format!("{operation} {}", asked.into());
        let asked = asked.trim_end().to_owned();
        self.evidence.push(Evidence {
            asked,
            answered,
            request_id: request_id.clone(),
            duration_ms: millis(begun.elapsed()),
        });
        self.aws = Some(Aws::new(operation, code, request_id));
        answer
    }

    /// A step that AWS's answer leaves open.
    pub fn undecided(&self, fault: &Fault) -> Judged {
        let cause =
            diagnose(&Seen { step: StepName::ClockInSync, fault, denial: &Denial::default(), signs: Signs::default() });
        let judged = Judged::warned(
            cause.name,
            self.facts.clone(),
            format!("Nothing was decided: {}.", fault.in_words().trim_end_matches('.')),
        );
        Judged { inconclusive: true, holds: false, ..judged }
    }

    /// What a refusal means for a step.
    pub fn refused(&self, step: StepName, fault: &Fault, signs: Signs, facts: Facts) -> Judged {
        if fault.is_inconclusive() {
            return self.undecided(fault);
        }
        let denial = Denial::read(fault.message());
        let cause = diagnose(&Seen { step, fault, denial: &denial, signs });
        let action = denial.action.clone().unwrap_or_else(|| fault.operation.to_owned());
        let mut facts = facts.with("action", format!("`{action}`"));
        if let Some(resource) = &denial.resource {
            facts = facts.with("resource", format!("`{resource}`"));
            if action.starts_with("kms:") {
                facts = facts.with("kms_key", format!("`{resource}`"));
            }
        }
        if let Some(region) = &fault.region {
            facts = facts.with("found_region", format!("`{region}`"));
        }
        let known = match (cause.document, fault.is_denied()) {
            // Where nothing is permitted, it is not one action that is lacking.
            (Some(DocumentKind::AccessPolicy), true) if cause.name != "bucket_not_permitted" => Known::Lacks(action),
            _ => Known::Nothing,
        };
        let judged =
            Judged::failed(cause.name, facts, format!("{}.", fault.in_words().trim_end_matches('.'))).knowing(known);
        let judged = match cause.name {
            "wrong_region" => match &fault.region {
                Some(region) => judged.offering(serde_json::json!({ "region": region })),
                None => judged,
            },
            "addressing_style" => judged.offering(serde_json::json!({ "force_path_style": true })),
            "requester_pays" => judged.offering(serde_json::json!({ "requester_pays": true })),
            "kms_key_not_declared" | "kms_not_allowed" => match self.with_key(denial.resource.as_deref()) {
                Some(keys) => judged.offering(serde_json::json!({ "kms_key_arns": keys })),
                None => judged,
            },
            _ => judged,
        };
        let may_spread = fault.is_denied() || cause.name == "principal_role_not_assumable";
        if may_spread { judged.may_change() } else { judged }
    }

    /// The declared KMS keys and one more; `None` if it is one of them.
    fn with_key(&self, arn: Option<&str>) -> Option<Vec<String>> {
        let key = byob_aws::KmsKeyArn::parse(arn?).ok()?;
        let mut keys = self.subject.record.settings.kms_key_arns.clone();
        let key = key.to_string();
        (!keys.contains(&key)).then(|| {
            keys.push(key);
            keys
        })
    }
}

fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
