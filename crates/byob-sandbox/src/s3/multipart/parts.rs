//! One part: sent by the client, or copied from another object.

use std::{collections::BTreeMap, ops::Range};

use axum::response::Response;
use md5::{Digest, Md5};
use s3s::dto::CopyPartResult;

use super::{find_mut, find_to_write};
use crate::{
    refusal::Refusal,
    s3::{
        checksums, copy, encryption,
        objects::range,
        request::{S3Request, invalid_argument},
        respond::{document, empty, etag, set, timestamp},
    },
    state::buckets::Part,
};

/// `UploadPart`.
pub fn upload_part(request: &S3Request) -> Result<Response, Refusal> {
    let number = part_number(request)?;
    let (algorithm, encryption) = {
        let state = request.call.sandbox.read();
        let bucket = request.bucket(&state)?;
        let upload = find_to_write(request, bucket)?;
        (upload.checksum_algorithm.clone(), upload.object.encryption.clone())
    };
    let mut sums = request.checksums()?;
    match &algorithm {
        Some(algorithm) if !sums.contains_key(algorithm) && !sums.is_empty() => {
            let sent = sums.keys().next().map_or("null", String::as_str);
            let message = format!(
                "Checksum Type mismatch occurred, expected checksum Type: {algorithm}, actual checksum Type: {sent}"
            );
            return Err(Refusal::new(400, "InvalidRequest", message));
        }
        Some(algorithm) => {
            sums.extend(checksums::compute(algorithm, &request.call.body).map(|sum| (algorithm.clone(), sum)));
        }
        None => {}
    }
    let part = keep(request, number, request.call.body.clone(), sums)?;
    let mut response = empty(200);
    set(&mut response, "etag", format!("\"{}\"", part.etag));
    part.checksums.iter().for_each(|(algorithm, sum)| set(&mut response, &format!("x-amz-checksum-{algorithm}"), sum));
    encryption::describe(&mut response, &encryption);
    Ok(response)
}

/// `UploadPartCopy`.
pub fn copy_part(request: &S3Request) -> Result<Response, Refusal> {
    let number = part_number(request)?;
    let (content, sums) = {
        let state = request.call.sandbox.read();
        let bucket = request.bucket(&state)?;
        let upload = find_to_write(request, bucket)?;
        let source = copy::source(request, &state)?;
        let content = request.call.sandbox.blobs().get(&source.object.blob).map_err(|_| Refusal::internal())?;
        let content = match request.header("x-amz-copy-source-range") {
            None => content,
            Some(text) => content.slice(source_range(text, content.len())?),
        };
        let sums = upload.checksum_algorithm.clone();
        let sums = sums.and_then(|algorithm| Some((algorithm.clone(), checksums::compute(&algorithm, &content)?)));
        (content, sums.into_iter().collect())
    };
    let part = keep(request, number, content, sums)?;
    let sum = |algorithm: &str| part.checksums.get(algorithm).cloned();
    document(&CopyPartResult {
        e_tag: Some(etag(&part.etag)),
        last_modified: Some(timestamp(part.modified)),
        checksum_crc32: sum("crc32"),
        checksum_crc32c: sum("crc32c"),
        checksum_crc64nvme: sum("crc64nvme"),
        checksum_sha1: sum("sha1"),
        checksum_sha256: sum("sha256"),
    })
}

/// The number that the request gives its part.
fn part_number(request: &S3Request) -> Result<i32, Refusal> {
    let text = request.param("partNumber").unwrap_or_default();
    text.parse().ok().filter(|number| (1..=10_000).contains(number)).ok_or_else(|| {
        invalid_argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text)
    })
}

/// Copies take only ranges of two numbers that lie inside the source.
fn source_range(text: &str, size: usize) -> Result<Range<usize>, Refusal> {
    let malformed = || {
        let message = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based \
                       offsets of the first and last bytes to copy";
        invalid_argument(message, "x-amz-copy-source-range", text)
    };
    let numbers = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')).ok_or_else(malformed)?;
    let (Ok(first), Ok(last)) = (numbers.0.parse::<u64>(), numbers.1.parse::<u64>()) else { return Err(malformed()) };
    let parsed = range(text, size as u64).ok().flatten().filter(|_| first <= last && last < size as u64);
    let range = parsed.and_then(|range| Some(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?));
    range.ok_or_else(|| {
        let message = format!("Range specified is not valid for source object of size: {size}");
        Refusal::new(416, "InvalidRange", message)
            .with("RangeRequested", text)
            .with("ActualObjectSize", size.to_string())
    })
}

/// Adds the part to its upload, in place of one of the same number.
fn keep(
    request: &S3Request,
    number: i32,
    content: bytes::Bytes,
    checksums: BTreeMap<String, String>,
) -> Result<Part, Refusal> {
    let part = Part {
        size: content.len() as u64,
        etag: base16ct::lower::encode_string(&Md5::digest(&content)),
        blob: request.call.sandbox.blobs().put(content).map_err(|_| Refusal::internal())?,
        modified: request.now(),
        checksums,
    };
    let mut state = request.call.sandbox.write();
    let upload = request.bucket_mut(&mut state).and_then(|bucket| find_mut(request, bucket));
    match upload {
        Ok(upload) => {
            if let Some(replaced) = upload.parts.insert(number, part.clone()) {
                request.call.sandbox.blobs().remove(&replaced.blob);
            }
            Ok(part)
        }
        Err(refusal) => {
            request.call.sandbox.blobs().remove(&part.blob);
            Err(refusal)
        }
    }
}
