//! The JSON shape of IAM policies, and the escaping of user input inside them.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use std::{collections::BTreeMap, io};

use serde::Serialize;

/// A policy document. It serializes in the order in which people write one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    /// Always `2012-10-17`: the older language knows no policy variables, and so no escapes.
    pub version: &'static str,
    /// What is allowed. Documents of this crate deny nothing: what is not allowed is denied.
    pub statement: Vec<Statement>,
}

impl PolicyDocument {
    /// A document of the current policy language.
    pub fn new(statement: Vec<Statement>) -> Self {
        Self { version: "2012-10-17", statement }
    }

    /// Without the statements' names, which count against the limit of session policies and which nobody reads there.
    #[must_use]
    pub fn without_sids(mut self) -> Self {
        self.statement.iter_mut().for_each(|statement| statement.sid = None);
        self
    }

    /// Without blanks and in ASCII, as it counts against AWS's limits and is sent to STS.
    ///
    /// IAM and STS take no characters above U+00FF in a document, so they are written as `\uXXXX`. Source: the pattern of `Policy` in
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
    pub fn to_compact_json(&self) -> String {
        let mut json = Vec::new();
        // Structs of strings always serialize, and ASCII is UTF-8.
        let _ = self.serialize(&mut serde_json::Serializer::with_formatter(&mut json, Ascii));
        String::from_utf8(json).unwrap_or_default()
    }
}

/// Compact JSON whose strings are ASCII.
struct Ascii;

impl serde_json::ser::Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for c in fragment.chars() {
            if c.is_ascii() {
                writer.write_all(&[c as u8])?;
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }
}

/// One `Allow` statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// What the statement is for, as one word of letters and digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<&'static str>,
    /// Always `Allow`.
    pub effect: &'static str,
    /// Who is allowed; only in trust policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
    /// Such as `s3:GetObject`.
    pub action: Vec<&'static str>,
    /// On which ARNs; absent in trust policies, which are attached to what they are about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource: Vec<String>,
    /// Operator → condition key → values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub condition: Conditions,
}

impl Statement {
    /// An unconditional permission on resources.
    pub fn allow(sid: &'static str, action: Vec<&'static str>, resource: Vec<String>) -> Self {
        Self { sid: Some(sid), effect: "Allow", principal: None, action, resource, condition: Conditions::new() }
    }

    /// Adds a condition; several are all required.
    #[must_use]
    pub fn when(mut self, operator: &'static str, key: &'static str, values: Vec<String>) -> Self {
        self.condition.entry(operator).or_default().insert(key, values);
        self
    }
}

/// Operator → condition key → values.
pub type Conditions = BTreeMap<&'static str, BTreeMap<&'static str, Vec<String>>>;

/// Who a trust policy names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Principal {
    /// The ARN of a user, role or account.
    #[serde(rename = "AWS")]
    pub aws: String,
}

/// Makes user input literal where IAM matches patterns: `*`, `?` and `$` become `${*}`, `${?}` and `${$}`.
///
/// Source: "Special characters" in
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.
///
/// ```
/// assert_eq!(byob_aws::policies::document::escape("a*b?$c"), "a${*}b${?}${$}c");
/// ```
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '*' | '?' | '$' => out.extend(['$', '{', c, '}']),
            _ => out.push(c),
        }
    }
    out
}
