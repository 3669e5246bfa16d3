//! How often each operation was asked for: the least that CloudTrail would say.

use axum::{Router, routing::get};
use maud::{Markup, html};

use super::{
    Answer,
    parts::{empty, table},
    visit::Visit,
};
use crate::Sandbox;

/// `…/calls`.
pub fn router() -> Router<Sandbox> {
    Router::new().route("/_console/{account}/calls", get(page))
}

async fn page(visit: Visit) -> Answer {
    let calls: Vec<(String, u64)> = visit.sandbox.calls().into_iter().collect();
    Ok(visit.show("Calls", &view(&calls)))
}

fn view(calls: &[(String, u64)]) -> Markup {
    let rows = html! {
        @for (name, count) in calls { tr { td { code { (name) } } td.number { (count) } } }
    };
    html! {
        p.lead { "What all clients of this sandbox asked for since it was started, whether it was allowed or denied. Requests that were not believed, or that a fault \
                  answered, are not counted. Reload the page to count again." }
        @if calls.is_empty() {
            (empty("Nobody has asked for anything yet.", &html! {}))
        } @else {
            (table("Calls", &["Operation", "Calls"], &rows))
        }
    }
}
