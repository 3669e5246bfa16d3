//! Anchors of the headings of a document. They are called as GitHub calls them, for that is what documents are written for.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use pulldown_cmark::{Event, Tag, TagEnd};

/// The headings of a document.
#[derive(Default)]
pub struct Anchors {
    /// Of each heading, in their order; none of what has neither letters nor digits.
    of_headings: Vec<Option<String>>,
    /// With how often one is called so, before it is told apart.
    taken: HashMap<String, usize>,
}

impl Anchors {
    pub fn of(events: &[Event<'_>]) -> Self {
        let mut anchors = Self::default();
        let mut heading: Option<String> = None;
        let mut in_picture = false;
        for event in events {
            match (event, &mut heading) {
                (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
                (Event::Start(Tag::Image { .. }), _) => in_picture = true,
                (Event::End(TagEnd::Image), _) => in_picture = false,
                (Event::Text(text) | Event::Code(text), Some(heading)) if !in_picture => heading.push_str(text),
                (Event::End(TagEnd::Heading(_)), _) => {
                    let anchor = heading.take().and_then(|heading| named(&heading));
                    let anchor = anchor.map(|anchor| anchors.unlike_others(&anchor));
                    anchors.of_headings.push(anchor);
                }
                _ => {}
            }
        }
        anchors
    }

    /// Each heading's own, in their order.
    pub fn in_order(&self) -> impl Iterator<Item = Option<&str>> {
        self.of_headings.iter().map(Option::as_deref)
    }

    pub fn has(&self, anchor: &str) -> bool {
        self.taken.contains_key(anchor)
    }

    /// The second of a name has a 1 behind it.
    fn unlike_others(&mut self, name: &str) -> String {
        let mut anchor = name.to_owned();
        while self.has(&anchor) {
            let count = self.taken.entry(name.to_owned()).or_default();
            *count += 1;
            anchor = format!("{name}-{count}");
        }
        self.taken.insert(anchor.clone(), 0);
        anchor
    }
}

/// The anchor to which a link leads.
pub fn meant(link: &str) -> Option<String> {
    let (_, fragment) = link.split_once('#')?;
    named(&percent_decode_str(fragment).decode_utf8_lossy())
}

/// What is called so: its letters and digits, with hyphens for blanks. No ID of the page begins as these do.
fn named(text: &str) -> Option<String> {
    let name: String = text
        .chars()
        .map(|c| if c == ' ' { '-' } else { c })
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect();
    name.contains(char::is_alphanumeric).then(|| format!("md-{name}"))
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::Parser;

    use super::*;

    #[test]
    fn headings_are_called_as_github_calls_them() {
        let text =
            "# Hello, *World*!\n## `a_b` & c\n## Über uns 日本語\n# Part\n# Part\n# Part-1\n# Part\n# ![x](y) 😀\n";
        let anchors = Anchors::of(&Parser::new(text).collect::<Vec<_>>());
        let names = anchors.in_order().map(|anchor| anchor.unwrap_or("none")).collect::<Vec<_>>();
        let expected = "md-hello-world md-a_b--c md-über-uns-日本語 md-part md-part-1 md-part-1-1 md-part-2 none";
        assert_eq!(names.join(" "), expected);
    }

    #[test]
    fn a_link_means_a_heading_however_it_is_written() {
        for link in ["#über-uns", "a.md#%C3%BCber-uns", "#Über-Uns"] {
            assert_eq!(meant(link).as_deref(), Some("md-über-uns"), "{link}");
        }
        for link in ["a.md", "#", "a.md#%20"] {
            assert_eq!(meant(link), None, "{link}");
        }
    }
}
