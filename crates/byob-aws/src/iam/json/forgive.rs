//! What a forgiving reader makes of mistakes.

use super::{
    Fault, Kind, Mistake, Value,
    quotes::{is_double, is_quote},
    reader::Reader,
};

const FENCE: &str = "```";

const FENCED: &str = "The document is fenced with ``` as in a chat or a README.";

/// The value of a key that came twice: objects are joined, of other values the last is kept, as most programs do.
pub(super) fn join(first: &mut Value, second: Value) {
    match (&mut first.kind, second.kind) {
        (_, Kind::Null) => {}
        (Kind::Object(members), Kind::Object(more)) => {
            for member in more {
                match members.iter_mut().find(|known| known.key == member.key) {
                    Some(known) => join(&mut known.value, member.value),
                    None => members.push(member),
                }
            }
        }
        (_, kind) => *first = Value { at: second.at, kind },
    }
}

impl Reader<'_> {
    pub fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    pub fn char(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// Skips a comment, or a character that looks like a blank and is none; whether there was one.
    pub fn skip_what_is_none(&mut self) -> bool {
        let at = self.at;
        let comment = |reader: &mut Self| reader.note(Fault::of(Mistake::Comment, at, "JSON has no comments."));
        if self.rest().starts_with("//") || self.rest().starts_with('#') {
            comment(self);
            self.skip_line();
            return true;
        }
        if self.rest().starts_with("/*") {
            comment(self);
            self.at += self.rest().find("*/").map_or(self.rest().len(), |end| end + 2);
            return true;
        }
        match self.char() {
            Some(c) if is_no_blank(c) => {
                let detail = format!("There is a character that looks like a blank, but is none: U+{:04X}.", c as u32);
                self.note(Fault::of(Mistake::InvisibleCharacter, at, detail));
                self.at += c.len_utf8();
                true
            }
            _ => false,
        }
    }

    /// Goes to where the JSON begins. Whether it begins inside of an object, whose `{` is missing.
    pub fn skip_preface(&mut self) -> Result<bool, Fault> {
        let start = self.at;
        if self.rest().starts_with(FENCE) {
            self.note(Fault::of(Mistake::CodeFence, start, FENCED));
            self.skip_line();
            self.skip_blanks();
        }
        let begin = self.at;
        match self.char() {
            Some('{' | '[') => return Ok(false),
            Some(c) if is_double(c) => {
                let faults = self.faults.len();
                let is_document = self.quoted().contains(['{', '[']);
                self.skip_blanks();
                let is_key = self.peek() == Some(b':');
                self.faults.truncate(faults);
                self.at = begin;
                if is_key {
                    let detail = "The text begins inside of an object; a `{` is missing before it.";
                    self.note(Fault::of(Mistake::MissingBracket, begin, detail));
                }
                if is_key || is_document {
                    return Ok(is_key);
                }
            }
            _ => {}
        }
        // The bracket before what documents begin with, or else the first: a template or a text may have others before.
        let words = ["Version", "Statement", "Effect", "CORSRules", "AllowedOrigins", "AllowedMethods"];
        let first = words.iter().filter_map(|word| self.rest().find(word)).min();
        let bracket = first.and_then(|word| self.rest()[..word].rfind(['{', '[']));
        let Some(skipped) = bracket.or_else(|| self.rest().find(['{', '['])) else {
            return Err(Fault::of(Mistake::Empty, begin, "There is no JSON here."));
        };
        self.note(Fault::of(Mistake::TextBefore, begin, "Something stands before the document."));
        if let Some(fence) = self.rest()[..skipped].rfind(FENCE) {
            self.note(Fault::of(Mistake::CodeFence, begin + fence, FENCED));
        }
        self.at += skipped;
        Ok(false)
    }

    /// An object whose `{` is missing.
    pub fn bare_members(&mut self) -> Result<Value, Fault> {
        let at = self.at;
        Ok(Value { at, kind: Kind::Object(self.members(0)?) })
    }

    /// What stands behind the document. The end of a code fence belongs to its beginning.
    pub fn what_follows(&mut self) -> Option<(Mistake, &'static str)> {
        let fenced = self.faults.iter().any(|fault| fault.mistake == Mistake::CodeFence);
        if self.forgiving && self.rest().starts_with(FENCE) {
            self.at += FENCE.len();
            self.skip_blanks();
            if !fenced {
                return Some((Mistake::CodeFence, FENCED));
            }
        }
        self.peek().map(|_| (Mistake::TextAfter, "The policy ends before this; nothing may follow it."))
    }

    /// A value that does not begin as values do.
    pub fn something(&mut self, depth: usize) -> Value {
        let at = self.at;
        let kind = match self.char() {
            None => {
                self.note(Fault::of(Mistake::MissingValue, at, "The text ends where a value is expected."));
                Kind::Null
            }
            Some(',' | '}' | ']') => {
                self.note(Fault::of(Mistake::MissingValue, at, "A value is missing here."));
                Kind::Null
            }
            Some(c) if is_quote(c) => Kind::String(self.quoted()),
            Some(c) if is_word(c) => self.unquoted(),
            Some(c) => {
                self.unexpected(c);
                self.skip_blanks();
                // Not another such, which could go on for as long as the text is.
                return match self.begins_something().then(|| self.value(depth + 1)) {
                    Some(Ok(value)) => value,
                    _ => Value { at, kind: Kind::Null },
                };
            }
        };
        Value { at, kind }
    }

    /// A key that does not begin as keys do, or nothing where there is none.
    pub fn something_for_a_key(&mut self, depth: usize) -> Option<String> {
        match self.char()? {
            ',' => {
                self.note(Fault::of(Mistake::ExtraComma, self.at, "There is a comma too many."));
                None
            }
            '}' | ']' => None,
            '{' | '[' => {
                self.note(Fault::of(Mistake::Unexpected, self.at, "A key is expected here."));
                let _ = self.value(depth + 1);
                None
            }
            c if is_quote(c) => Some(self.quoted()),
            c if is_word(c) => {
                let end = self.key_length();
                let detail = format!("The key `{}` is not in quotes.", &self.rest()[..end]);
                self.note(Fault::of(Mistake::Unquoted, self.at, detail));
                let key = self.rest()[..end].to_owned();
                self.at += end;
                Some(key)
            }
            c => {
                self.unexpected(c);
                None
            }
        }
    }

    /// How long a key without quotes is. Condition keys have a colon inside, and each key has one behind it.
    fn key_length(&self) -> usize {
        let rest = self.rest();
        let end = rest.find(|c| !is_word(c) && !":-./".contains(c)).unwrap_or(rest.len());
        let word = rest[..end].trim_end_matches(':');
        let colon_follows = word.len() < end || rest[end..].trim_start().starts_with([':', '=']);
        let length = if colon_follows { word.len() } else { word.find(':').unwrap_or(word.len()) };
        // It begins with a character of a word, so there is one.
        length.max(1)
    }

    /// A value without quotes.
    pub fn unquoted(&mut self) -> Kind {
        let (at, rest) = (self.at, self.rest());
        let ends = |c: char| c.is_whitespace() || is_quote(c) || ",;{}[]".contains(c);
        let mut end = rest.find(ends).unwrap_or(rest.len());
        // A comment, but not the slashes of a URL.
        let comment = rest[..end].match_indices("//").find(|(at, _)| !rest[..*at].ends_with(':'));
        end = comment.map_or(end, |(at, _)| at).max(rest.chars().next().map_or(0, char::len_utf8));
        let word = rest[..end].to_owned();
        self.at += end;
        let kind = match word.as_str() {
            "true" => return Kind::Bool(true),
            "false" => return Kind::Bool(false),
            "null" => return Kind::Null,
            "True" => Kind::Bool(true),
            "False" => Kind::Bool(false),
            "None" => Kind::Null,
            _ => Kind::String(word.clone()),
        };
        self.note(Fault::of(Mistake::Unquoted, at, format!("`{word}` is not in quotes.")));
        kind
    }

    /// After a comma, skips more of them; whether the list or object ends behind them.
    pub fn skip_more_commas(&mut self, close: u8) -> bool {
        while self.peek() == Some(b',') {
            self.note(Fault::of(Mistake::ExtraComma, self.at, "There is a comma too many."));
            self.at += 1;
            self.skip_blanks();
        }
        let ends = self.peek() == Some(close);
        self.at += usize::from(ends);
        ends
    }

    /// In a list, whether there is no value here to be read.
    pub fn at_end_or_comma(&mut self) -> bool {
        if self.peek() == Some(b',') {
            self.note(Fault::of(Mistake::ExtraComma, self.at, "There is a comma too many."));
        }
        matches!(self.peek(), None | Some(b',' | b'}' | b']'))
    }

    /// Whether a key or a value could begin here.
    pub fn begins_something(&self) -> bool {
        self.char().is_some_and(|c| is_quote(c) || is_word(c) || "{[".contains(c))
    }

    fn unexpected(&mut self, c: char) {
        self.note(Fault::of(Mistake::Unexpected, self.at, format!("`{c}` is not expected here.")));
        self.skip_unexpected();
    }

    /// Skips one character at least.
    pub fn skip_unexpected(&mut self) {
        let rest = self.rest();
        let mut chars = rest.char_indices().skip(1);
        let end = chars.find(|(_, c)| is_quote(*c) || is_word(*c) || c.is_whitespace() || ",{}[]".contains(*c));
        self.at += end.map_or(rest.len(), |(at, _)| at);
    }

    /// Skips what is nested too deeply, without going into it.
    pub fn skip_nested(&mut self) -> Value {
        let at = self.at;
        let mut depth = 0_usize;
        while let Some(b) = self.peek() {
            match b {
                b'{' | b'[' => depth += 1,
                b'}' | b']' | b',' if depth == 0 => break,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        Value { at, kind: Kind::Null }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || "_$*".contains(c)
}

/// Blanks and marks of the Unicode standard that JSON does not take for blanks.
fn is_no_blank(c: char) -> bool {
    let invisible = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}');
    invisible || (c.is_whitespace() && !" \t\r\n".contains(c))
}
