//! The work that nobody asks for: jobs of the database, shared by all replicas.
//!
//! A replica takes a job for longer than the job can last. If it dies, another takes the job over when that time ends; and if it was only
//! slow, what it found is not written any more.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

use crate::{
    core::Core,
    error::Result,
    id::{IntegrationId, OrganizationId},
    runtime::Rng,
    store::{CHECK, JobRow, NextRun, Taking},
};

/// How many jobs a replica does at a time, and how many of one organization: one slow customer must not hold up the others.
const SIDE_BY_SIDE: usize = 4;
const PER_ORGANIZATION: i64 = 2;

/// For how long a job is a replica's, in milliseconds. A check has 18 steps of at most 10 seconds each.
const LEASE: i64 = 300_000;

/// How long a replica that has nothing to do waits before it looks again.
const PAUSE: Duration = Duration::from_secs(2);

/// How long jobs under way may take once the service stops. Orchestrators commonly kill after 30 seconds, and requests have 20.
const LAST_CALL: Duration = Duration::from_secs(5);

/// After how long what did not go well is tried again, at first, in milliseconds; each time twice as long.
const FIRST_RETRY: i64 = 60_000;

/// Does the jobs of one replica.
#[derive(Clone)]
pub struct Worker {
    core: Core,
    /// Who it is, in leases.
    replica: Arc<str>,
}

/// A worker that works until it is stopped.
pub struct Working {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Core {
    /// A worker of its own name.
    pub fn worker(&self) -> Worker {
        Worker { core: self.clone(), replica: base16ct::lower::encode_string(&self.rng.bytes::<16>()).into() }
    }
}

impl Worker {
    /// Works from now on.
    pub fn start(self) -> Working {
        let (stop, stopping) = watch::channel(false);
        Working { stop, task: tokio::spawn(self.work(stopping)) }
    }

    /// Does what is due, and returns when nothing is left: how many jobs that were.
    pub async fn pass(&self) -> Result<usize> {
        let (_never, mut stopping) = watch::channel(false);
        self.do_due(&mut stopping).await
    }

    async fn work(self, mut stopping: watch::Receiver<bool>) {
        let mut failing = false;
        loop {
            let outcome = self.do_due(&mut stopping).await;
            // As long as it goes on, it is not said again.
            let news = failing != outcome.is_err();
            failing = outcome.is_err();
            match outcome {
                Err(error) if news => {
                    tracing::error!(code = error.code(), cause = %error.causes(), "no work can be taken");
                }
                Ok(_) if news => tracing::info!("work can be taken again"),
                Ok(_) | Err(_) => {}
            }
            if timeout(PAUSE, told_to_stop(&mut stopping)).await.is_ok() {
                return;
            }
        }
    }

    async fn do_due(&self, stopping: &mut watch::Receiver<bool>) -> Result<usize> {
        let mut running = JoinSet::new();
        let mut done = 0;
        loop {
            let taken = self.take(&mut running, stopping).await;
            if let Err(error) = taken {
                // Those under way are not dropped for it.
                while running.join_next().await.is_some() {}
                return Err(error);
            }
            if running.is_empty() {
                return Ok(done);
            }
            tokio::select! {
                _ = running.join_next() => done += 1,
                () = sleep(PAUSE) => {}
                () = told_to_stop(stopping) => return self.stop(running).await.map(|()| done),
            }
        }
    }

    /// Begins what is due, as far as there is room.
    async fn take(&self, running: &mut JoinSet<()>, stopping: &watch::Receiver<bool>) -> Result<()> {
        // Where checks are not scheduled, there is nothing else to do yet.
        while self.core.check_interval > 0 && running.len() < SIDE_BY_SIDE && !*stopping.borrow() {
            let now = self.core.clock.now_millis();
            let taking = Taking {
                kind: CHECK,
                replica: &self.replica,
                now,
                until: now + LEASE,
                settling: self.core.check_delay,
                per_organization: PER_ORGANIZATION,
            };
            let Some(job) = self.core.store.job_take(&taking).await? else { break };
            let core = self.core.clone();
            running.spawn(async move { core.run_job(job).await });
        }
        Ok(())
    }

    /// Lets those under way end, if that is soon, and gives back the others.
    async fn stop(&self, mut running: JoinSet<()>) -> Result<()> {
        if timeout(LAST_CALL, async { while running.join_next().await.is_some() {} }).await.is_err() {
            running.shutdown().await;
            self.core.store.job_give_back(&self.replica).await?;
        }
        Ok(())
    }
}

/// Also if whoever would say so is gone.
async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

impl Working {
    /// Takes nothing new, lets what is under way end or gives it back, and returns when that is done.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!("the worker ended early: {error}");
        }
    }
}

impl Core {
    async fn run_job(&self, job: JobRow) {
        let (organization, subject) =
            (OrganizationId::from_text(&job.organization_id), IntegrationId::from_text(&job.subject));
        let Err(error) = self.check_for(&organization, &subject, &job).await else { return };
        tracing::error!(%organization, integration = %subject, code = error.code(), cause = %error.causes(), "a check could not be made: {error}");
        let run_at = self.clock.now_millis() + jittered(backoff(job.attempts, self.check_interval), &self.rng);
        let next = NextRun { run_at, occasion: "schedule", went_well: false };
        if let Err(error) = self.store.job_done(&job, next).await {
            // The lease ends by itself.
            tracing::warn!(integration = %subject, cause = %error.causes(), "a job could not be put off");
        }
    }
}

/// How long to wait after so many attempts, in milliseconds; at most what is waited when all is well.
pub(crate) fn backoff(attempts: i64, longest: i64) -> i64 {
    let doublings = u32::try_from((attempts - 1).clamp(0, 30)).unwrap_or_default();
    (FIRST_RETRY << doublings).min(longest)
}

/// A tenth more or less, so that what began together does not stay together.
pub(crate) fn jittered(wait: i64, rng: &Rng) -> i64 {
    let spread = i64::from(u16::from_be_bytes(rng.bytes()));
    wait * 9 / 10 + wait / 5 * spread / i64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn what_does_not_go_well_is_tried_again_at_ever_longer_intervals() {
        let waits: Vec<i64> = (1..=8).map(|attempts| backoff(attempts, HOUR) / FIRST_RETRY).collect();

        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!((backoff(i64::MAX, HOUR), backoff(0, HOUR)), (HOUR, FIRST_RETRY));
        assert_eq!(backoff(1, 1000), 1000, "never later than when all is well");
    }

    #[test]
    fn the_interval_varies_by_a_tenth() {
        let waits: Vec<i64> = (0..1000).map(|_| jittered(HOUR, &Rng)).collect();

        assert!(waits.iter().all(|wait| (HOUR * 9 / 10..=HOUR * 11 / 10).contains(wait)));
        let (least, most) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
        assert!(most - least > HOUR / 10, "{least} to {most}");
    }
}
