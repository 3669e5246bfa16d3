//! Moments, as requests write them.

use time::{OffsetDateTime, PrimitiveDateTime, format_description::well_known::Rfc2822, macros::format_description};

/// `20130524T000000Z`.
pub fn timestamp(text: &str) -> Option<OffsetDateTime> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    PrimitiveDateTime::parse(text, format).ok().map(PrimitiveDateTime::assume_utc)
}

/// `Fri, 24 May 2013 00:00:00 GMT`, or a timestamp all the same. Dates before 1970 are none to AWS.
pub fn date(text: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(text, &Rfc2822).ok();
    at.filter(|at| *at >= OffsetDateTime::UNIX_EPOCH).or_else(|| timestamp(text))
}
