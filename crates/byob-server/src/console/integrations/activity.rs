//! Who did what to an integration.

use axum::{
    extract::{Path, State},
    response::Response,
};
use byob_core::{
    id::IntegrationId,
    integration::Record,
    store::{EntryFilter, EntryRow},
};
use maud::html;
use serde::Deserialize;

use super::{One, Tab};
use crate::{
    api,
    body::Query,
    console::{
        Answer,
        audit::{self, Older},
        here::{Admin, Here},
    },
    router::App,
};

#[derive(Deserialize)]
pub struct Where {
    #[serde(default)]
    cursor: String,
}

pub async fn page(
    Admin(here): Admin,
    State(app): State<App>,
    Path((_, id)): Path<(String, String)>,
    Query(place): Query<Where>,
) -> Answer {
    let id = IntegrationId::parse(&id)?;
    let integration = app.core.get_integration(&here.reach(), &id).await?;
    let filter = EntryFilter { object: id.to_string(), ..EntryFilter::default() };
    let before = api::audit::number(&place.cursor)?;
    let entries = app.core.list_audit(here.organization(), &filter, before, audit::PER_PAGE + 1).await?;
    Ok(view(&here, &integration, &entries, before.is_some()))
}

fn view(here: &Here, integration: &Record, entries: &[EntryRow], is_later_page: bool) -> Response {
    let one = One { here, integration };
    let older = Older { path: one.path("/activity"), query: Vec::new() };
    one.part("Activity", &html! {}).page(&html! {
        (one.tabs(Tab::Activity))
        @if entries.is_empty() { p .lead { "Nothing was written down yet: the integration is older than the audit log." } }
        @else { (audit::table(here, entries)) (older.link(entries, is_later_page)) }
    })
}
