//! What a browser may do with a file: shown in place where that is safe, downloaded otherwise.
//!
//! HTML, SVG, XML and scripts run in the origin that serves them. So they, and everything unknown, come as attachments unless the
//! caller asks otherwise; and the content type is signed into the URL, so that what a customer stored cannot change it.

use std::borrow::Cow;

use byob_aws::ObjectKey;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// How a file is to be shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// In place if its type is safe, else as a download.
    #[default]
    Auto,
    /// In place, whatever it is.
    Inline,
    /// As a download.
    Attachment,
}

/// The two headers that S3 is told to answer with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    /// `Content-Type`.
    pub content_type: Cow<'static, str>,
    /// `Content-Disposition`.
    pub content_disposition: String,
}

/// What is served for files that nobody can name.
const UNKNOWN: &str = "application/octet-stream";

/// Types outside `image/`, `audio/` and `video/` that browsers show without running anything of them in the bucket's origin.
const SAFE: [&str; 9] = [
    "application/pdf",
    "application/json",
    "application/x-ndjson",
    "text/plain",
    "text/csv",
    "text/markdown",
    "text/tab-separated-values",
    "application/vnd.apache.parquet",
    "application/geo+json",
];

impl Display {
    /// Decides for a key; `content_type` is the caller's own wish.
    pub fn of(key: &ObjectKey, disposition: Disposition, content_type: Option<&str>) -> Self {
        let content_type = content_type.map_or_else(|| guess(key), |wish| Cow::Owned(wish.to_owned()));
        let inline = match disposition {
            Disposition::Auto => is_safe(&content_type),
            Disposition::Inline => true,
            Disposition::Attachment => false,
        };
        let kind = if inline { "inline" } else { "attachment" };
        Self { content_type, content_disposition: with_file_name(kind, key.file_name()) }
    }
}

/// The type that the file's name suggests.
fn guess(key: &ObjectKey) -> Cow<'static, str> {
    let name = key.file_name();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let guessed = match extension.as_deref() {
        // Types that data files have, and that the general table lacks or has otherwise.
        Some("parquet") => "application/vnd.apache.parquet",
        Some("jsonl" | "ndjson") => "application/x-ndjson",
        Some("log" | "yaml" | "yml" | "toml" | "ini" | "rs" | "py" | "sh" | "sql") => "text/plain",
        // MPEG transport streams share their extension with TypeScript; buckets hold videos.
        Some("ts") => "video/mp2t",
        _ => mime_guess::from_path(name).first_raw().unwrap_or(UNKNOWN),
    };
    // Browsers otherwise guess the encoding of text, and guess wrong.
    if guessed.starts_with("text/") { format!("{guessed}; charset=utf-8").into() } else { guessed.into() }
}

fn is_safe(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let media = ["image/", "audio/", "video/"].iter().any(|kind| essence.starts_with(kind)) && !essence.contains("xml");
    media || SAFE.contains(&essence.as_str())
}

/// `attr-char` of RFC 8187: what needs no encoding in an extended parameter.
const EXTENDED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The header of RFC 6266: a plain `filename` for old clients, and `filename*` where that cannot say the name exactly.
fn with_file_name(kind: &str, name: &str) -> String {
    if name.is_empty() {
        return kind.to_owned();
    }
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) || c == ' ' { c } else { '_' }).collect();
    let header = format!("{kind}; filename=\"{plain}\"");
    if plain == name { header } else { format!("{header}; filename*=UTF-8''{}", utf8_percent_encode(name, EXTENDED)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn display(key: &str, disposition: Disposition, content_type: Option<&str>) -> (String, String) {
        let display = Display::of(&ObjectKey::parse(key).unwrap(), disposition, content_type);
        (display.content_type.into_owned(), display.content_disposition)
    }

    #[test]
    fn what_could_run_is_downloaded() {
        for (key, content_type, kind) in [
            ("a/cat.PNG", "image/png", "inline"),
            ("clip.mp4", "video/mp4", "inline"),
            ("doc.pdf", "application/pdf", "inline"),
            ("notes.md", "text/markdown; charset=utf-8", "inline"),
            ("rows.jsonl", "application/x-ndjson", "inline"),
            ("page.html", "text/html; charset=utf-8", "attachment"),
            ("logo.svg", "image/svg+xml", "attachment"),
            ("feed.xml", "text/xml; charset=utf-8", "attachment"),
            ("app.js", "text/javascript; charset=utf-8", "attachment"),
            ("what", "application/octet-stream", "attachment"),
        ] {
            let name = key.rsplit('/').next().unwrap();
            let expected = (content_type.to_owned(), format!("{kind}; filename=\"{name}\""));
            assert_eq!(display(key, Disposition::Auto, None), expected, "{key}");
        }
    }

    #[test]
    fn the_caller_may_ask_otherwise() {
        assert_eq!(display("page.html", Disposition::Inline, None).1, "inline; filename=\"page.html\"");
        assert_eq!(display("cat.png", Disposition::Attachment, None).1, "attachment; filename=\"cat.png\"");
        assert_eq!(
            display("cat", Disposition::Auto, Some("image/webp")),
            ("image/webp".into(), "inline; filename=\"cat\"".into())
        );
        assert_eq!(display("cat.png", Disposition::Auto, Some("text/html")).1, "attachment; filename=\"cat.png\"");
    }

    #[test]
    fn file_names_survive_in_both_forms() {
        assert_eq!(
            display("x/ü \"q\" 100%.png", Disposition::Auto, None).1,
            "inline; filename=\"_ _q_ 100_.png\"; filename*=UTF-8''%C3%BC%20%22q%22%20100%25.png"
        );
        assert_eq!(display("folder/", Disposition::Auto, None).1, "attachment");
    }
}
