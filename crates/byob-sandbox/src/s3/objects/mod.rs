//! Reading and writing objects.

mod describe;
mod range;
mod read;
mod write;

use byob_aws::iam::Context;

pub use self::{
    range::range,
    read::get,
    write::{demand_write, described, forget, put, store},
};
use super::{request::S3Request, respond::http_date};
use crate::{
    refusal::Refusal,
    state::{Bucket, Version, buckets::Object},
};

/// The version that the request means, if the caller may read it: the one it names, or the newest.
pub fn find<'a>(
    request: &S3Request,
    bucket: &'a Bucket,
    action: &str,
    of_version: &str,
) -> Result<&'a Version, Refusal> {
    find_with(request, bucket, action, of_version, Context::new())
}

/// The same with facts that only this action knows.
pub fn find_with<'a>(
    request: &S3Request,
    bucket: &'a Bucket,
    action: &str,
    of_version: &str,
    facts: Context,
) -> Result<&'a Version, Refusal> {
    let id = request.version_id()?;
    let version = match id {
        Some(id) => bucket.version(&request.key, id),
        None => bucket.newest(&request.key),
    };
    let facts = version.map_or_else(Context::new, existing_tags).and(facts);
    request.demand_with(bucket, if id.is_some() { of_version } else { action }, Some(&request.key), facts)?;
    version.ok_or_else(|| request.missing(bucket, &request.key, id))
}

/// `s3:ExistingObjectTag/…`.
pub fn existing_tags(version: &Version) -> Context {
    let tags = version.object.iter().flat_map(|object| &object.tags);
    tags.fold(Context::new(), |context, (name, value)| {
        context.with(&format!("s3:ExistingObjectTag/{name}"), value.clone())
    })
}

/// What is answered for a delete marker.
pub fn deleted(request: &S3Request, bucket: &Bucket, version: &Version) -> Refusal {
    let refusal = if request.param("versionId").is_some() {
        Refusal::new(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
            .with("Method", request.method.as_str())
            .with("ResourceType", "DeleteMarker")
            .header("allow", "DELETE")
            .header("last-modified", http_date(version.modified))
    } else {
        request.missing(bucket, &request.key, None)
    };
    refusal.header("x-amz-delete-marker", "true").header("x-amz-version-id", version.id.clone())
}

/// What is archived has to be restored before it can be read.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html> (`InvalidObjectState`).
pub fn check_archived(object: &Object) -> Result<(), Refusal> {
    if !matches!(object.storage_class.as_str(), "GLACIER" | "DEEP_ARCHIVE") {
        return Ok(());
    }
    let message = "The operation is not valid for the object's storage class";
    Err(Refusal::new(403, "InvalidObjectState", message).with("StorageClass", object.storage_class.clone()))
}
