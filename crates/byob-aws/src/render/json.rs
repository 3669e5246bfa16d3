//! JSON in ASCII, to stand inside another language.
//!
//! Whatever users typed beyond ASCII is written as `\uXXXX`: IAM takes no character above U+00FF
//! (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>), Terraform normalises what it reads, and no
//! shell's or editor's encoding can spoil it.

use std::fmt::Write;

use serde::Serialize;

/// On several lines, for people to read.
pub fn pretty(document: &impl Serialize) -> String {
    ascii(&serde_json::to_string_pretty(document).unwrap_or_default())
}

/// The same, with escapes only where IAM takes the document in no other form.
pub fn pasteable(document: &impl Serialize) -> String {
    if highest(document) > 'ÿ' { pretty(document) } else { serde_json::to_string_pretty(document).unwrap_or_default() }
}

/// On one line.
pub fn compact(document: &impl Serialize) -> String {
    ascii(&serde_json::to_string(document).unwrap_or_default())
}

/// The character of a document with the greatest number, which decides who can take the document unescaped.
pub fn highest(document: &impl Serialize) -> char {
    serde_json::to_string(document).unwrap_or_default().chars().max().unwrap_or_default()
}

/// JSON holds other characters than ASCII inside strings only, so they can be escaped wherever they stand.
pub fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            text.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_is_not_ascii_is_escaped_and_means_the_same() {
        let document = json!({"a": "é日🦀\u{7f}\"\\\n'$"});
        for text in [pretty(&document), compact(&document)] {
            assert!(text.is_ascii() && !text.contains('\u{7f}') && text.contains(r"\ud83e\udd80"), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
        }
    }
}
