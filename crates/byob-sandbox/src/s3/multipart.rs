//! Uploads in parts.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>.

use std::collections::BTreeMap;

use axum::response::Response;
use md5::{Digest, Md5};
use s3s::dto::{
    ChecksumAlgorithm, ChecksumType, CompleteMultipartUploadOutput, CompletedMultipartUpload, CopyPartResult,
    CreateMultipartUploadOutput, Initiator, ListMultipartUploadsOutput, ListPartsOutput, MultipartUpload,
    Part as ListedPart, StorageClass,
};

use super::{
    checksums, conditions, copy, encryption,
    list::{MOST, Options, count, walk},
    objects::{self, demand_write, described, range},
    request::{S3Request, invalid_argument, malformed_xml},
    respond::{document, empty, etag, location, set, timestamp},
};
use crate::{
    random,
    refusal::Refusal,
    state::{
        Bucket,
        buckets::{Object, Part, Upload},
    },
};

/// The smallest part but the last, in bytes.
const SMALLEST_PART: u64 = 5 * 1024 * 1024;

/// `CreateMultipartUpload`.
pub fn create(request: &S3Request) -> Result<Response, Refusal> {
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket(&state)?;
    demand_write(request, bucket)?;
    let encryption = encryption::wanted(request, bucket)?;
    encryption::demand_write(request, bucket, &request.key, &encryption)?;
    let checksum_algorithm = request.checksum_algorithm()?;
    let checksum_type = match (request.header_or_param("x-amz-checksum-type"), checksum_algorithm.as_deref()) {
        (None, None) => None,
        (Some(kind @ ("COMPOSITE" | "FULL_OBJECT")), Some(algorithm)) => {
            if (kind, algorithm) == ("COMPOSITE", "crc64nvme")
                || (kind == "FULL_OBJECT" && algorithm.starts_with("sha"))
            {
                let message =
                    format!("The {kind} checksum type cannot be used with the {algorithm} checksum algorithm.");
                return Err(Refusal::new(400, "InvalidRequest", message));
            }
            Some(kind.to_owned())
        }
        (Some(_), _) => {
            let message = "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.";
            return Err(Refusal::new(400, "InvalidRequest", message));
        }
        (None, Some("crc64nvme")) => Some("FULL_OBJECT".to_owned()),
        (None, Some(_)) => Some("COMPOSITE".to_owned()),
    };
    let object = Object { encryption, checksum_type: checksum_type.clone(), ..described(request, bucket)? };
    let id = random::version_id() + &random::version_id();
    let upload = Upload {
        key: request.key.clone(),
        initiated: request.now(),
        initiator: request.call.caller.arn().into_owned(),
        object: object.clone(),
        checksum_algorithm: checksum_algorithm.clone(),
        parts: BTreeMap::new(),
    };
    request.bucket_mut(&mut state)?.uploads.insert(id.clone(), upload);
    let mut response = document(&CreateMultipartUploadOutput {
        bucket: Some(request.bucket.clone()),
        key: Some(request.key.clone()),
        upload_id: Some(id),
        ..CreateMultipartUploadOutput::default()
    })?;
    encryption::describe(&mut response, &object.encryption);
    if let (Some(algorithm), Some(kind)) = (checksum_algorithm, checksum_type) {
        set(&mut response, "x-amz-checksum-algorithm", algorithm.to_ascii_uppercase());
        set(&mut response, "x-amz-checksum-type", kind);
    }
    Ok(response)
}

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

