//! The small parts that pages are made of.

use maud::{Markup, html};
use time::{OffsetDateTime, macros::format_description};

use super::{link::Link, mistake::Mistake, trial::Trial};

/// A field of one line.
pub struct Field<'a> {
    /// Unique on the page; also the name that is sent.
    pub name: &'static str,
    /// What it is called.
    pub label: &'a str,
    /// What to put into it.
    pub hint: &'a str,
    /// What it holds.
    pub value: &'a str,
    /// `text` or `number`.
    pub kind: &'static str,
    /// Whether it may be empty.
    pub optional: bool,
}

impl Field<'_> {
    /// The label, the field, its hint, and what is wrong with it.
    pub fn view(&self, mistake: Option<&Mistake>) -> Markup {
        html! {
            div.field {
                (label(self.name, self.label, self.optional))
                input #(self.name) name=(self.name) type=(self.kind) value=(self.value) required[!self.optional]
                    autocomplete="off" spellcheck="false" aria-describedby=(described_by(self.name)) aria-invalid=[mistake.map(|_| "true")];
                (hint(self.name, self.hint))
                @if let Some(mistake) = mistake { (mistake.view(self.name)) }
            }
        }
    }
}

/// A field for a document.
pub struct Editor<'a> {
    /// Unique on the page; also the name that is sent.
    pub name: &'static str,
    /// What it is called.
    pub label: &'a str,
    /// What to put into it.
    pub hint: &'a str,
    /// What it holds.
    pub text: &'a str,
    /// Whether it may be empty.
    pub optional: bool,
}

impl Editor<'_> {
    /// The label, what is wrong, and an editor high enough for the document.
    pub fn view(&self, mistake: Option<&Mistake>) -> Markup {
        let rows = self.text.lines().count().clamp(if self.optional { 6 } else { 14 }, 40);
        html! {
            div.field {
                (label(self.name, self.label, self.optional))
                (hint(self.name, self.hint))
                @if let Some(mistake) = mistake { (mistake.view(self.name)) }
                textarea.editor #(self.name) name=(self.name) rows=(rows) spellcheck="false" autocomplete="off"
                    autocapitalize="off" wrap="off" aria-describedby=(described_by(self.name)) aria-invalid=[mistake.map(|_| "true")] {
                    // Browsers drop a line break that the text begins with.
                    "\n" (self.text)
                }
            }
        }
    }
}

fn label(name: &str, label: &str, optional: bool) -> Markup {
    html! { label for=(name) { (label) @if optional { span.optional { " optional" } } } }
}

fn hint(name: &str, hint: &str) -> Markup {
    html! { @if !hint.is_empty() { p.hint id={ (name) "-hint" } { (hint) } } }
}

fn described_by(name: &str) -> String {
    format!("{name}-hint {name}-mistake")
}

/// What is wrong with a form as a whole.
pub fn mistake(trial: &Trial, field: &'static str) -> Markup {
    html! { @if let Some(mistake) = trial.mistake(field) { (mistake.view(field)) } }
}

/// A form that is one button.
pub fn button(to: &Link, name: &str) -> Markup {
    html! { form.inline method="post" action=(to) { button type="submit" { (name) } } }
}

/// A button that asks again, without a script: the first click opens the second button.
pub fn dangerous(to: &Link, name: &str, consequence: &str) -> Markup {
    html! {
        details.confirm {
            summary { (name) "…" }
            form method="post" action=(to) {
                p { (consequence) }
                button.danger type="submit" { (name) }
            }
        }
    }
}

/// A text that one click selects as a whole, to be copied.
pub fn copyable(text: &str) -> Markup {
    html! { code.copyable tabindex="0" title="Click to select all of it" { (text) } }
}

/// Names and values of one thing.
pub fn facts(facts: &[(&str, Markup)]) -> Markup {
    html! { dl.facts { @for (name, value) in facts { div { dt { (name) } dd { (value) } } } } }
}

/// A table that scrolls inside itself where it is too wide. A column of buttons has no head.
pub fn table(caption: &str, heads: &[&str], rows: &Markup) -> Markup {
    html! {
        div.table role="region" aria-label=(caption) tabindex="0" {
            table {
                caption.visually-hidden { (caption) }
                thead { tr { @for head in heads { @if head.is_empty() { td {} } @else { th scope="col" { (head) } } } } }
                tbody { (rows) }
            }
        }
    }
}

/// What stands where there is nothing yet.
pub fn empty(sentence: &str, action: &Markup) -> Markup {
    html! { div.empty { p { (sentence) } (action) } }
}

/// A time, to the minute.
pub fn moment(at: OffsetDateTime) -> Markup {
    let date = at.format(format_description!("[year]-[month]-[day] [hour]:[minute]")).unwrap_or_default();
    html! { span.number { (date) " UTC" } }
}

/// A size as people read it.
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_have_one_digit_behind_the_point() {
        for (bytes, text) in
            [(0, "0 B"), (999, "999 B"), (1_000, "1.0 KB"), (1_999_999, "1.9 MB"), (2_500_000_000, "2.5 GB")]
        {
            assert_eq!(super::size(bytes), text);
        }
    }
}
