//! An upload in parts is begun, or given up.

use std::collections::BTreeMap;

use axum::response::Response;
use s3s::dto::CreateMultipartUploadOutput;

use super::{close, find};
use crate::{
    random,
    refusal::Refusal,
    s3::{
        encryption,
        objects::{demand_write, described},
        request::S3Request,
        respond::{document, empty, set},
    },
    state::buckets::{Object, Upload},
};

/// `CreateMultipartUpload`.
pub fn create(request: &S3Request) -> Result<Response, Refusal> {
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket(&state)?;
    demand_write(request, bucket)?;
    let encryption = encryption::wanted(request, bucket)?;
    encryption::demand_write(request, bucket, &request.key, &encryption)?;
    let checksum_algorithm = request.checksum_algorithm()?;
    let checksum_type = checksum_type(request, checksum_algorithm.as_deref())?;
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

/// Whether the checksum will be one of the whole, or one of those of the parts.
fn checksum_type(request: &S3Request, algorithm: Option<&str>) -> Result<Option<String>, Refusal> {
    match (request.header_or_param("x-amz-checksum-type"), algorithm) {
        (None, None) => Ok(None),
        (Some(kind @ ("COMPOSITE" | "FULL_OBJECT")), Some(algorithm)) => {
            if (kind, algorithm) == ("COMPOSITE", "crc64nvme")
                || (kind == "FULL_OBJECT" && algorithm.starts_with("sha"))
            {
                let message =
                    format!("The {kind} checksum type cannot be used with the {algorithm} checksum algorithm.");
                return Err(Refusal::new(400, "InvalidRequest", message));
            }
            Ok(Some(kind.to_owned()))
        }
        (Some(_), _) => {
            let message = "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.";
            Err(Refusal::new(400, "InvalidRequest", message))
        }
        (None, Some("crc64nvme")) => Ok(Some("FULL_OBJECT".to_owned())),
        (None, Some(_)) => Ok(Some("COMPOSITE".to_owned())),
    }
}

/// `AbortMultipartUpload`.
pub fn abort(request: &S3Request) -> Result<Response, Refusal> {
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket(&state)?;
    request.demand_key(bucket, "s3:AbortMultipartUpload", &request.key)?;
    find(request, bucket)?;
    close(request, &mut state)?;
    Ok(empty(204))
}
