//! A folder of a bucket, a page at a time. The address says all of it, so that the way back and sharing work.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use byob_core::{
    files::browse::{Entry, File, ListPage, ListRequest},
    id::IntegrationId,
    integration::{Record, settings::Scope},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{file_path, folder_path, grid, with};
use crate::{
    body::Query,
    console::{
        Answer,
        frame::{Frame, Place},
        here::{Here, Member},
        icons::{Icon, icon},
        parts, then,
    },
    router::App,
};

const PAGE: i32 = 200;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Where {
    pub bucket: String,
    pub prefix: String,
    pub cursor: String,
    /// A key to go to.
    jump: String,
    /// `grid`, or a list.
    view: String,
}

pub async fn page(
    Member(here): Member,
    State(app): State<App>,
    Path((_, id)): Path<(String, String)>,
    Query(mut wanted): Query<Where>,
) -> Answer {
    let id = IntegrationId::parse(&id)?;
    let integration = app.core.get_integration(&here.reach(), &id).await?;
    if let (true, Some(Scope::Bucket { bucket, prefix })) = (wanted.bucket.is_empty(), &integration.settings.scope) {
        wanted.bucket.clone_from(bucket);
        if wanted.prefix.is_empty() {
            wanted.prefix = prefix.as_ref().map(|prefix| format!("{prefix}/")).unwrap_or_default();
        }
    }
    if !wanted.jump.is_empty() {
        return Ok(jump(&here, &id, &wanted));
    }
    if wanted.view == "grid" {
        let mut page = frame(&here, &integration, &wanted).scripts(&["grid.js"]).page(&html! {
            (top(&here, &integration.id, &wanted))
            (grid::place(&here, &integration.id, &wanted))
        });
        grid::allow(&app, &here, &wanted, &mut page).await;
        return Ok(page);
    }
    let listed = app.core.list_objects(&here.reach(), &id, &wanted.page_of(PAGE)).await?;
    Ok(view(&here, &integration, &wanted, &listed))
}

/// A key as people type it: one slash at its beginning is accepted, and one at its end means a folder.
fn jump(here: &Here, id: &IntegrationId, wanted: &Where) -> Response {
    let key = wanted.jump.strip_prefix('/').unwrap_or(&wanted.jump);
    if key.is_empty() || key.ends_with('/') {
        return then(&folder_path(here, id, &wanted.bucket, key)).into_response();
    }
    then(&file_path(here, &format!("s3://{}/{key}", wanted.bucket)))
}

/// What is around a folder, however it is shown.
fn frame<'a>(here: &'a Here, integration: &'a Record, wanted: &'a Where) -> Frame<'a> {
    let name = integration.settings.name.as_deref().unwrap_or("Unnamed");
    let folder = wanted.prefix.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty());
    let mut frame = Frame::new(here, Place::Files, folder.unwrap_or(name)).below(here.path("files"), "Files");
    for (title, prefix) in above(&wanted.prefix, name) {
        frame = frame.below(wanted.of_folder(here, &integration.id, &prefix, &wanted.view), title);
    }
    frame
}

impl Where {
    /// What is asked of the bucket.
    pub fn page_of(&self, limit: i32) -> ListRequest {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        ListRequest {
            bucket: given(&self.bucket),
            prefix: Some(self.prefix.clone()),
            delimiter: Some("/".to_owned()),
            cursor: given(&self.cursor),
            limit,
        }
    }

    fn of_folder(&self, here: &Here, id: &IntegrationId, prefix: &str, view: &str) -> String {
        with(&here.path(&format!("files/{id}")), &[("bucket", &self.bucket), ("prefix", prefix), ("view", view)])
    }
}

/// The way to a key, and from one view to the other.
fn top(here: &Here, id: &IntegrationId, wanted: &Where) -> Markup {
    let views = [("", "List"), ("grid", "Grid")];
    html! {
        div .row {
            form .jump role="search" {
                input type="hidden" name="bucket" value=(wanted.bucket);
                label .visually-hidden for="search" { "Go to a key" }
                input #search type="search" name="jump" placeholder="Go to a key, such as some-folder/image.png" autocomplete="off" spellcheck="false" autocapitalize="off";
                button { "Go" }
            }
            nav .views aria-label="How files are shown" {
                @for (view, name) in views {
                    a href=(wanted.of_folder(here, id, &wanted.prefix, view)) aria-current=[(wanted.view == view).then_some("true")] { (name) }
                }
            }
        }
    }
}

fn view(here: &Here, integration: &Record, wanted: &Where, listed: &ListPage) -> Response {
    frame(here, integration, wanted).page(&html! {
        (top(here, &integration.id, wanted))
        @if listed.entries.is_empty() { p .lead { "Nothing is here." } }
        @else {
            table .table .files {
                thead { tr { th { "Name" } th .number { "Size" } th { "Changed" } } }
                tbody { @for entry in &listed.entries { (row(here, integration, wanted, entry)) } }
            }
        }
        @if let Some(cursor) = &listed.next_cursor {
            @let next = with(&here.path(&format!("files/{}", integration.id)), &[("bucket", &wanted.bucket), ("prefix", &wanted.prefix), ("cursor", cursor)]);
            p .row { a .button href=(next) { "More" } }
        }
    })
}

/// The folders above this one, beginning with the bucket.
fn above(prefix: &str, name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    let inner = prefix.strip_suffix('/').unwrap_or(prefix);
    if !inner.is_empty() {
        found.push((name.to_owned(), String::new()));
    }
    while let Some(end) = inner[at..].find('/').map(|end| at + end) {
        // A folder without a name is shown as what it is.
        let title = if end == at { "/".to_owned() } else { inner[at..end].to_owned() };
        found.push((title, inner[..=end].to_owned()));
        at = end + 1;
    }
    found
}

fn row(here: &Here, integration: &Record, wanted: &Where, entry: &Entry) -> Markup {
    let short = |key: &str| key.strip_prefix(&wanted.prefix).unwrap_or(key).to_owned();
    match entry {
        Entry::Folder(prefix) => html! {
            tr {
                th scope="row" {
                    a .file href=(folder_path(here, &integration.id, &wanted.bucket, prefix)) { (icon(Icon::Folder)) (short(prefix)) }
                }
                td .number {} td {}
            }
        },
        Entry::File(File { locator, size, last_modified, .. }) => html! {
            tr {
                th scope="row" {
                    a .file href=(file_path(here, &locator.to_string())) { (icon(Icon::File)) (short(locator.key().as_str())) }
                }
                td .number { (parts::size(*size)) }
                td .quiet { @if let Some(at) = last_modified { (parts::moment(*at)) } }
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_down_is_shown_slash_by_slash() {
        let names = |prefix| {
            above(prefix, "Images").into_iter().map(|(title, path)| format!("{title}={path}")).collect::<Vec<_>>()
        };
        assert_eq!(names(""), [""; 0]);
        assert_eq!(names("a/"), ["Images="]);
        assert_eq!(names("a/b/c/"), ["Images=", "a=a/", "b=a/b/"]);
        assert_eq!(names("a//b/"), ["Images=", "a=a/", "/=a//"]);
    }
}
