//! Markdown, which a page fetched from the bucket, as markup.
//!
//! Nothing of what the customer wrote becomes markup but what Markdown itself has: HTML in it is shown as text. Links and pictures that
//! are relative lead to the files and folders beside the document.

mod anchors;
mod target;

use std::collections::HashMap;

use axum::{body::Bytes, extract::State, response::IntoResponse};
use byob_aws::Locator;
use byob_core::{
    Error,
    display::Disposition,
    integration::Record,
    organization::Role,
    resolve::{ResolveOptions, Resolved},
};
use maud::{PreEscaped, html};
use pulldown_cmark::{Alignment, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use tokio::{runtime::Handle, sync::Semaphore, task::spawn_blocking};

use self::{anchors::Anchors, target::Target};
use super::{file_path, folder_path, one::Which, trail::Entrance};
use crate::{
    body::Query,
    console::{
        Answer,
        here::{Here, Viewer},
    },
    router::App,
};

/// A document with more pictures shows the others as links.
const MOST_PICTURES: usize = 200;

/// As long as somebody reads.
const LIFE: u32 = 3600;

/// No more markup is made, about, in bytes: a link of six bytes can become one of kilobytes.
const MOST_MARKUP: usize = 4 * 1024 * 1024;

/// Long documents take a core for a second, and anybody who may open files may send one.
static SIDE_BY_SIDE: Semaphore = Semaphore::const_new(4);

pub async fn page(Viewer(here): Viewer, State(app): State<App>, Query(which): Query<Which>, text: Bytes) -> Answer {
    let document = which.locator()?;
    let integration = served_by(&app, &here, &document).await;
    let turn = SIDE_BY_SIDE.acquire().await.map_err(Error::internal)?;
    let runtime = Handle::current();
    let markup = spawn_blocking(move || -> Result<String, Error> {
        // Belongs to the work: who hangs up does not let the next one in before it is done.
        let _turn = turn;
        let text = String::from_utf8_lossy(&text);
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
        let events: Vec<Event<'_>> = Parser::new_ext(&text, options).collect();
        let wanted = events.iter().filter_map(|event| picture(event, &document)).take(MOST_PICTURES).collect();
        let pictures = runtime.block_on(addresses(&app, &here, wanted))?;
        let bucket = document.bucket().as_str();
        let folder = |prefix: &str| {
            let integration = integration.as_ref()?;
            let is_served = prefix.starts_with(&Entrance::of(integration, bucket).prefix);
            is_served.then(|| folder_path(&here, &integration.id, bucket, prefix))
        };
        let path = |locator: &str| file_path(&here, locator);
        Ok(Page { document: &document, pictures, path: &path, folder: &folder }.render(events))
    });
    let markup = markup.await.map_err(Error::internal)??;
    Ok(PreEscaped(markup).into_response())
}

/// The integration that serves the document, for those who browse.
async fn served_by(app: &App, here: &Here, document: &Locator) -> Option<Record> {
    if here.membership.role < Role::Member {
        return None;
    }
    let served = resolved(app, here, &[document.to_string()]).await.ok()?.pop()??;
    app.core.get_integration(&here.reach(), &served.integration_id).await.ok()
}

/// Addresses of what can be resolved, by locator.
async fn addresses(app: &App, here: &Here, wanted: Vec<String>) -> Result<HashMap<String, String>, Error> {
    let answers = resolved(app, here, &wanted).await?;
    Ok(wanted.into_iter().zip(answers).filter_map(|(locator, answer)| Some((locator, answer?.url))).collect())
}

async fn resolved(app: &App, here: &Here, wanted: &[String]) -> Result<Vec<Option<Resolved>>, Error> {
    let options = ResolveOptions { expires_in: LIFE, disposition: Disposition::Auto, content_type: None };
    let answers = app.core.resolve(&here.reach(), wanted, &options).await?;
    Ok(answers.into_iter().map(Result::ok).collect())
}

/// The locator of a picture that lies beside the document.
fn picture(event: &Event<'_>, document: &Locator) -> Option<String> {
    let Event::Start(Tag::Image { dest_url, .. }) = event else { return None };
    match Target::of(dest_url, document) {
        Target::File { locator, .. } => Some(locator),
        Target::Folder(_) | Target::Heading(_) | Target::Elsewhere(_) | Target::Nowhere => None,
    }
}

/// A document on its way to a page.
struct Page<'a> {
    document: &'a Locator,
    /// Addresses of pictures, by locator.
    pictures: HashMap<String, String>,
    /// The page of a file, by locator.
    path: &'a dyn Fn(&str) -> String,
    /// The page of a folder, by its prefix, if there is one for whoever reads.
    folder: &'a dyn Fn(&str) -> Option<String>,
}

