//! The first page: wherever somebody has something to do.

use axum::response::{IntoResponse, Response};
use maud::html;

use super::{frame::door, here::Viewer, then, visitor::Visitor};

pub async fn enter(Visitor(signed_in): Visitor) -> Response {
    let Some(first) = signed_in.memberships.first() else {
        if signed_in.account.is_operator {
            return then("/operator");
        }
        let page = door(
            "You are in no organization yet",
            &html! {
                p { "You are signed in as " b { (signed_in.account.email) } ". Ask an admin of your organization for a link." }
                div .row {
                    form method="post" action="/sign-out" { button { "Sign out" } }
                    a href="/account" { "Your account" }
                }
            },
        );
        return page.into_response();
    };
    then(&format!("/o/{}", first.organization))
}

pub async fn page(Viewer(here): Viewer) -> Response {
    then(&here.path(if here.is_admin() { "integrations" } else { "files" }))
}
