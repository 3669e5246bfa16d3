//! One JSON value in each line (<https://jsonlines.org>). The columns are the names that the first rows have.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Beginning, Column, ColumnKind, MOST_COLUMNS};

/// Reads the lines that a text begins with. Of a text that was cut off, the last one is left out.
pub fn read(text: &[u8], is_whole: bool, wanted: usize) -> Beginning {
    let text =
        if is_whole { text } else { &text[..text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)] };
    let mut found = Beginning { has_more: !is_whole, ..Beginning::default() };
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        if found.rows.len() == wanted || found.is_full() {
            found.has_more = true;
            break;
        }
        let Ok(value) = serde_json::from_slice::<Value>(line) else {
            found.bad_line(number + 1);
            continue;
        };
        let fields = match value {
            Value::Object(fields) => fields,
            // What has no names gets one.
            other => Map::from_iter([("value".to_owned(), other)]),
        };
        let mut row = vec![Value::Null; found.columns.len()];
        for (name, value) in fields {
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
                column.kind = column.kind.and(ColumnKind::of(&value));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_the_names_of_all_rows() {
        let text = b"{\"a\":1,\"b\":\"x\"}\r\n\n{\"c\":[1],\"a\":2.5}\nnot json\n7\n{\"a\":";
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
        let found = read(text.as_bytes(), true, 1000);
        assert_eq!((found.columns.len(), found.column_count), (MOST_COLUMNS, 5000));
        assert!(found.rows.iter().all(|row| row.len() <= MOST_COLUMNS));
        let found = read("x\n".repeat(500).as_bytes(), true, 1000);
        assert_eq!((found.bad_lines.len(), found.bad_line_count), (100, 500));
        let long = format!("{{\"a\":\"{}\"}}\n", "ü".repeat(50_000)).repeat(1000);
        let found = read(long.as_bytes(), true, 1000);
        assert!(found.has_more && found.rows.len() < 1000 && found.rows[0][0].as_str().unwrap().len() < 20_000);
    }
}
