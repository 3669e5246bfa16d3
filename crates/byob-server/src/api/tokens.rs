//! API tokens of an organization: for its admins.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use byob_core::{
    id::TokenId,
    organization::{
        Role,
        tokens::{NewToken, TokenRequest},
    },
    store::TokenRow,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::Admin,
    api::time_of,
    body::{Body, Query},
    page::{Page, PageQuery},
    problem::{Failure, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(delete))
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
struct Token {
    id: String,
    name: String,
    role: String,
    /// Who made it.
    member_id: Option<String>,
    /// The only integrations that it reaches, as far as they are still there; `null` if it reaches all.
    integration_ids: Option<Vec<String>>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
    /// When it was last shown, to the minute; `null` if never.
    #[serde(with = "time::serde::rfc3339::option")]
    last_used_at: Option<OffsetDateTime>,
}

/// A new token, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewTokenView {
    #[serde(flatten)]
    row: Token,
    /// The token itself: keep it, it cannot be shown again.
    #[schema(example = "byob_…")]
    token: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateToken {
    /// What it is for.
    #[schema(max_length = 100, example = "Labeling tool")]
    name: String,
    /// What it may do.
    #[serde(default = "viewer")]
    role: Role,
    /// Seconds until it expires; without it, it lives until it is revoked.
    #[schema(minimum = 1, maximum = 315_360_000)]
    expires_in: Option<i64>,
    /// The only integrations that it reaches: it resolves and lists what they serve, and reads them if it is an admin's. All else in the
    /// organization, public buckets too, does not exist for it. Without it, it reaches all, also those to come.
    #[schema(min_items = 1, max_items = 200, example = json!(["int_01jd…"]))]
    integration_ids: Option<Vec<String>>,
}

fn viewer() -> Role {
    Role::Viewer
}

/// Make a token
#[utoipa::path(post, path = "/tokens", operation_id = "create_token", tag = "tokens", request_body = CreateToken,
    responses((status = 201, body = NewTokenView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn create(
    Admin(actor): Admin,
    State(app): State<App>,
    Body(body): Body<CreateToken>,
) -> Result<(StatusCode, Json<NewTokenView>), Failure> {
    let CreateToken { name, role, expires_in, integration_ids } = body;
    let request = TokenRequest { name: &name, role, expires_in, integrations: integration_ids.as_deref() };
    let new = app.core.create_token(&actor.organization, &actor.by, &actor.member, request).await?;
    Ok((StatusCode::CREATED, Json(new.into())))
}

/// List the organization's tokens
#[utoipa::path(get, path = "/tokens", operation_id = "list_tokens", tag = "tokens", params(PageQuery),
    responses((status = 200, body = Page<Token>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list(
    Admin(actor): Admin,
    State(app): State<App>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Token>>, Failure> {
    let rows = app
        .core
        .store()
        .token_list(&actor.organization, &query.cursor, query.fetch_limit_after(TokenId::parse)?)
        .await?;
    let items = rows.into_iter().map(Token::from).collect();
    Ok(Json(query.page(items, |token: &Token| token.id.clone())))
}

/// Revoke a token
#[utoipa::path(delete, path = "/tokens/{id}", operation_id = "delete_token", tag = "tokens", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn delete(Admin(actor): Admin, State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Failure> {
    app.core.revoke_token(&actor.organization, &actor.by, &TokenId::parse(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<TokenRow> for Token {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            role: row.role,
            member_id: row.member_id,
            integration_ids: row.restricted.then_some(row.integration_ids),
            created_at: time_of(row.created_at),
            expires_at: row.expires_at.map(time_of),
            last_used_at: row.last_used_at.map(time_of),
        }
    }
}

impl From<NewToken> for NewTokenView {
    fn from(new: NewToken) -> Self {
        Self { row: new.row.into(), token: new.secret }
    }
}

impl std::fmt::Debug for NewTokenView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewTokenView").field("row", &self.row).finish_non_exhaustive()
    }
}
