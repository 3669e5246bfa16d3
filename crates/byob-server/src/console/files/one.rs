//! One file, as its browser shows it: straight from the bucket, by a presigned URL.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use byob_aws::Locator;
use byob_core::{
    Error,
    display::{Display, Disposition},
    integration::Record,
    organization::Role,
    resolve::{ResolveOptions, Resolved},
};
use maud::{Markup, html};
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;

use super::{
    back::Back,
    kind::{Kind, language},
    meant, open, places, table,
    trail::{folder_of, lead_to_file},
    with,
};
use crate::{
    body::Query,
    console::{
        Answer,
        frame::{Frame, Place},
        here::{Here, Viewer},
        parts, then,
    },
    router::App,
};

/// As long as people look at a page; a URL may live shorter.
pub const LIFE: u32 = 3600;

#[derive(Deserialize)]
pub struct Which {
    #[serde(default)]
    locator: String,
    /// How to look at it, if not as it is best.
    #[serde(default, rename = "as")]
    pub shown_as: String,
    /// How many rows of a table.
    #[serde(default)]
    pub rows: Option<usize>,
    /// How the folder was shown from which somebody comes.
    #[serde(default)]
    pub view: String,
    #[serde(default)]
    pub glob: String,
}

impl Which {
    pub fn locator(&self) -> Result<Locator, Error> {
        super::locator(&self.locator).map_err(Error::from)
    }
}

pub async fn page(Viewer(here): Viewer, State(app): State<App>, Query(which): Query<Which>) -> Answer {
    if which.locator.is_empty() {
        return Ok(then(&here.path("files")));
    }
    let locator = match super::locator(&which.locator) {
        Ok(locator) => locator,
        Err(invalid) => match meant::bucket(&app, &here, &which.locator).await {
            Some(path) => return Ok(then(&path)),
            None => return places::refused(&app, &here, &which.locator, &invalid).await,
        },
    };
    let back = Back { view: which.view.clone(), glob: which.glob.clone() };
    let options = ResolveOptions { expires_in: LIFE, disposition: Disposition::Auto, content_type: None };
    let answers = app.core.resolve(&here.reach(), &[locator.to_string()], &options).await?;
    let shown = match answers.into_iter().next().ok_or_else(|| Error::not_found("file"))? {
        Ok(shown) => shown,
        Err(error) => return Ok(refused(&app, &here, &locator, &error).await),
    };
    let integration = match here.membership.role {
        Role::Viewer => None,
        // The operator's buckets are in no integration of the organization.
        Role::Member | Role::Admin => app.core.get_integration(&here.reach(), &shown.integration_id).await.ok(),
    };
    if let Some(path) = meant::other(&app, &here, integration.as_ref(), &locator, &back).await {
        return Ok(then(&path));
    }
    let kinds = Kind::all_of(locator.key());
    let kind = kinds.iter().copied().find(|kind| kind.as_str() == which.shown_as).unwrap_or(kinds[0]);
    let content = match kind {
        Kind::Table => table::show(&app, &here, &locator, which.rows, &back).await,
        kind => straight(kind, &here, &locator, &shown.url, &back),
    };
    let file = OneFile { here: &here, integration, locator: &locator, shown: &shown, kinds, kind, back: &back };
    Ok(file.page(&content))
}

/// A file, and what leads to it.
struct OneFile<'a> {
    here: &'a Here,
    /// Which serves it, for those who browse.
    integration: Option<Record>,
    locator: &'a Locator,
    shown: &'a Resolved,
    kinds: Vec<Kind>,
    kind: Kind,
    back: &'a Back,
}

impl OneFile<'_> {
    fn page(&self, content: &Markup) -> Response {
        let Self { here, locator, shown, kind, back, .. } = *self;
        let name = locator.key().file_name();
        let title = if name.is_empty() { locator.key().as_str() } else { name };
        let mut keys = None;
        let mut frame = Frame::new(here, Place::Files, title).below(here.path("files"), "Files").scripts(scripts(kind));
        if let Some(integration) = &self.integration {
            let (bucket, key) = (locator.bucket().as_str(), locator.key().as_str());
            frame = lead_to_file(frame, here, integration, (bucket, key), back);
            // A version has no neighbours.
            let path = back.keys(here, &integration.id, bucket, folder_of(key));
            keys = locator.version_id().is_none().then_some(path);
        }
        let frame = frame.actions(self.actions());
        let expires = shown.expires_at.and_then(|at| at.format(&Rfc3339).ok());
        let integrations = here.is_admin().then(|| here.path("integrations"));
        let mut response = frame.page(&html! {
            div .with-aside {
                div .looking {
                    div .row .ways { (self.views()) }
                    @if let Some(version) = locator.version_id() {
                        @let latest = Locator::new(locator.bucket().clone(), locator.key().clone(), None).to_string();
                        p .note { "This is the version " code { (version) } ", which may not be the latest. " a href=(back.file(here, &latest)) { "See the latest" } }
                    }
                    figure #viewer .viewer data-organization=(here.organization()) data-locator=(locator) data-name=(name) data-keys=[keys] data-expires=[expires] data-integrations=[integrations] {
                        (content)
                        div #trouble .note .bad role="alert" hidden { p {} p {} p hidden { a href="" { "Check the connection" } } }
                    }
                }
                aside .card aria-label="About this file" { (self.about()) }
            }
        });
        allow_bucket(&mut response, &shown.url);
        response
    }

    fn actions(&self) -> Markup {
        html! {
            a #previous .button hidden rel="prev" { "Previous" }
            a #next .button hidden rel="next" { "Next" }
            @let locator = self.locator.to_string();
            a .button href=(open::path(self.here, &locator, false)) rel="noreferrer" target="_blank" { "Open" }
            a .button href=(open::path(self.here, &locator, true)) rel="noreferrer" { "Download" }
        }
    }

    /// The other ways to look at the file.
    fn views(&self) -> Markup {
        let locator = self.locator.to_string();
        html! {
            nav .views aria-label="How the file is shown" {
                @for kind in by_name(&self.kinds) {
                    // The best way needs no saying.
                    @let other = if kind == self.kinds[0] { "" } else { kind.as_str() };
                    a href=(self.back.file_with(self.here, &locator, &[("as", other)])) aria-current=[(kind == self.kind).then_some("true")] { (kind.title()) }
                }
            }
        }
    }

    fn about(&self) -> Markup {
        let display = Display::of(self.locator.key(), Disposition::Auto, None);
        html! {
            dl .facts {
                dt { "Locator" } dd { (parts::copyable_name("locator", &self.locator.to_string())) }
                dt { "Shown as" } dd { (display.content_type) }
                @if let Some(at) = self.shown.expires_at { dt { "URL valid until" } dd { (parts::moment(at)) } }
            }
            // A script puts what is behind it in its place.
            p #details { a href=(self.back.details(self.here, &self.locator.to_string())) { "Details and versions" } }
        }
    }
}

