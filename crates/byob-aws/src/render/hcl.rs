//! As much of Terraform's language as the documents need, laid out as `terraform fmt` lays it out.
//!
//! Source: <https://developer.hashicorp.com/terraform/language/expressions/strings> and, for the layout,
//! <https://developer.hashicorp.com/terraform/language/style>.

use std::fmt::{Display, Write};

/// The lines of a file or block.
#[derive(Debug, Default)]
pub(super) struct Body(Vec<Line>);

#[derive(Debug)]
enum Line {
    /// A name and an expression of one line, whose `=` stands below that of its neighbours.
    Attribute(String, String),
    /// Anything else.
    Text(String),
}

impl Body {
    /// An attribute, whose value is an expression: a number, a reference, or from [`string`] or [`list`].
    pub(super) fn attribute(mut self, name: &str, value: impl Display) -> Self {
        self.0.push(Line::Attribute(name.to_owned(), value.to_string()));
        self
    }

    /// A text of several lines as an attribute.
    pub(super) fn heredoc(mut self, name: &str, text: &str) -> Self {
        self.0.push(Line::Text(format!("{name} = <<-JSON")));
        self.0.extend(template(text).lines().map(|line| Line::Text(format!("  {line}"))));
        self.0.push(Line::Text("JSON".to_owned()));
        self
    }

    /// A block with its header, such as `variable "name"`.
    pub(super) fn block(mut self, header: &str, body: Self) -> Self {
        self.0.push(Line::Text(format!("{header} {{")));
        self.0.extend(body.aligned().into_iter().map(|line| Line::Text(indented(&line))));
        self.0.push(Line::Text("}".to_owned()));
        self
    }

    /// A comment of one line.
    pub(super) fn comment(mut self, text: &str) -> Self {
        self.0.push(Line::Text(format!("# {text}")));
        self
    }

    /// An empty line.
    pub(super) fn blank(mut self) -> Self {
        self.0.push(Line::Text(String::new()));
        self
    }

    /// The file.
    pub(super) fn into_text(self) -> String {
        self.aligned().into_iter().fold(String::new(), |text, line| text + &line + "\n")
    }

    fn aligned(self) -> Vec<String> {
        let mut lines = Vec::with_capacity(self.0.len());
        for run in self.0.chunk_by(|one, two| matches!((one, two), (Line::Attribute(..), Line::Attribute(..)))) {
            let name_width = |line: &Line| if let Line::Attribute(name, _) = line { name.len() } else { 0 };
            let width = run.iter().map(name_width).max().unwrap_or_default();
            lines.extend(run.iter().map(|line| match line {
                Line::Attribute(name, value) => format!("{name:width$} = {value}"),
                Line::Text(text) => text.clone(),
            }));
        }
        lines
    }
}

fn indented(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!("  {line}") }
}

/// A quoted string that means exactly `text`.
pub(super) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    format!("\"{}\"", template(&quoted))
}

/// A list of strings.
pub(super) fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| string(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

/// Keeps Terraform from reading `${` and `%{`, where it would evaluate what follows.
fn template(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_mean_what_they_hold() {
        for (text, quoted) in [
            ("a", r#""a""#),
            (r#"a"b\c"#, r#""a\"b\\c""#),
            ("a\nb\r\t\u{1}", r#""a\nb\r\t\u0001""#),
            ("${a} %{b} $ % $$ {", r#""$${a} %%{b} $ % $$ {""#),
            ("$${a}%%{b}", r#""$$${a}%%%{b}""#),
            ("'日🦀", r#""'日🦀""#),
        ] {
            assert_eq!(string(text), quoted, "{text:?}");
        }
        assert_eq!(list(["a", "b"]), r#"["a", "b"]"#);
    }

    #[test]
    fn neighbours_are_aligned_and_blocks_indented() {
        let inner = Body::default().attribute("a", 1).attribute("long", string("x")).blank().heredoc("b", "{\n}");
        let text = Body::default().comment("All.").block("block", Body::default().block("inner", inner)).into_text();
        let expected = "# All.\nblock {\n  inner {\n    a    = 1\n    long = \"x\"\n\n    b = <<-JSON\n      {\n      }\n    JSON\n  }\n}\n";
        assert_eq!(text, expected);
    }
}
