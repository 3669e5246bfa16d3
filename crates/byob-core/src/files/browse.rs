//! One page of a listing.

use aws_sdk_s3::{operation::list_objects_v2::ListObjectsV2Output, types::EncodingType};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use byob_aws::{Bucket, Locator, ObjectKey, policies::Access};
use time::OffsetDateTime;

use super::{glob::Glob, permit};
use crate::{aws_io::s3, core::Core, error::Result, id::IntegrationId, integration::Integration, organization::Reach};

/// What to list.
#[derive(Debug, Clone)]
pub struct ListRequest {
    /// Needed where the integration has several buckets.
    pub bucket: Option<String>,
    /// What the keys begin with, as S3 takes it; the integration's own prefix by default.
    pub prefix: Option<String>,
    /// Cuts keys into folders; usually `/`.
    pub delimiter: Option<String>,
    /// Only names that fit, of what follows the prefix. A pattern that goes through folders lists no folders.
    pub glob: Option<Glob>,
    /// Where the page begins: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// At most this many: 1 to 1,000.
    pub limit: i32,
}

/// One page.
#[derive(Debug, Clone)]
pub struct ListPage {
    /// Folders first, then files, each in the order of S3. With a glob, in the order of S3 altogether.
    pub entries: Vec<Entry>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// A folder or a file.
#[derive(Debug, Clone)]
pub enum Entry {
    /// The beginning that several keys share, up to and with the delimiter.
    Folder(String),
    /// An object.
    File(File),
}

/// An object as a listing has it.
#[derive(Debug, Clone)]
pub struct File {
    /// What to resolve.
    pub locator: Locator,
    /// Bytes.
    pub size: i64,
    /// When it was written.
    pub last_modified: Option<OffsetDateTime>,
    /// S3's tag of the content, with its quotes.
    pub etag: Option<String>,
    /// Such as `STANDARD` or `GLACIER`.
    pub storage_class: Option<String>,
}

/// S3 lists no more in one request.
const S3_PAGE: i32 = 1000;

/// So many requests to S3 are made for one page of names that fit; then the page ends, however few were found.
const MOST_REQUESTS: usize = 30;

/// Which part of a bucket is listed.
struct Part<'a> {
    integration: &'a Integration,
    bucket: &'a Bucket,
    prefix: &'a str,
    delimiter: Option<&'a str>,
}

/// Where a listing begins.
enum From {
    Token(Option<String>),
    After(Option<String>),
}

impl Core {
    /// Lists a bucket of an integration.
    pub async fn list_objects(&self, reach: &Reach, id: &IntegrationId, request: &ListRequest) -> Result<ListPage> {
        let integration = self.get_ready(reach, id).await?;
        permit(&integration, Access::List, "listing")?;
        let bucket = super::bucket(&integration, request.bucket.as_deref())?;
        let prefix = super::prefix(&integration, request.prefix.as_deref())?;
        let delimiter = request.delimiter.as_deref();
        let part = Part { integration: &integration, bucket: &bucket, prefix: &prefix, delimiter };
        match &request.glob {
            None => {
                let answer = self.list_once(&part, &From::Token(request.cursor.clone()), request.limit).await;
                let answer = answer.map_err(|error| super::of_cursor(error, request))?;
                Ok(ListPage { entries: entries(&bucket, &answer)?, next_cursor: answer.next_continuation_token })
            }
            Some(glob) => self.list_fitting(part, glob, request).await,
        }
    }

