//! API tokens.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use byob_core::{
    id::TokenId,
    organization::{
        Role,
        tokens::{NewToken, TokenRequest},
    },
    store::TokenRow,
};
use maud::html;

use super::{
    Answer,
    form::{Faults, Form, Line},
    frame::{Frame, Place},
    here::{Admin, Here},
    parts::{self, Pasted},
    then,
};
use crate::router::App;

pub fn router() -> Router<App> {
    Router::new()
        .route("/o/{organization}/tokens", get(page).post(create))
        .route("/o/{organization}/tokens/{id}/revoke", post(revoke))
}

/// More than an organization has; the API has them by pages.
const MOST: i64 = 1000;

const LIVES: [(&str, &str); 4] =
    [("2592000", "30 days"), ("7776000", "90 days"), ("31536000", "A year"), ("", "Until it is revoked")];

async fn page(Admin(here): Admin, State(app): State<App>) -> Answer {
    let tokens = app.core.store().token_list(here.organization(), "", MOST).await?;
    let form = Form::of([("role", Role::Viewer.to_string()), ("expires_in", LIVES[1].0.to_owned())]);
    Ok(view(&here, &tokens, &form, &Faults::default()))
}

async fn create(Admin(here): Admin, State(app): State<App>, form: Form) -> Answer {
    let role = Role::from_name(form.get("role")).unwrap_or(Role::Viewer);
    // Only one of the lives that are offered; whoever leaves it out gets a short one.
    let offered = LIVES.iter().find(|(seconds, _)| form.has("expires_in", seconds)).unwrap_or(&LIVES[0]);
    let life = offered.0.parse().ok();
    let request = TokenRequest { name: form.get("name"), role, expires_in: life, integrations: None };
    match app.core.create_token(here.organization(), &here.membership.member, request).await {
        Ok(token) => Ok(view_new(&here, &token)),
        Err(error) => {
            let tokens = app.core.store().token_list(here.organization(), "", MOST).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, view(&here, &tokens, &form, &Faults::of(error)?)).into_response())
        }
    }
}

async fn revoke(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    app.core.revoke_token(here.organization(), &TokenId::parse(&id)?).await?;
    Ok(then(&here.path("tokens")))
}

fn view(here: &Here, tokens: &[TokenRow], form: &Form, faults: &Faults) -> Response {
    let name = Line {
        name: "name",
        label: "What it is for",
        kind: "text",
        hint: html! { "Such as “Labeling tool”." },
        autocomplete: "off",
        required: true,
    };
    Frame::new(here, Place::Tokens, "API tokens").page(&html! {
        @if tokens.is_empty() { p .lead { "There is none yet. Programs show a token to resolve locators, list files, or connect buckets." } }
        @else {
            table .table .stack {
                thead { tr { th { "What it is for" } th { "May act as" } th { "Made" } th { "Ends" } th { span .visually-hidden { "Revoke" } } } }
                tbody {
                    @for token in tokens {
                        tr {
                            th scope="row" { (token.name) }
                            td { (token.role) }
                            td .quiet { (parts::moment_of(token.created_at)) }
                            td .quiet { @match token.expires_at { Some(at) => (parts::moment_of(at)), None => "When it is revoked" } }
                            td {
                                form method="post" action=(here.path(&format!("tokens/{}/revoke", token.id))) {
                                    button .plain .danger { "Revoke" span .visually-hidden { " " (token.name) } }
                                }
                            }
                        }
                    }
                }
            }
        }
        section .card {
            h2 { "Make a token" }
            (faults.summary(&["name"]))
            form method="post" {
                (name.field(form, faults))
                fieldset {
                    legend { "It may" }
                    @for (role, text) in [(Role::Viewer, "Resolve locators"), (Role::Member, "Also list files"), (Role::Admin, "Also connect buckets and manage the organization")] {
                        label .choice { input type="radio" name="role" value=(role) checked[form.has("role", role.as_str())]; span { b { (text) } } }
                    }
                }
                div .field {
                    label for="expires_in" { "It ends after" }
                    select #expires_in name="expires_in" {
                        @for (seconds, name) in LIVES { option value=(seconds) selected[form.get("expires_in") == seconds] { (name) } }
                    }
                }
                button .primary { "Make token" }
            }
        }
    })
}

fn view_new(here: &Here, token: &NewToken) -> Response {
    Frame::new(here, Place::Tokens, "Keep this token").below(here.path("tokens"), "API tokens").scripts(&["copy.js"]).page(&html! {
        p { "It is shown only now. Put it where secrets are kept; whoever has it may do what “" (token.row.name) "” may do." }
        (Pasted { id: "token", title: "Token", text: &token.secret, download: None }.show())
        p { a .button href=(here.path("tokens")) { "Done" } }
    })
}
