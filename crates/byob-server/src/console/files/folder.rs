//! A folder of a bucket: where it is, and what is around it however it is shown. The address says all of it, so that the way back and
//! sharing work.

use axum::{
    extract::{Path, State},
    response::Response,
};
use byob_aws::Bucket;
use byob_core::{
    Error,
    error::FieldFault,
    files::{browse::ListRequest, glob::Glob},
    id::IntegrationId,
    integration::Record,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    back::Back,
    bucket::{self, serves_any},
    grid, jump, list,
    places::places,
    trail::Entrance,
    versions, with,
};
use crate::{
    body::Query,
    console::{
        Answer,
        frame::{Frame, Place},
        here::{Here, Member},
        parts::{self, prose},
        trouble::is_for_admins,
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
    /// A key or a folder to go to.
    pub jump: String,
    /// `grid`, `versions`, or a list.
    pub view: String,
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
    if let (true, [(_, only, prefix)]) = (wanted.bucket.is_empty(), places(&integration).as_slice()) {
        (*only).clone_into(&mut wanted.bucket);
        if wanted.prefix.is_empty() {
            wanted.prefix.clone_from(prefix);
        }
    }
    if wanted.bucket.is_empty() {
        return Ok(bucket::page(&here, &integration));
    }
    if serves_any(&integration) {
        let name = bucket::name(&wanted.bucket);
        if let Err(invalid) = Bucket::parse(name) {
            return Ok(bucket::refused(&here, &integration, &wanted.bucket, &invalid));
        }
        wanted.bucket = name.to_owned();
    }
    let folder = Folder { here, integration, wanted };
    if !folder.wanted.jump.is_empty() {
        return jump::page(&app, &folder).await;
    }
    let shown = match folder.wanted.view.as_str() {
        "grid" => grid::page(&app, &folder).await,
        "versions" => versions::page(&app, &folder).await,
        _ => list::page(&app, &folder).await,
    };
    // What was typed is still there, to be corrected, and so are the ways out.
    shown.or_else(|error| if error.is_ours() { Err(error.into()) } else { Ok(folder.refused(&error)) })
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

/// What is wrong with the pattern, if that is what is wrong.
fn glob_fault(error: &Error) -> Option<&FieldFault> {
    error.field_faults().iter().find(|fault| fault.field == "glob")
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

    /// The same, with this folder as it is shown.
    pub fn as_shown(&self, rest: &str) -> String {
        let Where { prefix, view, glob, cursor, .. } = &self.wanted;
        self.path(rest, &[("prefix", prefix), ("view", view), ("glob", glob), ("cursor", cursor)])
    }

    /// A folder of the same bucket, shown in the same way.
    pub fn other(&self, prefix: &str) -> String {
        self.path("", &[("prefix", prefix), ("view", &self.wanted.view)])
    }

    /// The page of a file of it, which leads back to it as it is shown.
    pub fn file(&self, locator: &str) -> String {
        let back = Back { view: self.wanted.view.clone(), glob: self.wanted.glob.clone() };
        back.file(&self.here, locator)
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

    /// Whether an object is the folder itself: one that was made in S3's console is an object without a name of its own.
    pub fn is_itself(&self, key: &str) -> bool {
        key == self.wanted.prefix
    }

    /// What an object is called in it.
    pub fn called(&self, key: &str) -> String {
        if self.is_itself(key) { "(this folder)".to_owned() } else { self.short(key) }
    }

    /// The page, with the way to other folders around its content.
    pub fn show(&self, scripts: &[&str], content: &Markup) -> Response {
        let entrance = Entrance::of(&self.integration, &self.wanted.bucket);
        let title = entrance.title(&self.wanted.prefix);
        let frame = Frame::new(&self.here, Place::Files, title).below(self.here.path("files"), "Files");
        let frame = entrance.lead(frame, &self.wanted.prefix, |prefix| self.other(prefix));
        frame.scripts(scripts).page(&html! { (self.top()) (content) })
    }

    /// What the bucket or the service refused.
    fn refused(&self, error: &Error) -> Response {
        self.show(
            &[],
            &html! {
                @if !self.wanted.glob.is_empty() { (self.filter_with(Some(error))) }
                @if glob_fault(error).is_none() {
                    (parts::trouble(&self.here, error))
                    // Where any name can be typed, it may be mistyped.
                    @if error.code() == "no_such_bucket" && serves_any(&self.integration) {
                        (bucket::form(&self.here, &self.integration, &self.wanted.bucket, None))
                    }
                    @if self.here.is_admin() || !is_for_admins(error) { p { (self.mend()) } }
                }
            },
        )
    }

    /// Where what keeps the folder from being shown is mended, or by whom.
    pub fn mend(&self) -> Markup {
        html! {
            @if self.here.is_admin() { a .button href=(self.here.path(&format!("integrations/{}", self.id()))) { "See the integration" } }
            @else { "Ask an admin of your organization to look at the connection." }
        }
    }

    /// Which names are shown.
    pub fn filter(&self) -> Markup {
        self.filter_with(None)
    }

    fn filter_with(&self, error: Option<&Error>) -> Markup {
        let fault = error.and_then(glob_fault);
        let Where { bucket, prefix, glob, view, .. } = &self.wanted;
        html! {
            form .jump .filter {
                input type="hidden" name="bucket" value=(bucket);
                input type="hidden" name="prefix" value=(prefix);
                @if !view.is_empty() { input type="hidden" name="view" value=(view); }
                label for="glob" { "Only names like" }
                input #glob .mono type="text" name="glob" value=(glob) placeholder="*.png, 2026-*, **/*.csv"
                    aria-invalid=[fault.map(|_| "true")] aria-describedby=[fault.map(|_| "glob-fault")] autocomplete="off" spellcheck="false" autocapitalize="off";
                button { "Filter" }
                @if !glob.is_empty() { a .button href=(self.other(prefix)) { "Show all" } }
                @if let Some(fault) = fault { p #glob-fault .fault role="alert" { (prose(&fault.detail)) " " (prose(&fault.hint)) } }
            }
        }
    }

    /// The way to a key, and from one view to the other.
    fn top(&self) -> Markup {
        let Where { bucket, prefix, view, glob, jump, .. } = &self.wanted;
        html! {
            div .row {
                form .jump role="search" {
                    input type="hidden" name="bucket" value=(bucket);
                    input type="hidden" name="prefix" value=(prefix);
                    @if !view.is_empty() { input type="hidden" name="view" value=(view); }
                    label .visually-hidden for="search" { "Go to a file or a folder" }
                    input #search type="search" name="jump" value=(jump) placeholder="Go to a key, such as some-folder/image.png" autocomplete="off" spellcheck="false" autocapitalize="off";
                    button { "Go" }
                }
                nav .views aria-label="How files are shown" {
                    @for (other, name) in VIEWS {
                        a href=(self.path("", &[("prefix", prefix), ("view", other), ("glob", glob)])) aria-current=[(view == other).then_some("true")] { (name) }
                    }
                }
            }
        }
    }
}
