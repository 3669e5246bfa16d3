//! From what was pasted to the document in it: the mistakes of the JSON, and what tools wrap documents in.

use super::{
    codes::Code,
    finding::{Findings, Place},
};
use crate::{
    iam::json::{self, Kind, Value},
    render,
};

/// Under which keys tools print documents, from the outside in.
const WRAPPERS: [&str; 7] =
    ["Role", "PolicyVersion", "Properties", "AssumeRolePolicyDocument", "PolicyDocument", "Document", "Policy"];

/// What only a document itself has.
const OWN: [&str; 6] = ["Statement", "Statements", "Effect", "Version", "CORSRules", "AllowedOrigins"];

/// What else stands in one. Text that is taken for JSON, and has none of these words, is something else.
const PARTS: [&str; 5] = ["Action", "Resource", "Principal", "Condition", "AllowedMethods"];

/// Reads the document. Places in it are those of the pasted text, whatever it was wrapped in.
pub(super) fn read(text: &str, findings: &mut Findings) -> Option<Value> {
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        findings.add(Code::Xml, Place::of(text.find('<').unwrap_or(0)), "This is XML.");
        return None;
    }
    if let Some(at) = yaml(text) {
        findings.add(Code::Yaml, Place::of(at), "This is YAML, as in a template.");
        return None;
    }
    let mut layer = Layer { text: text.to_owned(), offsets: None };
    if ["%7b", "%5b"].iter().any(|bracket| text.trim_start().to_ascii_lowercase().starts_with(bracket)) {
        findings.add(Code::EscapedText, Place::of(0), "The document is percent-encoded, as IAM's API has it.");
        layer = layer.percent_decoded();
    }
    if let Some(first) = escaped_quote(text) {
        findings.add(Code::EscapedText, Place::of(first), "Every quotation mark has a backslash before it.");
        layer = layer.unescape(0, |_, _| false);
    }
    // A text within a text within a text is nothing that a tool prints.
    for _ in 0..3 {
        let value = layer.read(findings)?;
        let Some(inner) = unwrap(&value, &layer, findings) else { return Some(layer.relocate(value)) };
        match &inner.kind {
            Kind::String(_) => layer = layer.text_of(inner),
            _ => return Some(layer.relocate(inner.clone())),
        }
    }
    layer.read(findings).map(|value| layer.relocate(value))
}

/// Whether there is anything in it by which people would know a policy or CORS configuration, or a text that may hold one.
fn is_document(value: &Value) -> bool {
    match &value.kind {
        Kind::Object(members) => members.iter().any(|member| {
            let known = |word: &&str| member.key.trim().eq_ignore_ascii_case(word);
            WRAPPERS.iter().chain(&OWN).chain(&PARTS).any(known) || is_document(&member.value)
        }),
        Kind::Array(entries) => entries.iter().any(is_document),
        Kind::String(text) => text.contains(['{', '[']),
        _ => false,
    }
}

/// IAM takes no characters above U+00FF, unless they are written as escapes. Positions are found in a document that is JSON already.
///
/// Source: the pattern of `PolicyDocument` in <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>.
pub(super) fn find_unescaped(text: &str, findings: &mut Findings) {
    let mut found = text.char_indices().filter(|(_, c)| *c > 'ÿ' && *c != '\u{feff}');
    if let Some((at, c)) = found.next() {
        let escaped = render::json::ascii(&c.to_string());
        let detail =
            format!("IAM refuses `{c}` and every other character above U+00FF, unless it is written as an escape.");
        findings.add_with(
            Code::Unescaped,
            Place::of(at),
            detail,
            format!("Write `{escaped}`; the corrected document has it so."),
        );
    }
}

/// Where a line begins a policy in YAML, if that comes before any bracket.
fn yaml(text: &str) -> Option<usize> {
    let end = text.find(['{', '[']).unwrap_or(text.len());
    let mut at = 0;
    for line in text[..end].split_inclusive('\n') {
        let words = line.trim_start_matches([' ', '-', '\t']);
        if ["Version:", "Statement:", "Effect:"].iter().any(|key| words.starts_with(key)) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// Where the first quotation mark stands, if it is escaped as those of a text in a log are.
fn escaped_quote(text: &str) -> Option<usize> {
    let rest = text.trim_start().strip_prefix(['{', '['])?;
    let rest = rest.trim_start_matches("\\n").trim_start();
    let at = text.len() - rest.len();
    rest.starts_with("\\\"").then_some(at)
}

/// The document inside of what a tool printed, or nothing if this is the document.
fn unwrap<'v>(value: &'v Value, layer: &Layer, findings: &mut Findings) -> Option<&'v Value> {
    let mut inner = value;
    while matches!(inner.kind, Kind::Object(_)) && OWN.iter().all(|own| inner.get(own).is_none()) {
        let Some(next) = WRAPPERS.iter().find_map(|wrapper| inner.get(wrapper)) else { break };
        inner = next;
    }
    let is_text = matches!(inner.kind, Kind::String(_));
    if std::ptr::eq(inner, value) && !is_text {
        return None;
    }
    let detail = if is_text {
        "The document is a text inside of JSON."
    } else {
        "The document is a part of what a tool printed."
    };
    findings.add(Code::Wrapped, Place::of(layer.outer(value.at)), detail);
    Some(inner)
}

