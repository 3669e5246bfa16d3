//! Signing in and out.

use axum::{
    Extension, Router,
    extract::State,
    http::request::Parts,
    response::IntoResponse,
    routing::{get, post},
};
use axum_extra::extract::cookie::CookieJar;
use maud::{Markup, html};

use super::{
    Answer,
    form::{self, Faults, Form, Line},
    frame::door,
    then, visitor,
};
use crate::{body::Query, boundary::RequestId, router::App};

pub fn router() -> Router<App> {
    Router::new().route("/sign-in", get(page).post(sign_in)).route("/sign-out", post(sign_out))
}

#[derive(serde::Deserialize)]
struct Where {
    #[serde(default)]
    next: String,
}

async fn page(State(app): State<App>, parts: Parts, Query(query): Query<Where>) -> Answer {
    let next = local(&query.next);
    if visitor::of(&parts, &app).await?.is_some() {
        return Ok(then(&next));
    }
    Ok(view(&Form::of([("next", next)]), &Faults::default()).into_response())
}

async fn sign_in(
    State(app): State<App>,
    Extension(request): Extension<RequestId>,
    jar: CookieJar,
    form: Form,
) -> Answer {
    let signed_in = app.core.sign_in(form.get("email"), &form.get("password").into(), Some(&request.0)).await;
    match signed_in {
        Ok(sign_in) => {
            Ok((jar.add(visitor::cookie(&app.core, sign_in)), then(&local(form.get("next")))).into_response())
        }
        Err(error) => Ok((form::refusal(&error), view(&form, &Faults::of(error)?)).into_response()),
    }
}

async fn sign_out(State(app): State<App>, parts: Parts) -> Answer {
    if let Some(secret) = visitor::secret(&app.core, &parts) {
        app.core.sign_out(&secret).await?;
    }
    let jar = CookieJar::new().add(visitor::no_cookie(&app.core));
    Ok((jar, then("/sign-in")).into_response())
}

/// A path of this service: a link must not lead through the sign-in page to somewhere else.
fn local(next: &str) -> String {
    let is_path =
        next.starts_with('/') && !next.starts_with("//") && !next.contains(|c: char| c == '\\' || c.is_control());
    if is_path { next.to_owned() } else { "/".to_owned() }
}

fn view(form: &Form, faults: &Faults) -> Markup {
    let email = Line {
        name: "email",
        label: "E-mail address",
        kind: "email",
        hint: html! {},
        autocomplete: "username",
        required: true,
    };
    let password = Line {
        name: "password",
        label: "Password",
        kind: "password",
        hint: html! {},
        autocomplete: "current-password",
        required: true,
    };
    door(
        "Sign in",
        &html! {
            (faults.summary(&["email", "password"]))
            form method="post" action="/sign-in" {
                input type="hidden" name="next" value=(local(form.get("next")));
                (email.field(form, faults))
                (password.field(form, faults))
                button .primary { "Sign in" }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_here() {
        for (next, expected) in [
            ("/o/org_1/integrations?x=1", "/o/org_1/integrations?x=1"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("/\0", "/"),
        ] {
            assert_eq!(local(next), expected);
        }
    }
}
