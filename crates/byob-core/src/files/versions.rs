//! The versions of files: what was overwritten or deleted in a bucket that keeps it.

use aws_sdk_s3::{operation::list_object_versions::ListObjectVersionsOutput, types::EncodingType};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use byob_aws::{Bucket, Locator, ObjectKey, policies::Access};
use time::OffsetDateTime;

use super::{browse::ListRequest, permit};
use crate::{
    aws_io::s3,
    core::Core,
    error::{Error, Result},
    id::IntegrationId,
    integration::Integration,
    organization::Reach,
};

/// One page.
#[derive(Debug, Clone)]
pub struct VersionPage {
    /// Folders, which have no versions themselves.
    pub folders: Vec<String>,
    /// By key, and of one key the newest first.
    pub versions: Vec<Version>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// A version of an object.
#[derive(Debug, Clone)]
pub struct Version {
    /// What to resolve, with the version.
    pub locator: Locator,
    /// Whether it is what is read when no version is named.
    pub is_latest: bool,
    /// Whether it says that the object was deleted here. It cannot be read.
    pub is_delete_marker: bool,
    /// Bytes.
    pub size: i64,
    /// When it was written.
    pub last_modified: Option<OffsetDateTime>,
    /// S3's tag of the content, with its quotes.
    pub etag: Option<String>,
    /// Such as `STANDARD` or `GLACIER`.
    pub storage_class: Option<String>,
}

impl Core {
    /// Lists the versions of what is in a bucket of an integration. A glob is not looked at.
    pub async fn list_versions(&self, reach: &Reach, id: &IntegrationId, request: &ListRequest) -> Result<VersionPage> {
        let integration = self.get_ready(reach, id).await?;
        permit(&integration, Access::ReadVersions, "reading versions")?;
        let bucket = super::bucket(&integration, request.bucket.as_deref())?;
        let prefix = super::prefix(&integration, request.prefix.as_deref())?;
        let (key, version) = request.cursor.as_deref().map(read_cursor).transpose()?.unzip();
        let answer = self
            .ask_bucket(&integration, &bucket, |client| {
                let list = client
                    .list_object_versions()
                    .bucket(bucket.as_str())
                    .prefix(&prefix)
                    .set_delimiter(request.delimiter.clone())
                    .set_key_marker(key.clone())
                    .set_version_id_marker(version.clone().flatten())
                    .max_keys(request.limit)
                    .set_request_payer(super::payer(&integration))
                    .encoding_type(EncodingType::Url);
                async move { list.send().await.map_err(|error| s3::explain("s3:ListObjectVersions", error)) }
            })
            .await
            .map_err(|error| super::of_cursor(error, request))?;
        page(&bucket, &answer)
    }

    /// The versions of one file, newest first; the newest thousand.
    pub async fn list_versions_of(&self, reach: &Reach, locator: &Locator) -> Result<Vec<Version>> {
        let listing = self.directory.of(reach.organization()).await?;
        let integration: &Integration = listing.select(reach, locator)?;
        let request = ListRequest {
            bucket: Some(locator.bucket().to_string()),
            prefix: Some(locator.key().to_string()),
            delimiter: None,
            glob: None,
            cursor: None,
            limit: 1000,
        };
        // Of the keys that begin like this one it is the first.
        let mut page = self.list_versions(reach, &integration.id, &request).await?;
        page.versions.retain(|version| version.locator.key() == locator.key());
        Ok(page.versions)
    }
}

/// S3 wants two things of the page before, which are one for our callers.
type Cursor = (String, Option<String>);

fn read_cursor(cursor: &str) -> Result<Cursor> {
    let read = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    read.ok_or_else(super::invalid_cursor)
}

fn write_cursor(cursor: &Cursor) -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(cursor).map_err(Error::internal)?))
}

fn page(bucket: &Bucket, answer: &ListObjectVersionsOutput) -> Result<VersionPage> {
    let encoded = answer.encoding_type() == Some(&EncodingType::Url);
    let decoded = |text: &str| if encoded { super::decoded(text) } else { Ok(text.to_owned()) };
    let locator = |key: Option<&str>, version: Option<&str>| -> Result<Locator> {
        let key = ObjectKey::parse(&decoded(key.unwrap_or_default())?)?;
        Ok(Locator::new(bucket.clone(), key, version.map(str::to_owned)))
    };
    let mut versions = Vec::with_capacity(answer.versions().len() + answer.delete_markers().len());
    for version in answer.versions() {
        versions.push(Version {
            locator: locator(version.key(), version.version_id())?,
            is_latest: version.is_latest().unwrap_or_default(),
            is_delete_marker: false,
            size: version.size().unwrap_or_default(),
            last_modified: version.last_modified().and_then(super::moment),
            etag: version.e_tag().map(str::to_owned),
            storage_class: version.storage_class().map(|class| class.as_str().to_owned()),
        });
    }
    for marker in answer.delete_markers() {
        versions.push(Version {
            locator: locator(marker.key(), marker.version_id())?,
            is_latest: marker.is_latest().unwrap_or_default(),
            is_delete_marker: true,
            size: 0,
            last_modified: marker.last_modified().and_then(super::moment),
            etag: None,
            storage_class: None,
        });
    }
    // The client has versions and markers apart; S3 lists them together, the newest of each key first.
    versions.sort_by(|one, other| {
        let age = |version: &Version| (!version.is_latest, std::cmp::Reverse(version.last_modified));
        one.locator.key().as_str().cmp(other.locator.key().as_str()).then_with(|| age(one).cmp(&age(other)))
    });
    let next = answer.next_key_marker().filter(|_| answer.is_truncated().unwrap_or_default());
    let next_cursor = next
        .map(|key| write_cursor(&(decoded(key)?, answer.next_version_id_marker().map(str::to_owned))))
        .transpose()?;
    let folders = answer.common_prefixes().iter().map(|folder| decoded(folder.prefix().unwrap_or_default()));
    Ok(VersionPage { folders: folders.collect::<Result<_>>()?, versions, next_cursor })
}
