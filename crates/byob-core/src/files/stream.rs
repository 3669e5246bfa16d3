//! A file on its way through the service: as it comes from the bucket, and no faster than it is taken.

use std::{io, time::Duration};

use aws_sdk_s3::{
    error::{ProvideErrorMetadata, SdkError},
    operation::get_object::{GetObjectError, GetObjectOutput},
    primitives::{DateTime, DateTimeFormat},
};
use aws_smithy_types::body::SdkBody;
use byob_aws::Locator;
use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use http_body_util::BodyExt;

use crate::{
    aws_io::s3,
    core::Core,
    error::{Error, Kind, Result},
    integration::{Integration, settings::Delivery},
    organization::Reach,
    pass::Pass,
    resolve::permit,
};

/// A bucket that sends nothing for so long is given up.
const SILENCE: Duration = Duration::from_secs(30);

/// What somebody wants of a file, as the headers of RFC 9110 say it.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// `Range`: S3 takes one range, and answers several with the whole file.
    pub range: Option<String>,
    /// `If-Range`: the range is good only for the file with this tag.
    pub if_range: Option<String>,
    /// `If-Match`.
    pub if_match: Option<String>,
    /// `If-None-Match`.
    pub if_none_match: Option<String>,
    /// `If-Modified-Since`.
    pub if_modified_since: Option<String>,
    /// `If-Unmodified-Since`.
    pub if_unmodified_since: Option<String>,
}

/// How a bucket answers.
pub enum Answer {
    /// All of the file, or the range.
    Content(Content),
    /// It is what the caller has: the file with this `ETag`.
    NotModified(Option<String>),
    /// It is not what the caller has.
    PreconditionFailed,
    /// It has no such range: how many bytes it has.
    NoSuchRange(Option<i64>),
}

/// A file, or a range of it.
pub struct Content {
    /// How many bytes come.
    pub length: Option<i64>,
    /// Which part of how much, where it is a part: `Content-Range`.
    pub range: Option<String>,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// `Content-Encoding`, as it was stored.
    pub encoding: Option<String>,
    /// The bytes. What is not taken is not fetched.
    pub bytes: BoxStream<'static, io::Result<Bytes>>,
}

impl Core {
    /// Fetches what a pass is for, if its integration still permits it.
    pub async fn stream_file(&self, pass: &Pass, wanted: &Wanted) -> Result<Answer> {
        let locator = Locator::parse(&pass.locator)?;
        let listing = self.directory.of(&pass.organization).await?;
        let integration = listing.select(&Reach::all(&pass.organization), &locator)?;
        permit(integration, &locator)?;
        if integration.id != pass.integration || integration.spec.delivery != Delivery::Proxy {
            let detail = "The settings of the integration have changed since this address was made.";
            return Err(Error::new(Kind::Gone, "url_outdated", detail).hint("Resolve the locator again."));
        }
        let answer = self.get(integration, &locator, wanted).await?;
        let (Some(_), Answer::Content(Content { range: Some(_), .. }) | Answer::NoSuchRange(_)) =
            (&wanted.range, &answer)
        else {
            return Ok(answer);
        };
        // S3 knows no `If-Range`, and has looked at the other conditions, which come before it.
        let fits = |tag: &Option<String>| match wanted.if_range.as_deref() {
            None => true,
            // Neither a weak tag nor a date tells for sure whether the file is the same.
            Some(wanted) => wanted.starts_with('"') && tag.as_deref() == Some(wanted),
        };
        if matches!(&answer, Answer::Content(part) if fits(&part.etag)) {
            return Ok(answer);
        }
        let whole = self.get(integration, &locator, &Wanted { range: None, ..wanted.clone() }).await?;
        match (answer, whole) {
            // An empty file has no range, and whoever asked for its beginning wants no more than there is.
            (Answer::NoSuchRange(_), Answer::Content(all)) if all.length != Some(0) && fits(&all.etag) => {
                Ok(Answer::NoSuchRange(all.length))
            }
            (_, whole) => Ok(whole),
        }
    }

    async fn get(&self, integration: &Integration, locator: &Locator, wanted: &Wanted) -> Result<Answer> {
        let date = |text: &Option<String>| DateTime::from_str(text.as_deref()?, DateTimeFormat::HttpDate).ok();
        self.ask_bucket_by(&self.streams, integration, locator.bucket(), |client| {
            let get = client
                .get_object()
                .bucket(locator.bucket().as_str())
                .key(locator.key().as_str())
                .set_version_id(locator.version_id().map(str::to_owned))
                .set_range(wanted.range.clone())
                .set_if_match(wanted.if_match.clone())
                .set_if_none_match(wanted.if_none_match.clone())
                .set_if_modified_since(date(&wanted.if_modified_since))
                .set_if_unmodified_since(date(&wanted.if_unmodified_since))
                .set_request_payer(super::payer(integration));
            async move {
                match get.send().await {
                    Ok(output) => Ok(Answer::Content(content(output))),
                    Err(error) => refusal(error),
                }
            }
        })
        .await
    }
}

/// Some refusals are answers to what was wanted.
fn refusal(error: SdkError<GetObjectError>) -> Result<Answer> {
    let status = error.raw_response().map_or(0, |response| response.status().as_u16());
    let tag = error.raw_response().and_then(|response| response.headers().get("etag")).map(str::to_owned);
    match (status, error.code()) {
        (304, _) => Ok(Answer::NotModified(tag)),
        (412, _) => Ok(Answer::PreconditionFailed),
        (416, _) | (_, Some("InvalidRange")) => Ok(Answer::NoSuchRange(None)),
        _ => Err(s3::explain("s3:GetObject", error)),
    }
}

fn content(output: GetObjectOutput) -> Content {
    Content {
        length: output.content_length,
        range: output.content_range,
        etag: output.e_tag,
        last_modified: output.last_modified.and_then(|at| at.fmt(DateTimeFormat::HttpDate).ok()),
        encoding: output.content_encoding,
        bytes: flowing(output.body.into_inner()),
    }
}

/// The time runs only while the bucket is waited for: who takes slowly is nobody's fault.
fn flowing(body: SdkBody) -> BoxStream<'static, io::Result<Bytes>> {
    stream::try_unfold(body, |mut body| async move {
        match tokio::time::timeout(SILENCE, body.frame()).await {
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
            Ok(None) => Ok(None),
            Ok(Some(Err(error))) => Err(io::Error::other(error)),
            Ok(Some(Ok(frame))) => Ok(Some((frame.into_data().unwrap_or_default(), body))),
        }
    })
    .boxed()
}
