//! The parts become one object.

use axum::response::Response;
use md5::{Digest, Md5};
use s3s::dto::{ChecksumType, CompleteMultipartUploadOutput, CompletedMultipartUpload, CompletedPart, ETag};

use super::{
    chosen::{chosen, summed},
    close, find,
};
use crate::{
    refusal::Refusal,
    s3::{
        conditions, encryption, objects,
        request::{S3Request, malformed_xml},
        respond::{document, etag, location, set},
    },
    state::{
        Bucket,
        buckets::{Object, Part},
    },
};

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
        etag: composed(&digests),
        parts: parts.iter().map(|part| part.size).collect(),
        part_checksums: named.into_iter().map(|(number, part)| (number, part.checksums)).collect(),
        blob: request.call.sandbox.blobs().put(content.into()).map_err(|_| Refusal::internal())?,
        checksums,
        checksum_type: upload.object.checksum_type.clone().or(Some("FULL_OBJECT".to_owned())),
        ..upload.object.clone()
    };
    let (id, versioned) = objects::store(request, &mut state, object.clone())?;
    close(request, &mut state)?;
    let mut response = completed(request, &object)?;
    if versioned {
        set(&mut response, "x-amz-version-id", id);
    }
    Ok(response)
}

/// Who did not hear that the upload is complete asks again, and hears it.
fn repeated(request: &S3Request, bucket: &Bucket, wanted: &[CompletedPart]) -> Option<Result<Response, Refusal>> {
    let object = bucket.newest(&request.key)?.object.as_ref()?;
    let digests: Option<Vec<Vec<u8>>> = wanted
        .iter()
        .map(|part| base16ct::lower::decode_vec(part.e_tag.as_ref().map(ETag::value).unwrap_or_default()).ok())
        .collect();
    (object.etag == composed(&digests?)).then(|| completed(request, object))
}

/// The entity tag of a whole: the digest of its parts' digests, with how many there are.
fn composed(digests: &[Vec<u8>]) -> String {
    format!("{}-{}", base16ct::lower::encode_string(&Md5::digest(digests.concat())), digests.len())
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
