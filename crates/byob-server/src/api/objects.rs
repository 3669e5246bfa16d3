//! What lies in a bucket: for members.

use axum::{
    Json,
    extract::{Path, State},
};
use byob_aws::Invalid;
use byob_core::{
    Error,
    files::browse::{Entry, ListRequest},
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
    OpenApiRouter::new().routes(routes!(list))
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
    let limit = query.limit.unwrap_or(LONGEST_PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        let invalid = Invalid::new("out_of_range", format!("A page of {limit} is not offered."), "Ask for 1 to 1,000.");
        return Err(Failure(Error::field("limit", &invalid)));
    }
    let ListQuery { bucket, prefix, delimiter, cursor, .. } = query;
    let request = ListRequest { bucket, prefix, delimiter, cursor, limit };
    let page = app.core.list_objects(&actor.reach, &IntegrationId::parse(&id)?, &request).await?;
    let items = page.entries.into_iter().map(Item::from).collect();
    Ok(Json(ListResponse { items, next_cursor: page.next_cursor }))
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
