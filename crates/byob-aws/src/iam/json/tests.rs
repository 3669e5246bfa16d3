//! What is refused, where, and what is made of it nevertheless.

use proptest::prelude::*;

use super::*;

#[test]
fn faults_say_what_and_where() {
    for (text, at, says) in [
        ("", 0, "no JSON"),
        ("  ", 2, "no JSON"),
        ("{} x", 3, "nothing may follow"),
        ("{\"a\": 1,}", 7, "comma after the last entry of the object"),
        ("[1 , ]", 3, "comma after the last entry of the list"),
        ("{\"a\": 1 \"b\": 2}", 8, "comma or `}`"),
        ("[1 2]", 3, "comma or `]`"),
        ("{\"a\" 1}", 5, "colon"),
        ("{a: 1}", 1, "double quotes"),
        ("{'a': 1}", 1, "single"),
        ("{\"a\": 'b'}", 6, "single"),
        ("{\"a\": 1, \"a\": 2}", 9, "twice"),
        ("{\"a\": 1, \"\\u0061\": 2}", 9, "twice"),
        ("{\"a\"", 4, "colon"),
        ("{\"a\":", 5, "ends where a value"),
        ("[1", 2, "ends inside of the list"),
        ("[", 1, "ends where a value"),
        ("{", 1, "ends inside of the object"),
        ("\"a", 0, "does not end"),
        ("\"a\\", 0, "does not end"),
        ("\"a\nb\"", 2, "end on the line"),
        ("\"\\x\"", 0, "escape"),
        ("\"\\é\"", 0, "escape"),
        ("01", 0, "not a number"),
        ("1.", 0, "not a number"),
        ("tru", 0, "value is expected"),
        ("@", 0, "value is expected"),
        ("\u{feff}{}", 0, "byte-order mark (BOM)"),
        (" \u{feff}{}", 1, "value is expected"),
    ] {
        let fault = read(text).unwrap_err();
        assert_eq!(fault.at, at, "{text}: {fault:?}");
        assert!(fault.detail.contains(says), "{text}: {fault:?}");
    }
}

#[test]
fn depth_is_bounded() {
    let deep = "[".repeat(100_000);
    assert!(read(&deep).unwrap_err().detail.contains("nested"));
}

fn to_serde(value: &Value) -> serde_json::Value {
    match &value.kind {
        Kind::Null => serde_json::Value::Null,
        Kind::Bool(b) => (*b).into(),
        Kind::Number(text) => serde_json::from_str(text).unwrap(),
        Kind::String(text) => text.clone().into(),
        Kind::Array(values) => values.iter().map(to_serde).collect(),
        Kind::Object(members) => {
            serde_json::Value::Object(members.iter().map(|m| (m.key.clone(), to_serde(&m.value))).collect())
        }
    }
}

proptest! {
    /// What both take means the same to both, and what serde_json refuses is refused.
    #[test]
    fn agrees_with_serde_json(text in "[\\[\\]{}:,\" \\\\a-c0-9.eEtrufalsn\\-é]{0,24}") {
        match (read(&text), serde_json::from_str::<serde_json::Value>(&text)) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(to_serde(&ours), theirs),
            (Ok(_), Err(error)) => prop_assert!(false, "we took what serde_json refuses: {}", error),
            (Err(fault), theirs) => {
                prop_assert!(fault.at <= text.len());
                prop_assert!(theirs.is_err() || fault.detail.contains("twice"), "{:?}", fault);
            }
        }
    }
}
