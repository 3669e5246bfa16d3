//! What is broken on purpose, so that others can test how they bear it.

use serde::{Deserialize, Serialize};

/// How far IAM's changes lag, and which services misbehave.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Changes to users, roles and policies take effect after this many seconds.
    pub iam_delay_seconds: u32,
    /// How STS misbehaves.
    pub sts: Option<Fault>,
    /// How S3 misbehaves.
    pub s3: Option<Fault>,
    /// How IAM misbehaves.
    pub iam: Option<Fault>,
}

/// How a service misbehaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Fault {
    /// Answers that there were too many requests.
    Throttle {
        /// How many requests to treat so; without a number, all.
        times: Option<u32>,
    },
    /// Answers with an internal error.
    Fail {
        /// How many requests to treat so; without a number, all.
        times: Option<u32>,
    },
    /// Answers rightly, but late.
    Slow {
        /// How late, in milliseconds; at most a minute.
        milliseconds: u32,
        /// How many requests to treat so; without a number, all.
        times: Option<u32>,
    },
}

impl Faults {
    /// The fault that the next request to a service meets, and counts it down.
    pub fn next(&mut self, service: &str) -> Option<Fault> {
        let slot = match service {
            "sts" => &mut self.sts,
            "s3" => &mut self.s3,
            _ => &mut self.iam,
        };
        let fault = slot.as_mut()?;
        let (Fault::Throttle { times } | Fault::Fail { times } | Fault::Slow { times, .. }) = fault;
        match times {
            Some(0) => {
                *slot = None;
                return None;
            }
            Some(left) => *left -= 1,
            None => {}
        }
        slot.clone()
    }
}
