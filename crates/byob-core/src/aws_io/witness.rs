//! Remembers what AWS answered, request by request: what the typed answers of its client leave out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef},
            dyn_dispatch_hint,
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use crate::runtime::Clock;

/// Listens to clients of AWS.
#[derive(Debug, Clone)]
pub struct Witness {
    clock: Clock,
    seen: Arc<Mutex<Seen>>,
}

/// What was seen so far.
#[derive(Debug, Default)]
struct Seen {
    requests: usize,
    last: Answer,
    /// Seconds by which the other side's clock is ahead of ours, where it said.
    ahead: Option<i64>,
}

/// The last answer.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The HTTP status; 0 where nobody answered.
    pub status: u16,
    /// AWS's request ID.
    pub request_id: Option<String>,
    /// The region of the bucket, where S3 names it.
    pub region: Option<String>,
}

impl Witness {
    /// `clock` is what the other side's is compared with.
    pub fn new(clock: Clock) -> Self {
        Self { clock, seen: Arc::default() }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many requests were sent, those that were repeated included.
    pub fn requests(&self) -> usize {
        self.seen().requests
    }

    /// Seconds by which the other side's clock is ahead of ours; `None` if nobody said what time it is.
    pub fn ahead(&self) -> Option<i64> {
        self.seen().ahead
    }

    /// Forgets the last answer, before a new question.
    pub fn expect(&self) {
        self.seen().last = Answer::default();
    }

    /// The last answer.
    pub fn last(&self) -> Answer {
        self.seen().last.clone()
    }

    /// A request goes out.
    pub fn sent(&self) {
        self.seen().requests += 1;
    }

    /// An answer came.
    pub fn answered(&self, status: u16, header: impl Fn(&str) -> Option<String>) {
        let theirs = header("date").and_then(|date| OffsetDateTime::parse(&date, &Rfc2822).ok());
        let ours = self.clock.now();
        let mut seen = self.seen();
        // Dates are whole seconds, cut off: in the middle, the other clock is half a second further.
        seen.ahead = theirs.map(|theirs| (theirs - ours).whole_seconds()).or(seen.ahead);
        seen.last = Answer {
            status,
            request_id: header("x-amz-request-id").or_else(|| header("x-amzn-requestid")),
            region: header("x-amz-bucket-region"),
        };
    }
}

#[dyn_dispatch_hint]
impl Intercept for Witness {
    fn name(&self) -> &'static str {
        "Witness"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.sent();
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        self.answered(response.status().as_u16(), |name| response.headers().get(name).map(str::to_owned));
        Ok(())
    }
}
