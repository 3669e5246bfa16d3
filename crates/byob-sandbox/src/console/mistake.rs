//! What AWS refuses in a form, with the place in a pasted document.

use axum::http::StatusCode;
use byob_aws::iam::{Policy, PolicyKind};
use maud::{Markup, html};

use crate::{
    refusal::Refusal,
    state::{Iam, principals},
};

/// The most characters that are shown before and after the place.
const AROUND: usize = 60;

/// Why a field is refused.
pub struct Mistake {
    /// The status of the page that shows it.
    pub status: StatusCode,
    code: String,
    message: String,
    place: Option<Box<Place>>,
}

/// A place in a text, with the line it is in.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    line: usize,
    column: usize,
    before: String,
    here: String,
    after: String,
}

impl From<Refusal> for Mistake {
    fn from(refusal: Refusal) -> Self {
        Self { status: refusal.status, code: refusal.code, message: refusal.message, place: None }
    }
}

impl Mistake {
    /// A mistake that the console finds before AWS is asked.
    pub fn here(message: impl Into<String>) -> Self {
        Self::from(Refusal::new(400, "", message))
    }

    /// A policy that is refused: where it is no policy, or whom it names that is not there.
    pub fn of_policy(refusal: Refusal, text: &str, kind: PolicyKind, iam: &Iam) -> Self {
        let place = match Policy::parse(text, kind) {
            Err(malformed) => Some(Place::at(text, malformed.line, malformed.column)),
            Ok(_) if refusal.message.starts_with("Invalid principal") => {
                principals::unknown(text, iam).map(|principal| Place::at_byte(text, principal.at.start))
            }
            Ok(_) => None,
        };
        Self { place: place.map(Box::new), ..Self::from(refusal) }
    }

    /// A text that is no JSON, or not the JSON that it should be.
    pub fn of_json(error: &serde_json::Error, text: &str) -> Self {
        let whole = error.to_string();
        let what = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(what, _)| what);
        let (line, column) = (error.line().max(1), error.column().max(1));
        // serde_json counts bytes.
        let characters =
            text.lines().nth(line - 1).map_or(0, |text| text[..text.floor_char_boundary(column - 1)].chars().count());
        let message =
            format!("This cannot be read: there is a mistake in line {line}, column {}: {what}.", characters + 1);
        Self { place: Some(Box::new(Place::at(text, line, characters + 1))), ..Self::here(message) }
    }

    /// The sentence, AWS's code, and the line with a caret below the place.
    pub fn view(&self, field: &str) -> Markup {
        html! {
            div.mistake id={ (field) "-mistake" } {
                p { (self.message) }
                @if let Some(place) = &self.place {
                    pre.place tabindex="0" {
                        span.line-number { (place.line) }
                        (place.before) mark { (place.here) } (place.after) "\n"
                        span.line-number {}
                        (" ".repeat(place.before.chars().count())) "^ line " (place.line) ", column " (place.column)
                    }
                }
                @if !self.code.is_empty() { p.hint { "AWS calls this " code { (self.code) } "." } }
            }
        }
    }
}

impl Place {
    /// A place by line and column, both from 1.
    fn at(text: &str, line: usize, column: usize) -> Self {
        let characters: Vec<char> = text.lines().nth(line - 1).unwrap_or_default().chars().collect();
        let at = (column - 1).min(characters.len());
        let shown = |range: &[char]| range.iter().map(|c| if c.is_control() { ' ' } else { *c }).collect::<String>();
        let (from, until) = (at.saturating_sub(AROUND), (at + 1 + AROUND).min(characters.len()));
        let next = (at + 1).min(characters.len());
        let (cut_before, cut_after) =
            (if from > 0 { "…" } else { "" }, if until < characters.len() { "…" } else { "" });
        Self {
            line,
            column,
            // Without its indentation, so that the place is in sight on a narrow screen.
            before: format!("{cut_before}{}", shown(&characters[from..at]).trim_start()),
            here: shown(&characters[at..next]),
            after: format!("{}{cut_after}", shown(&characters[next..until.max(next)])),
        }
    }

    /// A place by its byte.
    fn at_byte(text: &str, byte: usize) -> Self {
        let before = &text[..text.floor_char_boundary(byte)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self::at(text, before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_shown_around_the_place() {
        let place = Place::at("a\n\tbé€d", 2, 4);
        assert_eq!((place.before.as_str(), place.here.as_str(), place.after.as_str()), ("bé", "€", "d"));
        assert_eq!(Place::at_byte("a\n\tbé€d", "a\n\tbé".len()), place);
    }

    #[test]
    fn places_beyond_the_end_do_no_harm() {
        for (text, line, column) in [("", 1, 1), ("a", 1, 2), ("a", 3, 9), ("a\n", 2, 1)] {
            let place = Place::at(text, line, column);
            assert_eq!((place.here.as_str(), place.after.as_str()), ("", ""));
        }
    }

    #[test]
    fn of_a_long_line_only_a_part_is_shown() {
        let place = Place::at(&"x".repeat(5_000), 1, 2_500);
        assert_eq!(place.before.chars().count(), AROUND + 1);
        assert!(place.before.starts_with('…') && place.after.ends_with('…'));
    }

    #[test]
    fn json_is_counted_in_characters() {
        let text = "[\n\"éé\" x]";
        let error = serde_json::from_str::<serde_json::Value>(text).unwrap_err();
        let mistake = Mistake::of_json(&error, text);
        assert!(mistake.message.contains("line 2, column 6"), "{}", mistake.message);
        assert_eq!(mistake.place.unwrap().here, "x");
    }
}
