//! Connection checks.

use serde::{Deserialize, Serialize};

use crate::{Client, ClientError};

/// How to check; nothing of it is needed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CheckRequest {
    /// An object to read, where none can be listed, or whose bucket is to be looked at, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locator: Option<String>,
    /// For how many seconds steps that are denied are tried again: 0 to 180.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<u64>,
}

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// An integration that is being set up.
    Draft,
    /// One that is saved.
    Integration,
}

/// A step that is done.
#[derive(Debug, Clone, Deserialize)]
pub struct Step {
    /// The claim.
    pub name: String,
    /// `passed`, `failed`, `warned` or `skipped`.
    pub outcome: String,
    /// AWS did not answer the question.
    #[serde(default)]
    pub inconclusive: bool,
    /// What was seen, or why it was skipped.
    pub detail: String,
    /// What AWS answered last.
    pub aws: Option<Aws>,
    /// Why it failed, and what to do.
    pub finding: Option<Finding>,
    /// Milliseconds.
    pub duration_ms: u64,
}

/// What AWS answered.
#[derive(Debug, Clone, Deserialize)]
pub struct Aws {
    /// Such as `sts:AssumeRole`.
    pub operation: String,
    /// AWS's error code.
    pub code: Option<String>,
    /// AWS's request ID.
    pub request_id: Option<String>,
}

/// Why a step failed, and how to mend it.
#[derive(Debug, Clone, Deserialize)]
pub struct Finding {
    /// Stable and machine-readable.
    pub cause: String,
    /// The likely cause.
    pub detail: String,
    /// What to do.
    pub fix: String,
    /// The document to apply.
    pub document: Option<CorrectedDocument>,
    /// Settings that would mend it.
    pub settings: Option<serde_json::Value>,
}

/// A document of the customer's account as it should be.
#[derive(Debug, Clone, Deserialize)]
pub struct CorrectedDocument {
    /// `access_policy`, `trust_policy` or `cors`.
    pub kind: String,
    /// The whole document, in the order in which people write it.
    pub document: Box<serde_json::value::RawValue>,
    /// What to change, as a unified diff.
    pub diff: Option<String>,
}

/// The end of a check.
#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    /// The check's ID.
    pub id: String,
    /// `passed`, `warned`, `failed` or `inconclusive`.
    pub outcome: String,
    /// `healthy`, `degraded`, `unhealthy`, `unsafe` or `unknown`.
    pub health: String,
    /// How many requests it cost.
    pub requests: usize,
    /// Milliseconds.
    pub duration_ms: u64,
    /// `awaited`, `arrived` or `unseen` (part of them, of which no request can tell), where they changed since a check
    /// last passed.
    pub changes: Option<String>,
    /// Every step, in order.
    pub steps: Vec<Step>,
}

impl Client {
    /// Checks an integration, or a draft if there is no integration of that ID, and tells of each step as soon as it is done. The text
    /// is the report as the service wrote it.
    pub async fn check(
        &self,
        id: &str,
        request: &CheckRequest,
        mut tell: impl FnMut(&Step),
    ) -> Result<(Checked, Report, String), ClientError> {
        match self.check_as(&["integrations", id, "check"], request, &mut tell).await {
            Err(ClientError::Refused(problem)) if problem.status == 404 => {
                let (report, text) = self.check_as(&["drafts", id, "check"], request, &mut tell).await?;
                Ok((Checked::Draft, report, text))
            }
            answer => answer.map(|(report, text)| (Checked::Integration, report, text)),
        }
    }

    async fn check_as(
        &self,
        path: &[&str],
        request: &CheckRequest,
        tell: &mut impl FnMut(&Step),
    ) -> Result<(Report, String), ClientError> {
        let unreadable = |what: String| ClientError::Unreadable { base_url: self.base_url.to_string(), what };
        let sent = self.http.post(self.url(path)).header("accept", "text/event-stream").json(request);
        let mut response = self.send(sent).await?;
        let mut events = Events::default();
        while let Some(chunk) = response.chunk().await.map_err(|source| self.unreachable(source))? {
            for Event { name, data } in events.read(&chunk) {
                let read_error = |error: serde_json::Error| unreadable(error.to_string());
                match name.as_str() {
                    "step" => tell(&serde_json::from_str(&data).map_err(read_error)?),
                    "report" => return Ok((serde_json::from_str(&data).map_err(read_error)?, data)),
                    "error" => return Err(unreadable(data)),
                    _ => {}
                }
            }
        }
        Err(unreadable("the answer ended before the report".to_owned()))
    }
}

/// One event of a stream.
#[derive(Debug, PartialEq, Eq)]
struct Event {
    name: String,
    data: String,
}

/// Cuts a stream into events.
///
/// Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>.
#[derive(Debug, Default)]
struct Events {
    rest: Vec<u8>,
}

impl Events {
    /// The events that end within this piece.
    fn read(&mut self, piece: &[u8]) -> Vec<Event> {
        self.rest.extend_from_slice(piece);
        let mut events = Vec::new();
        while let Some(end) = self.rest.windows(2).position(|pair| pair == b"\n\n") {
            let block: Vec<u8> = self.rest.drain(..end + 2).collect();
            let block = String::from_utf8_lossy(&block).into_owned();
            let of = |field: &str| {
                let lines = block.lines().filter_map(|line| line.strip_prefix(field));
                lines.map(|value| value.strip_prefix(' ').unwrap_or(value)).collect::<Vec<_>>().join("\n")
            };
            let (name, data) = (of("event:"), of("data:"));
            // Comments keep the connection alive.
            if !data.is_empty() {
                events.push(Event { name, data });
            }
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_however_the_stream_is_cut() {
        let stream = ":\n\nevent: step\ndata: {\"a\":\"ü\"}\n\nevent: report\ndata: {}\n\n";
        for size in 1..stream.len() {
            let mut events = Events::default();
            let read: Vec<Event> = stream.as_bytes().chunks(size).flat_map(|piece| events.read(piece)).collect();
            let expected = [("step", "{\"a\":\"ü\"}"), ("report", "{}")];
            assert_eq!(read, expected.map(|(name, data)| Event { name: name.into(), data: data.into() }));
        }
    }
}
