//! What the doctor found, for people at a terminal.

use std::fmt::Write;

use byob_aws::doctor::{Diagnosis, Finding, Severity, Verdict};

/// A terminal has that many columns, or more.
const WIDTH: usize = 100;

/// Of a line as long as a whole document, this much is shown around the place.
const SHOWN: usize = 88;

/// The report: every finding with its line, then the corrected document.
pub fn report(name: &str, text: &str, diagnosis: &Diagnosis, colours: bool) -> String {
    let mut page = Page { out: String::new(), colours };
    let lines: Vec<&str> = text.split('\n').collect();
    let gutter = diagnosis.findings.iter().map(|finding| finding.line.to_string().len()).max().unwrap_or(1);
    for finding in &diagnosis.findings {
        page.finding(name, finding, lines.get(finding.line - 1).copied().unwrap_or_default(), gutter);
    }
    page.summary(name, diagnosis);
    if let Some(corrected) = &diagnosis.corrected {
        page.line("", "The corrected document:\n");
        page.line(GREEN, &corrected.to_string());
    }
    page.out
}

const BOLD: &str = "1";
const RED: &str = "1;31";
const YELLOW: &str = "1;33";
const BLUE: &str = "1;34";
const GREEN: &str = "32";
const DIM: &str = "2";

struct Page {
    out: String,
    colours: bool,
}

impl Page {
    /// In a colour, if there are colours. What was pasted cannot play tricks on the terminal.
    fn put(&mut self, colour: &str, text: &str) {
        let text: String = text.chars().map(|c| if is_hidden(c) { '\u{fffd}' } else { c }).collect();
        if self.colours && !colour.is_empty() {
            // Writing into a string never fails.
            let _ = write!(self.out, "\x1b[{colour}m{text}\x1b[0m");
        } else {
            self.out.push_str(&text);
        }
    }

    fn line(&mut self, colour: &str, text: &str) {
        self.put(colour, text);
        self.out.push('\n');
    }

    fn finding(&mut self, name: &str, finding: &Finding, line: &str, gutter: usize) {
        let (colour, word) = match finding.severity() {
            Severity::Error => (RED, "error"),
            Severity::Warning => (YELLOW, "warning"),
            Severity::Note => (BLUE, "note"),
        };
        self.put(colour, word);
        self.put(DIM, &format!("[{}]", finding.code.as_str()));
        self.out.push_str(": ");
        self.wrapped(BOLD, &finding.detail, word.len() + finding.code.as_str().len() + 4, 2);
        let blank = " ".repeat(gutter);
        self.line(DIM, &format!("{blank} ┌ {name}:{}:{}", finding.line, finding.column));
        let (shown, caret) = around(line, finding.column);
        self.put(DIM, &format!("{:>gutter$} │ ", finding.line));
        self.line("", &shown);
        self.put(DIM, &format!("{blank} │ "));
        self.line(colour, &format!("{}^", " ".repeat(caret)));
        self.put(DIM, &format!("{blank} └ "));
        self.wrapped("", &finding.hint, gutter + 3, gutter + 3);
        self.out.push('\n');
    }

    /// A sentence that began in one column, and goes on in another.
    fn wrapped(&mut self, colour: &str, sentence: &str, begun: usize, indent: usize) {
        let mut line = String::new();
        let mut begun = begun;
        for word in sentence.split(' ') {
            if !line.is_empty() && begun + line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.line(colour, &line);
                self.out.push_str(&" ".repeat(indent));
                (line, begun) = (String::new(), indent);
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.line(colour, &line);
    }

    fn summary(&mut self, name: &str, diagnosis: &Diagnosis) {
        let count = |severity| diagnosis.findings.iter().filter(|finding| finding.severity() == severity).count();
        let severities = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
        let counted =
            severities.iter().map(|(severity, word)| (count(*severity), word)).filter(|(count, _)| *count > 0);
        let counts: Vec<String> =
            counted.map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" })).collect();
        let (colour, verdict) = match diagnosis.verdict {
            Verdict::Good => (GREEN, "is good"),
            Verdict::Improvable => (YELLOW, "works, and could be better"),
            Verdict::Wrong => (RED, "has to be mended"),
        };
        let counts = if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
        self.line(colour, &format!("{name} {verdict}{counts}."));
        if diagnosis.corrected.is_none() && diagnosis.verdict != Verdict::Good {
            self.line("", "Say what is wanted (see --help), and the corrected document is printed here.");
        }
    }
}

/// The part of a line around a column, and at which character of it the column is.
fn around(line: &str, column: usize) -> (String, usize) {
    let chars: Vec<char> = line.trim_end().chars().map(|c| if c == '\t' { ' ' } else { c }).collect();
    let at = column.saturating_sub(1);
    let start = if chars.len() <= SHOWN { 0 } else { at.saturating_sub(SHOWN / 2).min(chars.len() - SHOWN) };
    let end = (start + SHOWN).min(chars.len());
    let before = if start > 0 { "…" } else { "" };
    let after = if end < chars.len() { "…" } else { "" };
    let shown: String = chars[start..end].iter().collect();
    // A character of CJK takes two columns of a terminal.
    let width: usize = chars[start..at.min(end)].iter().map(|c| 1 + usize::from(is_wide(*c))).sum();
    (format!("{before}{shown}{after}"), width + before.chars().count() + at.saturating_sub(end.max(start)))
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

/// Control characters, and those that change the direction of a text; not the line breaks of a document.
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{200b}'..='\u{200f}')
}

#[cfg(test)]
mod tests {
    use byob_aws::doctor::{DocumentKind, Question, diagnose};

    use super::*;

    fn of(text: &str) -> String {
        let question = Question { kind: DocumentKind::Access, text: text.to_owned(), wanted: None };
        report("access.json", text, &diagnose(&question).unwrap(), false)
    }

    #[test]
    fn each_finding_is_shown_at_its_place() {
        let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n    \"Effect\": \"allow\",\n    \
            \"Action\": \"*\", \"Resource\": \"*\"\n  }\n}\n";
        let expected = "\
error[wrong_capitals]: `Effect` is `Allow` or `Deny`, not `allow`.
  ┌ access.json:4:15
4 │     \"Effect\": \"allow\",
  │               ^
  └ Write `Allow`.

warning[broad_action]: `*` allows every action of every service.
  ┌ access.json:5:15
5 │     \"Action\": \"*\", \"Resource\": \"*\"
  │               ^
  └ Name the needed actions one by one.

access.json has to be mended (1 error, 1 warning).
The corrected document:
";
        let report = of(text);
        assert!(report.starts_with(expected), "{report}");
        assert!(report.contains("\"Effect\": \"Allow\""), "{report}");
    }

    #[test]
    fn a_good_document_takes_one_line() {
        let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}"#;
        assert_eq!(of(text), "access.json is good.\n");
    }

    #[test]
    fn of_a_long_line_only_the_part_around_the_place_is_shown() {
        let line = format!("{}x{}", "a".repeat(500), "b".repeat(500));
        let (shown, caret) = around(&line, 501);
        assert_eq!(shown.chars().nth(caret), Some('x'));
        assert!(shown.chars().count() <= SHOWN + 2 && shown.starts_with('…') && shown.ends_with('…'));
        assert_eq!(around("日本x", 3), ("日本x".to_owned(), 4));
        assert_eq!(around("", 1), (String::new(), 0));
    }

    #[test]
    fn what_was_pasted_plays_no_tricks_on_the_terminal() {
        let report = of("{\"\u{1b}[2J\u{202e}\": 1}");
        assert!(!report.contains('\u{1b}') && !report.contains('\u{202e}'), "{report:?}");
    }
}
