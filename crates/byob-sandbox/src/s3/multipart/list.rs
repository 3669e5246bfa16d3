//! Which parts an upload has, and which uploads a bucket.

use std::collections::BTreeMap;

use axum::response::Response;
use s3s::dto::{
    ChecksumAlgorithm, ChecksumType, Initiator, ListMultipartUploadsOutput, ListPartsOutput, MultipartUpload,
    Part as ListedPart, StorageClass,
};

use super::find;
use crate::{
    refusal::Refusal,
    s3::{
        list::{MOST, Options, count, walk},
        request::S3Request,
        respond::{document, etag, timestamp},
    },
    state::buckets::{Part, Upload},
};

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
