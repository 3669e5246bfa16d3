//! A folder as a list, a page at a time: filtered, and with files to pick.

use axum::response::Response;
use byob_core::{
    Error,
    files::browse::{Entry, File, ListPage},
};
use maud::{Markup, html};

use super::{
    folder::{Folder, Where},
    selection,
};
use crate::{
    console::{
        icons::{Icon, icon},
        parts,
    },
    router::App,
};

const PAGE: i32 = 200;

pub async fn page(app: &App, folder: &Folder) -> Result<Response, Error> {
    let listed = app.core.list_objects(&folder.here.reach(), folder.id(), &folder.wanted.request(PAGE)?).await?;
    Ok(view(folder, &listed))
}

fn view(folder: &Folder, listed: &ListPage) -> Response {
    let entries: Vec<&Entry> = listed.entries.iter().filter(|entry| !is_sign(folder, entry)).collect();
    let next = listed.next_cursor.as_deref().map(|cursor| folder.next(cursor));
    folder.show(
        &["select.js", "return.js"],
        &html! {
            (folder.filter())
            @if entries.is_empty() { (nothing(folder, next.is_some())) }
            @else {
                form #selection method="post" action=(folder.as_shown("/selection")) {
                    table .table .files {
                        thead { tr {
                            // A script puts a box for all of them beside it.
                            th .pick { span .visually-hidden { "Pick" } }
                            th { "Name" } th .number { "Size" } th .when { "Changed" } th .when { "Storage class" }
                        } }
                        tbody { @for entry in &entries { (row(folder, entry)) } }
                    }
                    (selection::bar(folder, false))
                }
            }
            @if let Some(next) = next { p .row { a .button href=(next) rel="next" { "More" } } }
        },
    )
}

/// Whether an object does no more than be the folder.
fn is_sign(folder: &Folder, entry: &Entry) -> bool {
    matches!(entry, Entry::File(File { locator, size: 0, .. }) if folder.is_itself(locator.key().as_str()))
}

/// Why nothing is shown.
pub fn nothing(folder: &Folder, goes_on: bool) -> Markup {
    let Where { glob, prefix, view, .. } = &folder.wanted;
    let is_word = !glob.contains(['*', '?', '[', '{', '\\']);
    html! {
        @if glob.is_empty() { p .lead { "Nothing is here." } }
        @else if goes_on { p .lead { "None of the names that were looked at fits. “More” looks at those that follow." } }
        @else if is_word {
            @let around = format!("*{glob}*");
            p .lead { "Nothing here has exactly this name. "
                a href=(folder.path("", &[("prefix", prefix), ("view", view), ("glob", &around)])) { "Look for names with it: " code { (around) } }
            }
        }
        @else { p .lead { "Nothing here fits." } }
    }
}

fn row(folder: &Folder, entry: &Entry) -> Markup {
    match entry {
        Entry::Folder(prefix) => html! {
            tr {
                td .pick {}
                th scope="row" { a .file href=(folder.other(prefix)) { (icon(Icon::Folder)) (parts::name(&folder.short(prefix))) } }
                td .number {} td .when {} td .when {}
            }
        },
        Entry::File(File { locator, size, last_modified, storage_class, .. }) => html! {
            @let name = folder.called(locator.key().as_str());
            tr {
                td .pick { input type="checkbox" name="locator" value=(selection::field(locator)) aria-label={ "Pick " (parts::plain(&name)) }; }
                th scope="row" { a .file href=(folder.file(&locator.to_string())) { (icon(Icon::File)) (parts::name(&name)) } }
                td .number { (parts::size(*size)) }
                td .when .quiet { @if let Some(at) = last_modified { (parts::moment(*at)) } }
                td .when .quiet { @if let Some(class) = storage_class { (parts::storage_class(class)) } }
            }
        },
    }
}
