//! One page of a listing.

use aws_sdk_s3::{operation::list_objects_v2::ListObjectsV2Output, types::EncodingType};
use byob_aws::{Bucket, Invalid, Locator, ObjectKey, policies::Access};
use percent_encoding::percent_decode_str;
use time::OffsetDateTime;

use crate::{
    aws_io::s3,
    core::Core,
    credentials::session::Session,
    error::{Error, Kind, Result},
    id::IntegrationId,
    integration::{Integration, scope::Scope},
    organization::Reach,
};

/// What to list.
#[derive(Debug, Clone)]
pub struct ListRequest {
    /// Needed where the integration has several buckets.
    pub bucket: Option<String>,
    /// What the keys begin with, as S3 takes it; the integration's own prefix by default.
    pub prefix: Option<String>,
    /// Cuts keys into folders; usually `/`.
    pub delimiter: Option<String>,
    /// Where the page begins: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// At most this many: 1 to 1,000.
    pub limit: i32,
}

/// One page.
#[derive(Debug, Clone)]
pub struct ListPage {
    /// Folders first, then files, each in the order of S3.
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

impl Core {
    /// Lists a bucket of an integration.
    pub async fn list_objects(&self, reach: &Reach, id: &IntegrationId, request: &ListRequest) -> Result<ListPage> {
        let integration = self.get_ready(reach, id).await?;
        permit(&integration)?;
        let bucket = bucket(&integration, request.bucket.as_deref())?;
        let prefix = prefix(&integration, request.prefix.as_deref())?;
        let session = self.session_now(&integration, &bucket).await?;
        let answer = match self.list_once(&integration, &bucket, &prefix, session.as_deref(), request).await {
            // The session ended early, revoked or by a clock that is wrong: one newer one is asked for.
            Err(error) if error.code() == s3::SESSION_EXPIRED => {
                let session = match &session {
                    Some(expired) => self.replace_session(&integration, &bucket, expired).await?,
                    None => None,
                };
                self.list_once(&integration, &bucket, &prefix, session.as_deref(), request).await
            }
            answer => answer,
        };
        page(&bucket, &answer?)
    }

    async fn list_once(
        &self,
        integration: &Integration,
        bucket: &Bucket,
        prefix: &str,
        session: Option<&Session>,
        request: &ListRequest,
    ) -> Result<ListObjectsV2Output> {
        let spec = &integration.spec;
        let list = s3::client(spec, session.map(Session::credentials), self.http.clone())
            .list_objects_v2()
            .bucket(bucket.as_str())
            .prefix(prefix)
            .set_delimiter(request.delimiter.clone())
            .set_continuation_token(request.cursor.clone())
            .max_keys(request.limit)
            // XML has no way to write some characters that keys can have.
            .encoding_type(EncodingType::Url);
        let list = if spec.requester_pays { list.request_payer("requester".into()) } else { list };
        list.send().await.map_err(|error| s3::explain("s3:ListObjectsV2", error))
    }
}

fn permit(integration: &Integration) -> Result<()> {
    let name = &integration.spec.name;
    if !integration.enabled {
        let detail = format!("The integration `{name}` is turned off.");
        return Err(Error::new(Kind::Conflict, "integration_disabled", detail).hint("Turn it on again."));
    }
    if !integration.spec.access.contains(&Access::List) {
        let detail = format!("The integration `{name}` is not declared for listing.");
        let hint = "Add `list` to its access, and update the role's access policy with the new document.";
        return Err(Error::new(Kind::Conflict, "access_not_declared", detail).hint(hint));
    }
    Ok(())
}

fn bucket(integration: &Integration, wanted: Option<&str>) -> Result<Bucket> {
    let fault = |code, detail: String, hint: &str| Err(Error::field("bucket", &Invalid::new(code, detail, hint)));
    let wanted = wanted.map(Bucket::parse).transpose().map_err(|invalid| Error::field("bucket", &invalid))?;
    match (&integration.spec.scope, wanted) {
        (Scope::Bucket(scope), None) => Ok(scope.bucket.clone()),
        (Scope::Bucket(scope), Some(wanted)) if wanted == scope.bucket => Ok(wanted),
        (Scope::AllPermitted(buckets), None) => match buckets.as_slice() {
            [only] => Ok(only.clone()),
            _ => fault("missing", "The integration has several buckets.".into(), "Say which bucket to list."),
        },
        (Scope::AllPermitted(buckets), Some(wanted)) if buckets.is_empty() || buckets.contains(&wanted) => Ok(wanted),
        (_, Some(wanted)) => fault(
            "outside_scope",
            format!("The integration does not serve `{wanted}`."),
            "Choose a bucket of its scope.",
        ),
    }
}

fn prefix(integration: &Integration, wanted: Option<&str>) -> Result<String> {
    let Some(own) = integration.spec.scope.prefix().map(|own| format!("{own}/")) else {
        return Ok(wanted.unwrap_or_default().to_owned());
    };
    match wanted {
        None | Some("") => Ok(own),
        Some(wanted) if wanted.starts_with(&own) => Ok(wanted.to_owned()),
        Some(wanted) => {
            let invalid = Invalid::new(
                "outside_scope",
                format!("`{wanted}` does not lie below `{own}`, which the integration serves."),
                "Choose a folder below it, or leave the prefix out.",
            );
            Err(Error::field("prefix", &invalid))
        }
    }
}

fn page(bucket: &Bucket, answer: &ListObjectsV2Output) -> Result<ListPage> {
    let encoded = answer.encoding_type() == Some(&EncodingType::Url);
    let decoded = |text: &str| if encoded { decoded(text) } else { Ok(text.to_owned()) };
    let mut entries = Vec::with_capacity(answer.contents().len() + answer.common_prefixes().len());
    for folder in answer.common_prefixes() {
        entries.push(Entry::Folder(decoded(folder.prefix().unwrap_or_default())?));
    }
    for object in answer.contents() {
        let key = ObjectKey::parse(&decoded(object.key().unwrap_or_default())?)?;
        entries.push(Entry::File(File {
            locator: Locator::new(bucket.clone(), key, None),
            size: object.size().unwrap_or_default(),
            last_modified: object.last_modified().and_then(|at| OffsetDateTime::from_unix_timestamp(at.secs()).ok()),
            etag: object.e_tag().map(str::to_owned),
            storage_class: object.storage_class().map(|class| class.as_str().to_owned()),
        }));
    }
    Ok(ListPage { entries, next_cursor: answer.next_continuation_token().map(str::to_owned) })
}

/// The URL encoding of listings writes a space as `+`.
pub(crate) fn decoded(text: &str) -> Result<String> {
    let spaces = text.replace('+', " ");
    Ok(percent_decode_str(&spaces).decode_utf8().map_err(Error::internal)?.into_owned())
}
