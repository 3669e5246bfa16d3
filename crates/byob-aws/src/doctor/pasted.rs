//! A policy as it was pasted, mended as far as that is safe, with each statement that AWS would take.

use std::collections::HashSet;

use super::{
    codes::Code,
    finding::{Findings, Place},
    grammar,
    question::Want,
};
use crate::iam::{
    PolicyKind,
    document::{Policy, Statement, Version},
    json::{Kind, Value},
    parse,
};

/// A policy in the doctor's hands.
pub(super) struct Pasted {
    pub kind: PolicyKind,
    /// Mended; places in it are still those of the text.
    pub root: Value,
    /// One for each in the document; nothing where AWS would refuse it.
    pub statements: Vec<Option<Statement>>,
}

impl Pasted {
    /// Mends what is mended without knowing what is wanted, and reads the statements.
    pub fn examine(mut root: Value, kind: PolicyKind, want: &Want, findings: &mut Findings) -> Self {
        let broken = grammar::mend(&mut root, kind, want, findings);
        let mut pasted = Self { kind, root, statements: Vec::new() };
        pasted.read_statements(&broken, findings);
        pasted
    }

    /// Reads them again, after a change of the document.
    pub fn read_again(&mut self, findings: &mut Findings) {
        let broken: Vec<bool> = self.statements.iter().map(Option::is_none).collect();
        self.read_statements(&broken, findings);
    }

    fn read_statements(&mut self, broken: &[bool], findings: &mut Findings) {
        let read = |(index, value): (usize, &Value)| {
            if broken.get(index) == Some(&true) {
                return None;
            }
            let read = parse::read_statement(value, self.kind, &mut HashSet::new());
            read.map_err(|fault| {
                if !findings.has_at(fault.at) {
                    findings.add(Code::Refused, Place::in_statement(fault.at, index), fault.detail);
                }
            })
            .ok()
        };
        self.statements = statements(&self.root).iter().enumerate().map(read).collect();
    }

    /// As a policy of the current language, with those statements that are chosen.
    pub fn policy(&self, chosen: impl Fn(usize, &Statement) -> bool) -> Policy {
        let statements = self.statements.iter().enumerate();
        let chosen =
            statements.filter_map(|(index, statement)| statement.as_ref().filter(|found| chosen(index, found)));
        // A session policy alone decides as one of an identity does.
        let kind = if self.kind == PolicyKind::Session { PolicyKind::Identity } else { self.kind };
        Policy { kind, version: Version::V2012, statements: chosen.cloned().collect() }
    }

    /// The `Allow` statements that AWS would take.
    pub fn allowing(&self) -> impl Iterator<Item = View<'_>> {
        self.views().filter(|view| view.read.allows)
    }

    /// The statements that AWS would take.
    pub fn views(&self) -> impl Iterator<Item = View<'_>> {
        let values = statements(&self.root).iter().zip(&self.statements).enumerate();
        values.filter_map(|(index, (value, read))| Some(View { index, value, read: read.as_ref()? }))
    }

    /// How people call the statement with this number.
    pub fn name(&self, index: usize) -> String {
        match sid(statements(&self.root).get(index)) {
            Some(sid) => format!("the statement `{sid}`"),
            None if self.statements.len() == 1 => "the statement".to_owned(),
            None => format!("statement {}", index + 1),
        }
    }

    /// Where something is to be added that no statement has.
    pub fn place(&self) -> Place {
        Place::of(self.root.get("Statement").map_or(self.root.at, |statement| statement.at))
    }

    /// How many patterns and values each request is compared with.
    pub fn size(&self) -> usize {
        let of = |statement: &Statement| {
            let resources = statement.resources.as_ref().map_or(0, |resources| resources.patterns.len());
            let values: usize = statement.conditions.iter().map(|condition| condition.values.len()).sum();
            statement.actions.patterns.len() + resources + values
        };
        self.statements.iter().flatten().map(of).sum()
    }
}

/// A statement, as it stands in the text and as it was read.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub index: usize,
    pub value: &'a Value,
    pub read: &'a Statement,
}

impl<'a> View<'a> {
    /// The texts of an element, with their places.
    pub fn texts(&self, element: &str) -> impl Iterator<Item = (Place, &'a str)> + use<'a> {
        let index = self.index;
        let entries = self.value.get(element).map(Value::entries).unwrap_or_default();
        entries.iter().filter_map(move |entry| Some((Place::in_statement(entry.at, index), entry.as_str()?)))
    }

    /// Where an element begins; where it is not there, the statement.
    pub fn place(&self, element: &str) -> Place {
        let found = self.value.members().iter().find(|member| member.key == element);
        Place::in_statement(found.map_or(self.value.at, |member| member.at), self.index)
    }

    /// The operators, keys and values of the condition, and where the keys stand.
    pub fn conditions(&self) -> impl Iterator<Item = (&'a str, &'a str, Place, &'a Value)> + use<'a> {
        let index = self.index;
        let operators = self.value.get("Condition").map(Value::members).unwrap_or_default();
        operators.iter().flat_map(move |operator| {
            let keys = operator.value.members().iter();
            keys.map(move |key| {
                (operator.key.as_str(), key.key.as_str(), Place::in_statement(key.at, index), &key.value)
            })
        })
    }
}

/// The statements of a document, of which one may stand without brackets.
pub(super) fn statements(root: &Value) -> &[Value] {
    root.get("Statement").map(Value::entries).unwrap_or_default()
}

/// The names of the statements.
pub(super) fn sids(root: &Value) -> Vec<Option<String>> {
    statements(root).iter().map(|statement| sid(Some(statement)).map(str::to_owned)).collect()
}

fn sid(statement: Option<&Value>) -> Option<&str> {
    statement?.get("Sid")?.as_str().filter(|sid| !sid.is_empty())
}

/// A list, or the only entry of one, to be changed.
pub(super) fn entries_mut(value: &mut Value) -> &mut [Value] {
    match value.kind {
        Kind::Array(ref mut values) => values,
        _ => std::slice::from_mut(value),
    }
}

/// The value of a key, to be changed.
pub(super) fn get_mut<'v>(value: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    match &mut value.kind {
        Kind::Object(members) => members.iter_mut().find(|member| member.key == key).map(|member| &mut member.value),
        _ => None,
    }
}

/// With a capital at its beginning.
pub(super) fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
