//! What the client says that its upload consists of, held against what was uploaded.

use std::collections::BTreeMap;

use s3s::dto::{CompletedPart, ETag};

use crate::{
    refusal::Refusal,
    s3::{
        checksums,
        request::{S3Request, malformed_xml},
    },
    state::buckets::{Part, Upload},
};

/// The smallest part but the last, in bytes.
const SMALLEST_PART: u64 = 5 * 1024 * 1024;

/// The parts that the client names: in order, uploaded as it says, and large enough.
pub fn chosen(upload: &Upload, wanted: &[CompletedPart]) -> Result<Vec<(i32, Part)>, Refusal> {
    let invalid = || {
        let message = "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified \
                       entity tag may not match the part's entity tag.";
        Refusal::new(400, "InvalidPart", message)
    };
    let mut parts: Vec<(i32, Part)> = Vec::new();
    let numbers: Option<Vec<i32>> = wanted.iter().map(|part| part.part_number).collect();
    if !numbers.ok_or_else(malformed_xml)?.is_sorted_by(|one, next| one < next) {
        let message = "The list of parts was not in ascending order. Parts must be ordered by part number.";
        return Err(Refusal::new(400, "InvalidPartOrder", message));
    }
    let is_composite = upload.object.checksum_type.as_deref() == Some("COMPOSITE");
    for part in wanted {
        let number = part.part_number.ok_or_else(malformed_xml)?;
        let found = upload.parts.get(&number).ok_or_else(invalid)?;
        let tag = part.e_tag.as_ref().map(ETag::value).unwrap_or_default();
        if tag.trim_matches('"') != found.etag {
            return Err(invalid());
        }
        let named = [
            &part.checksum_crc32,
            &part.checksum_crc32c,
            &part.checksum_crc64nvme,
            &part.checksum_sha1,
            &part.checksum_sha256,
        ];
        let differs = |(algorithm, named): (&&str, &Option<String>)| {
            named.as_ref().is_some_and(|sum| found.checksums.get(*algorithm).is_some_and(|kept| kept != sum))
        };
        if checksums::ALGORITHMS.iter().zip(named).any(differs) {
            return Err(invalid());
        }
        if let (true, Some(algorithm)) =
            (is_composite && named.iter().all(|sum| sum.is_none()), &upload.checksum_algorithm)
        {
            let message = format!(
                "The upload was created using a {algorithm} checksum. The complete request must include the checksum for each part. It \
                 was missing for part {number} in the request."
            );
            return Err(Refusal::new(400, "InvalidRequest", message));
        }
        parts.push((number, found.clone()));
    }
    if let Some((number, small)) = parts.iter().rev().skip(1).find(|(_, part)| part.size < SMALLEST_PART) {
        return Err(Refusal::new(
            400,
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
        )
        .with("ProposedSize", small.size.to_string())
        .with("MinSizeAllowed", SMALLEST_PART.to_string())
        .with("PartNumber", number.to_string())
        .with("ETag", small.etag.clone()));
    }
    Ok(parts)
}

/// The checksum of the whole, of its content or of its parts' checksums; compared with what the client says.
pub fn summed(
    request: &S3Request,
    upload: &Upload,
    parts: &[Part],
    content: &[u8],
) -> Result<BTreeMap<String, String>, Refusal> {
    let Some(algorithm) = &upload.checksum_algorithm else { return Ok(checksums::default_of(content)) };
    let kind = upload.object.checksum_type.as_deref().unwrap_or_default();
    if request.header("x-amz-checksum-type").is_some_and(|asked| asked != kind) {
        let message = format!(
            "The upload was created using the {kind} checksum mode. The complete request must use the same checksum mode."
        );
        return Err(Refusal::new(400, "InvalidRequest", message));
    }
    let sum = if upload.object.checksum_type.as_deref() == Some("FULL_OBJECT") {
        checksums::compute(algorithm, content)
    } else {
        let sums: Vec<String> = parts.iter().filter_map(|part| part.checksums.get(algorithm).cloned()).collect();
        checksums::compose(algorithm, &sums)
    };
    let sum = sum.ok_or_else(Refusal::internal)?;
    let claimed = request.header(&format!("x-amz-checksum-{algorithm}"));
    if claimed.is_some_and(|claimed| !checksums::is_well_formed(algorithm, claimed)) {
        return Err(checksums::malformed(algorithm));
    }
    let bare = |text: &str| text.split_once('-').map_or(text.to_owned(), |(sum, _)| sum.to_owned());
    if claimed.is_some_and(|claimed| bare(claimed) != bare(&sum)) {
        let message = format!("The {algorithm} you specified did not match the calculated checksum.");
        return Err(Refusal::new(400, "BadDigest", message));
    }
    Ok(BTreeMap::from([(algorithm.clone(), sum)]))
}
