//! A folder with all versions of its files, also of those that were deleted.

use axum::response::Response;
use byob_core::{
    Error,
    files::{
        glob::Glob,
        versions::{Version, VersionPage},
    },
};
use maud::{Markup, html};

use super::{folder::Folder, list::nothing};
use crate::{
    console::{
        icons::{Icon, icon},
        parts,
    },
    router::App,
};

const PAGE: i32 = 200;

/// So many pages of S3 are looked through for names that fit; then the page ends, however few were found.
const MOST: usize = 10;

pub async fn page(app: &App, folder: &Folder) -> Result<Response, Error> {
    let mut request = folder.wanted.request(PAGE)?;
    let mut found = VersionPage { folders: Vec::new(), versions: Vec::new(), next_cursor: None };
    let glob = request.glob.take();
    if let Some(glob) = &glob {
        request.prefix = Some(format!("{}{}", folder.wanted.prefix, glob.literal()));
        if glob.is_deep() {
            request.delimiter = None;
        }
    }
    for _ in 0..MOST {
        let listed = app.core.list_versions(&folder.here.reach(), folder.id(), &request).await?;
        request.cursor.clone_from(&listed.next_cursor);
        found.next_cursor.clone_from(&listed.next_cursor);
        found.folders.extend(listed.folders.into_iter().filter(|prefix| fits(folder, glob.as_ref(), prefix)));
        found.versions.extend(
            listed.versions.into_iter().filter(|version| fits(folder, glob.as_ref(), version.locator.key().as_str())),
        );
        if !found.folders.is_empty() || !found.versions.is_empty() || found.next_cursor.is_none() {
            break;
        }
    }
    Ok(view(folder, &found))
}

/// Whether a name in the folder is wanted. The object that is the folder itself has none.
fn fits(folder: &Folder, glob: Option<&Glob>, name: &str) -> bool {
    let short = folder.short(name);
    glob.is_none_or(|glob| glob.fits(short.strip_suffix('/').unwrap_or(&short)))
}

fn view(folder: &Folder, listed: &VersionPage) -> Response {
    folder.show(&["return.js"], &html! {
        (folder.filter())
        @if listed.folders.is_empty() && listed.versions.is_empty() { (nothing(folder, listed.next_cursor.is_some())) }
        @else {
            table .table .files .stack {
                thead { tr { th { "Name" } th .number { "Size" } th { "Changed" } th { "Version" } } }
                tbody {
                    @for prefix in &listed.folders {
                        tr {
                            th scope="row" { a .file href=(folder.other(prefix)) { (icon(Icon::Folder)) (parts::name(&folder.short(prefix))) } }
                            td .number {} td {} td {}
                        }
                    }
                    @for version in &listed.versions {
                        tr {
                            th scope="row" { (name(folder, version)) " " (standing(version)) }
                            td .number { @if !version.is_delete_marker { (parts::size(version.size)) } }
                            td .quiet { @if let Some(at) = version.last_modified { (parts::moment(at)) } }
                            td { code .small { (version.locator.version_id().unwrap_or("null")) } }
                        }
                    }
                }
            }
        }
        @if let Some(cursor) = &listed.next_cursor { p .row { a .button href=(folder.next(cursor)) rel="next" { "More" } } }
    })
}

fn name(folder: &Folder, version: &Version) -> Markup {
    let key = version.locator.key().as_str();
    html! {
        @let name = parts::name(&folder.called(key));
        @if version.is_delete_marker { span .file .gone { (icon(Icon::File)) (name) } }
        @else { a .file href=(folder.file(&version.locator.to_string())) { (icon(Icon::File)) (name) } }
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
