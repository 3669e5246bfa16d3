//! The audit log: for admins.

use axum::{
    Json,
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use byob_aws::Invalid;
use byob_core::{
    Core, Error,
    audit::{Action, Verified},
    id::OrganizationId,
    store::{EntryFilter, EntryRow},
};
use futures::{TryStreamExt, stream};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::Admin,
    body::Query,
    page::{Page, PageQuery, default_limit, invalid_cursor},
    problem::{Failure, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(verify)).routes(routes!(export))
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// How many items: 1 to 200.
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: i64,
    /// `next_cursor` of the page before.
    #[serde(default)]
    cursor: String,
    /// Only what was done so, such as `integration.turned_off`.
    #[serde(default)]
    action: String,
    /// Only what was done to the thing of this ID.
    #[serde(default)]
    object: String,
    /// Only what the member, or the token, of this ID did.
    #[serde(default)]
    actor: String,
}

/// So many entries are read from the database at once.
const EXPORTED_AT_ONCE: i64 = 500;

/// List the audit log, newest first
#[utoipa::path(get, path = "/audit", operation_id = "list_audit_entries", tag = "audit", params(AuditQuery),
    responses((status = 200, body = Page<EntryRow>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list(
    Admin(actor): Admin,
    State(app): State<App>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<EntryRow>>, Failure> {
    let AuditQuery { limit, cursor, action, object, actor: by } = query;
    if !action.is_empty() && Action::from_name(&action).is_none() {
        let invalid = Invalid::new("unknown_action", "There is no such action.", "docs/guide/audit-log.md lists them.");
        return Err(Failure(Error::field("action", &invalid)));
    }
    let page = PageQuery { limit, cursor };
    let before = number(&page.cursor)?;
    let filter = EntryFilter { action, object, actor: by };
    let entries = app.core.list_audit(&actor.organization, &filter, before, page.fetch_limit()?).await?;
    Ok(Json(page.page(entries, |entry| entry.number.to_string())))
}

/// Look whether the audit log is whole
///
/// Answers 200, whatever it finds. Every entry is hashed anew, and has to follow the one before it.
#[utoipa::path(get, path = "/audit/verify", operation_id = "verify_audit_log", tag = "audit",
    responses((status = 200, body = Verified), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn verify(Admin(actor): Admin, State(app): State<App>) -> Result<Json<Verified>, Failure> {
    Ok(Json(app.core.verify_audit(&actor.organization).await?))
}

/// Get the whole audit log, one entry on each line, oldest first
///
/// The hash of each can be computed from its line alone; the guide has a script that does so.
#[utoipa::path(get, path = "/audit/export", operation_id = "export_audit_log", tag = "audit",
    responses((status = 200, body = EntryRow, content_type = "application/x-ndjson"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn export(Admin(actor): Admin, State(app): State<App>) -> Result<Response, Failure> {
    Ok(file(&app.core, &actor.organization))
}

/// Where a page begins. Numbers of entries are the cursors.
pub(crate) fn number(cursor: &str) -> Result<Option<i64>, Failure> {
    match cursor {
        "" => Ok(None),
        number => number.parse().ok().filter(|number| *number > 0).map(Some).ok_or_else(invalid_cursor),
    }
}

/// The log as a file, which is read page by page as fast as it is taken. Where that fails the answer breaks off, so that it is not taken for
/// whole.
pub(crate) fn file(core: &Core, organization: &OrganizationId) -> Response {
    let disposition = format!("attachment; filename=\"audit-log-{organization}.jsonl\"");
    let start = (core.clone(), organization.clone(), 0);
    let pages = stream::try_unfold(start, async |(core, organization, after)| {
        let entries = core.audit_after(&organization, after, EXPORTED_AT_ONCE).await?;
        let Some(last) = entries.last().map(|entry| entry.number) else { return Ok(None) };
        let mut lines = Vec::new();
        for entry in &entries {
            serde_json::to_writer(&mut lines, entry).map_err(Error::internal)?;
            lines.push(b'\n');
        }
        Ok::<_, Error>(Some((Bytes::from(lines), (core, organization, last))))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (
        headers,
        Body::from_stream(pages.inspect_err(|error| tracing::error!(cause = %error.causes(), "an export broke off"))),
    )
        .into_response()
}
