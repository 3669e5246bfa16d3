//! One file, as its browser shows it: straight from the bucket, by a presigned URL.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use byob_aws::Locator;
use byob_core::{
    Error,
    display::{Display, Disposition},
    organization::Role,
    resolve::{ResolveOptions, Resolved},
};
use maud::{Markup, html};
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;

use super::{folder_path, with};
use crate::{
    body::Query,
    console::{
        Answer,
        frame::{Frame, Place},
        here::{Here, Viewer},
        parts::{self, prose},
    },
    router::App,
};

/// As long as people look at a page; a URL may live shorter.
const LIFE: u32 = 3600;

#[derive(Deserialize)]
pub struct Which {
    locator: String,
}

pub async fn page(Viewer(here): Viewer, State(app): State<App>, Query(which): Query<Which>) -> Answer {
    // A key may end with a blank; a locator begins with none.
    let locator = Locator::parse(which.locator.trim_start()).map_err(Error::from)?;
    let resolve = async |disposition| {
        let options = ResolveOptions { expires_in: LIFE, disposition, content_type: None };
        let answers = app.core.resolve(&here.reach(), &[locator.to_string()], &options).await?;
        answers.into_iter().next().ok_or_else(|| Error::not_found("file"))
    };
    match (resolve(Disposition::Auto).await?, resolve(Disposition::Attachment).await?) {
        (Ok(shown), Ok(download)) => Ok(view(&here, &locator, &shown, &download)),
        (Err(error), _) | (_, Err(error)) => Ok(refused(&here, &locator, &error)),
    }
}

/// How a browser shows a file without help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Image,
    Video,
    Audio,
    Pdf,
    Text,
    Other,
}

impl Kind {
    fn of(display: &Display) -> Self {
        let essence = display.content_type.split(';').next().unwrap_or_default();
        match essence {
            _ if display.content_disposition.starts_with("attachment") => Self::Other,
            "application/pdf" => Self::Pdf,
            "application/json" | "application/x-ndjson" | "application/geo+json" => Self::Text,
            "image/heic" | "image/heif" | "image/tiff" => Self::Other,
            essence if essence.starts_with("image/") => Self::Image,
            essence if essence.starts_with("video/") => Self::Video,
            essence if essence.starts_with("audio/") => Self::Audio,
            essence if essence.starts_with("text/") => Self::Text,
            _ => Self::Other,
        }
    }
}

fn view(here: &Here, locator: &Locator, shown: &Resolved, download: &Resolved) -> Response {
    let display = Display::of(locator.key(), Disposition::Auto, None);
    let kind = Kind::of(&display);
    let name = locator.key().file_name();
    let actions = html! {
        a #previous .button hidden rel="prev" { "Previous" }
        a #next .button hidden rel="next" { "Next" }
        a .button href=(shown.url) rel="noreferrer" target="_blank" { "Open" }
        a .button href=(download.url) rel="noreferrer" { "Download" }
    };
    let title = if name.is_empty() { locator.key().as_str() } else { name };
    // Keys move a picture first, and lead on only where there is nothing to move.
    let scripts: &[&str] = if kind == Kind::Image {
        &["copy.js", "viewer.js", "image.js", "neighbours.js"]
    } else {
        &["copy.js", "viewer.js", "neighbours.js"]
    };
    let mut keys = None;
    let mut frame = Frame::new(here, Place::Files, title).below(here.path("files"), "Files").scripts(scripts);
    if here.membership.role >= Role::Member {
        let folder = locator.key().as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let name = folder.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(locator.bucket().as_str());
        frame = frame.below(folder_path(here, &shown.integration_id, locator.bucket().as_str(), &prefix), name);
        let query = [("bucket", locator.bucket().as_str()), ("prefix", &prefix)];
        // A version has no neighbours.
        let path = with(&here.path(&format!("files/{}/keys", shown.integration_id)), &query);
        keys = locator.version_id().is_none().then_some(path);
    }
    let frame = frame.actions(actions);
    let mut response = frame.page(&html! {
        @let expires = shown.expires_at.and_then(|at| at.format(&Rfc3339).ok());
        figure #viewer .viewer data-organization=(here.organization()) data-locator=(locator) data-name=(name) data-keys=[keys] data-expires=[expires] data-integrations=[here.is_admin().then(|| here.path("integrations"))] {
            (shown_as(kind, name, &shown.url))
            div #trouble .note .bad role="alert" hidden { p {} p {} p hidden { a href="" { "Check the connection" } } }
        }
        section .card {
            dl .facts {
                dt { "Locator" } dd { (parts::copyable("locator", &locator.to_string())) }
                dt { "Type" } dd { (display.content_type) }
                @if let Some(at) = shown.expires_at { dt { "Address valid until" } dd { (parts::moment(at)) } }
            }
        }
    });
    allow_bucket(&mut response, &shown.url);
    response
}

fn shown_as(kind: Kind, name: &str, url: &str) -> Markup {
    html! {
        @match kind {
            Kind::Image => { img src=(url) alt=(name) decoding="async"; },
            Kind::Video => { video src=(url) controls preload="metadata" {} },
            Kind::Audio => { audio src=(url) controls preload="metadata" {} },
            Kind::Pdf => { iframe src=(url) title=(name) {} },
            Kind::Text => { pre #text data-url=(url) tabindex="0" aria-label=(name) { "Scripts show what is in it; without them, open it." } },
            Kind::Other => { p .lead { "Browsers do not show files like this one in place. Open or download it." } },
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

fn refused(here: &Here, locator: &Locator, error: &Error) -> Response {
    let name = locator.key().file_name();
    Frame::new(here, Place::Files, if name.is_empty() { "File" } else { name }).below(here.path("files"), "Files").page(&html! {
        div .note .bad role="alert" {
            p { (prose(error.detail())) }
            @if let Some(hint) = error.hint_text() { p { (prose(hint)) } }
            @if let Some(id) = error.aws_fault().and_then(|fault| fault.request_id.as_ref()) { p .small { "AWS request ID: " code { (id) } } }
        }
        p .quiet { code { (locator.to_string()) } }
    })
    .into_response()
}
