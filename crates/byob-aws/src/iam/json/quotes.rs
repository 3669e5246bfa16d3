//! Strings in quotation marks that JSON does not know, and strings that lack their end.

use super::{Fault, Mistake, reader::Reader};

/// Quotation marks of word processors and web pages that stand for `"`.
const DOUBLE: [char; 8] = ['“', '”', '„', '‟', '«', '»', '″', '＂'];

/// Those that stand for `'`, which JSON does not know either.
const SINGLE: [char; 8] = ['\'', '‘', '’', '‚', '‛', '`', '´', '′'];

impl Reader<'_> {
    /// A string in whichever quotes, which may lack its end.
    pub fn quoted(&mut self) -> String {
        let start = self.at;
        let open = self.char().unwrap_or('"');
        if open != '"' {
            self.wrong_quote(open, start);
        }
        self.at += open.len_utf8();
        let mut text = String::new();
        while let Some(c) = self.char() {
            if self.closes(open, c) {
                if open == '"' && c != '"' {
                    self.wrong_quote(c, self.at);
                }
                self.at += c.len_utf8();
                return text;
            }
            match c {
                '\\' => self.escape(&mut text),
                '\n' | '\r' if self.is_next_line_another() => break,
                '\n' | '\r' => {
                    self.note(Fault::of(
                        Mistake::LineBreak,
                        self.at,
                        "A string must end on the line on which it begins.",
                    ));
                    self.at += self.rest().len() - self.rest().trim_start().len();
                }
                c if c < ' ' => {
                    self.note(Fault::of(Mistake::LineBreak, self.at, "A string cannot hold a control character."));
                    self.at += 1;
                }
                c => {
                    text.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
        self.note(Fault::of(Mistake::UnclosedString, start, "This string does not end; a `\"` is missing."));
        // A comma at the end of its line was to follow it.
        let end = self.text[..self.at].trim_end();
        if text.trim_end().ends_with(',') && end.ends_with(',') {
            self.at = end.len() - 1;
            text.truncate(text.trim_end().len() - 1);
        }
        text.truncate(text.trim_end().len());
        text
    }

    fn wrong_quote(&mut self, quote: char, at: usize) {
        let (mistake, detail) = if SINGLE.contains(&quote) {
            (Mistake::SingleQuote, "JSON takes double quotes, not single ones.".to_owned())
        } else {
            let detail = format!("JSON takes straight double quotes, not typographic ones such as `{quote}`.");
            (Mistake::TypographicQuote, detail)
        };
        self.note(Fault::of(mistake, at, detail));
    }

    /// Whether a character ends a string that another one began.
    fn closes(&self, open: char, c: char) -> bool {
        if SINGLE.contains(&open) {
            return SINGLE.contains(&c);
        }
        if c == '"' || (open != '"' && DOUBLE.contains(&c)) {
            return true;
        }
        // A string may hold typographic quotes; where such a one stands before what follows strings, it was to be the end.
        let after = || self.rest()[c.len_utf8()..].trim_start_matches([' ', '\t']);
        DOUBLE.contains(&c) && (after().is_empty() || after().starts_with([',', ':', '}', ']', '\n', '\r']))
    }

    /// Whether the text of the next line is not the rest of a string that was broken, but something of its own.
    fn is_next_line_another(&self) -> bool {
        let next = self.rest().trim_start_matches(['\r', '\n']).split('\n').next().unwrap_or_default();
        next.trim_start().chars().next().is_none_or(|c| is_quote(c) || "{}[],".contains(c))
    }

    fn escape(&mut self, text: &mut String) {
        let rest = self.rest();
        // A pair of surrogates is twelve bytes long.
        for length in [12, 6, 2] {
            let Some(escape) = rest.get(..length) else { continue };
            let Ok(meant) = serde_json::from_str::<String>(&format!("\"{escape}\"")) else { continue };
            if meant.chars().count() == 1 {
                text.push_str(&meant);
                self.at += length;
                return;
            }
        }
        self.note(Fault::of(Mistake::Escape, self.at, "This string has an escape that JSON does not know."));
        self.at += 1;
    }
}

/// Whether a character stands for `"`.
pub(super) fn is_double(c: char) -> bool {
    c == '"' || DOUBLE.contains(&c)
}

/// Whether a character is a quotation mark of any sort.
pub(super) fn is_quote(c: char) -> bool {
    is_double(c) || SINGLE.contains(&c)
}
