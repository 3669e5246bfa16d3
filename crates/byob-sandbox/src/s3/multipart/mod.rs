//! Uploads in parts.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>.

mod chosen;
mod complete;
mod list;
mod parts;
mod upload;

pub use self::{
    complete::complete,
    list::{list_parts, list_uploads},
    parts::{copy_part, upload_part},
    upload::{abort, create},
};
use super::{encryption, request::S3Request};
use crate::{
    refusal::Refusal,
    state::{Bucket, State, buckets::Upload},
};

/// The upload that a request names.
fn find<'a>(request: &S3Request, bucket: &'a Bucket) -> Result<&'a Upload, Refusal> {
    let upload = bucket.uploads.get(request.param("uploadId").unwrap_or_default());
    upload.filter(|upload| upload.key == request.key).ok_or_else(|| no_such_upload(request))
}

/// The same, to be changed.
fn find_mut<'a>(request: &S3Request, bucket: &'a mut Bucket) -> Result<&'a mut Upload, Refusal> {
    let upload = bucket.uploads.get_mut(request.param("uploadId").unwrap_or_default());
    upload.filter(|upload| upload.key == request.key).ok_or_else(|| no_such_upload(request))
}

fn no_such_upload(request: &S3Request) -> Refusal {
    let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
    Refusal::new(404, "NoSuchUpload", message).with("UploadId", request.param("uploadId").unwrap_or_default())
}

/// The upload, if the caller may add parts to it.
fn find_to_write<'a>(request: &S3Request, bucket: &'a Bucket) -> Result<&'a Upload, Refusal> {
    request.demand_key(bucket, "s3:PutObject", &request.key)?;
    let upload = find(request, bucket)?;
    encryption::demand_part(request, &upload.object.encryption)?;
    encryption::demand_write(request, bucket, &request.key, &upload.object.encryption)?;
    Ok(upload)
}

/// Forgets the upload, and the contents of its parts.
fn close(request: &S3Request, state: &mut State) -> Result<(), Refusal> {
    let id = request.param("uploadId").unwrap_or_default();
    let upload = request.bucket_mut(state)?.uploads.remove(id);
    let parts = upload.iter().flat_map(|upload| upload.parts.values());
    parts.for_each(|part| request.call.sandbox.blobs().remove(&part.blob));
    Ok(())
}
