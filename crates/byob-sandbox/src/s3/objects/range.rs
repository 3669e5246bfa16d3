//! Which bytes of an object a reader wants: a range, or one part.

use std::ops::Range;

use crate::{
    refusal::Refusal,
    s3::{
        conditions,
        request::{S3Request, invalid_argument},
        respond::http_date,
    },
    state::{Version, buckets::Object},
};

/// `Range`, unless `If-Range` says that the client has another object.
pub fn range_header<'a>(request: &'a S3Request, object: &Object, version: &Version) -> Option<&'a str> {
    let range = request.header("range")?;
    let same = match request.header("if-range") {
        None => true,
        Some(tag) if tag.starts_with('"') => conditions::lists(tag, &object.etag),
        Some(date) => date == http_date(version.modified),
    };
    same.then_some(range)
}

/// The bytes that a range means; none where the header is to be ignored, as S3 does with what it cannot read and with several ranges.
///
/// Source: RFC 9110 section 14.2, and <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html> for single ranges.
pub fn range(text: &str, size: u64) -> Result<Option<Range<u64>>, Refusal> {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-')) else {
        return Ok(None);
    };
    let unsatisfiable = || {
        Refusal::new(416, "InvalidRange", "The requested range is not satisfiable")
            .with("RangeRequested", text)
            .with("ActualObjectSize", size.to_string())
            .header("content-range", format!("bytes */{size}"))
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(suffix)) if first.is_empty() => {
            if suffix == 0 {
                return Err(unsatisfiable());
            }
            size.saturating_sub(suffix)..size
        }
        _ => return Ok(None),
    };
    if range.start >= size { Err(unsatisfiable()) } else { Ok(Some(range)) }
}

/// The bytes of one part, and its place among them. What was uploaded in one piece counts as one part.
pub fn part(request: &S3Request, object: &Object) -> Result<Option<(Range<u64>, usize)>, Refusal> {
    let Some(text) = request.param("partNumber") else { return Ok(None) };
    let number = text.parse::<usize>().ok().filter(|number| (1..=10_000).contains(number));
    let number = number.ok_or_else(|| {
        invalid_argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text)
    })?;
    if request.headers.contains_key("range") {
        return Err(Refusal::new(
            400,
            "InvalidRequest",
            "Cannot specify both Range header and partNumber query parameter",
        ));
    }
    let sizes = if object.parts.is_empty() { std::slice::from_ref(&object.size) } else { object.parts.as_slice() };
    let Some(size) = sizes.get(number - 1) else {
        return Err(Refusal::new(416, "InvalidPartNumber", "The requested partnumber is not satisfiable")
            .with("PartNumberRequested", text)
            .with("ActualPartCount", sizes.len().to_string()));
    };
    let start: u64 = sizes[..number - 1].iter().sum();
    Ok(Some((start..start + size, number - 1)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::range;

    proptest! {
        #[test]
        fn a_range_lies_inside_the_object(text in "bytes=[0-9]{0,20}-[0-9]{0,20}", size in any::<u64>()) {
            if let Ok(Some(range)) = range(&text, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }

        #[test]
        fn noise_never_panics(text in "\\PC*", size in any::<u64>()) {
            drop(range(&text, size));
        }
    }

    #[test]
    fn single_ranges_are_read_and_others_ignored() {
        for (text, wanted) in [
            ("bytes=0-0", Some(0..1)),
            ("bytes=5-", Some(5..10)),
            ("bytes=5-100", Some(5..10)),
            ("bytes=-3", Some(7..10)),
            ("bytes=-100", Some(0..10)),
            ("bytes=5-4", None),
            ("bytes=0-1,3-4", None),
            ("bytes=a-b", None),
            ("items=0-1", None),
            ("bytes=", None),
        ] {
            assert_eq!(range(text, 10).unwrap(), wanted, "{text}");
        }
        for text in ["bytes=10-", "bytes=10-11", "bytes=-0"] {
            assert_eq!(range(text, 10).unwrap_err().code, "InvalidRange", "{text}");
        }
        assert_eq!(range("bytes=-5", 0).unwrap_err().code, "InvalidRange");
    }
}
