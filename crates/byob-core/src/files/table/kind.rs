//! What is in a column.

use serde_json::Value;
use time::{Date, format_description::well_known::Iso8601};

/// What the values of a column have in common; empty ones do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// There was no value yet.
    Empty,
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A number of a fixed count of digits.
    Decimal,
    /// A day.
    Date,
    /// A time of the day.
    Time,
    /// A moment.
    Timestamp,
    /// Text.
    Text,
    /// Bytes.
    Binary,
    /// A list of values.
    List,
    /// Values with names.
    Object,
    /// Values of several kinds.
    Mixed,
}

impl ColumnKind {
    /// Of a JSON value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Empty,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(text) => Self::of_moment(text).unwrap_or(Self::Text),
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Object,
        }
    }

    /// Of a text that may be anything.
    pub fn of_text(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::Empty;
        }
        if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
            return Self::Boolean;
        }
        // Codes with leading zeros, such as those of post, are no numbers.
        let digits = text.trim_start_matches(['-', '+']);
        let is_code = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_code && text.parse::<i64>().is_ok() {
            return Self::Integer;
        }
        // `inf` and `nan` are words as well.
        if !is_code && text.bytes().any(|byte| byte.is_ascii_digit()) && text.parse::<f64>().is_ok_and(f64::is_finite) {
            return Self::Number;
        }
        Self::of_moment(text).unwrap_or(Self::Text)
    }

    fn of_moment(text: &str) -> Option<Self> {
        let is_date = |text: &str| text.len() == 10 && Date::parse(text, &Iso8601::DATE).is_ok();
        if is_date(text) {
            return Some(Self::Date);
        }
        let (date, time) = (text.get(..10)?, text.get(10..)?);
        let time = time.strip_prefix(['T', ' '])?;
        let is_time = time.len() >= 5
            && time.starts_with(|c: char| c.is_ascii_digit())
            && time.chars().all(|c| c.is_ascii_digit() || ":.+-Z ".contains(c));
        (is_date(date) && is_time).then_some(Self::Timestamp)
    }

    /// What both have in common.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (one, other) if one == other => one,
            (Self::Empty, other) | (other, Self::Empty) => other,
            (Self::Integer, Self::Number) | (Self::Number, Self::Integer) => Self::Number,
            (Self::Date, Self::Timestamp) | (Self::Timestamp, Self::Date) => Self::Timestamp,
            (Self::Text, Self::Date | Self::Timestamp) | (Self::Date | Self::Timestamp, Self::Text) => Self::Text,
            _ => Self::Mixed,
        }
    }

    /// As people read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Decimal => "decimal",
            Self::Date => "date",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            Self::Text => "text",
            Self::Binary => "binary",
            Self::List => "list",
            Self::Object => "object",
            Self::Mixed => "mixed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_what_it_can_be_read_as() {
        for (text, kind) in [
            ("", ColumnKind::Empty),
            ("true", ColumnKind::Boolean),
            ("-12", ColumnKind::Integer),
            ("0", ColumnKind::Integer),
            ("007", ColumnKind::Text),
            ("0.5", ColumnKind::Number),
            ("1e-3", ColumnKind::Number),
            ("nan", ColumnKind::Text),
            ("2026-01-31", ColumnKind::Date),
            ("2026-02-31", ColumnKind::Text),
            ("2026-01-31T10:00:00Z", ColumnKind::Timestamp),
            ("2026-01-31 10:00:00.5 +01:00", ColumnKind::Timestamp),
            ("2026-01-31 in Berlin", ColumnKind::Text),
            ("12 apples", ColumnKind::Text),
        ] {
            assert_eq!(ColumnKind::of_text(text), kind, "{text:?}");
        }
    }
}
