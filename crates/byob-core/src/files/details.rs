//! What S3 knows of one file besides its content.

use std::collections::BTreeMap;

use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use byob_aws::Locator;
use time::OffsetDateTime;

use crate::{aws_io::s3, core::Core, error::Result, organization::Reach, resolve::permit};

/// An object, without its content.
#[derive(Debug, Clone)]
pub struct Details {
    /// What was asked for.
    pub locator: Locator,
    /// Bytes.
    pub size: i64,
    /// When it was written.
    pub last_modified: Option<OffsetDateTime>,
    /// S3's tag of the content, with its quotes.
    pub etag: Option<String>,
    /// The version, in a bucket that keeps them.
    pub version_id: Option<String>,
    /// Such as `STANDARD` or `GLACIER`.
    pub storage_class: Option<String>,
    /// `Content-Type` as it was stored; URLs carry the type that the name suggests.
    pub content_type: Option<String>,
    /// `Content-Encoding` as it was stored, such as `gzip`.
    pub content_encoding: Option<String>,
    /// `Cache-Control` as it was stored.
    pub cache_control: Option<String>,
    /// How it is encrypted: `AES256`, `aws:kms` or `aws:kms:dsse`.
    pub encryption: Option<String>,
    /// The KMS key that encrypts it.
    pub kms_key_arn: Option<String>,
    /// Whether an archived object is being restored, and until when it stays so, as S3 says it.
    pub restore: Option<String>,
    /// What the writer noted down: `x-amz-meta-…`.
    pub metadata: BTreeMap<String, String>,
}

impl Core {
    /// Asks S3 what it knows of a file. It needs no more than reading does.
    pub async fn file_details(&self, reach: &Reach, locator: &Locator) -> Result<Details> {
        let listing = self.directory.of(reach.organization()).await?;
        let integration = listing.select(reach, locator)?;
        permit(integration, locator)?;
        let answer = self
            .ask_bucket(integration, locator.bucket(), |client| {
                let head = client
                    .head_object()
                    .bucket(locator.bucket().as_str())
                    .key(locator.key().as_str())
                    .set_version_id(locator.version_id().map(str::to_owned))
                    .set_request_payer(super::payer(integration));
                async move { head.send().await.map_err(|error| s3::explain("s3:HeadObject", error)) }
            })
            .await?;
        Ok(details(locator.clone(), answer))
    }
}

fn details(locator: Locator, answer: HeadObjectOutput) -> Details {
    Details {
        locator,
        size: answer.content_length.unwrap_or_default(),
        last_modified: answer.last_modified.as_ref().and_then(super::moment),
        etag: answer.e_tag,
        version_id: answer.version_id,
        // S3 leaves out the usual one.
        storage_class: answer.storage_class.map(|class| class.as_str().to_owned()).or(Some("STANDARD".into())),
        content_type: answer.content_type,
        content_encoding: answer.content_encoding,
        cache_control: answer.cache_control,
        encryption: answer.server_side_encryption.map(|kind| kind.as_str().to_owned()),
        kms_key_arn: answer.ssekms_key_id,
        restore: answer.restore,
        metadata: answer.metadata.unwrap_or_default().into_iter().collect(),
    }
}
