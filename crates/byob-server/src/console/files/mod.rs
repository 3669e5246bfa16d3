//! Files: which there are, and one of them.

mod back;
mod bucket;
mod details;
mod folder;
mod grid;
mod jump;
mod kind;
mod list;
mod markdown;
mod meant;
mod one;
mod open;
mod places;
mod selection;
mod table;
mod trail;
mod versions;

pub(super) use {bucket::serves_any, places::places};

use axum::{
    Router,
    routing::{get, post},
};
use byob_aws::{Invalid, Locator};
use byob_core::id::IntegrationId;

use super::here::Here;
use crate::router::App;

/// More integrations than an organization has.
const MOST: i64 = 1000;

pub fn router() -> Router<App> {
    Router::new()
        .route("/o/{organization}/files", get(places::page))
        .route("/o/{organization}/files/{id}", get(folder::page))
        .route("/o/{organization}/files/{id}/keys", get(grid::keys))
        .route("/o/{organization}/files/{id}/selection", post(selection::page).layer(selection::limit()))
        .route("/o/{organization}/files/{id}/selection.jsonl", post(selection::list).layer(selection::limit()))
        .route("/o/{organization}/file", get(one::page))
        .route("/o/{organization}/file/open", get(open::open))
        .route("/o/{organization}/file/details", get(details::page))
        .route("/o/{organization}/file/markdown", post(markdown::page))
}

/// A locator of an address. A key may end with a blank; a locator begins with none.
fn locator(text: &str) -> Result<Locator, Invalid> {
    Locator::parse(text.trim_start())
}

/// The page of a file.
pub(super) fn file_path(here: &Here, locator: &str) -> String {
    with(&here.path("file"), &[("locator", locator)])
}

/// The page of a folder.
pub(super) fn folder_path(here: &Here, id: &IntegrationId, bucket: &str, prefix: &str) -> String {
    folder_path_with(here, id, &[("bucket", bucket), ("prefix", prefix)])
}

fn folder_path_with(here: &Here, id: &IntegrationId, query: &[(&str, &str)]) -> String {
    with(&here.path(&format!("files/{id}")), query)
}

/// A path with a query; what is empty is left out.
fn with(path: &str, query: &[(&str, &str)]) -> String {
    let pairs = query.iter().filter(|(_, value)| !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
