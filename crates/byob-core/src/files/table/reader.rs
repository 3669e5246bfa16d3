//! A file in a bucket, read by ranges.

use std::sync::Arc;

use byob_aws::Locator;
use bytes::Bytes;
use tokio::sync::SemaphorePermit;

use crate::{
    aws_io::s3,
    core::Core,
    error::{Error, Kind, Result},
    files::payer,
    integration::Integration,
};

/// A file, and how much of it was read.
pub struct RangeReader {
    core: Core,
    integration: Arc<Integration>,
    locator: Locator,
    /// What the first answer says: later ones must be of the same object.
    etag: Option<String>,
    size: u64,
    bytes_read: u64,
    /// Belongs to the work: who hangs up does not let the next one in before it is done.
    _turn: SemaphorePermit<'static>,
}

/// Which bytes: so many from a place on, or so many at the end.
#[derive(Clone, Copy)]
enum Range {
    From(u64, u64),
    Last(u64),
}

impl RangeReader {
    pub fn new(core: Core, integration: Arc<Integration>, locator: Locator, turn: SemaphorePermit<'static>) -> Self {
        Self { core, integration, locator, etag: None, size: 0, bytes_read: 0, _turn: turn }
    }

    /// The file's size in bytes; known after something was read.
    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Reads from a place on, as much as there is.
    pub async fn read(&mut self, from: u64, length: u64) -> Result<Bytes> {
        if length == 0 || (self.etag.is_some() && from >= self.size) {
            return Ok(Bytes::new());
        }
        self.fetch(Range::From(from, length)).await
    }

    /// Reads the end.
    pub async fn read_last(&mut self, length: u64) -> Result<Bytes> {
        self.fetch(Range::Last(length)).await
    }

    async fn fetch(&mut self, range: Range) -> Result<Bytes> {
        let (integration, locator) = (&self.integration, &self.locator);
        let header = match range {
            Range::From(from, length) => format!("bytes={from}-{}", from + length - 1),
            Range::Last(length) => format!("bytes=-{length}"),
        };
        let answer = self.core.ask_bucket(integration, locator.bucket(), |client| {
            let get = client
                .get_object()
                .bucket(locator.bucket().as_str())
                .key(locator.key().as_str())
                .set_version_id(locator.version_id().map(str::to_owned))
                .set_if_match(self.etag.clone())
                .range(&header)
                .set_request_payer(payer(integration));
            async move { get.send().await.map_err(|error| s3::explain("s3:GetObject", error)) }
        });
        let answer = match answer.await {
            // An empty file has no range that could be read.
            Err(error) if is(&error, "InvalidRange") => return Ok(Bytes::new()),
            Err(error) if is(&error, "PreconditionFailed") => return Err(changed()),
            answer => answer?,
        };
        let whole = answer.content_range.as_deref().and_then(|range| range.rsplit_once('/')?.1.parse().ok());
        let length = answer.content_length.and_then(|length| u64::try_from(length).ok());
        self.size = whole.or(length).unwrap_or_default();
        self.etag.clone_from(&answer.e_tag);
        let bytes = answer.body.collect().await.map_err(|error| {
            let detail = "The bucket broke off while the file was read.";
            Error::new(Kind::AwsUnavailable, "s3_unavailable", detail).hint("Try again in a moment.").caused_by(error)
        })?;
        let bytes = bytes.into_bytes();
        self.bytes_read += bytes.len() as u64;
        Ok(bytes)
    }
}

fn is(error: &Error, code: &str) -> bool {
    error.aws_fault().is_some_and(|fault| fault.code.as_deref() == Some(code))
}

fn changed() -> Error {
    Error::new(Kind::Conflict, "object_changed", "The file was overwritten while it was read.").hint("Load it again.")
}
