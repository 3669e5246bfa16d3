//! Members of an organization: for its admins.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use byob_core::{
    id::MemberId,
    organization::{Role, accounts::Invitation},
    store::MemberRow,
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
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(update, delete)).routes(routes!(invite))
}

/// A person of the organization.
#[derive(Debug, Serialize, ToSchema)]
struct Member {
    #[schema(example = "mem_01jd…")]
    id: String,
    email: String,
    role: String,
    /// Whether they have opened their link. Until then they cannot sign in here.
    joined: bool,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

/// A member with the link that was made for them, which is shown this once.
#[derive(Serialize, ToSchema)]
struct InvitedMember {
    #[serde(flatten)]
    member: Member,
    /// Give it to them: it works once. Nothing is mailed.
    #[schema(example = "https://byob.example.com/join/…")]
    link: String,
    #[serde(with = "time::serde::rfc3339")]
    link_expires_at: OffsetDateTime,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteMember {
    #[schema(example = "ada@example.com")]
    email: String,
    /// What they may do.
    #[serde(default = "viewer")]
    role: Role,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeMember {
    /// What they may do from now on. Their tokens are worth no more than that.
    role: Role,
}

fn viewer() -> Role {
    Role::Viewer
}

/// Invite a member
#[utoipa::path(post, path = "/members", operation_id = "create_member", tag = "members", request_body = InviteMember,
    responses((status = 201, body = InvitedMember), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn create(
    Admin(actor): Admin,
    State(app): State<App>,
    Body(body): Body<InviteMember>,
) -> Result<(StatusCode, Json<InvitedMember>), Failure> {
    let (member, invitation) = app.core.invite_member(&actor.organization, &actor.by, &body.email, body.role).await?;
    Ok((StatusCode::CREATED, Json(invited(&app, member, &invitation))))
}

/// List the organization's members
#[utoipa::path(get, path = "/members", operation_id = "list_members", tag = "members", params(PageQuery),
    responses((status = 200, body = Page<Member>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list(
    Admin(actor): Admin,
    State(app): State<App>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Member>>, Failure> {
    let limit = query.fetch_limit_after(MemberId::parse)?;
    let rows = app.core.list_members(&actor.organization, &query.cursor, limit).await?;
    let items = rows.into_iter().map(Member::from).collect();
    Ok(Json(query.page(items, |member: &Member| member.id.clone())))
}

/// Change a member's role
#[utoipa::path(patch, path = "/members/{id}", operation_id = "update_member", tag = "members", params(("id" = String, Path)),
    request_body = ChangeMember,
    responses((status = 200, body = Member), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn update(
    Admin(actor): Admin,
    State(app): State<App>,
    Path(id): Path<String>,
    Body(body): Body<ChangeMember>,
) -> Result<Json<Member>, Failure> {
    Ok(Json(app.core.change_member(&actor.organization, &actor.by, &MemberId::parse(&id)?, body.role).await?.into()))
}

/// Remove a member, with their tokens
#[utoipa::path(delete, path = "/members/{id}", operation_id = "delete_member", tag = "members", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn delete(Admin(actor): Admin, State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Failure> {
    app.core.remove_member(&actor.organization, &actor.by, &MemberId::parse(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a new link for a member who has not joined yet; the one before no longer works
#[utoipa::path(post, path = "/members/{id}/link", operation_id = "create_member_link", tag = "members", params(("id" = String, Path)),
    responses((status = 201, body = InvitedMember), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn invite(
    Admin(actor): Admin,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<InvitedMember>), Failure> {
    let (member, invitation) = app.core.invite_again(&actor.organization, &actor.by, &MemberId::parse(&id)?).await?;
    Ok((StatusCode::CREATED, Json(invited(&app, member, &invitation))))
}

fn invited(app: &App, member: MemberRow, invitation: &Invitation) -> InvitedMember {
    InvitedMember {
        member: member.into(),
        link: app.core.link(invitation),
        link_expires_at: time_of(invitation.expires_at),
    }
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        Self {
            id: row.id,
            email: row.email,
            role: row.role,
            joined: row.account_id.is_some(),
            created_at: time_of(row.created_at),
        }
    }
}
