//! Files that were picked, as their locators: to be pasted somewhere, or kept as a list.

use axum::{
    body::Bytes,
    extract::DefaultBodyLimit,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use byob_aws::Locator;
use byob_core::Error;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::folder::Folder;
use crate::{
    api::resolve::LARGEST_BODY,
    console::{
        Answer,
        frame::{Frame, Place},
        here::Member,
        parts::Pasted,
    },
};

/// What can be done with files that are picked; hidden where only a script can pick them.
pub fn bar(folder: &Folder, is_hidden: bool) -> Markup {
    html! {
        div .selection hidden[is_hidden] {
            span role="status" { "Pick files to copy their locators" }
            button { "Copy locators" }
            button formaction=(folder.as_shown("/selection.jsonl")) { "Save as a list" }
        }
    }
}

/// A file as forms send it. Whatever a form sends has the line ends of the web; a key has its own, so that it is sent as JSON.
pub fn field(locator: &Locator) -> String {
    Value::from(locator.to_string()).to_string()
}

/// Files can be picked from page to page.
pub fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(LARGEST_BODY)
}

pub async fn page(Member(here): Member, form: Bytes) -> Answer {
    let picked = picked(&form)?;
    let text = picked.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let title = match picked.len() {
        1 => "1 locator".to_owned(),
        many => format!("{many} locators"),
    };
    let frame = Frame::new(&here, Place::Files, &title).below(here.path("files"), "Files").scripts(&["copy.js"]);
    Ok(frame.page(&html! {
        @if picked.is_empty() { p .lead { "No file was picked. Go back, and tick the boxes of those that you want." } }
        @else { (Pasted { id: "locators", title: "Locators", text: &text, download: None }.show()) }
    }))
}

/// One JSON object in each line: keys may hold everything else that could part them.
pub async fn list(Member(_): Member, form: Bytes) -> Answer {
    let mut lines = String::new();
    for locator in picked(&form)? {
        lines.push_str(&json!({ "locator": locator.to_string() }).to_string());
        lines.push('\n');
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"locators.jsonl\"")),
    ];
    let response: Response = (headers, lines).into_response();
    Ok(response)
}

fn picked(form: &[u8]) -> Result<Vec<Locator>, Error> {
    let fields = url::form_urlencoded::parse(form).filter(|(name, _)| name == "locator");
    // A page from before an update sends them as they stand.
    let locators = fields.map(|(_, text)| serde_json::from_str(&text).unwrap_or_else(|_| text.into_owned()));
    locators.map(|text| Locator::parse(&text).map_err(|invalid| Error::field("locator", &invalid))).collect()
}
