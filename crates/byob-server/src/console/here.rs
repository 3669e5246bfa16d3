//! Where somebody is: an organization of theirs, and what they may do in it. A handler takes one of these as argument, and so cannot be
//! reached without the check.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use byob_core::{
    Error, Kind,
    audit::By,
    id::OrganizationId,
    organization::{
        Reach, Role,
        accounts::{Membership, SignedIn},
    },
};

use super::visitor::Visitor;
use crate::{boundary::request_id, problem::Failure, router::App};

/// Somebody in an organization.
#[derive(Clone)]
pub struct Here {
    /// Who.
    pub signed_in: Arc<SignedIn>,
    /// Which, and as what.
    pub membership: Membership,
    /// The same, as the audit log names them.
    pub by: By,
}

/// Somebody who may open files: every member.
pub struct Viewer(pub Here);

/// Somebody who works with files.
pub struct Member(pub Here);

/// Somebody who manages the organization.
pub struct Admin(pub Here);

/// Somebody who runs the platform, wherever they are.
pub struct Operator(pub Arc<SignedIn>);

impl Here {
    /// The organization.
    pub fn organization(&self) -> &OrganizationId {
        &self.membership.organization
    }

    /// All of it: who is signed in is never restricted to some integrations.
    pub fn reach(&self) -> Reach {
        Reach::all(self.organization())
    }

    /// Whether they manage it.
    pub fn is_admin(&self) -> bool {
        self.membership.role == Role::Admin
    }

    /// A path of the organization, such as `integrations`.
    pub fn path(&self, rest: &str) -> String {
        format!("/o/{}/{rest}", self.organization())
    }
}

async fn here(parts: &mut Parts, app: &App, at_least: Role) -> Result<Here, Response> {
    let Visitor(signed_in) = Visitor::from_request_parts(parts, app).await?;
    let refused = |error: Error| Failure(error).into_response();
    let path = RawPathParams::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
    let organization =
        path.iter().find(|(name, _)| *name == "organization").map(|(_, value)| value).unwrap_or_default();
    let membership = signed_in.membership(organization).map_err(refused)?.clone();
    if membership.role < at_least {
        let detail = format!("Your role in {} is `{}`; this needs `{at_least}`.", membership.name, membership.role);
        return Err(refused(
            Error::new(Kind::Forbidden, "role_too_low", detail).hint("Ask an admin of your organization."),
        ));
    }
    tracing::Span::current().record("organization", membership.organization.as_str());
    let by = By::member(&membership.member, &signed_in.account.email).at(request_id(&parts.extensions));
    Ok(Here { signed_in, membership, by })
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        here(parts, app, Role::Viewer).await.map(Self)
    }
}

impl FromRequestParts<App> for Member {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        here(parts, app, Role::Member).await.map(Self)
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        here(parts, app, Role::Admin).await.map(Self)
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Visitor(signed_in) = Visitor::from_request_parts(parts, app).await?;
        // For everybody else, the operator's pages are told as any path that is not there.
        if signed_in.account.is_operator { Ok(Self(signed_in)) } else { Err(StatusCode::NOT_FOUND.into_response()) }
    }
}