/// In the same order everywhere: bytes, which say least, come last.
fn by_name(kinds: &[Kind]) -> Vec<Kind> {
    let mut kinds = kinds.to_vec();
    kinds.sort_by_key(|kind| *kind == Kind::Hex);
    kinds
}

/// Keys move a picture first, and lead on only where there is nothing to move.
fn scripts(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Image => &["copy.js", "details.js", "media.js", "image.js", "neighbours.js"],
        Kind::Video | Kind::Audio => &["copy.js", "details.js", "media.js", "neighbours.js"],
        Kind::Pdf => &["copy.js", "details.js", "pdf.js", "neighbours.js"],
        Kind::Table => &["copy.js", "details.js", "neighbours.js"],
        Kind::Markdown => &["copy.js", "details.js", "markdown.js", "neighbours.js"],
        Kind::Json => &["copy.js", "details.js", "json.js", "neighbours.js"],
        Kind::Text => &["copy.js", "details.js", "text.js", "neighbours.js"],
        Kind::Hex => &["copy.js", "details.js", "hex.js", "neighbours.js"],
    }
}

/// What the browser fetches from the bucket itself.
fn straight(kind: Kind, here: &Here, locator: &Locator, url: &str, back: &Back) -> Markup {
    let name = &parts::plain(locator.key().file_name());
    let without = html! { "Scripts show what is in it; without them, " a href=(url) rel="noreferrer" target="_blank" { "open it" } "." };
    html! {
        @match kind {
            Kind::Image => { img src=(url) alt=(name) decoding="async"; },
            Kind::Video => { video src=(url) controls preload="metadata" {} },
            Kind::Audio => { audio src=(url) controls preload="metadata" {} },
            Kind::Pdf => { iframe src=(url) title=(name) {} },
            Kind::Text => { pre #content data-url=(url) data-language=[language(locator.key())] tabindex="0" aria-label=(name) { (without) } },
            Kind::Markdown => {
                @let render = with(&here.path("file/markdown"), &[("locator", &locator.to_string())]);
                div #content .markdown data-url=(url) data-render=(render) { (without) }
            },
            Kind::Json => { div #content .tree data-url=(url) { (without) } },
            Kind::Hex => { pre #content .hex data-url=(url) tabindex="0" aria-label=(name) { (without) } },
            Kind::Table => {},
        }
        @if matches!(kind, Kind::Image | Kind::Video | Kind::Audio | Kind::Pdf) {
            noscript { p .hint { "If nothing shows, see what is known of the file: " a href=(back.details(here, &locator.to_string())) { "its details" } "." } }
        }
    }
}

/// Lets the page load from the bucket's own origin, and from no other.
pub fn allow_bucket(response: &mut Response, url: &str) {
    let Ok(url) = url::Url::parse(url) else { return };
    let bucket = url.origin().ascii_serialization();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {bucket}; media-src {bucket}; \
         frame-src {bucket}; connect-src 'self' {bucket}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

pub async fn refused(app: &App, here: &Here, locator: &Locator, error: &Error) -> Response {
    let name = locator.key().file_name();
    let title = if name.is_empty() { "File" } else { name };
    let mend = if here.is_admin() {
        mend(app, here, locator, error).await
    } else {
        html! {}
    };
    Frame::new(here, Place::Files, title).below(here.path("files"), "Files").page(&html! {
        (parts::trouble(here, error))
        p .quiet { code { (parts::name(&locator.to_string())) } }
        p { (mend) }
    })
}

/// Where an admin goes whose file is not served: to the integration that serves it, or to all of them.
async fn mend(app: &App, here: &Here, locator: &Locator, error: &Error) -> Markup {
    let known = app.core.list_integrations(&here.reach(), "", super::MOST).await.unwrap_or_default();
    let is_of = |one: &&Record| places(one).iter().any(|(_, bucket, _)| *bucket == locator.bucket().as_str());
    html! {
        @match known.iter().find(is_of).filter(|_| error.code() != "no_integration") {
            Some(one) => a .button href=(here.path(&format!("integrations/{}", one.id))) { "See the integration" },
            None => a .button href=(here.path("integrations")) { "See the integrations" },
        }
    }
}
