//! The audit log: who changed what, and whether the log is as it was written.

mod entries;
mod verify;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use byob_core::{
    audit::Action,
    store::{EntryFilter, EntryRow, MemberRow},
};
use maud::{Markup, html};
use serde::Deserialize;

pub use self::entries::{Older, table};
use super::{
    Answer,
    frame::{Frame, Place},
    here::{Admin, Here},
};
use crate::{api::audit, body::Query, router::App};

pub fn router() -> Router<App> {
    Router::new()
        .route("/o/{organization}/audit", get(page))
        .route("/o/{organization}/audit/verify", get(verify::page))
        .route("/o/{organization}/audit/export", get(export))
}

/// So many entries are on a page.
pub const PER_PAGE: i64 = 50;

/// More than an organization has.
const MOST_MEMBERS: i64 = 1000;

/// Which entries are looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    action: String,
    object: String,
    actor: String,
    cursor: String,
}

async fn page(Admin(here): Admin, State(app): State<App>, Query(wanted): Query<Wanted>) -> Answer {
    let filter =
        EntryFilter { action: wanted.action.clone(), object: wanted.object.clone(), actor: wanted.actor.clone() };
    let before = audit::number(&wanted.cursor)?;
    let entries = app.core.list_audit(here.organization(), &filter, before, PER_PAGE + 1).await?;
    let members = app.core.list_members(here.organization(), "", MOST_MEMBERS).await?;
    Ok(view(&here, &wanted, &entries, &members))
}

async fn export(Admin(here): Admin, State(app): State<App>) -> Response {
    audit::file(&app.core, here.organization()).into_response()
}

fn view(here: &Here, wanted: &Wanted, entries: &[EntryRow], members: &[MemberRow]) -> Response {
    let older = Older {
        path: here.path("audit"),
        query: vec![("action", &wanted.action), ("object", &wanted.object), ("actor", &wanted.actor)],
    };
    Frame::new(here, Place::Audit, "Audit log").actions(actions(here)).page(&html! {
        p .lead { "Who changed what. Entries are only ever added, and each holds a hash of the one before, so that a change of the past is noticed." }
        (filters(here, wanted, members))
        @if entries.is_empty() { p { "Nothing of that kind was written down." } }
        @else { (table(here, entries)) (older.link(entries, !wanted.cursor.is_empty())) }
    })
}

/// What can be done with the whole log.
fn actions(here: &Here) -> Markup {
    html! {
        form method="get" action=(here.path("audit/verify")) { button { "Verify" } }
        a .button href=(here.path("audit/export")) download { "Export" }
    }
}

fn filters(here: &Here, wanted: &Wanted, members: &[MemberRow]) -> Markup {
    let is_filtered = ![&wanted.action, &wanted.object, &wanted.actor].into_iter().all(String::is_empty);
    html! {
        form .filters method="get" action=(here.path("audit")) {
            div {
                label for="action" { "What was done" }
                select #action name="action" {
                    option value="" { "Anything" }
                    @for action in Action::ALL {
                        option value=(action.as_str()) selected[action.as_str() == wanted.action] { (entries::name(*action)) }
                    }
                }
            }
            div {
                label for="actor" { "By whom" }
                select #actor name="actor" {
                    option value="" { "Anybody" }
                    @for member in members { option value=(member.id) selected[member.id == wanted.actor] { (member.email) } }
                }
            }
            @if !wanted.object.is_empty() { input type="hidden" name="object" value=(wanted.object); }
            button { "Show" }
            @if is_filtered { a href=(here.path("audit")) { "Show all" } }
            @if !wanted.object.is_empty() { p .hint { "Only what was done to " code { (wanted.object) } "." } }
        }
    }
}
