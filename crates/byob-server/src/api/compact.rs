//! The same answers in less: for pages that show thousands of files at once.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use byob_core::resolve::Resolved;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::resolve::{self, ResolveRequest};
use crate::{
    actor::Viewer,
    body::Body,
    problem::{Failure, ItemProblem, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(resolve_compactly)).layer(DefaultBodyLimit::max(resolve::LARGEST_BODY))
}

#[derive(Serialize, ToSchema)]
struct CompactResponse {
    /// What URLs have in common.
    shared: Vec<Shared>,
    /// One answer for each locator, in the same order.
    results: Vec<CompactAnswer>,
}

/// What the URLs of one session have in common.
#[derive(Serialize, ToSchema, PartialEq, Eq)]
struct Shared {
    /// How they begin.
    #[schema(example = "https://acme-images.s3.eu-central-1.amazonaws.com")]
    base: String,
    /// What follows the path.
    #[schema(example = "?X-Amz-Algorithm=AWS4-HMAC-SHA256&…")]
    query: String,
    #[serde(with = "time::serde::rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
    integration_id: String,
}

/// The rest of a URL, or the reason why there is none.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum CompactAnswer {
    Url {
        /// Which of `shared`, beginning with 0.
        shared: usize,
        /// The URL is `base`, `path`, `query` and `rest` one after the other.
        path: String,
        rest: String,
    },
    Error {
        error: ItemProblem,
    },
}

/// Turn locators into URLs, and say what they share only once
///
/// The same as `POST /api/v1/resolve`, in an answer of about a fifth of the size.
#[utoipa::path(post, path = "/resolve/compact", operation_id = "resolve_locators_compactly", tag = "resolve", request_body = ResolveRequest,
    responses((status = 200, body = CompactResponse), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn resolve_compactly(
    Viewer(actor): Viewer,
    State(app): State<App>,
    Body(body): Body<ResolveRequest>,
) -> Result<Response, Failure> {
    let (_, resolved) = resolve::answers(&app, &actor, body).await?;
    let mut shared: Vec<Shared> = Vec::new();
    let results = resolved.into_iter().map(|result| match result {
        Ok(resolved) => {
            let (own, path, rest) = taken_apart(resolved);
            // A batch is of few sessions, and those beside each other are mostly of the same.
            let known = shared.iter().rposition(|known| *known == own).unwrap_or_else(|| {
                shared.push(own);
                shared.len() - 1
            });
            CompactAnswer::Url { shared: known, path, rest }
        }
        Err(error) => CompactAnswer::Error { error: (&error).into() },
    });
    let results = results.collect();
    let answer = CompactResponse { shared, results };
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(answer)).into_response())
}

/// A URL cut where it begins to be its own: the parameters of AWS's signature come first, sorted, and the signature itself last.
fn taken_apart(resolved: Resolved) -> (Shared, String, String) {
    let Resolved { url, expires_at, integration_id } = resolved;
    let (address, query) =
        url.split_once('?').map_or((url.as_str(), ""), |(address, _)| (address, &url[address.len()..]));
    let host = address.find("://").map_or(0, |at| at + 3);
    let path_at = address[host..].find('/').map_or(address.len(), |at| host + at);
    let own = ["&response-", "&versionId=", "&X-Amz-Signature="];
    let rest_at = own.iter().filter_map(|mark| query.find(mark)).min().unwrap_or(query.len());
    let shared = Shared {
        base: address[..path_at].to_owned(),
        query: query[..rest_at].to_owned(),
        expires_at,
        integration_id: integration_id.to_string(),
    };
    (shared, address[path_at..].to_owned(), query[rest_at..].to_owned())
}
