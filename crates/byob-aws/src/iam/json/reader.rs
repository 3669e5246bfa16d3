//! The grammar. Where it is not kept, `complain` ends a strict reading, and lets a forgiving one go on behind the mistake.

use std::collections::HashMap;

use super::{Fault, Kind, Member, Mistake, Value, forgive::join};

/// Policies need six levels. A bound keeps hostile text from exhausting the stack.
const DEEPEST: usize = 16;

/// Nobody reads more than this; what follows is mended without being told.
const MOST_FAULTS: usize = 200;

pub(super) struct Reader<'a> {
    pub text: &'a str,
    pub at: usize,
    pub forgiving: bool,
    pub faults: Vec<Fault>,
    /// How the objects and lists end that are open here.
    open: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str, forgiving: bool) -> Self {
        Self { text, at: 0, forgiving, faults: Vec::new(), open: Vec::new() }
    }

    /// The one value of the text.
    pub fn whole(&mut self) -> Result<Value, Fault> {
        // It cannot be seen, so that nobody would find what is not a value there.
        if self.text.starts_with('\u{feff}') {
            let detail = "The text begins with a byte-order mark (BOM), which JSON does not know; leave it out.";
            self.complain(Mistake::ByteOrderMark, 0, detail)?;
            self.at = '\u{feff}'.len_utf8();
        }
        self.skip_blanks();
        if self.peek().is_none() {
            return Err(Fault::of(Mistake::Empty, self.at, "There is no JSON here."));
        }
        if self.forgiving && self.skip_preface()? {
            return self.bare_members();
        }
        let value = self.value(0)?;
        self.skip_blanks();
        if let Some((mistake, detail)) = self.what_follows() {
            self.complain(mistake, self.at, detail)?;
        }
        Ok(value)
    }

    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Ends a strict reading; a forgiving one remembers it, and goes on.
    pub fn complain(&mut self, mistake: Mistake, at: usize, detail: impl Into<String>) -> Result<(), Fault> {
        let fault = Fault::of(mistake, at, detail);
        if !self.forgiving {
            return Err(fault);
        }
        self.note(fault);
        Ok(())
    }

    /// Remembers a mistake that only a forgiving reading can meet.
    pub fn note(&mut self, fault: Fault) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }

    pub fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) || (self.forgiving && self.skip_what_is_none())
        {
            if matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
        }
    }

    pub fn value(&mut self, depth: usize) -> Result<Value, Fault> {
        if depth > DEEPEST {
            self.complain(Mistake::TooDeep, self.at, "This is nested too deeply for a policy.")?;
            return Ok(self.skip_nested());
        }
        let at = self.at;
        let kind = match self.peek() {
            Some(b'{') => Kind::Object(self.object(depth)?),
            Some(b'[') => Kind::Array(self.array(depth)?),
            Some(b'"') => Kind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            _ if self.forgiving => return Ok(self.something(depth)),
            Some(b'\'') => {
                return Err(Fault::of(Mistake::SingleQuote, at, "JSON takes double quotes, not single ones."));
            }
            Some(_) => return Err(Fault::of(Mistake::Unexpected, at, NO_VALUE)),
            None => return Err(Fault::of(Mistake::MissingValue, at, "The text ends where a value is expected.")),
        };
        Ok(Value { at, kind })
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Kind, Fault> {
        if self.forgiving {
            return Ok(self.unquoted());
        }
        if !self.text[self.at..].starts_with(word) {
            return Err(Fault::of(Mistake::Unexpected, self.at, NO_VALUE));
        }
        self.at += word.len();
        Ok(kind)
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Member>, Fault> {
        self.at += 1;
        self.members(depth)
    }

    /// What stands between the braces.
    pub fn members(&mut self, depth: usize) -> Result<Vec<Member>, Fault> {
        let mut members: Vec<Member> = Vec::new();
        let mut keys = HashMap::new();
        self.open.push(b'}');
        self.skip_blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            self.open.pop();
            return Ok(members);
        }
        loop {
            let at = self.at;
            let Some(key) = self.key(depth)? else {
                if self.ends(b'}', "object")? {
                    return Ok(members);
                }
                continue;
            };
            let same = keys.get(&key).copied();
            if same.is_some() {
                let detail = format!("The key `{key}` is given twice in the same object.");
                self.complain(Mistake::DuplicateKey, at, detail)?;
            }
            self.skip_blanks();
            let value = if self.colon()? {
                self.skip_blanks();
                self.value(depth + 1)?
            } else {
                Value { at: self.at, kind: Kind::Null }
            };
            if let Some(first) = same.and_then(|same: usize| members.get_mut(same)) {
                join(&mut first.value, value);
            } else {
                keys.insert(key.clone(), members.len());
                members.push(Member { at, key, value });
            }
            if self.ends(b'}', "object")? {
                return Ok(members);
            }
        }
    }

    /// The next key; a forgiving reading may find something else in its place, and leave that out.
    fn key(&mut self, depth: usize) -> Result<Option<String>, Fault> {
        match self.peek() {
            Some(b'"') => self.string().map(Some),
            _ if self.forgiving => Ok(self.something_for_a_key(depth)),
            Some(b'\'') => Err(Fault::of(Mistake::SingleQuote, self.at, "JSON takes double quotes, not single ones.")),
            Some(_) => Err(Fault::of(Mistake::Unquoted, self.at, "A key in double quotes is expected here.")),
            None => Err(Fault::of(
                Mistake::MissingBracket,
                self.at,
                "The text ends inside of the object; a `}` is missing.",
            )),
        }
    }

    /// Whether a value follows.
    fn colon(&mut self) -> Result<bool, Fault> {
        if self.peek() == Some(b':') {
            self.at += 1;
            return Ok(true);
        }
        let mistake = match self.peek() {
            Some(b',' | b'}' | b']') | None => Mistake::MissingValue,
            _ => Mistake::MissingColon,
        };
        self.complain(mistake, self.at, "A colon is expected here, between the key and its value.")?;
        if self.peek() == Some(b'=') {
            self.at += 1 + usize::from(self.text[self.at..].starts_with("=>"));
        }
        Ok(mistake == Mistake::MissingColon)
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Value>, Fault> {
        let mut values = Vec::new();
        self.at += 1;
        self.open.push(b']');
        self.skip_blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            self.open.pop();
            return Ok(values);
        }
        loop {
            if !(self.forgiving && self.at_end_or_comma()) {
                values.push(self.value(depth + 1)?);
            }
            if self.ends(b']', "list")? {
                return Ok(values);
            }
        }
    }

    /// After a value: whether its list or object ends here, or goes on after a comma.
    fn ends(&mut self, close: u8, what: &str) -> Result<bool, Fault> {
        let ended = self.goes_on_or_ends(close, what)?;
        if ended {
            self.open.pop();
        }
        Ok(ended)
    }

    fn goes_on_or_ends(&mut self, close: u8, what: &str) -> Result<bool, Fault> {
        loop {
            self.skip_blanks();
            let at = self.at;
            match self.peek() {
                Some(b) if b == close => {
                    self.at += 1;
                    return Ok(true);
                }
                Some(b',') => {
                    self.at += 1;
                    self.skip_blanks();
                    if self.peek() == Some(close) {
                        let detail =
                            format!("There is a comma after the last entry of the {what}; JSON allows none there.");
                        self.complain(Mistake::TrailingComma, at, detail)?;
                        self.at += 1;
                        return Ok(true);
                    }
                    return Ok(self.forgiving && self.skip_more_commas(close));
                }
                Some(b) => {
                    let mistake = self.what_instead_of_a_comma(b);
                    self.complain(mistake, at, format!("A comma or `{}` is expected here.", close as char))?;
                    match mistake {
                        Mistake::WrongBracket => {
                            // It ends what is around this one, too; if nothing around ends so, it was meant for this one.
                            self.at += usize::from(!self.open.contains(&b));
                            return Ok(true);
                        }
                        Mistake::Unexpected => self.skip_unexpected(),
                        _ => return Ok(false),
                    }
                }
                None => {
                    let told = |last: &Fault| last.mistake == Mistake::MissingBracket && last.at == at;
                    if !self.faults.last().is_some_and(told) {
                        let detail = format!("The text ends inside of the {what}; a `{}` is missing.", close as char);
                        self.complain(Mistake::MissingBracket, at, detail)?;
                    }
                    return Ok(true);
                }
            }
        }
    }

    fn what_instead_of_a_comma(&self, b: u8) -> Mistake {
        match b {
            b'}' | b']' => Mistake::WrongBracket,
            _ if self.begins_something() => Mistake::MissingComma,
            _ => Mistake::Unexpected,
        }
    }

    /// The text of a number, in JSON's grammar.
    fn number(&mut self) -> Result<Kind, Fault> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        // The grammar of numbers has many corners, and serde_json knows them.
        if serde_json::from_str::<serde_json::Number>(text).is_ok() {
            return Ok(Kind::Number(text.to_owned()));
        }
        self.complain(Mistake::Number, start, format!("`{text}` is not a number."))?;
        Ok(Kind::String(text.to_owned()))
    }

    pub fn string(&mut self) -> Result<String, Fault> {
        if self.forgiving {
            return Ok(self.quoted());
        }
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(b) if b < 0x20 => {
                    let detail = "A string must end on the line on which it begins.";
                    return Err(Fault::of(Mistake::LineBreak, self.at, detail));
                }
                Some(_) => self.at += 1,
                None => {
                    let detail = "This string does not end; a `\"` is missing.";
                    return Err(Fault::of(Mistake::UnclosedString, start, detail));
                }
            }
        }
        self.at += 1;
        // Escapes have many corners, too. A backslash before a character of several bytes is one of them: `at` may then
        // point into it, which only an invalid escape can bring about.
        let text = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(text)
            .map_err(|_| Fault::of(Mistake::Escape, start, "This string has an escape that JSON does not know."))
    }
}

const NO_VALUE: &str = "A value is expected here: a string, a list or an object.";
