//! Where the links of a document lead.

use byob_aws::{Locator, ObjectKey};
use percent_encoding::percent_decode_str;

use super::anchors;
use crate::console::files::kind::Kind;

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// To a file in the same bucket; if it is a document, perhaps to a heading of it.
    File { locator: String, anchor: Option<String> },
    /// To a folder in the same bucket: what its keys begin with.
    Folder(String),
    /// To another site.
    Elsewhere(&'a str),
    /// To a heading of the document itself.
    Heading(String),
    /// To nothing that is offered, such as a scheme that browsers run.
    Nowhere,
}

impl<'a> Target<'a> {
    pub fn of(link: &'a str, document: &Locator) -> Self {
        let lower = link.trim_start().to_ascii_lowercase();
        if ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme)) {
            return Self::Elsewhere(link);
        }
        if link.starts_with('#') {
            return anchors::meant(link).map_or(Self::Nowhere, Self::Heading);
        }
        let path = link.split(['#', '?']).next().unwrap_or_default();
        let has_scheme = path.split('/').next().is_some_and(|first| first.contains(':'));
        if path.is_empty() || has_scheme || path.starts_with("//") {
            return Self::Nowhere;
        }
        let path = percent_decode_str(path).decode_utf8_lossy();
        let folder = document.key().as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut parts: Vec<&str> = match path.strip_prefix('/') {
            Some(_) => Vec::new(),
            None => folder.split('/').filter(|part| !part.is_empty()).collect(),
        };
        for part in path.split('/').filter(|part| !part.is_empty()) {
            match part {
                "." => {}
                ".." => _ = parts.pop(),
                part => parts.push(part),
            }
        }
        if matches!(path.rsplit('/').next(), Some("" | "." | "..")) {
            parts.push("");
            return Self::Folder(parts.join("/"));
        }
        let Ok(key) = ObjectKey::parse(&parts.join("/")) else { return Self::Nowhere };
        let is_document = Kind::all_of(&key).first() == Some(&Kind::Markdown);
        let anchor = anchors::meant(link).filter(|_| is_document);
        Self::File { locator: Locator::new(document.bucket().clone(), key, None).to_string(), anchor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_with_a_slash_or_with_dots_is_a_folder() {
        let document = Locator::parse("s3://bucket/docs/guide.md").unwrap();
        for (link, prefix) in [
            ("sub/", "docs/sub/"),
            ("/frames/", "frames/"),
            ("./", "docs/"),
            (".", "docs/"),
            ("../", ""),
            ("..", ""),
            ("../../", ""),
            ("/", ""),
            ("../other/./x/..#part", "other/"),
        ] {
            assert_eq!(Target::of(link, &document), Target::Folder(prefix.to_owned()), "{link}");
        }
        let file = Target::File { locator: "s3://bucket/docs/sub".to_owned(), anchor: None };
        assert_eq!(Target::of("sub", &document), file);
    }
}
