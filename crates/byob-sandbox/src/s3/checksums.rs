//! Checksums as current SDKs send them, in a header or a trailer.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html>.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use s3s::{
    checksum::ChecksumHasher,
    crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256},
};

use super::{body, request::S3Request};
use crate::refusal::Refusal;

/// The algorithms, as the header names end with them.
pub const ALGORITHMS: [&str; 5] = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"];

/// What S3 sums with where the client does not say: always over the whole object.
pub const DEFAULT: &str = "crc64nvme";

/// The checksums of an object whose client did not ask for any.
pub fn default_of(data: &[u8]) -> BTreeMap<String, String> {
    compute(DEFAULT, data).map(|sum| (DEFAULT.to_owned(), sum)).into_iter().collect()
}

/// Whether a text is a checksum of an algorithm, in base64; that of parts may end with how many there are.
pub fn is_well_formed(algorithm: &str, text: &str) -> bool {
    let sum = text.split_once('-').map_or(text, |(sum, _)| sum);
    let length = match algorithm {
        "crc32" | "crc32c" => 4,
        "crc64nvme" => 8,
        "sha1" => 20,
        _ => 32,
    };
    BASE64_STANDARD.decode(sum).is_ok_and(|bytes| bytes.len() == length)
}

/// What is said about a header that is no checksum.
pub fn malformed(algorithm: &str) -> Refusal {
    Refusal::new(400, "InvalidRequest", format!("Value for x-amz-checksum-{algorithm} header is invalid."))
}

/// The checksum of one algorithm, in base64.
pub fn compute(algorithm: &str, data: &[u8]) -> Option<String> {
    let mut hasher = ChecksumHasher::default();
    match algorithm {
        "crc32" => hasher.crc32 = Some(Crc32::new()),
        "crc32c" => hasher.crc32c = Some(Crc32c::new()),
        "crc64nvme" => hasher.crc64nvme = Some(Crc64Nvme::new()),
        "sha1" => hasher.sha1 = Some(Sha1::new()),
        "sha256" => hasher.sha256 = Some(Sha256::new()),
        _ => return None,
    }
    hasher.update(data);
    let sums = hasher.finalize();
    [sums.checksum_crc32, sums.checksum_crc32c, sums.checksum_crc64nvme, sums.checksum_sha1, sums.checksum_sha256]
        .into_iter()
        .flatten()
        .next()
}

/// The checksum of parts: that of their checksums, with how many there are.
pub fn compose(algorithm: &str, parts: &[String]) -> Option<String> {
    let bytes: Vec<u8> =
        parts.iter().map(|part| BASE64_STANDARD.decode(part)).collect::<Result<Vec<_>, _>>().ok()?.concat();
    Some(format!("{}-{}", compute(algorithm, &bytes)?, parts.len()))
}

impl S3Request {
    /// Checks the checksums that came with the body, and gives those that are to be kept: also the one that the client named without
    /// sending it.
    pub fn checksums(&self) -> Result<BTreeMap<String, String>, Refusal> {
        body::check_md5(&self.headers, &self.call.body)?;
        let mut kept = BTreeMap::new();
        for algorithm in ALGORITHMS {
            let name = format!("x-amz-checksum-{algorithm}");
            let Some(claimed) = self.header_or_param(&name) else { continue };
            if claimed.contains('-') || !is_well_formed(algorithm, claimed) {
                return Err(malformed(algorithm));
            }
            let computed = compute(algorithm, &self.call.body).unwrap_or_default();
            if claimed != computed {
                let algorithm = algorithm.to_ascii_uppercase();
                let message = format!("The {algorithm} you specified did not match the calculated checksum.");
                return Err(Refusal::new(400, "BadDigest", message));
            }
            kept.insert(algorithm.to_owned(), computed);
        }
        if kept.len() > 1 {
            return Err(Refusal::new(
                400,
                "InvalidRequest",
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
            ));
        }
        if let (true, Some(algorithm)) = (kept.is_empty(), self.checksum_algorithm()?) {
            kept.extend(compute(&algorithm, &self.call.body).map(|sum| (algorithm, sum)));
        }
        Ok(kept)
    }

    /// The algorithm that the client named, in lower case.
    pub fn checksum_algorithm(&self) -> Result<Option<String>, Refusal> {
        let named = self
            .header_or_param("x-amz-sdk-checksum-algorithm")
            .or_else(|| self.header_or_param("x-amz-checksum-algorithm"));
        let Some(named) = named else { return Ok(None) };
        let lower = named.to_ascii_lowercase();
        if ALGORITHMS.contains(&lower.as_str()) {
            return Ok(Some(lower));
        }
        Err(Refusal::new(
            400,
            "InvalidRequest",
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
        ))
    }
}