/// Copies take only ranges of two numbers that lie inside the source.
fn source_range(text: &str, size: usize) -> Result<std::ops::Range<usize>, Refusal> {
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

/// `CompleteMultipartUpload`.
pub fn complete(request: &S3Request) -> Result<Response, Refusal> {
    if request.call.body.is_empty() {
        return Err(malformed_xml());
    }
    let wanted: CompletedMultipartUpload = request.document()?;
    let wanted = wanted.parts.unwrap_or_default();
    if wanted.is_empty() {
        return Err(malformed_xml());
    }
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket(&state)?;
    request.demand_key(bucket, "s3:PutObject", &request.key)?;
    let upload = match find(request, bucket) {
        Ok(upload) => upload.clone(),
        Err(refusal) => return repeated(request, bucket, &wanted).ok_or(refusal)?,
    };
    conditions::check_write(request, bucket.newest(&request.key))?;
    let named: Vec<(i32, Part)> = chosen(&upload, &wanted)?;
    let parts: Vec<Part> = named.iter().map(|(_, part)| part.clone()).collect();
    let mut content = Vec::new();
    let mut digests = Vec::new();
    for part in &parts {
        content.extend_from_slice(&request.call.sandbox.blobs().get(&part.blob).map_err(|_| Refusal::internal())?);
        digests.push(base16ct::lower::decode_vec(&part.etag).map_err(|_| Refusal::internal())?);
    }
    let checksums = summed(request, &upload, &parts, &content)?;
    if let Some(size) = request.header("x-amz-mp-object-size").filter(|size| size.parse() != Ok(content.len())) {
        let message = format!(
            "The provided 'x-amz-mp-object-size' header value {size} does not match what was computed: {}",
            content.len()
        );
        return Err(Refusal::new(400, "InvalidRequest", message));
    }
    let object = Object {
        size: content.len() as u64,
        etag: format!("{}-{}", base16ct::lower::encode_string(&Md5::digest(digests.concat())), parts.len()),
        parts: parts.iter().map(|part| part.size).collect(),
        part_checksums: named.into_iter().map(|(number, part)| (number, part.checksums)).collect(),
        blob: request.call.sandbox.blobs().put(content.into()).map_err(|_| Refusal::internal())?,
        checksums,
        checksum_type: upload.object.checksum_type.clone().or(Some("FULL_OBJECT".to_owned())),
        ..upload.object.clone()
    };
    let (id, versioned) = objects::store(request, &mut state, object.clone())?;
    let done = request.param("uploadId").and_then(|id| request.bucket_mut(&mut state).ok()?.uploads.remove(id));
    done.iter()
        .flat_map(|upload| upload.parts.values())
        .for_each(|part| request.call.sandbox.blobs().remove(&part.blob));
    let mut response = completed(request, &object)?;
    if versioned {
        set(&mut response, "x-amz-version-id", id);
    }
    Ok(response)
}

/// Who did not hear that the upload is complete asks again, and hears it.
fn repeated(
    request: &S3Request,
    bucket: &Bucket,
    wanted: &[s3s::dto::CompletedPart],
) -> Option<Result<Response, Refusal>> {
    let object = bucket.newest(&request.key)?.object.as_ref()?;
    let digests: Option<Vec<Vec<u8>>> = wanted
        .iter()
        .map(|part| {
            base16ct::lower::decode_vec(part.e_tag.as_ref().map(s3s::dto::ETag::value).unwrap_or_default()).ok()
        })
        .collect();
    let expected = format!("{}-{}", base16ct::lower::encode_string(&Md5::digest(digests?.concat())), wanted.len());
    (object.etag == expected).then(|| completed(request, object))
}

fn completed(request: &S3Request, object: &Object) -> Result<Response, Refusal> {
    let sum = |algorithm: &str| object.checksums.get(algorithm).cloned();
    let mut response = document(&CompleteMultipartUploadOutput {
        location: Some(location(&request.headers, &request.bucket, &request.key)),
        bucket: Some(request.bucket.clone()),
        key: Some(request.key.clone()),
        e_tag: Some(etag(&object.etag)),
        checksum_crc32: sum("crc32"),
        checksum_crc32c: sum("crc32c"),
        checksum_crc64nvme: sum("crc64nvme"),
        checksum_sha1: sum("sha1"),
        checksum_sha256: sum("sha256"),
        checksum_type: object.checksum_type.clone().filter(|_| !object.checksums.is_empty()).map(ChecksumType::from),
        ..CompleteMultipartUploadOutput::default()
    })?;
    encryption::describe(&mut response, &object.encryption);
    Ok(response)
}

/// The parts that the client names: in order, uploaded as it says, and large enough.
fn chosen(upload: &Upload, wanted: &[s3s::dto::CompletedPart]) -> Result<Vec<(i32, Part)>, Refusal> {
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
        let tag = part.e_tag.as_ref().map(s3s::dto::ETag::value).unwrap_or_default();
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
fn summed(
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

/// `AbortMultipartUpload`.
pub fn abort(request: &S3Request) -> Result<Response, Refusal> {
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket(&state)?;
    request.demand_key(bucket, "s3:AbortMultipartUpload", &request.key)?;
    find(request, bucket)?;
    let upload = request.bucket_mut(&mut state)?.uploads.remove(request.param("uploadId").unwrap_or_default());
    upload
        .iter()
        .flat_map(|upload| upload.parts.values())
        .for_each(|part| request.call.sandbox.blobs().remove(&part.blob));
    Ok(empty(204))
}

/// `ListParts`.
pub fn list_parts(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    request.demand_key(bucket, "s3:ListMultipartUploadParts", &request.key)?;
    let upload = find(request, bucket)?;
    let most = request.number("max-parts", MOST)?;
    let after = i32::try_from(request.number("part-number-marker", 10_000)?).unwrap_or(0);
    let after = if request.param("part-number-marker").is_some() { after } else { 0 };
    let mut rest = upload.parts.range(after.saturating_add(1)..);
    let page: Vec<(&i32, &Part)> = rest.by_ref().take(most).collect();
    let more = rest.next().is_some();
    document(&ListPartsOutput {
        bucket: Some(request.bucket.clone()),
        key: Some(request.key.clone()),
        upload_id: request.param("uploadId").map(str::to_owned),
        part_number_marker: Some(after),
        next_part_number_marker: page.last().map(|(number, _)| **number),
        max_parts: Some(count(most)),
        is_truncated: Some(more),
        owner: Some(request.owner_of(bucket)),
        initiator: Some(initiator(upload)),
        storage_class: Some(StorageClass::from(upload.object.storage_class.clone())),
        checksum_algorithm: upload
            .checksum_algorithm
            .as_ref()
            .map(|name| ChecksumAlgorithm::from(name.to_ascii_uppercase())),
        checksum_type: upload
            .object
            .checksum_type
            .clone()
            .filter(|_| upload.checksum_algorithm.is_some())
            .map(ChecksumType::from),
        parts: Some(page.iter().map(|(number, part)| listed(**number, part)).collect()),
        ..ListPartsOutput::default()
    })
}

fn listed(number: i32, part: &Part) -> ListedPart {
    let sum = |algorithm: &str| part.checksums.get(algorithm).cloned();
    ListedPart {
        part_number: Some(number),
        e_tag: Some(etag(&part.etag)),
        size: i64::try_from(part.size).ok(),
        last_modified: Some(timestamp(part.modified)),
        checksum_crc32: sum("crc32"),
        checksum_crc32c: sum("crc32c"),
        checksum_crc64nvme: sum("crc64nvme"),
        checksum_sha1: sum("sha1"),
        checksum_sha256: sum("sha256"),
    }
}

/// `ListMultipartUploads`: by key, and of one key by age.
pub fn list_uploads(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    request.demand(bucket, "s3:ListBucketMultipartUploads")?;
    let options = Options::of(request)?;
    let most = request.number("max-uploads", MOST)?;
    let (key_marker, id_marker) = (request.param("key-marker").unwrap_or_default(), request.param("upload-id-marker"));
    // One name for each upload, ordered as they are to be listed.
    let by_name: BTreeMap<String, (&str, &Upload)> = bucket
        .uploads
        .iter()
        .map(|(id, upload)| {
            (format!("{}\0{}\0{id}", upload.key, upload.initiated.unix_timestamp_nanos()), (id.as_str(), upload))
        })
        .collect();
    let after = match id_marker.and_then(|id| bucket.uploads.get(id).map(|upload| (id, upload))) {
        Some((id, upload)) if upload.key == key_marker => {
            format!("{key_marker}\0{}\0{id}", upload.initiated.unix_timestamp_nanos())
        }
        _ if key_marker.is_empty() => String::new(),
        _ => format!("{key_marker}\0\u{10FFFF}"),
    };
    let page = walk(&by_name, options.prefix, options.delimiter, &after, most, |found| Some(*found));
    let last = page.entries.last().filter(|_| page.last.is_some());
    document(&ListMultipartUploadsOutput {
        bucket: Some(request.bucket.clone()),
        key_marker: Some(options.encode(key_marker)),
        upload_id_marker: Some(id_marker.unwrap_or_default().to_owned()),
        next_key_marker: last.map(|(_, (_, upload))| options.encode(&upload.key)),
        next_upload_id_marker: last.map(|(_, (id, _))| (*id).to_owned()),
        prefix: Some(options.encode(options.prefix)),
        delimiter: request.param("delimiter").filter(|text| !text.is_empty()).map(|text| options.encode(text)),
        max_uploads: Some(count(most)),
        is_truncated: Some(page.last.is_some()),
        encoding_type: options.encoding(),
        common_prefixes: Some(options.prefixes(&page.prefixes)),
        uploads: Some(
            page.entries
                .iter()
                .map(|(_, (id, upload))| MultipartUpload {
                    key: Some(options.encode(&upload.key)),
                    upload_id: Some((*id).to_owned()),
                    initiated: Some(timestamp(upload.initiated)),
                    initiator: Some(initiator(upload)),
                    owner: Some(request.owner_of(bucket)),
                    storage_class: Some(StorageClass::from(upload.object.storage_class.clone())),
                    ..MultipartUpload::default()
                })
                .collect(),
        ),
        ..ListMultipartUploadsOutput::default()
    })
}

fn initiator(upload: &Upload) -> Initiator {
    let name = upload.initiator.rsplit('/').next().unwrap_or_default();
    Initiator { id: Some(upload.initiator.clone()), display_name: Some(name.to_owned()) }
}

fn part_number(request: &S3Request) -> Result<i32, Refusal> {
    let text = request.param("partNumber").unwrap_or_default();
    text.parse().ok().filter(|number| (1..=10_000).contains(number)).ok_or_else(|| {
        invalid_argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text)
    })
}

/// The upload, if the caller may add parts to it.
fn find_to_write<'a>(request: &S3Request, bucket: &'a Bucket) -> Result<&'a Upload, Refusal> {
    request.demand_key(bucket, "s3:PutObject", &request.key)?;
    let upload = find(request, bucket)?;
    encryption::demand_part(request, &upload.object.encryption)?;
    encryption::demand_write(request, bucket, &request.key, &upload.object.encryption)?;
    Ok(upload)
}

fn find<'a>(request: &S3Request, bucket: &'a Bucket) -> Result<&'a Upload, Refusal> {
    let upload = bucket.uploads.get(request.param("uploadId").unwrap_or_default());
    upload.filter(|upload| upload.key == request.key).ok_or_else(|| no_such_upload(request))
}

fn find_mut<'a>(request: &S3Request, bucket: &'a mut Bucket) -> Result<&'a mut Upload, Refusal> {
    let upload = bucket.uploads.get_mut(request.param("uploadId").unwrap_or_default());
    upload.filter(|upload| upload.key == request.key).ok_or_else(|| no_such_upload(request))
}

fn no_such_upload(request: &S3Request) -> Refusal {
    let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
    Refusal::new(404, "NoSuchUpload", message).with("UploadId", request.param("uploadId").unwrap_or_default())
}