    /// Lists what fits. The cursor is the last name that was looked at, for S3's own tokens end with its pages.
    async fn list_fitting(&self, mut part: Part<'_>, glob: &Glob, request: &ListRequest) -> Result<ListPage> {
        let wanted = usize::try_from(request.limit).unwrap_or_default();
        let (base, narrowed) = (part.prefix, format!("{}{}", part.prefix, glob.literal()));
        part.prefix = &narrowed;
        if glob.is_deep() {
            part.delimiter = None;
        }
        let fits = |entry: &Entry| {
            let name = entry.name().strip_prefix(base).unwrap_or(entry.name());
            glob.fits(name.strip_suffix('/').unwrap_or(name))
        };
        let mut after = request.cursor.as_deref().map(position).transpose()?;
        let mut found = Vec::new();
        for _ in 0..MOST_REQUESTS {
            let answer = self.list_once(&part, &From::After(after.take()), S3_PAGE).await?;
            let mut entries = entries(part.bucket, &answer)?;
            entries.sort_by(|one, other| one.name().cmp(other.name()));
            let last = entries.last().map(Entry::end);
            for entry in entries {
                if !fits(&entry) {
                    continue;
                }
                if found.len() == wanted {
                    let next_cursor = found.last().map(|entry: &Entry| URL_SAFE_NO_PAD.encode(entry.end()));
                    return Ok(ListPage { entries: found, next_cursor });
                }
                found.push(entry);
            }
            if !answer.is_truncated.unwrap_or_default() {
                return Ok(ListPage { entries: found, next_cursor: None });
            }
            after = last;
        }
        Ok(ListPage { entries: found, next_cursor: after.map(|after| URL_SAFE_NO_PAD.encode(after)) })
    }

    async fn list_once(&self, part: &Part<'_>, from: &From, limit: i32) -> Result<ListObjectsV2Output> {
        let (token, after) = match from {
            From::Token(token) => (token, &None),
            From::After(after) => (&None, after),
        };
        self.ask_bucket(part.integration, part.bucket, |client| {
            let list = client
                .list_objects_v2()
                .bucket(part.bucket.as_str())
                .prefix(part.prefix)
                .set_delimiter(part.delimiter.map(str::to_owned))
                .set_continuation_token(token.clone())
                .set_start_after(after.clone())
                .max_keys(limit)
                .set_request_payer(super::payer(part.integration))
                // XML has no way to write some characters that keys can have.
                .encoding_type(EncodingType::Url);
            async move { list.send().await.map_err(|error| s3::explain("s3:ListObjectsV2", error)) }
        })
        .await
    }
}

impl Entry {
    /// The key, or what the keys of a folder begin with.
    pub fn name(&self) -> &str {
        match self {
            Self::Folder(prefix) => prefix,
            Self::File(file) => file.locator.key().as_str(),
        }
    }

    /// After this comes what follows it, and nothing that is in it: no key goes on with more than the last character that there is.
    fn end(&self) -> String {
        match self {
            Self::Folder(prefix) => format!("{prefix}{}", char::MAX),
            Self::File(file) => file.locator.key().to_string(),
        }
    }
}

/// Where a page of names that fit begins.
fn position(cursor: &str) -> Result<String> {
    let decoded = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.ok_or_else(super::invalid_cursor)
}

fn entries(bucket: &Bucket, answer: &ListObjectsV2Output) -> Result<Vec<Entry>> {
    let encoded = answer.encoding_type() == Some(&EncodingType::Url);
    let decoded = |text: &str| if encoded { super::decoded(text) } else { Ok(text.to_owned()) };
    let mut entries = Vec::with_capacity(answer.contents().len() + answer.common_prefixes().len());
    for folder in answer.common_prefixes() {
        entries.push(Entry::Folder(decoded(folder.prefix().unwrap_or_default())?));
    }
    for object in answer.contents() {
        let key = ObjectKey::parse(&decoded(object.key().unwrap_or_default())?)?;
        entries.push(Entry::File(File {
            locator: Locator::new(bucket.clone(), key, None),
            size: object.size().unwrap_or_default(),
            last_modified: object.last_modified().and_then(super::moment),
            etag: object.e_tag().map(str::to_owned),
            storage_class: object.storage_class().map(|class| class.as_str().to_owned()),
        }));
    }
    Ok(entries)
}
