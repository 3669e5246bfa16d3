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

/// A sentence of the core, in which what to type or copy stands between backticks.
pub fn prose(text: &str) -> Markup {
    html! {
        @for (number, part) in text.split('`').enumerate() {
            @if number % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
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
            section .document aria-label=(self.title) {
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
        html! {
            details .ask {
                summary { (self.verb) @if !self.what.is_empty() { span .visually-hidden { " " (self.what) } } }
                form method="post" action=(self.action) { p { (self.then) } button .danger { (self.verb) " for good" } }
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
        section .document .diff aria-label=(title) {
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

/// What went wrong, why, and what to do, within a page.
pub fn trouble(error: &Error) -> Markup {
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
