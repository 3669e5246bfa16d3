//! A JSON reader that remembers where everything stands, and that does not forgive a key that comes twice.
//!
//! `serde_json` keeps no positions of values and lets the last of two equal keys win; AWS refuses such policies.
//! Source: the notes on the grammar in
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

/// A value and the byte at which it begins.
#[derive(Debug)]
pub(super) struct Value<'a> {
    pub at: usize,
    pub kind: Kind<'a>,
}

/// What stands there.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'a str),
    String(String),
    Array(Vec<Value<'a>>),
    /// In the order of the text.
    Object(Vec<Member<'a>>),
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct Member<'a> {
    /// Where the key begins.
    pub at: usize,
    pub key: String,
    pub value: Value<'a>,
}

/// What is wrong, and at which byte.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub at: usize,
    pub detail: String,
}

impl Fault {
    pub fn new(at: usize, detail: impl Into<String>) -> Self {
        Self { at, detail: detail.into() }
    }
}

impl Value<'_> {
    /// The kind of value, as an error says it.
    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }
}

/// Policies need six levels. A bound keeps hostile text from exhausting the stack.
const DEEPEST: usize = 16;

/// Reads one value, with nothing but blanks around it.
pub(super) fn read(text: &str) -> Result<Value<'_>, Fault> {
    // It cannot be seen, so that nobody would find what is not a value there.
    if text.starts_with('\u{feff}') {
        return Err(Fault::new(
            0,
            "The text begins with a byte-order mark (BOM), which JSON does not know; leave it out.",
        ));
    }
    let mut reader = Reader { text, at: 0 };
    reader.skip_blanks();
    if reader.peek().is_none() {
        return Err(Fault::new(reader.at, "There is no JSON here."));
    }
    let value = reader.value(0)?;
    reader.skip_blanks();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.fault("The policy ends before this; nothing may follow it.")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self, detail: &str) -> Fault {
        Fault::new(self.at, detail)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, Fault> {
        if depth > DEEPEST {
            return Err(self.fault("This is nested too deeply for a policy."));
        }
        let at = self.at;
        let kind = match self.peek() {
            Some(b'{') => Kind::Object(self.object(depth)?),
            Some(b'[') => Kind::Array(self.array(depth)?),
            Some(b'"') => Kind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(b'\'') => return Err(self.fault("JSON takes double quotes, not single ones.")),
            Some(_) => return Err(self.fault("A value is expected here: a string, a list or an object.")),
            None => return Err(self.fault("The text ends where a value is expected.")),
        };
        Ok(Value { at, kind })
    }

    fn word(&mut self, word: &str, kind: Kind<'a>) -> Result<Kind<'a>, Fault> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.fault("A value is expected here: a string, a list or an object."));
        }
        self.at += word.len();
        Ok(kind)
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Member<'a>>, Fault> {
        let mut members: Vec<Member<'a>> = Vec::new();
        let mut keys = std::collections::HashSet::new();
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(members);
        }
        loop {
            let at = self.at;
            match self.peek() {
                Some(b'"') => {}
                Some(b'\'') => return Err(self.fault("JSON takes double quotes, not single ones.")),
                Some(_) => return Err(self.fault("A key in double quotes is expected here.")),
                None => return Err(self.fault("The text ends inside an object; a `}` is missing.")),
            }
            let key = self.string()?;
            if !keys.insert(key.clone()) {
                return Err(Fault::new(at, format!("The key `{key}` is given twice in the same object.")));
            }
            self.skip_blanks();
            if self.peek() != Some(b':') {
                return Err(self.fault("A colon is expected here, between the key and its value."));
            }
            self.at += 1;
            self.skip_blanks();
            let value = self.value(depth + 1)?;
            members.push(Member { at, key, value });
            if self.ends(b'}', "object")? {
                return Ok(members);
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Value<'a>>, Fault> {
        let mut values = Vec::new();
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(values);
        }
        loop {
            values.push(self.value(depth + 1)?);
            if self.ends(b']', "list")? {
                return Ok(values);
            }
        }
    }

    /// After a value: whether its list or object ends here, or goes on after a comma.
    fn ends(&mut self, close: u8, what: &str) -> Result<bool, Fault> {
        self.skip_blanks();
        let comma = self.at;
        match self.peek() {
            Some(b) if b == close => {
                self.at += 1;
                Ok(true)
            }
            Some(b',') => {
                self.at += 1;
                self.skip_blanks();
                if self.peek() == Some(close) {
                    let detail =
                        format!("There is a comma after the last entry of the {what}; JSON allows none there.");
                    return Err(Fault::new(comma, detail));
                }
                Ok(false)
            }
            Some(_) => Err(self.fault(&format!("A comma or `{}` is expected here.", close as char))),
            None => Err(self.fault(&format!("The text ends inside a {what}; a `{}` is missing.", close as char))),
        }
    }

    /// The text of a number, in JSON's grammar.
    fn number(&mut self) -> Result<&'a str, Fault> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        // The grammar of numbers has many corners, and serde_json knows them.
        match serde_json::from_str::<serde_json::Number>(text) {
            Ok(_) => Ok(text),
            Err(_) => Err(Fault::new(start, format!("`{text}` is not a number."))),
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(b) if b < 0x20 => return Err(self.fault("A string must end on the line on which it begins.")),
                Some(_) => self.at += 1,
                None => return Err(Fault::new(start, "This string does not end; a `\"` is missing.")),
            }
        }
        self.at += 1;
        // Escapes have many corners, too. A backslash before a character of several bytes is one of them: `at` may then
        // point into it, which only an invalid escape can bring about.
        let text = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(text).map_err(|_| Fault::new(start, "This string has an escape that JSON does not know."))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn faults_say_what_and_where() {
        for (text, at, says) in [
            ("", 0, "no JSON"),
            ("  ", 2, "no JSON"),
            ("{} x", 3, "nothing may follow"),
            ("{\"a\": 1,}", 7, "comma after the last entry of the object"),
            ("[1 , ]", 3, "comma after the last entry of the list"),
            ("{\"a\": 1 \"b\": 2}", 8, "comma or `}`"),
            ("[1 2]", 3, "comma or `]`"),
            ("{\"a\" 1}", 5, "colon"),
            ("{a: 1}", 1, "double quotes"),
            ("{'a': 1}", 1, "single"),
            ("{\"a\": 'b'}", 6, "single"),
            ("{\"a\": 1, \"a\": 2}", 9, "twice"),
            ("{\"a\": 1, \"\\u0061\": 2}", 9, "twice"),
            ("{\"a\"", 4, "colon"),
            ("{\"a\":", 5, "ends where a value"),
            ("[1", 2, "ends inside a list"),
            ("[", 1, "ends where a value"),
            ("{", 1, "ends inside an object"),
            ("\"a", 0, "does not end"),
            ("\"a\\", 0, "does not end"),
            ("\"a\nb\"", 2, "end on the line"),
            ("\"\\x\"", 0, "escape"),
            ("\"\\é\"", 0, "escape"),
            ("01", 0, "not a number"),
            ("1.", 0, "not a number"),
            ("tru", 0, "value is expected"),
            ("@", 0, "value is expected"),
            ("\u{feff}{}", 0, "byte-order mark (BOM)"),
            (" \u{feff}{}", 1, "value is expected"),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!(fault.at, at, "{text}: {fault:?}");
            assert!(fault.detail.contains(says), "{text}: {fault:?}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        assert!(read(&deep).unwrap_err().detail.contains("nested"));
    }

    fn to_serde(value: &Value<'_>) -> serde_json::Value {
        match &value.kind {
            Kind::Null => serde_json::Value::Null,
            Kind::Bool(b) => (*b).into(),
            Kind::Number(text) => serde_json::from_str(text).unwrap(),
            Kind::String(text) => text.clone().into(),
            Kind::Array(values) => values.iter().map(to_serde).collect(),
            Kind::Object(members) => {
                serde_json::Value::Object(members.iter().map(|m| (m.key.clone(), to_serde(&m.value))).collect())
            }
        }
    }

    proptest! {
        /// What both take means the same to both, and what serde_json refuses is refused.
        #[test]
        fn agrees_with_serde_json(text in "[\\[\\]{}:,\" \\\\a-c0-9.eEtrufalsn\\-é]{0,24}") {
            match (read(&text), serde_json::from_str::<serde_json::Value>(&text)) {
                (Ok(ours), Ok(theirs)) => prop_assert_eq!(to_serde(&ours), theirs),
                (Ok(_), Err(error)) => prop_assert!(false, "we took what serde_json refuses: {}", error),
                (Err(fault), theirs) => {
                    prop_assert!(fault.at <= text.len());
                    prop_assert!(theirs.is_err() || fault.detail.contains("twice"), "{:?}", fault);
                }
            }
        }
    }
}
