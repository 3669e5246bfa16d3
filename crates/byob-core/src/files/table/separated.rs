//! Values between commas and the like (RFC 4180, and what else is called CSV). The first line names the columns.

use std::io::Read;

use csv::{Reader, ReaderBuilder, StringRecord};
use serde_json::Value;

use super::{Beginning, Column, ColumnKind, Format, MOST_COLUMNS};

/// What separates values in files that are called CSV.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads the rows that a text begins with. Of a text that was cut off, the last one may be cut as well and is left out.
pub fn read(text: &str, is_whole: bool, wanted: usize, format: Format) -> Beginning {
    let (announced, text) = announced(text).map_or((None, text), |(separator, rest)| (Some(separator), rest));
    let usual = || if format == Format::Tsv { b'\t' } else { separator(text) };
    let separator = announced.unwrap_or_else(usual);
    let mut reader = rows(text.as_bytes(), separator);
    let mut record = StringRecord::new();
    let mut found = Beginning::default();
    let mut names: Vec<String> = Vec::new();
    let (mut is_first, mut width) = (true, 0);
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or_default();
        if !reader.read_record(&mut record).unwrap_or(false) {
            break;
        }
        if found.rows.len() == wanted || found.is_full() {
            found.has_more = true;
            break;
        }
        if reader.position().byte() >= text.len() as u64 {
            if is_open(&text[start..], separator) {
                let begins = text.len() - text[start..].trim_start_matches(['\r', '\n']).len();
                let lines = text[..begins].matches('\n').count() + usize::from(announced.is_some());
                (found.open_quote, found.has_more) = (Some(lines + 1), true);
                break;
            }
            // The text may end in the middle of the record that was just read.
            if !is_whole {
                break;
            }
        }
        width = width.max(record.len());
        // Values of columns that nobody sees are only counted.
        let values = record.iter().take(MOST_COLUMNS).map(str::to_owned);
        if is_first {
            names = values.collect();
            is_first = false;
            continue;
        }
        found.push(values.map(Value::String).collect());
    }
    found.has_more |= !is_whole;
    found.column_count = width;
    names.resize(width.min(MOST_COLUMNS), String::new());
    let kind = |number: usize| {
        let values = found.rows.iter().filter_map(|row| row.get(number)?.as_str());
        values.map(ColumnKind::of_text).fold(ColumnKind::Empty, ColumnKind::and)
    };
    let kinds: Vec<ColumnKind> = (0..names.len()).map(kind).collect();
    // Of text and something else together, all can be read as text.
    let kinds = kinds.into_iter().map(|kind| if kind == ColumnKind::Mixed { ColumnKind::Text } else { kind });
    found.columns = names.into_iter().zip(kinds).map(|(name, kind)| Column { name, kind }).collect();
    found
}

fn rows<R: Read>(text: R, separator: u8) -> Reader<R> {
    ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(text)
}

/// Whether a quote is open at the end: then a line that is added belongs to it, and is no row of its own.
fn is_open(text: &str, separator: u8) -> bool {
    rows(text.as_bytes().chain(&b"\nx"[..]), separator).byte_records().count() == 1
}

/// What Excel takes for the separator if it stands first, as `sep=;`, and what follows.
fn announced(text: &str) -> Option<(u8, &str)> {
    let (line, rest) = text.split_once('\n')?;
    let line = line.strip_suffix('\r').unwrap_or(line);
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
    let (name, sign) = line.split_at_checked(4)?;
    match sign.as_bytes() {
        [sign] if name.eq_ignore_ascii_case("sep=") && !sign.is_ascii_alphanumeric() && *sign != b'"' => {
            Some((*sign, rest))
        }
        _ => None,
    }
}

