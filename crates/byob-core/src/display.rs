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

/// Types outside `audio/` and `video/` that browsers show without running anything of them in the bucket's origin.
const SAFE: [&str; 20] = [
    "image/apng",
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heic",
    "image/heif",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/webp",
    "image/x-icon",
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

/// Whether browsers show a type without running anything of it.
pub fn is_safe(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    ["audio/", "video/"].iter().any(|kind| essence.starts_with(kind)) || SAFE.contains(&essence.as_str())
}

/// Whether a text is one media type with plain parameters, such as `text/plain; charset=utf-8`.
///
/// Browsers read lists and incomplete types in ways that turn them into HTML, so nothing else passes. Source: RFC 9110, section 8.3.1.
pub fn is_media_type(text: &str) -> bool {
    let is_token = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    let pair =
        |text: &str, by: char| text.split_once(by).is_some_and(|(left, right)| is_token(left) && is_token(right));
    let mut parts = text.split(';');
    text.len() <= 255
        && parts.next().is_some_and(|essence| pair(essence, '/'))
        && parts.all(|parameter| pair(parameter.trim(), '='))
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

/// Bytes; servers take no URL of arbitrary length.
const LONGEST_FILE_NAME: usize = 150;

/// The header of RFC 6266: a plain `filename` for old clients, and `filename*` where that cannot say the name exactly.
fn with_file_name(kind: &str, name: &str) -> String {
    if name.is_empty() {
        return kind.to_owned();
    }
    // The end is kept, for its extension: each byte may become three in the header and nine in the URL.
    let name = &name[name.ceil_char_boundary(name.len().saturating_sub(LONGEST_FILE_NAME))..];
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
    fn only_one_plain_media_type_is_one() {
        for good in ["image/png", "text/plain; charset=utf-8", "application/vnd.api+json;v=1"] {
            assert!(is_media_type(good), "{good}");
        }
        for bad in [
            "",
            "image",
            "image/",
            "image/ ",
            "/png",
            "image/png,text/html",
            "video/x;,text/html",
            "a/b; c",
            "a/b\r\nX: y",
        ] {
            assert!(!is_media_type(bad), "{bad:?}");
        }
        assert!(!is_safe("image/svg+xml") && !is_safe("image/x-unknown") && !is_safe("multipart/x-mixed-replace"));
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
