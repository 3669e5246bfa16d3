//! A folder of a bucket: where it is, and what is around it however it is shown. The address says all of it, so that the way back and
//! sharing work.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use byob_core::{
    Error,
    files::{browse::ListRequest, glob::Glob},
    id::IntegrationId,
    integration::{Record, settings::Scope},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{file_path, folder_path, grid, list, versions, with};
use crate::{
    body::Query,
    console::{
        Answer,
        frame::{Frame, Place},
        here::{Here, Member},
        parts, then,
    },
    router::App,
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Where {
    pub bucket: String,
    pub prefix: String,
    pub cursor: String,
    /// Only names that fit.
    pub glob: String,
    /// A key to go to.
    jump: String,
    /// `grid`, `versions`, or a list.
    view: String,
}

/// How a folder can be shown, as the address says it and as people do.
const VIEWS: [(&str, &str); 3] = [("", "List"), ("grid", "Grid"), ("versions", "Versions")];

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
    let folder = Folder { here, integration, wanted };
    match folder.wanted.view.as_str() {
        "grid" => Ok(grid::page(&app, &folder).await),
        "versions" => versions::page(&app, &folder).await,
        _ => list::page(&app, &folder).await,
    }
}

/// A key as people type it: one slash at its beginning is accepted, and one at its end means a folder.
fn jump(here: &Here, id: &IntegrationId, wanted: &Where) -> Response {
    let key = wanted.jump.strip_prefix('/').unwrap_or(&wanted.jump);
    if key.is_empty() || key.ends_with('/') {
        return then(&folder_path(here, id, &wanted.bucket, key)).into_response();
    }
    then(&file_path(here, &format!("s3://{}/{key}", wanted.bucket)))
}

impl Where {
    /// What is asked of the bucket.
    pub fn request(&self, limit: i32) -> Result<ListRequest, Error> {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Ok(ListRequest {
            bucket: given(&self.bucket),
            prefix: Some(self.prefix.clone()),
            delimiter: Some("/".to_owned()),
            glob: given(&self.glob).map(|glob| Glob::parse(&glob)).transpose()?,
            cursor: given(&self.cursor),
            limit,
        })
    }
}

/// A folder, and who looks at it.
pub struct Folder {
    pub here: Here,
    pub integration: Record,
    pub wanted: Where,
}

impl Folder {
    pub fn id(&self) -> &IntegrationId {
        &self.integration.id
    }

    /// A path below the integration's files, with this bucket.
    pub fn path(&self, rest: &str, query: &[(&str, &str)]) -> String {
        let query: Vec<_> =
            [("bucket", self.wanted.bucket.as_str())].into_iter().chain(query.iter().copied()).collect();
        with(&self.here.path(&format!("files/{}{rest}", self.id())), &query)
    }

    /// A folder of the same bucket, shown in the same way.
    pub fn other(&self, prefix: &str) -> String {
        self.path("", &[("prefix", prefix), ("view", &self.wanted.view)])
    }

    /// The next page.
    pub fn next(&self, cursor: &str) -> String {
        let Where { prefix, view, glob, .. } = &self.wanted;
        self.path("", &[("prefix", prefix), ("view", view), ("glob", glob), ("cursor", cursor)])
    }

    /// A key without what all in the folder have in common.
    pub fn short(&self, key: &str) -> String {
        key.strip_prefix(&self.wanted.prefix).unwrap_or(key).to_owned()
    }

    /// The page, with the way to other folders around its content.
    pub fn show(&self, scripts: &[&str], content: &Markup) -> Response {
        let name = self.integration.settings.name.as_deref().unwrap_or("Unnamed");
        let folder = self.wanted.prefix.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty());
        let mut frame = Frame::new(&self.here, Place::Files, folder.unwrap_or(name));
        frame = frame.below(self.here.path("files"), "Files").scripts(scripts);
        for (title, prefix) in above(&self.wanted.prefix, name) {
            frame = frame.below(self.other(&prefix), title);
        }
        frame.page(&html! { (self.top()) (content) })
    }

    /// A page that the bucket refused, or that was asked for wrongly: with the same ways out.
    pub fn refused(&self, error: &Error) -> Response {
        self.show(&[], &parts::trouble(error))
    }

    /// The way to a key, and from one view to the other.
    fn top(&self) -> Markup {
        let Where { bucket, prefix, view, .. } = &self.wanted;
        html! {
            div .row {
                form .jump role="search" {
                    input type="hidden" name="bucket" value=(bucket);
                    label .visually-hidden for="search" { "Go to a key" }
                    input #search type="search" name="jump" placeholder="Go to a key, such as some-folder/image.png" autocomplete="off" spellcheck="false" autocapitalize="off";
                    button { "Go" }
                }
                nav .views aria-label="How files are shown" {
                    @for (other, name) in VIEWS {
                        a href=(self.path("", &[("prefix", prefix), ("view", other)])) aria-current=[(view == other).then_some("true")] { (name) }
                    }
                }
            }
        }
    }
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
