//! The way down to a folder or a file: the integration, and each folder on the way.

use byob_core::integration::{Record, settings::Scope};

use super::{back::Back, places};
use crate::console::{frame::Frame, here::Here};

/// Where a bucket is entered: what that is called, and the folder that is served.
pub struct Entrance<'a> {
    pub name: &'a str,
    pub prefix: String,
}

impl<'a> Entrance<'a> {
    /// An integration of one bucket is known by its name; one of several, by the bucket that is meant.
    pub fn of(integration: &'a Record, bucket: &'a str) -> Self {
        let prefix = places(integration).into_iter().find(|(_, other, _)| *other == bucket);
        let prefix = prefix.map(|(.., prefix)| prefix).unwrap_or_default();
        let name = match integration.settings.scope {
            Some(Scope::AllPermitted { .. }) => bucket,
            _ => integration.settings.name.as_deref().unwrap_or("Unnamed"),
        };
        Self { name, prefix }
    }

    /// What is above a key or a prefix, from the entrance on: what each is called, and its prefix.
    fn above(&self, below: &str) -> Vec<(String, String)> {
        // What lies elsewhere is not served, but still has a way to it.
        let root = if below.starts_with(&self.prefix) { self.prefix.as_str() } else { "" };
        let mut found = Vec::new();
        if below.len() > root.len() {
            found.push((self.name.to_owned(), root.to_owned()));
        }
        let inner = below.strip_suffix('/').unwrap_or(below);
        let mut at = root.len();
        while let Some(end) = inner.get(at..).and_then(|rest| rest.find('/')).map(|end| at + end) {
            // A folder without a name is shown as what it is.
            let title = if end == at { "/".to_owned() } else { inner[at..end].to_owned() };
            found.push((title, inner[..=end].to_owned()));
            at = end + 1;
        }
        found
    }

    /// The prefix's own name.
    pub fn title<'b>(&'b self, prefix: &'b str) -> &'b str {
        match prefix.strip_suffix('/').unwrap_or(prefix).rsplit('/').next() {
            _ if prefix == self.prefix || prefix.is_empty() => self.name,
            Some("") | None => "/",
            Some(name) => name,
        }
    }

    /// Puts the way down to a key or a prefix above a page; `path` says where the page of a folder is.
    pub fn lead<'f>(&self, mut frame: Frame<'f>, below: &str, path: impl Fn(&str) -> String) -> Frame<'f> {
        for (title, prefix) in self.above(below) {
            frame = frame.below(path(&prefix), title);
        }
        frame
    }
}

/// The same above the page of a file.
pub fn lead_to_file<'f>(
    frame: Frame<'f>,
    here: &Here,
    integration: &Record,
    (bucket, key): (&str, &str),
    back: &Back,
) -> Frame<'f> {
    let nearest = folder_of(key);
    Entrance::of(integration, bucket)
        .lead(frame, key, |prefix| back.folder(here, &integration.id, bucket, prefix, prefix == nearest))
}

/// What the keys of the folder begin with in which a file lies. An object that is a folder itself lies in the one above.
pub fn folder_of(key: &str) -> &str {
    let inner = key.strip_suffix('/').unwrap_or(key);
    &inner[..inner.rfind('/').map_or(0, |at| at + 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(prefix: &str, below: &str) -> Vec<String> {
        let entrance = Entrance { name: "Images", prefix: prefix.to_owned() };
        entrance.above(below).into_iter().map(|(title, path)| format!("{title}={path}")).collect()
    }

    #[test]
    fn the_way_down_is_shown_slash_by_slash() {
        assert_eq!(names("", ""), [""; 0]);
        assert_eq!(names("", "a/"), ["Images="]);
        assert_eq!(names("", "a/b/c/"), ["Images=", "a=a/", "b=a/b/"]);
        assert_eq!(names("", "a//b/"), ["Images=", "a=a/", "/=a//"]);
        assert_eq!(names("", "a/b.png"), ["Images=", "a=a/"]);
        assert_eq!(names("", "/"), ["Images="]);
    }

    #[test]
    fn a_file_lies_in_the_folder_above_it() {
        let folders = ["a/b.png", "b.png", "a/b/", "a//b", "/"].map(folder_of);
        assert_eq!(folders, ["a/", "", "a/", "a//", ""]);
    }

    #[test]
    fn the_way_down_begins_with_the_folder_that_is_served() {
        assert_eq!(names("team/", "team/"), [""; 0]);
        assert_eq!(names("team/", "team/a/b.png"), ["Images=team/", "a=team/a/"]);
        assert_eq!(names("team/", "other/b.png"), ["Images=", "other=other/"]);
    }

    #[test]
    fn a_folder_is_called_by_its_last_name() {
        let entrance = Entrance { name: "Images", prefix: "team/".to_owned() };
        let titles = ["team/", "team/a/", "team/a//"].map(|prefix| entrance.title(prefix));
        assert_eq!(titles, ["Images", "a", "/"]);
    }
}