/// A text, and where each of its bytes comes from in what was pasted.
struct Layer {
    text: String,
    offsets: Option<Vec<usize>>,
}

impl Layer {
    fn outer(&self, at: usize) -> usize {
        match &self.offsets {
            None => at,
            Some(offsets) => offsets.get(at).or(offsets.last()).copied().unwrap_or(0),
        }
    }

    fn read(&self, findings: &mut Findings) -> Option<Value> {
        if let Ok(value) = json::read(&self.text) {
            return Some(value);
        }
        let (value, faults) = json::read_forgiving(&self.text);
        if value.as_ref().is_some_and(|value| !is_document(value)) {
            findings.add(Code::NoJson, Place::of(self.outer(0)), "There is no policy here, and no CORS configuration.");
            return None;
        }
        for fault in faults {
            findings.add(fault.mistake.into(), Place::of(self.outer(fault.at)), fault.detail);
        }
        value
    }

    fn relocate(&self, mut value: Value) -> Value {
        if self.offsets.is_some() {
            self.move_out(&mut value);
        }
        value
    }

    fn move_out(&self, value: &mut Value) {
        value.at = self.outer(value.at);
        match &mut value.kind {
            Kind::Array(values) => values.iter_mut().for_each(|value| self.move_out(value)),
            Kind::Object(members) => members.iter_mut().for_each(|member| {
                member.at = self.outer(member.at);
                self.move_out(&mut member.value);
            }),
            _ => {}
        }
    }

    /// What a string of this layer says.
    fn text_of(&self, string: &Value) -> Self {
        let text = string.as_str().unwrap_or_default();
        if self.text[string.at..].starts_with('"') {
            let inner = self.unescape(string.at + 1, |c, _| c == '"');
            if inner.text == text {
                return inner;
            }
        }
        // Its quotation marks were mended, so that one byte no longer tells the next.
        Self { text: text.to_owned(), offsets: Some(vec![self.outer(string.at); text.len() + 1]) }
    }

    /// Reads `%22` and the like.
    fn percent_decoded(&self) -> Self {
        let (mut bytes, mut offsets) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(b) = self.text.as_bytes().get(at) {
            let hex = self.text.get(at + 1..at + 3).filter(|_| *b == b'%');
            let decoded = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
            bytes.push(decoded.unwrap_or(*b));
            offsets.push(self.outer(at));
            at += if decoded.is_some() { 3 } else { 1 };
        }
        offsets.push(self.outer(at));
        match String::from_utf8(bytes) {
            Ok(text) => Self { text, offsets: Some(offsets) },
            Err(_) => Self { text: self.text.clone(), offsets: self.offsets.clone() },
        }
    }

    /// Reads the escapes of a text, from a byte of it up to where it ends.
    fn unescape(&self, from: usize, ends: impl Fn(char, &str) -> bool) -> Self {
        let (mut text, mut offsets) = (String::new(), Vec::new());
        let mut at = from;
        while let Some(c) = self.text[at..].chars().next().filter(|c| !ends(*c, &text)) {
            let (meant, length) = escape(&self.text[at..]).unwrap_or((c, c.len_utf8()));
            text.push(meant);
            offsets.extend(std::iter::repeat_n(self.outer(at), meant.len_utf8()));
            at += length;
        }
        offsets.push(self.outer(at.min(self.text.len())));
        Self { text, offsets: Some(offsets) }
    }
}

/// The escape at the beginning of a text: what it stands for, and how long it is.
fn escape(text: &str) -> Option<(char, usize)> {
    if !text.starts_with('\\') {
        return None;
    }
    // A pair of surrogates is twelve bytes long.
    [12, 6, 2].into_iter().find_map(|length| {
        let meant: String = serde_json::from_str(&format!("\"{}\"", text.get(..length)?)).ok()?;
        let mut chars = meant.chars();
        chars.next().filter(|_| chars.next().is_none()).map(|c| (c, length))
    })
}
