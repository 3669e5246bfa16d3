//! Small parts that pages share.

use byob_aws::policies::Access;
use byob_core::{
    Error,
    check::report::Health,
    integration::settings::{Scope, Settings},
    runtime::from_millis,
};
use maud::{Markup, html};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use super::{here::Here, trouble::told};

/// A sentence of the core, in which what to type or copy stands between backticks.
pub fn prose(text: &str) -> Markup {
    html! {
        @for (number, part) in text.split('`').enumerate() {
            @if number % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// Whether a character shows nothing itself, or turns around how others stand.
fn is_hidden(c: char) -> bool {
    let hidden = ['\u{61c}', '\u{200b}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{feff}'];
    c.is_control() || hidden.contains(&c) || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A name that others chose, such as a key: what it holds is seen, and it turns around nothing beside it.
pub fn name(text: &str) -> Markup {
    html! {
        bdi {
            @for part in text.split_inclusive(is_hidden) {
                @match part.char_indices().next_back() {
                    Some((at, last)) if is_hidden(last) => { (part[..at]) span .control { (code_point(last)) } },
                    _ => (part),
                }
            }
        }
    }
}

/// The same where no markup can stand.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { format!("⟨{}⟩", code_point(c)) } else { c.to_string() }).collect()
}

fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// How an integration does, in a word.
pub fn health(health: Health, enabled: bool) -> Markup {
    let (style, word) = match (enabled, health) {
        (_, Health::Unsafe) => ("bad", "Unsafe"),
        (false, _) => ("", "Turned off"),
        (true, Health::Healthy) => ("good", "Healthy"),
        (true, Health::Degraded) => ("warn", "Works, with reservations"),
        (true, Health::Unhealthy) => ("bad", "Does not work"),
        (true, Health::Unknown) => ("", "Not checked yet"),
    };
    html! { span class={ "badge " (style) } { (word) } }
}

const DAY_AND_TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC");

/// A moment, as people write it; the exact one is in the attribute.
pub fn moment(at: OffsetDateTime) -> Markup {
    let exact = at.format(&time::format_description::well_known::Rfc3339).unwrap_or_default();
    html! { time datetime=(exact) { (at.format(DAY_AND_TIME).unwrap_or_default()) } }
}

/// The same, of the database.
pub fn moment_of(millis: i64) -> Markup {
    moment(from_millis(millis))
}

/// The same, of what may never have been.
pub fn once(millis: Option<i64>) -> Markup {
    html! { @match millis { Some(at) => (moment_of(at)), None => "Never" } }
}

/// One thing to copy: an ID, an ARN.
pub fn copyable(id: &str, text: &str) -> Markup {
    html! {
        span .copyable { code #(id) { (text) } button .plain .small type="button" data-copy=(id) hidden { "Copy" } }
    }
}

/// The same of a name that others chose: it is shown with what it holds, and copied as it is.
pub fn copyable_name(id: &str, text: &str) -> Markup {
    html! {
        span .copyable { code #(id) data-text=(text) { (name(text)) } button .plain .small type="button" data-copy=(id) hidden { "Copy" } }
    }
}

/// A text to paste somewhere.
pub struct Pasted<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub text: &'a str,
    /// Where the same can be downloaded.
    pub download: Option<&'a str>,
}

impl Pasted<'_> {
    pub fn show(&self) -> Markup {
        html! {
            div .document role="group" aria-label=(self.title) {
                header {
                    b { (self.title) }
                    button type="button" data-copy=(self.id) hidden { "Copy" }
                    @if let Some(path) = self.download { a .button href=(path) download { "Download" } }
                }
                pre tabindex="0" { code #(self.id) { (self.text) } }
            }
        }
    }
}

/// The way to the next page of a list.
pub fn more(path: &str, next_cursor: Option<&str>) -> Markup {
    html! { @if let Some(cursor) = next_cursor { p .row { a .button href={ (path) "?cursor=" (cursor) } { "More" } } } }
}

/// Something that cannot be taken back, and is asked once more before it is done.
pub struct OnceMore<'a> {
    /// Such as "Remove".
    pub verb: &'a str,
    /// What it is done to, for those who do not see where it stands.
    pub what: &'a str,
    /// What comes of it.
    pub then: &'a str,
    pub action: &'a str,
}

impl OnceMore<'_> {
    pub fn ask(&self) -> Markup {
        self.ask_with(&format!("{} for good", self.verb))
    }

    /// Of what can be made again, though not taken back.
    pub fn ask_plainly(&self) -> Markup {
        self.ask_with(self.verb)
    }

    fn ask_with(&self, button: &str) -> Markup {
        html! {
            details .ask {
                summary { (self.verb) @if !self.what.is_empty() { span .visually-hidden { " " (self.what) } } }
                form method="post" action=(self.action) { p { (self.then) } button .danger { (button) } }
            }
        }
    }
}

/// What to change, as a unified diff.
pub fn diff(title: &str, text: &str) -> Markup {
    let style = |line: &str| match line.as_bytes().first() {
        Some(b'+') => Some("plus"),
        Some(b'-') => Some("minus"),
        Some(b'@') => Some("at"),
        _ => None,
    };
    html! {
        div .document .diff role="group" aria-label=(title) {
            header { b { (title) } }
            pre tabindex="0" { @for line in text.lines() { span class=[style(line)] { (line) } "\n" } }
        }
    }
}

/// How large a file is, as people say it.
#[allow(clippy::cast_precision_loss)] // It is rounded in any case.
pub fn size(bytes: i64) -> String {
    let units = ["bytes", "KB", "MB", "GB", "TB"];
    let mut amount = bytes as f64;
    let mut unit = 0;
    while amount >= 1000.0 && unit + 1 < units.len() {
        amount /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{amount:.1} {}", units[unit]) }
}

/// The same, of what was counted.
pub fn bytes(count: u64) -> String {
    size(i64::try_from(count).unwrap_or(i64::MAX))
}

/// How many, as people write it.
pub fn count(many: u64) -> String {
    if many < 1000 { many.to_string() } else { format!("{},{:03}", count(many / 1000), many % 1000) }
}

/// Where S3 keeps a file, as its console calls it.
pub fn storage_class(class: &str) -> &str {
    match class {
        "STANDARD" => "Standard",
        "STANDARD_IA" => "Standard-IA",
        "ONEZONE_IA" => "One Zone-IA",
        "INTELLIGENT_TIERING" => "Intelligent-Tiering",
        "GLACIER_IR" => "Glacier Instant Retrieval",
        "GLACIER" => "Glacier Flexible Retrieval",
        "DEEP_ARCHIVE" => "Glacier Deep Archive",
        "REDUCED_REDUNDANCY" => "Reduced redundancy",
        other => other,
    }
}

/// What went wrong, why, and what to do or by whom, within a page.
pub fn trouble(here: &Here, error: &Error) -> Markup {
    let error = told(here, error.clone());
    html! {
        div .note .bad role="alert" {
            p { (prose(error.detail())) }
            @if let Some(hint) = error.hint_text() { p { (prose(hint)) } }
            @if let Some(id) = error.aws_fault().and_then(|fault| fault.request_id.as_ref()) { p .small { "AWS request ID: " code { (id) } } }
        }
    }
}

/// What an integration serves, as a locator would say it.
pub fn scope(settings: &Settings) -> Markup {
    html! {
        @match &settings.scope {
            None => span .quiet { "Not set yet" },
            Some(Scope::Bucket { bucket, prefix: Some(prefix) }) => code { "s3://" (bucket) "/" (prefix) "/" },
            Some(Scope::Bucket { bucket, prefix: None }) => code { "s3://" (bucket) "/" },
            Some(Scope::AllPermitted { buckets }) if buckets.is_empty() => { "Any bucket that the role may use" },
            Some(Scope::AllPermitted { buckets }) => {
                @for (number, bucket) in buckets.iter().enumerate() { @if number > 0 { ", " } code { "s3://" (bucket) "/" } }
            },
        }
    }
}

/// What an integration may do, in words.
pub fn access(settings: &Settings) -> Markup {
    let words: Vec<&str> = settings.access.iter().map(|access| access_word(access.0)).collect();
    html! { (words.join(", ")) }
}

fn access_word(access: Access) -> &'static str {
    match access {
        Access::List => "list files",
        Access::Read => "read files",
        Access::ReadVersions => "read old versions",
        Access::Write => "write files",
        Access::Delete => "delete files",
        Access::Acl => "read and set ACLs",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_counted_in_thousands() {
        let written = [0, 999, 1000, 12_345, 300_000, 3_000_000].map(count);
        assert_eq!(written, ["0", "999", "1,000", "12,345", "300,000", "3,000,000"]);
    }

    #[test]
    fn characters_that_hide_or_turn_others_around_are_shown() {
        assert_eq!(name("a\u{202e}fdp.txt").0, "<bdi>a<span class=\"control\">U+202E</span>fdp.txt</bdi>");
        assert_eq!(
            name("<\n\t>").0,
            "<bdi>&lt;<span class=\"control\">U+000A</span><span class=\"control\">U+0009</span>&gt;</bdi>"
        );
        assert_eq!(name("👩‍🚀 é a b").0, "<bdi>👩‍🚀 é a b</bdi>");
        assert_eq!(name("").0, "<bdi></bdi>");
        assert_eq!(plain("a\u{202e}b\0"), "a⟨U+202E⟩b⟨U+0000⟩");
    }
}
