//! What lies in a bucket, and in which versions: for members.

use axum::{
    Json,
    extract::{Path, State},
};
use byob_aws::Invalid;
use byob_core::{
    Error,
    files::{
        browse::{Entry, ListRequest},
        glob::Glob,
        versions::Version,
    },
    id::IntegrationId,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::Member,
    body::Query,
    problem::{Failure, Problem},
    router::App,
};

/// S3 lists no more in one request.
const LONGEST_PAGE: i32 = 1000;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(list_versions))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Which bucket, where the integration has several.
    bucket: Option<String>,
    /// What the keys begin with. Default: the integration's own prefix.
    prefix: Option<String>,
    /// Cuts keys into folders: `/`. Without it, everything below the prefix is listed.
    delimiter: Option<String>,
    /// Only names that fit, of what follows the prefix: `*.png`, `2026-0[1-3]-*`, or, through all folders below, `**/*.{csv,parquet}`. A page
    /// may have fewer than `limit`, or none, and yet a next one: 30,000 names at most are looked at for each.
    glob: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// At most this many: 1 to 1,000. Default: 1,000.
    #[param(minimum = 1, maximum = 1000, default = 1000)]
    limit: Option<i32>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ListResponse {
    /// Folders first, then files.
    items: Vec<Item>,
    /// Where the next page begins; absent on the last.
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Item {
    /// Several keys that begin alike.
    Folder {
        /// Their beginning, to be listed as `prefix`.
        prefix: String,
    },
    /// An object.
    File {
        key: String,
        /// What to resolve.
        locator: String,
        /// Bytes.
        size: i64,
        #[serde(with = "time::serde::rfc3339::option")]
        last_modified: Option<OffsetDateTime>,
        etag: Option<String>,
        storage_class: Option<String>,
    },
}

/// List the objects of an integration, a page at a time
#[utoipa::path(get, path = "/integrations/{id}/objects", operation_id = "list_objects", tag = "objects",
    params(("id" = String, Path), ListQuery),
    responses((status = 200, body = ListResponse), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list(
    Member(actor): Member,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListResponse>, Failure> {
    let ListQuery { bucket, prefix, delimiter, glob, cursor, limit } = query;
    let glob = glob.as_deref().map(Glob::parse).transpose()?;
    let request = ListRequest { bucket, prefix, delimiter, glob, cursor, limit: in_range(limit)? };
    let page = app.core.list_objects(&actor.reach, &IntegrationId::parse(&id)?, &request).await?;
    let items = page.entries.into_iter().map(Item::from).collect();
    Ok(Json(ListResponse { items, next_cursor: page.next_cursor }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListVersionsQuery {
    /// Which bucket, where the integration has several.
    bucket: Option<String>,
    /// What the keys begin with; a whole key lists its versions first. Default: the integration's own prefix.
    prefix: Option<String>,
    /// Cuts keys into folders: `/`. Without it, everything below the prefix is listed.
    delimiter: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// At most this many: 1 to 1,000. Default: 1,000.
    #[param(minimum = 1, maximum = 1000, default = 1000)]
    limit: Option<i32>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ListVersionsResponse {
    /// Folders first, then versions: by key, and of one key the newest first.
    items: Vec<VersionItem>,
    /// Where the next page begins; absent on the last.
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum VersionItem {
    /// Several keys that begin alike.
    Folder {
        /// Their beginning, to be listed as `prefix`.
        prefix: String,
    },
    /// A version of an object.
    Version(ObjectVersion),
    /// Where an object was deleted; it cannot be read.
    DeleteMarker(ObjectVersion),
}

#[derive(Debug, Serialize, ToSchema)]
struct ObjectVersion {
    key: String,
    /// What to resolve: it names the version.
    locator: String,
    version_id: Option<String>,
    /// Whether it is what a locator without version means.
    is_latest: bool,
    /// Bytes.
    size: i64,
    #[serde(with = "time::serde::rfc3339::option")]
    last_modified: Option<OffsetDateTime>,
    etag: Option<String>,
    storage_class: Option<String>,
}

/// List the versions of the objects of an integration, a page at a time
///
/// The integration has to be declared for `read_versions`.
#[utoipa::path(get, path = "/integrations/{id}/versions", operation_id = "list_object_versions", tag = "objects",
    params(("id" = String, Path), ListVersionsQuery),
    responses((status = 200, body = ListVersionsResponse), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_versions(
    Member(actor): Member,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<ListVersionsQuery>,
) -> Result<Json<ListVersionsResponse>, Failure> {
    let ListVersionsQuery { bucket, prefix, delimiter, cursor, limit } = query;
    let request = ListRequest { bucket, prefix, delimiter, glob: None, cursor, limit: in_range(limit)? };
    let page = app.core.list_versions(&actor.reach, &IntegrationId::parse(&id)?, &request).await?;
    let folders = page.folders.into_iter().map(|prefix| VersionItem::Folder { prefix });
    let items = folders.chain(page.versions.into_iter().map(VersionItem::from)).collect();
    Ok(Json(ListVersionsResponse { items, next_cursor: page.next_cursor }))
}

fn in_range(limit: Option<i32>) -> Result<i32, Error> {
    let limit = limit.unwrap_or(LONGEST_PAGE);
    if (1..=LONGEST_PAGE).contains(&limit) {
        return Ok(limit);
    }
    let invalid = Invalid::new("out_of_range", format!("A page of {limit} is not offered."), "Ask for 1 to 1,000.");
    Err(Error::field("limit", &invalid))
}

impl From<Version> for VersionItem {
    fn from(version: Version) -> Self {
        let item = ObjectVersion {
            key: version.locator.key().to_string(),
            locator: version.locator.to_string(),
            version_id: version.locator.version_id().map(str::to_owned),
            is_latest: version.is_latest,
            size: version.size,
            last_modified: version.last_modified,
            etag: version.etag,
            storage_class: version.storage_class,
        };
        if version.is_delete_marker { Self::DeleteMarker(item) } else { Self::Version(item) }
    }
}

impl From<Entry> for Item {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Folder(prefix) => Self::Folder { prefix },
            Entry::File(file) => Self::File {
                key: file.locator.key().to_string(),
                locator: file.locator.to_string(),
                size: file.size,
                last_modified: file.last_modified,
                etag: file.etag,
                storage_class: file.storage_class,
            },
        }
    }
}