impl Page<'_> {
    fn render(&self, events: Vec<Event<'_>>) -> String {
        let mut safe: Vec<Event<'_>> = Vec::with_capacity(events.len());
        let mut closing: Vec<&str> = Vec::new();
        // Of a picture, the text inside is what it is called.
        let mut image: Option<(CowStr<'_>, String)> = None;
        let mut length = Length::default();
        let anchors = Anchors::of(&events);
        let mut ids = anchors.in_order();
        for event in events {
            if !length.lets(&event) {
                continue;
            }
            if let Some((_, name)) = &mut image {
                match event {
                    Event::Text(text) | Event::Code(text) => name.push_str(&text),
                    Event::SoftBreak | Event::HardBreak => name.push(' '),
                    Event::End(TagEnd::Image) => {
                        if let Some((link, name)) = image.take() {
                            safe.push(length.with(Event::InlineHtml(self.image(&link, &name).into())));
                        }
                    }
                    _ => {}
                }
                continue;
            }
            safe.push(length.with(match event {
                Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
                Event::Start(Tag::Image { dest_url, .. }) => {
                    image = Some((dest_url, String::new()));
                    continue;
                }
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let (open, close) = self.link(&dest_url, &anchors);
                    closing.push(close);
                    Event::InlineHtml(open.into())
                }
                Event::End(TagEnd::Link) => Event::InlineHtml(closing.pop().unwrap_or_default().into()),
                Event::Start(Tag::Heading { level, .. }) => {
                    let (level, id) = (below(level), ids.next().flatten().map(CowStr::from));
                    Event::Start(Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() })
                }
                Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
                // Alignment would come as styles within the markup, which the page's policy forbids.
                Event::Start(Tag::Table(columns)) => Event::Start(Tag::Table(vec![Alignment::None; columns.len()])),
                Event::TaskListMarker(true) => Event::Text("☑ ".into()),
                Event::TaskListMarker(false) => Event::Text("☐ ".into()),
                other => other,
            }));
        }
        let mut markup = String::new();
        pulldown_cmark::html::push_html(&mut markup, safe.into_iter());
        if length.is_cut {
            let why = "This is the beginning of the document: as a whole it is too long to be shown so.";
            markup.push_str(&html! { p .hint { (why) } }.into_string());
        }
        markup
    }

    /// How a link begins and ends.
    fn link(&self, link: &str, anchors: &Anchors) -> (String, &'static str) {
        let open = match Target::of(link, self.document) {
            Target::File { locator, anchor: None } => html! { a href=((self.path)(&locator)) {} },
            Target::File { locator, anchor: Some(anchor) } => {
                html! { a href={ ((self.path)(&locator)) "#" (anchor) } {} }
            }
            Target::Heading(anchor) if anchors.has(&anchor) => html! { a href={ "#" (anchor) } {} },
            Target::Folder(prefix) => {
                (self.folder)(&prefix).map_or_else(|| html! { span {} }, |path| html! { a href=(path) {} })
            }
            Target::Elsewhere(url) => html! { a href=(url) rel="noreferrer nofollow" target="_blank" {} },
            Target::Heading(_) | Target::Nowhere => html! { span {} },
        };
        let open = open.into_string();
        let close = if open.ends_with("</a>") { "</a>" } else { "</span>" };
        (open.trim_end_matches(close).to_owned(), close)
    }

    fn image(&self, link: &str, name: &str) -> String {
        let target = Target::of(link, self.document);
        let picture = match &target {
            Target::File { locator, .. } => self.pictures.get(locator),
            Target::Folder(_) | Target::Heading(_) | Target::Elsewhere(_) | Target::Nowhere => None,
        };
        let shown_as = if name.is_empty() { link } else { name };
        let markup = match (picture, target) {
            (Some(url), _) => html! { img src=(url) alt=(name) loading="lazy"; },
            (None, Target::File { locator, .. }) => html! { a href=((self.path)(&locator)) { (shown_as) } },
            // Pictures of other sites would tell them who reads what.
            (None, Target::Elsewhere(url)) => {
                html! { a href=(url) rel="noreferrer nofollow" target="_blank" { (shown_as) } }
            }
            (None, Target::Folder(_) | Target::Heading(_) | Target::Nowhere) => html! { (shown_as) },
        };
        markup.into_string()
    }
}

/// How long the markup is, about; and the end of one that becomes too long.
#[derive(Default)]
struct Length {
    bytes: usize,
    is_cut: bool,
    /// How deep it is within what was left out.
    depth: usize,
}

impl Length {
    /// Whether what comes is still shown. At the end what is open is closed, and nothing else begins.
    fn lets(&mut self, event: &Event<'_>) -> bool {
        if self.bytes < MOST_MARKUP || (self.depth == 0 && matches!(event, Event::End(_))) {
            return true;
        }
        self.is_cut = true;
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth -= 1,
            _ => {}
        }
        false
    }

    fn with<'a>(&mut self, event: Event<'a>) -> Event<'a> {
        self.bytes += match &event {
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => text.len(),
            Event::Start(Tag::Heading { id: Some(id), .. }) => id.len(),
            // Such as a cell of a table with its two tags.
            _ => 8,
        };
        event
    }
}

