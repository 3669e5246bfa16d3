//! Opening an invitation: a link that works once.

use axum::{
    Extension, Router,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
    routing::get,
};
use axum_extra::extract::cookie::CookieJar;
use byob_core::organization::accounts::Invited;
use maud::{Markup, html};

use super::{
    Answer,
    form::{Faults, Form, Line},
    frame::door,
    then, visitor,
};
use crate::{boundary::RequestId, router::App};

pub fn router() -> Router<App> {
    Router::new().route("/join/{link}", get(page).post(accept))
}

async fn page(State(app): State<App>, Path(link): Path<String>) -> Answer {
    let invited = app.core.invited(&link).await?;
    Ok(view(&invited, &Faults::default()).into_response())
}

async fn accept(
    State(app): State<App>,
    Extension(request): Extension<RequestId>,
    Path(link): Path<String>,
    jar: CookieJar,
    form: Form,
) -> Answer {
    let invited = app.core.invited(&link).await?;
    match app.core.accept(&link, &form.get("password").into(), Some(&request.0)).await {
        Ok(sign_in) => {
            // It need not be the first organization of the account.
            let path = invited.organization.map_or("/".to_owned(), |joined| format!("/o/{}", joined.id));
            Ok((jar.add(visitor::cookie(&app.core, sign_in)), then(&path)).into_response())
        }
        Err(error) => Ok((StatusCode::UNPROCESSABLE_ENTITY, view(&invited, &Faults::of(error)?)).into_response()),
    }
}

fn view(invited: &Invited, faults: &Faults) -> Markup {
    let title = match (&invited.organization, invited.has_account) {
        (Some(organization), _) => format!("Join {}", organization.name),
        (None, true) => "Set a new password".to_owned(),
        (None, false) => "Set your password".to_owned(),
    };
    let known = invited.organization.is_some() && invited.has_account;
    let password = Line {
        name: "password",
        label: if known { "Your password" } else { "New password" },
        kind: "password",
        hint: if known {
            html! {}
        } else {
            html! { "12 characters or more." }
        },
        autocomplete: if known { "current-password" } else { "new-password" },
        required: true,
    };
    door(
        &title,
        &html! {
            (faults.summary(&["password"]))
            p .lead {
                @if known { "You have an account as " b { (invited.email) } " already. Show that it is you." }
                @else { "You will sign in as " b { (invited.email) } "." }
            }
            form method="post" {
                // Password managers keep the two together.
                input type="hidden" name="email" value=(invited.email) autocomplete="username";
                (password.field(&Form::default(), faults))
                button .primary { @if invited.organization.is_some() { "Join" } @else { "Set password" } }
            }
        },
    )
}
