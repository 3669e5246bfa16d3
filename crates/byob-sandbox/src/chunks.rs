//! Takes `aws-chunked` bodies apart: what current SDKs upload with, each chunk signed or the whole followed by a checksum.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html> and
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>.

use byob_aws::sigv4::SigningKey;
use sha2::{Digest, Sha256};

use crate::signature::Signed;

/// A body without its framing.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The content.
    pub body: Vec<u8>,
    /// Headers that followed it, such as checksums, by lower-case name.
    pub trailers: Vec<(String, String)>,
}

/// What is wrong with a chunked body.
#[derive(Debug, PartialEq, Eq)]
pub enum BadChunks {
    /// It ends too early, or its framing cannot be read.
    Incomplete,
    /// A chunk or the trailer has not the signature that it should have.
    Signature,
}

/// Signs the chunks of one request.
pub struct ChunkSigner<'a> {
    key: SigningKey,
    signed: &'a Signed,
    previous: String,
}

impl<'a> ChunkSigner<'a> {
    /// The chain of signatures begins with that of the request.
    pub fn new(signed: &'a Signed, secret: &str) -> Self {
        Self { key: signed.signing_key(secret), signed, previous: signed.signature.clone() }
    }

    fn next(&mut self, kind: &str, hashes: &[&[u8]]) -> &str {
        let hashes: Vec<String> =
            hashes.iter().map(|part| base16ct::lower::encode_string(&Sha256::digest(part))).collect();
        let text = format!(
            "AWS4-HMAC-SHA256-{kind}\n{}\n{}\n{}\n{}",
            self.signed.timestamp(),
            self.signed.scope().as_str(),
            self.previous,
            hashes.join("\n")
        );
        self.previous = self.key.sign(&text);
        &self.previous
    }
}

/// Takes a body apart, and verifies the chunks' signatures where there is a signer.
pub fn decode(mut rest: &[u8], mut signer: Option<ChunkSigner<'_>>) -> Result<Decoded, BadChunks> {
    let mut body = Vec::with_capacity(rest.len());
    loop {
        let (head, after) = line(rest).ok_or(BadChunks::Incomplete)?;
        let head = std::str::from_utf8(head).map_err(|_| BadChunks::Incomplete)?;
        let (size, extension) = head.split_once(';').unwrap_or((head, ""));
        let size = usize::from_str_radix(size.trim(), 16).map_err(|_| BadChunks::Incomplete)?;
        let chunk = after.get(..size).ok_or(BadChunks::Incomplete)?;
        rest = &after[size..];
        if let Some(signer) = &mut signer {
            let claimed = extension.trim().strip_prefix("chunk-signature=").unwrap_or_default();
            if signer.next("PAYLOAD", &[b"", chunk]) != claimed {
                return Err(BadChunks::Signature);
            }
        }
        if size == 0 {
            break;
        }
        body.extend_from_slice(chunk);
        rest = rest.strip_prefix(b"\r\n").ok_or(BadChunks::Incomplete)?;
    }
    Ok(Decoded { body, trailers: trailers(rest, signer)? })
}

fn trailers(mut rest: &[u8], signer: Option<ChunkSigner<'_>>) -> Result<Vec<(String, String)>, BadChunks> {
    let mut trailers = Vec::new();
    let mut signature = None;
    while let Some((text, after)) = line(rest) {
        rest = after;
        let text = String::from_utf8_lossy(text);
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let (name, value) = text.split_once(':').ok_or(BadChunks::Incomplete)?;
        match name.trim().to_ascii_lowercase() {
            name if name == "x-amz-trailer-signature" => signature = Some(value.trim().to_owned()),
            name => trailers.push((name, value.trim().to_owned())),
        }
    }
    if let (Some(mut signer), false) = (signer, trailers.is_empty()) {
        let lines = trailers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect::<Vec<_>>().concat();
        if signature.as_deref() != Some(signer.next("TRAILER", &[lines.as_bytes()])) {
            return Err(BadChunks::Signature);
        }
    }
    Ok(trailers)
}

/// A line without its end, which may be missing on the last one.
fn line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if text.is_empty() {
        return None;
    }
    match text.windows(2).position(|pair| pair == b"\r\n") {
        Some(end) => Some((&text[..end], &text[end + 2..])),
        None => Some((text, &[])),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn unsigned_chunks_and_their_trailer_are_read() {
        let decoded = decode(b"3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n", None).unwrap();
        assert_eq!(decoded.body, b"abcde");
        assert_eq!(decoded.trailers, [("x-amz-checksum-crc32".to_owned(), "AAAA".to_owned())]);
    }

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn signed(seed: &str) -> Signed {
        let credential = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";
        Signed::over(credential, "20130524T000000Z", seed).unwrap_or_else(|_| unreachable!())
    }

    /// The two bodies that AWS publishes, of 66,560 times `a` in two chunks.
    fn published() -> [(Signed, Vec<u8>); 2] {
        let body = |signatures: [&str; 3], trailer: &str| {
            let chunk =
                |size: usize, signature: &str| format!("{size:x};chunk-signature={signature}\r\n{}", "a".repeat(size));
            let [first, second, last] = signatures;
            let chunks = [chunk(65_536, first), chunk(1_024, second), chunk(0, last)];
            (chunks.join("\r\n") + trailer).into_bytes()
        };
        [
            (
                signed("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"),
                body(
                    [
                        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
                        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
                        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
                    ],
                    "\r\n",
                ),
            ),
            (
                signed("106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"),
                body(
                    [
                        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
                        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
                        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
                    ],
                    "x-amz-checksum-crc32c:sOO8/Q==\r\n\
                     x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
                ),
            ),
        ]
    }

    #[test]
    fn the_examples_of_the_documentation_are_verified() {
        let [plain, trailing] =
            published().map(|(signed, body)| decode(&body, Some(ChunkSigner::new(&signed, SECRET))).unwrap());
        assert_eq!(plain, Decoded { body: vec![b'a'; 66_560], trailers: Vec::new() });
        assert_eq!(trailing.body, plain.body);
        assert_eq!(trailing.trailers, [("x-amz-checksum-crc32c".to_owned(), "sOO8/Q==".to_owned())]);
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        for (signed, body) in published() {
            for at in [100, 65_700, body.len() - 10, body.len() - 90] {
                let mut changed = body.clone();
                changed[at] ^= 1;
                let decoded = decode(&changed, Some(ChunkSigner::new(&signed, SECRET)));
                assert!(decoded.is_err(), "{at}");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_cut_into_chunks_comes_back(chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..50), 0..5)) {
            let mut text = Vec::new();
            for chunk in &chunks {
                text.extend(format!("{:X}\r\n", chunk.len()).bytes());
                text.extend(chunk.iter().chain(b"\r\n"));
            }
            text.extend(b"0\r\n\r\n");
            prop_assert_eq!(decode(&text, None), Ok(Decoded { body: chunks.concat(), trailers: Vec::new() }));
        }

        #[test]
        fn noise_never_panics(text in proptest::collection::vec(any::<u8>(), 0..200), nearly in "[0-9a-f;=:\r\n]{0,60}") {
            drop(decode(&text, None));
            drop(decode(nearly.as_bytes(), None));
        }
    }

    #[test]
    fn what_ends_too_early_is_incomplete() {
        for text in [&b""[..], b"3\r\nab", b"3\r\nabc", b"zz\r\n", b"ffffffffffffffffff\r\n", b"3\r\nabc\r\n"] {
            assert_eq!(decode(text, None), Err(BadChunks::Incomplete), "{:?}", String::from_utf8_lossy(text));
        }
    }
}
