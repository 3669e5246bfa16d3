//! A JSON reader that remembers where everything stands, and that does not forgive a key that comes twice.
//!
//! `serde_json` keeps no positions of values and lets the last of two equal keys win; AWS refuses such policies.
//! Source: the notes on the grammar in
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.
//!
//! There is but one reader. [`read`] stops at the first mistake; [`read_forgiving`] notes it, does what was most likely meant,
//! and goes on, so that all mistakes are found in one go.

mod forgive;
mod quotes;
mod reader;
#[cfg(test)]
mod tests;

use serde::ser::{Serialize, SerializeMap, Serializer};

use reader::Reader;

/// A value and the byte at which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub at: usize,
    pub kind: Kind,
}

/// What stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    String(String),
    Array(Vec<Value>),
    /// In the order of the text.
    Object(Vec<Member>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Where the key begins.
    pub at: usize,
    pub key: String,
    pub value: Value,
}

/// What is wrong, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub at: usize,
    pub mistake: Mistake,
    pub detail: String,
}

/// The sort of mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Mistake {
    /// It is JSON, but AWS would not take it.
    Grammar,
    Empty,
    ByteOrderMark,
    CodeFence,
    TextBefore,
    TextAfter,
    Comment,
    InvisibleCharacter,
    TypographicQuote,
    SingleQuote,
    Unquoted,
    UnclosedString,
    LineBreak,
    Escape,
    Number,
    TrailingComma,
    ExtraComma,
    MissingComma,
    MissingColon,
    MissingValue,
    MissingBracket,
    WrongBracket,
    DuplicateKey,
    TooDeep,
    Unexpected,
}

impl Fault {
    /// A mistake in what is JSON.
    pub fn new(at: usize, detail: impl Into<String>) -> Self {
        Self::of(Mistake::Grammar, at, detail)
    }

    /// A mistake in the JSON.
    pub fn of(mistake: Mistake, at: usize, detail: impl Into<String>) -> Self {
        Self { at, mistake, detail: detail.into() }
    }
}

impl Value {
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

    /// Its text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// Its members, if it is an object.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Object(members) => members,
            _ => &[],
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.members().iter().find(|member| member.key == key).map(|member| &member.value)
    }

    /// A list, or the only entry of one, whose brackets may be left out.
    pub fn entries(&self) -> &[Value] {
        match &self.kind {
            Kind::Array(values) => values,
            _ => std::slice::from_ref(self),
        }
    }
}

/// As JSON, in the order of the text.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.kind {
            Kind::Null => serializer.serialize_unit(),
            Kind::Bool(b) => serializer.serialize_bool(*b),
            Kind::Number(text) => match serde_json::from_str::<serde_json::Number>(text) {
                Ok(number) => number.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
            Kind::String(text) => serializer.serialize_str(text),
            Kind::Array(values) => serializer.collect_seq(values),
            Kind::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for member in members {
                    map.serialize_entry(&member.key, &member.value)?;
                }
                map.end()
            }
        }
    }
}

/// Reads one value, with nothing but blanks around it.
pub(crate) fn read(text: &str) -> Result<Value, Fault> {
    Reader::new(text, false).whole()
}

/// Reads what was most likely meant, and says what was wrong; nothing if there is no list and no object at all.
///
/// Where [`read`] fails, there is at least one fault.
pub(crate) fn read_forgiving(text: &str) -> (Option<Value>, Vec<Fault>) {
    let mut reader = Reader::new(text, true);
    let value = match reader.whole() {
        Ok(value) => Some(value),
        Err(fault) => {
            reader.faults.push(fault);
            None
        }
    };
    (value, reader.faults)
}
