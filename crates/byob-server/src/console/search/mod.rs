//! The search: a page that works without scripts, and the same results for the dialog that "/" opens over every other page.

mod find;
mod keys;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use byob_core::organization::Role;
use maud::{Markup, html};
use serde::Deserialize;

use self::find::{Hit, find};
use super::{
    Answer,
    frame::{Frame, Place},
    here::{Here, Viewer},
    icons::icon,
    parts,
};
use crate::{body::Query, router::App};

pub fn router() -> Router<App> {
    Router::new().route("/o/{organization}/search", get(page))
}

/// More than an organization has.
const MOST: i64 = 1000;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    q: String,
    /// The bucket that somebody looks at: a key is most likely meant in it.
    bucket: String,
    /// Only the results, for the dialog.
    part: bool,
}

async fn page(Viewer(here): Viewer, State(app): State<App>, Query(wanted): Query<Wanted>) -> Answer {
    // A viewer opens files by their locators, and knows of no integration.
    let integrations = if here.membership.role >= Role::Member {
        app.core.list_integrations(&here.reach(), "", MOST).await?
    } else {
        Vec::new()
    };
    let hits = find(&app, &here, &integrations, &wanted.q, &wanted.bucket).await;
    if wanted.part {
        return Ok(results(&here, &wanted.q, &hits).into_response());
    }
    Ok(view(&here, &wanted.q, &hits))
}

fn view(here: &Here, q: &str, hits: &[Hit]) -> Response {
    Frame::new(here, Place::Search, "Search").page(&html! {
        form .jump role="search" {
            label .visually-hidden for="q" { "What to find" }
            input #q type="search" name="q" value=(q) placeholder=(placeholder(here)) autocomplete="off" spellcheck="false" autocapitalize="off";
            button { "Search" }
        }
        div .card { (results(here, q, hits)) }
    })
}

/// What can be typed.
pub fn placeholder(here: &Here) -> &'static str {
    match here.membership.role {
        Role::Viewer => "s3://bucket/key",
        Role::Member => "A bucket, a file key, s3://…",
        Role::Admin => "An integration, a bucket, a file key, s3://…",
    }
}

/// The same on the page and in the dialog.
fn results(here: &Here, q: &str, hits: &[Hit]) -> Markup {
    html! {
        @if hits.is_empty() { p .quiet {
            "Nothing is called “" (q.trim()) "” here. "
            @if here.membership.role == Role::Viewer { "Paste the whole locator of a file, such as " code { "s3://bucket/folder/image.png" } "." }
            @else { "A file is found by the beginning of its key, such as " code { "folder/ima" } ", or by its locator." }
        } }
        @else {
            ul .found aria-label="Found" {
                @for hit in hits {
                    li { a href=(hit.path) { (icon(hit.icon)) b { (parts::name(&hit.name)) } i { (hit.what) } } }
                }
            }
        }
    }
}
