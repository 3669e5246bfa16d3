//! Who calls, and what they may do. A handler takes one of these as argument, and so cannot be reached without the check.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use byob_core::{
    Error, Kind,
    audit::By,
    id::{MemberId, OrganizationId},
    organization::{Reach, Role, tokens::Bearer},
};

use crate::{boundary::request_id, console::visitor, problem::Failure, router::App};

/// A member of an organization, by a token.
#[derive(Debug, Clone)]
pub struct Actor {
    /// What the actor sees; there is nothing else.
    pub reach: Reach,
    /// Who.
    pub member: MemberId,
    /// What they may do.
    pub role: Role,
    /// The same, as the audit log names them.
    pub by: By,
}

/// An actor who reaches all of an organization.
#[derive(Debug, Clone)]
pub struct Manager {
    /// Whose things the actor sees; there are no others.
    pub organization: OrganizationId,
    /// Who.
    pub member: MemberId,
    /// The same, as the audit log names them.
    pub by: By,
}

/// An actor who may open files: every member.
pub struct Viewer(pub Actor);

/// An actor who works with files.
pub struct Member(pub Actor);

/// An admin, whose token may reach some integrations alone: for what is about single ones.
pub struct Keeper(pub Actor);

/// An actor who manages the organization. A token that reaches some integrations alone is refused.
pub struct Admin(pub Manager);

/// Whoever runs the platform, as the audit log names them.
pub struct Operator(pub By);

async fn bearer(parts: &Parts, app: &App) -> Result<Bearer, Failure> {
    let unauthenticated = || {
        Failure(
            Error::new(Kind::Unauthenticated, "unauthenticated", "The request shows no valid token.")
                .hint("Send `Authorization: Bearer byob_…`. A revoked or expired token counts as none."),
        )
    };
    if let Some(bearer) = by_cookie(parts, app).await? {
        return Ok(bearer);
    }
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        header.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, token) = token.ok_or_else(unauthenticated)?;
    app.core.bearer(token.trim()).await?.ok_or_else(unauthenticated)
}

/// In which organization the console's scripts act.
pub const ORGANIZATION: &str = "byob-organization";

/// The console's scripts show no token: they are who is signed in, in the organization that they name. That header is also what no other
/// site can have a browser send.
async fn by_cookie(parts: &Parts, app: &App) -> Result<Option<Bearer>, Failure> {
    let organization = parts.headers.get(ORGANIZATION).and_then(|value| value.to_str().ok());
    let Some(organization) = organization.filter(|_| !parts.headers.contains_key(header::AUTHORIZATION)) else {
        return Ok(None);
    };
    let Some(signed_in) = visitor::of(parts, app).await? else { return Ok(None) };
    let membership = signed_in.membership(organization)?;
    Ok(Some(Bearer::Member {
        reach: Reach::all(&membership.organization),
        member: membership.member.clone(),
        role: membership.role,
        by: By::member(&membership.member, &signed_in.account.email),
    }))
}

async fn member(parts: &Parts, app: &App, at_least: Role) -> Result<Actor, Failure> {
    match bearer(parts, app).await? {
        Bearer::Member { role, .. } if role < at_least => {
            let detail = format!("The token's role is `{role}`; this needs `{at_least}`.");
            Err(Failure(Error::new(Kind::Forbidden, "role_too_low", detail).hint("Ask an admin of your organization.")))
        }
        Bearer::Member { reach, member, role, by } => {
            tracing::Span::current().record("organization", tracing::field::display(&reach));
            Ok(Actor { reach, member, role, by: by.at(request_id(&parts.extensions)) })
        }
        Bearer::Operator(_) => Err(Failure(
            Error::new(Kind::Forbidden, "no_organization", "The operator's token belongs to no organization.")
                .hint("Use a token of a member of the organization."),
        )),
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        member(parts, app, Role::Viewer).await.map(Self)
    }
}

impl FromRequestParts<App> for Member {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        member(parts, app, Role::Member).await.map(Self)
    }
}

impl FromRequestParts<App> for Keeper {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        member(parts, app, Role::Admin).await.map(Self)
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Actor { reach, member, by, .. } = member(parts, app, Role::Admin).await?;
        Ok(Self(Manager { organization: reach.whole()?.clone(), member, by }))
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        match bearer(parts, app).await? {
            Bearer::Operator(by) => Ok(Self(by.at(request_id(&parts.extensions)))),
            Bearer::Member { .. } => Err(Failure(
                Error::new(Kind::Forbidden, "operator_only", "Only the operator of the platform may do this.")
                    .hint("The operator makes tokens with `byob admin create-operator-token`."),
            )),
        }
    }
}
