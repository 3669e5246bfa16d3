//! Locators become URLs: for every member.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use byob_aws::Invalid;
use byob_core::{
    Error,
    display::Disposition,
    resolve::{MOST_LOCATORS, ResolveOptions, Resolved},
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::{Actor, Viewer},
    body::{Body, Query},
    problem::{Failure, ItemProblem, Problem},
    router::App,
};

/// A text longer than this, in bytes, is not a bad locator among good ones: the whole request is a mistake.
const LONGEST_LOCATOR: usize = 65_536;

/// Enough for the most locators with keys as long as S3 takes them, in bytes.
pub(crate) const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// Seconds.
const DEFAULT_LIFETIME: u32 = 3600;

/// For how long a redirect to an unsigned URL may be kept, in seconds.
const PUBLIC_MAX_AGE: i64 = 300;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(resolve)).layer(DefaultBodyLimit::max(LARGEST_BODY)).routes(routes!(open))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResolveRequest {
    /// 1 to 10,000 locators: `s3://bucket/key`, optionally with `?versionId=…`.
    #[schema(min_items = 1, max_items = 10_000, example = json!(["s3://acme-images/team/cat.png"]))]
    locators: Vec<String>,
    /// How long the URLs may live, in seconds. They may live shorter: `expires_at` tells. Default: 3,600.
    #[schema(minimum = 1, maximum = 604_800, default = 3600)]
    expires_in: Option<u32>,
    /// How browsers are to show the files. Default: `auto`, which downloads what could run. It has no effect on public objects, whose
    /// URLs carry no signature.
    disposition: Option<Disposition>,
    /// In place of the type that the key suggests: one media type, such as `image/png`.
    #[schema(max_length = 255, pattern = r"^[^/;,\s]+/[^/;,\s]+(;\s*[^;=,\s]+=[^;,\s]+)*$")]
    content_type: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OpenQuery {
    /// `s3://bucket/key`, optionally with `?versionId=…`, percent-encoded as a query value.
    locator: String,
    /// How long the URL may live, in seconds. Default: 3,600.
    expires_in: Option<u32>,
    /// How browsers are to show the file.
    disposition: Option<Disposition>,
    /// In place of the type that the key suggests.
    content_type: Option<String>,
}

fn options(expires_in: Option<u32>, disposition: Option<Disposition>, content_type: Option<String>) -> ResolveOptions {
    ResolveOptions {
        expires_in: expires_in.unwrap_or(DEFAULT_LIFETIME),
        disposition: disposition.unwrap_or_default(),
        content_type,
    }
}

#[derive(Serialize, ToSchema)]
struct ResolveResponse {
    /// One answer for each locator, in the same order.
    results: Vec<Answer>,
}

/// A URL, or the reason why there is none.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum Answer {
    Url {
        locator: String,
        /// Loads the object without further credentials.
        url: String,
        /// When the URL dies; `null` for a public object's URL, which has no signature.
        #[serde(with = "time::serde::rfc3339::option")]
        expires_at: Option<OffsetDateTime>,
        /// Who serves it; `public` for the operator's public buckets.
        integration_id: String,
    },
    Error {
        locator: String,
        error: ItemProblem,
    },
}

/// Turn locators into URLs
///
/// Every locator is answered in its place; one that fails does not fail the others.
#[utoipa::path(post, path = "/resolve", operation_id = "resolve_locators", tag = "resolve", request_body = ResolveRequest,
    responses((status = 200, body = ResolveResponse), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn resolve(
    Viewer(actor): Viewer,
    State(app): State<App>,
    Body(body): Body<ResolveRequest>,
) -> Result<Response, Failure> {
    let (locators, resolved) = answers(&app, &actor, body).await?;
    let results = locators.into_iter().zip(resolved).map(|(locator, result)| match result {
        Ok(Resolved { url, expires_at, integration_id }) => {
            Answer::Url { locator, url, expires_at, integration_id: integration_id.to_string() }
        }
        Err(error) => Answer::Error { locator, error: (&error).into() },
    });
    let answer = ResolveResponse { results: results.collect() };
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(answer)).into_response())
}

/// The locators, and what became of each.
pub(super) async fn answers(
    app: &App,
    actor: &Actor,
    body: ResolveRequest,
) -> Result<(Vec<String>, Vec<byob_core::Result<Resolved>>), Failure> {
    let ResolveRequest { locators, expires_in, disposition, content_type } = body;
    check(&locators)?;
    let options = options(expires_in, disposition, content_type);
    let resolved = app.core.resolve(&actor.reach, &locators, &options).await?;
    metrics::counter!("byob_resolved_locators_total").increment(resolved.len() as u64);
    Ok((locators, resolved))
}

/// Redirect to an object's URL
#[utoipa::path(get, path = "/open", operation_id = "open_locator", tag = "resolve", params(OpenQuery),
    responses((status = 303, description = "To the presigned URL"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn open(
    Viewer(actor): Viewer,
    State(app): State<App>,
    Query(query): Query<OpenQuery>,
) -> Result<Response, Failure> {
    let OpenQuery { locator, expires_in, disposition, content_type } = query;
    let options = options(expires_in, disposition, content_type);
    let mut resolved = app.core.resolve(&actor.reach, &[locator], &options).await?;
    let resolved = resolved.pop().ok_or_else(|| Error::internal("no answer for the one locator"))??;
    // A redirect that is taken from a cache must still lead to a URL that has time to load.
    let max_age = resolved.expires_at.map_or(PUBLIC_MAX_AGE, |at| (at - app.core.clock().now()).whole_seconds() / 2);
    let location = HeaderValue::from_str(&resolved.url).map_err(|error| Failure(Error::internal(error)))?;
    let cache = HeaderValue::from_str(&format!("private, max-age={max_age}"))
        .map_err(|error| Failure(Error::internal(error)))?;
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, cache),
        (header::VARY, HeaderValue::from_static("Authorization")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

fn check(locators: &[String]) -> Result<(), Failure> {
    let fault = |field: String, invalid: &Invalid| Err(Failure(Error::field(field, invalid)));
    if !(1..=MOST_LOCATORS).contains(&locators.len()) {
        let detail = format!("{} locators were sent.", locators.len());
        return fault(
            "locators".into(),
            &Invalid::new("wrong_number", detail, "Send 1 to 10,000 locators in one call."),
        );
    }
    if let Some(at) = locators.iter().position(|locator| locator.len() > LONGEST_LOCATOR) {
        let detail = format!("It has {} bytes, more than any locator.", locators[at].len());
        return fault(
            format!("locators[{at}]"),
            &Invalid::new("too_long", detail, "Check that it is one locator, not a whole file."),
        );
    }
    Ok(())
}
