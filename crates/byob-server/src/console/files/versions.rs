//! A folder with all versions of its files, also of those that were deleted.

use axum::response::Response;
use byob_core::{
    Error,
    files::versions::{Version, VersionPage},
};
use maud::{Markup, html};

use super::{file_path, folder::Folder};
use crate::{
    console::{
        icons::{Icon, icon},
        parts,
    },
    router::App,
};

const PAGE: i32 = 200;

pub async fn page(app: &App, folder: &Folder) -> Result<Response, Error> {
    let listed = app.core.list_versions(&folder.here.reach(), folder.id(), &folder.wanted.request(PAGE)?).await?;
    Ok(view(folder, &listed))
}

fn view(folder: &Folder, listed: &VersionPage) -> Response {
    folder.show(&[], &html! {
        @if listed.folders.is_empty() && listed.versions.is_empty() { p .lead { "Nothing is here." } }
        @else {
            table .table .files {
                thead { tr { th { "Name" } th .number { "Size" } th .when { "Changed" } th .wide { "Version" } } }
                tbody {
                    @for prefix in &listed.folders {
                        tr {
                            th scope="row" { a .file href=(folder.other(prefix)) { (icon(Icon::Folder)) (folder.short(prefix)) } }
                            td .number {} td .when {} td .wide {}
                        }
                    }
                    @for version in &listed.versions {
                        tr {
                            th scope="row" { (name(folder, version)) " " (standing(version)) }
                            td .number { @if !version.is_delete_marker { (parts::size(version.size)) } }
                            td .quiet { @if let Some(at) = version.last_modified { (parts::moment(at)) } }
                            td .wide { code .small { (version.locator.version_id().unwrap_or("null")) } }
                        }
                    }
                }
            }
        }
        @if let Some(cursor) = &listed.next_cursor { p .row { a .button href=(folder.next(cursor)) { "More" } } }
    })
}

fn name(folder: &Folder, version: &Version) -> Markup {
    let name = folder.short(version.locator.key().as_str());
    html! {
        @if version.is_delete_marker { span .file .gone { (icon(Icon::File)) (name) } }
        @else { a .file href=(file_path(&folder.here, &version.locator.to_string())) { (icon(Icon::File)) (name) } }
    }
}

/// What a version is among its like.
pub fn standing(version: &Version) -> Markup {
    html! {
        @match (version.is_latest, version.is_delete_marker) {
            (true, true) => span .badge .bad { "Deleted" },
            (false, true) => span .badge { "Was deleted" },
            (true, false) => span .badge .good { "Latest" },
            (false, false) => {},
        }
    }
}