/// The separator that the first line has most often outside of quotes.
fn separator(text: &str) -> u8 {
    let mut counts = [0; SEPARATORS.len()];
    let mut is_quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => break,
            _ if is_quoted => {}
            byte => {
                if let Some(at) = SEPARATORS.iter().position(|separator| *separator == byte) {
                    counts[at] += 1;
                }
            }
        }
    }
    // Of those that are there equally often, the first.
    let most = counts.iter().copied().max().unwrap_or_default();
    SEPARATORS[counts.iter().position(|count| *count == most).unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, is_whole: bool, wanted: usize) -> (String, Vec<String>, bool) {
        let found = read(text, is_whole, wanted, Format::Csv);
        let columns = found.columns.iter().map(|column| format!("{}:{}", column.name, column.kind.as_str()));
        let row = |row: &Vec<Value>| row.iter().map(|value| value.as_str().unwrap()).collect::<Vec<_>>().join("|");
        (columns.collect::<Vec<_>>().join(" "), found.rows.iter().map(row).collect(), found.has_more)
    }

    #[test]
    fn quotes_hold_everything() {
        let (columns, rows, more) = shown("a,\"b,\"\"c\nd\"\n1,\"x\r\ny\"\n2.5,\"\"\n", true, 10);
        assert_eq!(columns, "a:number b,\"c\nd:text");
        assert_eq!(rows, ["1|x\r\ny", "2.5|"]);
        assert!(!more);
    }

    #[test]
    fn what_was_cut_off_is_left_out() {
        for (text, rows) in
            [("a;b\n1;2\n3;4", vec!["1|2"]), ("a;b\n1;2\n\"3", vec!["1|2"]), ("a;b\n1;2\n3;4\n", vec!["1|2"])]
        {
            assert_eq!(shown(text, false, 10).1, rows, "{text}");
            assert!(shown(text, false, 10).2, "{text}");
        }
        assert_eq!(shown("a|b\n1|2\n3|4", true, 10).1, ["1|2", "3|4"]);
        assert_eq!(shown("a|b\n1|2\n3|4", true, 1), ("a:integer b:integer".into(), vec!["1|2".into()], true));
    }

    #[test]
    fn rows_may_be_longer_or_shorter_than_the_first_line() {
        let (columns, rows, _) = shown("a\n1,2\n\n3\n", true, 10);
        assert_eq!((columns.as_str(), rows), ("a:integer :integer", vec!["1|2".to_owned(), "3".to_owned()]));
        assert_eq!(shown("", true, 10), (String::new(), vec![], false));
    }

    #[test]
    fn a_first_line_can_name_the_separator() {
        let expected = ("a,b:integer c:integer".to_owned(), vec!["1|2".to_owned()], false);
        for text in
            ["sep=;\na,b;c\n1;2\n", "SEP=;\r\na,b;c\r\n1;2\r\n", "\"sep=;\"\na,b;c\n1;2\n", "sep=^\na,b^c\n1^2\n"]
        {
            assert_eq!(shown(text, true, 10), expected, "{text}");
        }
        assert_eq!(shown("sep=\t\na,b\tc\n1\t2\n", true, 10), expected);
        assert_eq!(shown("sep=x\n1\n", true, 10).0, "sep=x:integer");
    }

    #[test]
    fn a_quote_that_is_not_closed_is_told_with_its_line() {
        for (text, line, rows) in [
            ("a,\"b\n1,2\n3,4\n", Some(1), 0),
            ("a,b\n1,2\n\n3,\"4\n5,6\n", Some(4), 1),
            ("sep=,\r\na,b\r\n1,\"2\r\n5,6", Some(3), 0),
            ("a,b\n1,2\n3,\"4", Some(3), 1),
            ("a,b\n1,2\n3,\"4\"", None, 2),
            ("a,b\n\"1\n\"\"\",2\n3,4\"", None, 2),
            ("a,b\n1,5\" x\n", None, 1),
        ] {
            let found = read(text, true, 10, Format::Csv);
            assert_eq!((found.open_quote, found.rows.len(), found.has_more), (line, rows, line.is_some()), "{text}");
        }
        assert_eq!(read("a,b\n1,2\n3,\"4\n", true, 1, Format::Csv).open_quote, None, "nobody asked for that row");
    }
}
