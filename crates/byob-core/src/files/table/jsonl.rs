//! One JSON value in each line (<https://jsonlines.org>). The columns are the names that the first rows have.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Beginning, Column, ColumnKind};

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
        if found.rows.len() == wanted {
            found.has_more = true;
            break;
        }
        let Ok(value) = serde_json::from_slice::<Value>(line) else {
            found.bad_lines.push(number + 1);
            continue;
        };
        let fields = match value {
            Value::Object(fields) => fields,
            // What has no names gets one.
            other => Map::from_iter([("value".to_owned(), other)]),
        };
        let mut row = vec![Value::Null; found.columns.len()];
        for (name, value) in fields {
            let at = *numbers.entry(name).or_insert_with_key(|name| {
                found.columns.push(Column { name: name.clone(), kind: ColumnKind::Empty });
                row.push(Value::Null);
                found.columns.len() - 1
            });
            let column = &mut found.columns[at];
            column.kind = column.kind.and(ColumnKind::of(&value));
            row[at] = value;
        }
        found.rows.push(row);
    }
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
}
