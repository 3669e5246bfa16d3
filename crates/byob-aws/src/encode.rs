//! The one URL encoding that Signature Version 4 knows.
//!
//! Every byte is percent-encoded with upper-case hexadecimal digits, except letters, digits, `-`, `.`, `_` and `~`; in a path
//! `/` stays too. A space is `%20`, never `+`. S3 encodes a path once and does not normalise it. Source: "`UriEncode()`" in
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_encode, utf8_percent_encode};

const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// Encodes a query name or value.
pub fn query(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, QUERY)
}

/// Encodes an object key as the path of a URL: `/` separates and stays.
pub fn path(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, PATH)
}

/// Encodes a path whose bytes need not be UTF-8.
pub fn path_bytes(bytes: &[u8]) -> PercentEncode<'_> {
    percent_encode(bytes, PATH)
}

/// Appends encoded pieces without an intermediate string.
pub(crate) fn push(out: &mut String, pieces: PercentEncode<'_>) {
    out.extend(pieces);
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(super::query("aZ09-._~ /+*'()é").to_string(), "aZ09-._~%20%2F%2B%2A%27%28%29%C3%A9");
        assert_eq!(super::path("a//b/../c d").to_string(), "a//b/../c%20d");
    }
}
