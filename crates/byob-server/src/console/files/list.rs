//! A folder as a list, a page at a time: filtered, and with files to pick.

use axum::response::Response;
use byob_core::files::browse::{Entry, File, ListPage};
use maud::{Markup, html};

use super::{file_path, folder::Folder};
use crate::{
    console::{
        Answer,
        icons::{Icon, icon},
        parts,
    },
    router::App,
};

const PAGE: i32 = 200;

pub async fn page(app: &App, folder: &Folder) -> Answer {
    let listed =
        async { app.core.list_objects(&folder.here.reach(), folder.id(), &folder.wanted.request(PAGE)?).await };
    match listed.await {
        Ok(listed) => Ok(view(folder, &listed)),
        // What was typed is still there, to be corrected.
        Err(error) if !folder.wanted.glob.is_empty() && !error.is_ours() => {
            Ok(folder.show(&[], &html! { (filter(folder)) (parts::trouble(&error)) }))
        }
        Err(error) => Err(error.into()),
    }
}

fn view(folder: &Folder, listed: &ListPage) -> Response {
    let next = listed.next_cursor.as_deref().map(|cursor| folder.next(cursor));
    folder.show(
        &["select.js"],
        &html! {
            (filter(folder))
            @if listed.entries.is_empty() { p .lead { (nothing(folder, next.is_some())) } }
            @else {
                form #selection method="post" action=(folder.path("/selection", &[])) {
                    table .table .files {
                        thead { tr {
                            th .pick {}
                            th { "Name" } th .number { "Size" } th .when { "Changed" } th .wide { "Storage class" }
                        } }
                        tbody { @for entry in &listed.entries { (row(folder, entry)) } }
                    }
                    div .selection {
                        span role="status" { "Pick files to copy their locators" }
                        button { "Copy locators" }
                        button formaction=(folder.path("/selection.jsonl", &[])) { "Save as a list" }
                    }
                }
            }
            @if let Some(next) = next { p .row { a .button href=(next) { "More" } } }
        },
    )
}

fn nothing(folder: &Folder, goes_on: bool) -> &'static str {
    match (folder.wanted.glob.is_empty(), goes_on) {
        (true, _) => "Nothing is here.",
        (false, false) => "Nothing here fits.",
        (false, true) => "None of the 30,000 names that were looked at fits.",
    }
}

/// Which names are shown.
fn filter(folder: &Folder) -> Markup {
    let wanted = &folder.wanted;
    html! {
        form .jump .filter {
            input type="hidden" name="bucket" value=(wanted.bucket);
            input type="hidden" name="prefix" value=(wanted.prefix);
            label for="glob" { "Only names like" }
            input #glob .mono type="text" name="glob" value=(wanted.glob) placeholder="*.png, 2026-*, **/*.csv" autocomplete="off" spellcheck="false" autocapitalize="off";
            button { "Filter" }
            @if !wanted.glob.is_empty() { a .button href=(folder.other(&wanted.prefix)) { "Show all" } }
        }
    }
}

fn row(folder: &Folder, entry: &Entry) -> Markup {
    match entry {
        Entry::Folder(prefix) => html! {
            tr {
                td .pick {}
                th scope="row" { a .file href=(folder.other(prefix)) { (icon(Icon::Folder)) (folder.short(prefix)) } }
                td .number {} td .when {} td .wide {}
            }
        },
        Entry::File(File { locator, size, last_modified, storage_class, .. }) => html! {
            @let name = folder.short(locator.key().as_str());
            tr {
                td .pick { input type="checkbox" name="locator" value=(locator) aria-label={ "Pick " (name) }; }
                th scope="row" { a .file href=(file_path(&folder.here, &locator.to_string())) { (icon(Icon::File)) (name) } }
                td .number { (parts::size(*size)) }
                td .quiet { @if let Some(at) = last_modified { (parts::moment(*at)) } }
                td .wide .quiet { @if let Some(class) = storage_class { (parts::storage_class(class)) } }
            }
        },
    }
}
