//! Pages of whoever runs the platform. They tell how much there is in an organization, never what: none of them opens a file, or the settings
//! of an integration.

mod endpoints;
mod health;
mod one;
mod organizations;
mod platform;

use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use byob_core::{
    audit::By,
    organization::accounts::{Invitation, SignedIn},
    store::{ByHealth, MemberRow},
};
use maud::{Markup, html};

use super::{
    frame::{Frame, Place},
    here::Operator,
    parts::{self, Pasted},
    then,
};
use crate::{boundary::RequestId, router::App};

pub fn router() -> Router<App> {
    const ONE: &str = "/operator/organizations/{id}";
    Router::new()
        .route("/operator", get(enter))
        .route("/operator/organizations", get(organizations::page).post(organizations::create))
        .route(ONE, get(one::page))
        .route(&format!("{ONE}/name"), post(one::rename))
        .route(&format!("{ONE}/link"), post(one::link))
        .route("/operator/platform", get(platform::page))
        .route("/operator/endpoints", get(endpoints::page))
        .route("/operator/health", get(health::page))
}

async fn enter(_: Operator) -> Response {
    then("/operator/organizations")
}

/// The operator, as audit logs name them.
fn by(operator: &SignedIn, request: RequestId) -> By {
    By::operator_signed_in(&operator.account.id, &operator.account.email).at(Some(request.0))
}

fn organization_path(id: &str) -> String {
    format!("/operator/organizations/{id}")
}

/// Integrations by their health; states in which there is none are left out.
fn by_health(on: &ByHealth, turned_off: i64) -> Markup {
    let states = [
        ("bad", on.is_unsafe, "unsafe"),
        ("bad", on.unhealthy, "not working"),
        ("warn", on.degraded, "with reservations"),
        ("good", on.healthy, "healthy"),
        ("", on.unknown, "not checked yet"),
        ("", turned_off, "turned off"),
    ];
    html! {
        span .row {
            @for (style, count, word) in states.into_iter().filter(|(_, count, _)| *count > 0) {
                span class={ "badge " (style) } { (count) " " (word) }
            }
            @if on.total() + turned_off == 0 { span .quiet { "None" } }
        }
    }
}

/// Where what is shown is set.
fn configured_by(settings: &[&str]) -> Markup {
    html! {
        p .hint {
            "Set in the service’s configuration, as "
            @for (number, setting) in settings.iter().enumerate() { @if number > 0 { ", " } code { (setting) } }
            "; " code { "byob config" } " explains every setting. A change takes a restart."
        }
    }
}

/// The link of an organization's first admin, which is shown this once.
fn view_link(
    app: &App,
    operator: &SignedIn,
    id: &str,
    name: &str,
    admin: &MemberRow,
    invitation: &Invitation,
) -> Response {
    let link = app.core.link(invitation);
    Frame::of_platform(operator, Place::Organizations, "Hand over this link")
        .below("/operator/organizations".to_owned(), "Organizations")
        .below(organization_path(id), name)
        .scripts(&["copy.js", "once.js"])
        .page(&html! {
            p { "With it, " b { (admin.email) } " joins " (name) " as its admin. It works once, until " (parts::moment_of(invitation.expires_at)) ", and is shown only now." }
            (Pasted { id: "link", title: "Link", text: &link, download: None }.show())
            p { a .button href=(organization_path(id)) { "Done" } }
        })
}
