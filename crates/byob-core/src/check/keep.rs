//! What a check of an integration leaves behind: a place in the history, the health, an event where something changed, and the time of
//! the next check.

use serde::Serialize;
use serde_json::json;

use super::{
    Occasion,
    change::{Change, StepState, changes, is_news, learned},
    report::{Arrival, Conclusion, Health, Outcome, Proof, Report},
    subject::Subject,
};
use crate::{
    audit::{Action, By},
    core::Core,
    error::{Error, Result},
    runtime::millis,
    store::{CheckRow, JobRow, Kept, KnownRow, NewEvent, NextRun, Safety, State, Verdict},
    work,
};

/// The kind of event that tells of a change of health.
pub const HEALTH_CHANGED: &str = "integration.health_changed";

/// The payload of such an event.
#[derive(Serialize)]
struct HealthChanged<'a> {
    integration_id: &'a str,
    check_id: &'a str,
    before: Health,
    after: Health,
    steps: Vec<Change>,
}

impl Core {
    /// Keeps a check. One whose job went to another replica meanwhile, or whose integration is gone, leaves nothing.
    pub(super) async fn keep(
        &self,
        subject: &Subject,
        report: &Report,
        (occasion, by): (Occasion, &By),
        job: Option<&JobRow>,
    ) -> Result<Kept> {
        let Subject { organization, record, .. } = subject;
        let steps = StepState::of(report);
        let text = serde_json::to_string(report).map_err(Error::internal)?;
        let check = CheckRow {
            id: report.id.clone(),
            integration_id: record.id.to_string(),
            integration_version: report.integration_version,
            occasion: occasion.as_str().to_owned(),
            started_at: millis(report.started_at),
            duration_ms: i64::try_from(report.duration_ms).unwrap_or(i64::MAX),
            outcome: report.outcome.as_str().to_owned(),
            health: report.health.as_str().to_owned(),
            steps: serde_json::to_string(&steps).map_err(Error::internal)?,
        };
        let details = json!({"check_id": report.id, "outcome": report.outcome});
        if record.row.state != State::Saved.as_str() {
            let granted_at = is_granted(report).then(|| self.clock.now_millis());
            let entry = self.entry(by, Action::DraftChecked, record.row.named(), details);
            self.store.check_keep_of_draft(organization, &check, &text, granted_at, &entry).await?;
            return Ok(Kept::Done { safety_changed: false });
        }
        let now = self.clock.now_millis();
        let judge = |known: &KnownRow| {
            let next_run = job.map(|job| self.next_run(job, report, known, now));
            Ok(Verdict { next_run, ..verdict(known, report, steps.clone())? })
        };
        let entry = self.entry(by, Action::IntegrationChecked, record.row.named(), details);
        // Checks that nobody asked for are many, and change nothing.
        let entry = (occasion == Occasion::Request).then_some(&entry);
        let kept = self.store.check_keep(organization, &check, &text, (now, job, entry), judge).await?;
        if let Kept::Done { safety_changed } = kept {
            if safety_changed {
                self.directory.forget(organization).await;
            }
            self.wake(organization);
        }
        Ok(kept)
    }

    /// When the job is due again: at once, if the integration was changed while it was checked; soon, if it is not well.
    fn next_run(&self, job: &JobRow, report: &Report, known: &KnownRow, now: i64) -> NextRun {
        if known.version != report.integration_version {
            return NextRun { run_at: now, occasion: Occasion::Save.as_str(), went_well: true };
        }
        let went_well = matches!(report.health, Health::Healthy | Health::Degraded);
        let wait = if went_well { self.check_interval } else { work::backoff(job.attempts, self.check_interval) };
        let run_at = now + work::jittered(wait, &self.rng);
        NextRun { run_at, occasion: Occasion::Schedule.as_str(), went_well }
    }
}

/// What a check changes.
fn verdict(known: &KnownRow, report: &Report, steps: Vec<StepState>) -> Result<Verdict> {
    let safety = match report.external_id {
        _ if report.is_unsafe() => Some(Safety::Unsafe),
        Proof::Proven => Some(Safety::Proven),
        _ => None,
    };
    // Of settings that are no longer those, or from a silent AWS, nothing is learned.
    if known.version != report.integration_version || report.outcome == Conclusion::Inconclusive {
        return Ok(Verdict { safety, ..Verdict::default() });
    }
    // What an older release wrote and this one cannot read counts as not known.
    let before: Vec<StepState> = serde_json::from_str(&known.known_steps).unwrap_or_default();
    let after = learned(&before, steps);
    let failed = after.iter().any(|step| step.standing.outcome == Outcome::Failed);
    let health = match report.health {
        // A step that was spared this time stands as it was known.
        Health::Healthy | Health::Degraded if failed => Health::Unhealthy,
        health => health,
    };
    let health_before = Health::from_text(&known.health);
    let event = if health_before != health || is_news(&before, &after) {
        let payload = HealthChanged {
            integration_id: report.integration_id.as_str(),
            check_id: &report.id,
            before: health_before,
            after: health,
            steps: changes(&before, &after),
        };
        let payload = serde_json::to_string(&payload).map_err(Error::internal)?;
        Some(NewEvent { kind: HEALTH_CHANGED, subject: report.integration_id.to_string(), payload })
    } else {
        None
    };
    let known_steps = serde_json::to_string(&after).map_err(Error::internal)?;
    Ok(Verdict {
        health: Some((health.as_str(), known_steps)),
        safety,
        granted: is_granted(report),
        event,
        next_run: None,
    })
}

/// Whether the customer has granted what was checked.
fn is_granted(report: &Report) -> bool {
    matches!(report.health, Health::Healthy | Health::Degraded) && report.changes != Some(Arrival::Unseen)
}
