//! Somebody's own account: their password, where they are signed in, and the organizations that they are in.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use byob_aws::Invalid;
use byob_core::{
    Error,
    audit::By,
    organization::{
        accounts::{Membership, SignedIn},
        own::OwnSignIn,
    },
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    Answer,
    form::{self, Faults, Form, Line},
    frame,
    parts::{self, OnceMore},
    then,
    visitor::{self, Visitor},
};
use crate::{body::Query, boundary::RequestId, router::App};

pub fn router() -> Router<App> {
    Router::new()
        .route("/account", get(page))
        .route("/account/password", post(password))
        .route("/account/sign-out-elsewhere", post(sign_out_elsewhere))
        .route("/account/organizations/{organization}/leave", post(leave))
}

/// Somebody, and what the cookie of this sign-in of theirs holds.
struct Owner {
    signed_in: Arc<SignedIn>,
    secret: String,
}

impl FromRequestParts<App> for Owner {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Visitor(signed_in) = Visitor::from_request_parts(parts, app).await?;
        Ok(Self { signed_in, secret: visitor::secret(&app.core, parts).unwrap_or_default() })
    }
}

/// What was done, after which this page is shown again.
#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    done: String,
}

async fn page(owner: Owner, State(app): State<App>, Query(query): Query<Done>) -> Answer {
    let done = match query.done.as_str() {
        "password" => Some("Your password is changed. You are signed in here alone."),
        "elsewhere" => Some("You are signed in here alone."),
        "left" => Some("You have left the organization."),
        _ => None,
    };
    Ok(view(&app, &owner, done, &Faults::default()).await?.into_response())
}

async fn password(
    owner: Owner,
    State(app): State<App>,
    Extension(request): Extension<RequestId>,
    form: Form,
) -> Answer {
    let (current, new) = (form.get("current_password").into(), form.get("new_password").into());
    let account = &owner.signed_in.account;
    match app.core.change_password(account, &owner.secret, (&current, &new), Some(&request.0)).await {
        Ok(()) => Ok(then("/account?done=password")),
        // Whoever is signed in knows whose account it is.
        Err(error) if error.code() == "wrong_password" => {
            let hint = "Use the password that you sign in with. If you have lost it, ask whoever runs this service.";
            let invalid = Invalid::new("wrong_password", "That is not your password.", hint);
            refused(&app, &owner, Error::field("current_password", &invalid)).await
        }
        Err(error) => refused(&app, &owner, error).await,
    }
}

async fn sign_out_elsewhere(owner: Owner, State(app): State<App>) -> Answer {
    app.core.sign_out_elsewhere(&owner.signed_in.account, &owner.secret).await?;
    Ok(then("/account?done=elsewhere"))
}

async fn leave(
    owner: Owner,
    State(app): State<App>,
    Extension(request): Extension<RequestId>,
    Path(organization): Path<String>,
) -> Answer {
    let membership = owner.signed_in.membership(&organization)?;
    let by = By::member(&membership.member, &owner.signed_in.account.email).at(Some(request.0));
    match app.core.leave(&membership.organization, &by, &membership.member).await {
        Ok(()) => Ok(then("/account?done=left")),
        Err(error) => refused(&app, &owner, error).await,
    }
}

async fn refused(app: &App, owner: &Owner, error: Error) -> Answer {
    let status: StatusCode = form::refusal(&error);
    Ok((status, view(app, owner, None, &Faults::of(error)?).await?).into_response())
}

async fn view(app: &App, owner: &Owner, done: Option<&str>, faults: &Faults) -> Answer<Markup> {
    let SignedIn { account, memberships } = &*owner.signed_in;
    let sign_ins = app.core.own_sign_ins(account, &owner.secret).await?;
    let content = html! {
        @if let Some(done) = done { div .note .good role="status" { p { (done) } } }
        (faults.summary(&["current_password", "new_password"]))
        p .lead { "You sign in as " b { (account.email) } "." }
        (change_password(&account.email, faults))
        (where_signed_in(&sign_ins))
        (organizations(memberships))
    };
    Ok(frame::own(&owner.signed_in, "Your account", &content))
}

fn change_password(email: &str, faults: &Faults) -> Markup {
    let line = |name, label, hint, autocomplete| {
        let line = Line { name, label, kind: "password", hint, autocomplete, required: true };
        line.field(&Form::default(), faults)
    };
    html! {
        section .card {
            h2 { "Change your password" }
            form method="post" action="/account/password" {
                // Password managers keep the two together.
                input type="hidden" name="email" value=(email) autocomplete="username";
                (line("current_password", "The password that you have", html! {}, "current-password"))
                (line("new_password", "New password", html! { "12 characters or more." }, "new-password"))
                button .primary { "Change password" }
                p .hint { "Wherever else you are signed in, you are signed out." }
            }
        }
    }
}

fn where_signed_in(sign_ins: &[OwnSignIn]) -> Markup {
    html! {
        section .card {
            h2 { "Where you are signed in" }
            ul .plainly {
                @for sign_in in sign_ins {
                    li {
                        "Since " (parts::moment_of(sign_in.created_at)) span .quiet { ", until " (parts::moment_of(sign_in.expires_at)) }
                        @if sign_in.is_this { " " span .badge .good { "This browser" } }
                    }
                }
            }
            @if sign_ins.len() > 1 {
                form method="post" action="/account/sign-out-elsewhere" { button { "Sign out everywhere else" } }
            }
        }
    }
}

fn organizations(memberships: &[Membership]) -> Markup {
    html! {
        section .card {
            h2 { "Your organizations" }
            @if memberships.is_empty() { p { "You are in none. Ask an admin for a link to join." } }
            ul .plainly {
                @for Membership { organization, name, role, .. } in memberships {
                    li {
                        a href={ "/o/" (organization) } { (name) } span .quiet { ", as " (role) }
                        (OnceMore {
                            verb: "Leave",
                            what: name,
                            then: "You are out at once, and tokens that you made there stop working. To come back, you need a new link.",
                            action: &format!("/account/organizations/{organization}/leave"),
                        }.ask_plainly())
                    }
                }
            }
        }
    }
}