/// The page has the first heading.
fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str) -> String {
        rendered_with(text, &|prefix| Some(format!("/folder?{prefix}")))
    }

    fn rendered_with(text: &str, folder: &dyn Fn(&str) -> Option<String>) -> String {
        let document = Locator::parse("s3://bucket/docs/guide.md").unwrap();
        let pictures = HashMap::from([("s3://bucket/docs/cat.png".to_owned(), "https://bucket/cat".to_owned())]);
        let page = Page { document: &document, pictures, path: &|locator| format!("/file?{locator}"), folder };
        page.render(Parser::new_ext(text, Options::all()).collect())
    }

    #[test]
    fn html_is_shown_as_text() {
        for text in ["<script>alert(1)</script>", "a <b onclick=x>b</b>", "<img src=x onerror=alert(1)>", "<!-- x -->"]
        {
            let markup = rendered(text);
            let open: Vec<_> = markup.match_indices('<').map(|(at, _)| &markup[at..]).collect();
            assert!(open.iter().all(|rest| rest.starts_with("<p>") || rest.starts_with("</p>")), "{markup}");
        }
    }

    #[test]
    fn links_lead_to_files_and_folders_beside_it_or_to_other_sites_and_run_nothing() {
        for (link, expected) in [
            ("a/b%20c.png", "/file?s3://bucket/docs/a/b c.png"),
            ("../x.md#top", "/file?s3://bucket/x.md#md-top"),
            ("../x.rs#L7", "/file?s3://bucket/x.rs"),
            ("/top.md", "/file?s3://bucket/top.md"),
            ("sub%20folder/", "/folder?docs/sub folder/"),
            ("../", "/folder?"),
            ("https://example.com/?a=1&b=2", "https://example.com/?a=1&amp;b=2"),
        ] {
            assert!(rendered(&format!("[t]({link})")).contains(&format!("<a href=\"{expected}\"")), "{link}");
        }
        for link in [
            "javascript:alert(1)",
            "JavaScript:x",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example/x",
            "#top",
            "<java\nscript:x>",
        ] {
            assert!(!rendered(&format!("[t]({link})")).contains("<a"), "{link}: {}", rendered(&format!("[t]({link})")));
        }
    }

    #[test]
    fn folders_are_no_links_for_those_who_do_not_browse() {
        let markup = rendered_with("[a](sub/) ![b](sub/) [c](../) [d](e.md)", &|_| None);
        assert_eq!(markup.matches("<a ").count(), 1, "{markup}");
        assert!(markup.contains("<span>a</span> b <span>c</span>"), "{markup}");
    }

    #[test]
    fn links_lead_to_headings() {
        let markup = rendered("[a](#part-two) [b](#Part-two-1) [c](#viewer)\n\n# Part *two*\n\n## Part two\n");
        for part in ["<a href=\"#md-part-two\">a</a>", "<a href=\"#md-part-two-1\">b</a>", "<span>c</span>"] {
            assert!(markup.contains(part), "{part}: {markup}");
        }
        assert!(markup.contains("<h2 id=\"md-part-two\">") && markup.contains("<h3 id=\"md-part-two-1\">"), "{markup}");
    }

    #[test]
    fn pictures_beside_it_are_shown_and_those_of_others_are_links() {
        assert!(rendered("![a *cat*](cat.png)").contains("<img src=\"https://bucket/cat\" alt=\"a cat\""));
        assert!(rendered("![x](https://tracker.example/x.png)").contains("<a href=\"https://tracker.example/x.png\""));
        assert!(!rendered("![x](javascript:alert(1))").contains("<img"));
    }

    #[test]
    fn a_document_that_becomes_too_long_is_cut_where_it_can_be() {
        let short = rendered(&"- [a](b)\n".repeat(100));
        assert!(!short.contains("too long"), "{short}");
        for piece in ["- [a](b)\n", "> - ![x *y*](b) c\n", "|[a](b)|![c](d)|\n", "*[a](b)*\n"] {
            let markup = rendered(&format!("|a|b|\n|-|-|\n{}", piece.repeat(100_000)));
            assert!(markup.len() < 2 * MOST_MARKUP, "{}", markup.len());
            assert!(markup.ends_with("too long to be shown so.</p>"), "{piece}");
            for tag in ["ul", "li", "p", "a", "table", "tr", "td", "tbody", "em", "blockquote"] {
                let opened = markup.matches(&format!("<{tag}>")).count() + markup.matches(&format!("<{tag} ")).count();
                assert_eq!(opened, markup.matches(&format!("</{tag}>")).count(), "{piece} {tag}");
            }
        }
    }

    #[test]
    fn nothing_needs_styles_or_labels() {
        let markup = rendered("# One\n\n|a|b|\n|:-|-:|\n|1|2|\n\n- [x] done\n- [ ] open\n");
        assert!(
            !markup.contains("style=") && !markup.contains("<input") && markup.contains("<h2 id=\"md-one\">One</h2>"),
            "{markup}"
        );
    }
}
