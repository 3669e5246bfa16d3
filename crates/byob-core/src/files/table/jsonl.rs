//! One JSON value in each line (<https://jsonlines.org>). The columns are the names that the first rows have.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, value::RawValue};

use super::{Beginning, Column, ColumnKind, MOST_COLUMNS};

/// Reads the lines that a text begins with. Of a text that was cut off, the last one is left out.
pub fn read(text: &str, is_whole: bool, wanted: usize) -> Beginning {
    let text = if is_whole { text } else { &text[..text.rfind('\n').map_or(0, |at| at + 1)] };
    let mut found = Beginning { has_more: !is_whole, ..Beginning::default() };
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for (number, line) in text.split('\n').enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        if found.rows.len() == wanted || found.is_full() {
            found.has_more = true;
            break;
        }
        let Some(fields) = fields(line) else {
            found.bad_line(number + 1);
            continue;
        };
        let mut row = vec![Value::Null; found.columns.len()];
        for (name, (kind, value)) in fields {
            let count = numbers.len();
            let at = *numbers.entry(name).or_insert_with_key(|name| {
                if count < MOST_COLUMNS {
                    found.columns.push(Column { name: name.clone(), kind: ColumnKind::Empty });
                    row.push(Value::Null);
                }
                count
            });
            // Names beyond those that are shown are only counted.
            if let Some(column) = found.columns.get_mut(at) {
                column.kind = column.kind.and(kind);
                row[at] = value;
            }
        }
        found.push(row);
    }
    found.column_count = numbers.len();
    for row in &mut found.rows {
        row.resize(found.columns.len(), Value::Null);
    }
    found
}

/// What a line says, by name.
fn fields(line: &str) -> Option<BTreeMap<String, (ColumnKind, Value)>> {
    let fields: BTreeMap<String, &RawValue> = match serde_json::from_str(line) {
        Ok(fields) => fields,
        // What has no names gets one.
        Err(_) => BTreeMap::from([("value".to_owned(), serde_json::from_str(line).ok()?)]),
    };
    fields.into_iter().map(|(name, written)| Some((name, value(written.get())?))).collect()
}

/// A value, and what it is. A whole number that would be rounded stays as it is written, as a text, and so does what has one in it.
fn value(written: &str) -> Option<(ColumnKind, Value)> {
    let Ok(value) = serde_json::from_str::<Value>(written) else { return unheld(written) };
    let kind = ColumnKind::of(&value);
    if !is_rounded(&value) {
        return Some((kind, value));
    }
    let is_whole = written.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
    Some(match kind {
        ColumnKind::Number if is_whole => (ColumnKind::Integer, Value::String(written.to_owned())),
        ColumnKind::Number => (kind, value),
        kind => (kind, Value::String(written.to_owned())),
    })
}

/// A value that JSON permits and nothing here can hold, such as `1e400`, or lists in lists in lists: as it is written.
fn unheld(written: &str) -> Option<(ColumnKind, Value)> {
    let kind = match written.bytes().next()? {
        b'[' => ColumnKind::List,
        b'{' => ColumnKind::Object,
        b'-' | b'0'..=b'9' => ColumnKind::Number,
        _ => return None,
    };
    Some((kind, Value::String(written.to_owned())))
}

/// Whether it is, or has in it, a number beyond those that are kept digit by digit.
fn is_rounded(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.is_f64() && number.as_f64().is_some_and(|number| number.abs() >= 2_f64.powi(63))
        }
        Value::Array(items) => items.iter().any(is_rounded),
        Value::Object(fields) => fields.values().any(is_rounded),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_the_names_of_all_rows() {
        let text = "{\"a\":1,\"b\":\"x\"}\r\n\n{\"c\":[1],\"a\":2.5}\nnot json\n7\n{\"a\":";
        let found = read(text, false, 10);
        let columns: Vec<_> = found.columns.iter().map(|column| (column.name.as_str(), column.kind.as_str())).collect();
        assert_eq!(columns, [("a", "number"), ("b", "text"), ("c", "list"), ("value", "integer")]);
        assert_eq!(found.rows[1], [json!(2.5), json!(null), json!([1]), json!(null)]);
        assert_eq!((found.rows.len(), found.bad_lines, found.has_more), (3, vec![4], true));
        assert_eq!(read(text, true, 10).bad_lines, [4, 6]);
        assert_eq!(read(text, true, 1).rows.len(), 1);
    }

    #[test]
    fn a_row_has_no_more_than_is_shown_whatever_it_says() {
        let names: Vec<String> = (0..5000).map(|number| format!("\"k{number}\":1")).collect();
        let text = format!("{{{}}}\n{}", names.join(","), "{}\n".repeat(1000)) + &"x\n".repeat(500);
        let found = read(&text, true, 1000);
        assert_eq!((found.columns.len(), found.column_count), (MOST_COLUMNS, 5000));
        assert!(found.rows.iter().all(|row| row.len() <= MOST_COLUMNS));
        let found = read(&"x\n".repeat(500), true, 1000);
        assert_eq!((found.bad_lines.len(), found.bad_line_count), (100, 500));
        let long = format!("{{\"a\":\"{}\"}}\n", "ü".repeat(50_000)).repeat(1000);
        let found = read(&long, true, 1000);
        assert!(found.has_more && found.rows.len() < 1000 && found.rows[0][0].as_str().unwrap().len() < 20_000);
    }

    #[test]
    fn what_is_too_large_or_too_deep_stays_as_it_is_written() {
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        let found = read(&format!("{{\"a\":1e400,\"b\":{{\"c\":-1e999}},\"d\":{deep}}}\n\"\\ud800\""), true, 10);
        assert_eq!(found.rows, [[json!("1e400"), json!("{\"c\":-1e999}"), json!(deep)]]);
        let kinds: Vec<_> = found.columns.iter().map(|column| column.kind.as_str()).collect();
        assert_eq!((kinds, found.bad_lines), (vec!["number", "object", "list"], vec![2]));
    }

    #[test]
    fn a_whole_number_keeps_its_digits() {
        let text = concat!(
            r#"{"a":18446744073709551615,"b":9223372036854775808,"c":[1,12345678901234567890123],"d":0.5}"#,
            "\n",
            r#"{"a":-12345678901234567890123,"b":12345678901234567890123,"c":[2.5],"d":1e300}"#,
        );
        let found = read(text, true, 10);
        assert_eq!(
            found.rows[0],
            [json!(u64::MAX), json!(1_u64 << 63), json!("[1,12345678901234567890123]"), json!(0.5)]
        );
        let digits = "12345678901234567890123";
        assert_eq!(found.rows[1], [json!(format!("-{digits}")), json!(digits), json!([2.5]), json!(1e300)]);
        let kinds: Vec<_> = found.columns.iter().map(|column| column.kind.as_str()).collect();
        assert_eq!(kinds, ["integer", "integer", "list", "number"]);
    }
}
