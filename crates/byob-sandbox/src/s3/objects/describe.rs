//! What an answer says about an object, in headers.

use std::collections::BTreeMap;

use axum::response::Response;

use crate::{
    s3::{
        encryption,
        respond::{http_date, set},
    },
    state::{
        Bucket, Version,
        buckets::{Object, Versioning},
    },
};

/// Everything that an answer says about an object.
pub fn describe(response: &mut Response, bucket: &Bucket, version: &Version, object: &Object) {
    set(response, "accept-ranges", "bytes");
    set(response, "etag", format!("\"{}\"", object.etag));
    set(response, "last-modified", http_date(version.modified));
    object.headers.iter().for_each(|(name, value)| set(response, name, value));
    object.metadata.iter().for_each(|(name, value)| set(response, &format!("x-amz-meta-{name}"), value));
    if object.storage_class != "STANDARD" {
        set(response, "x-amz-storage-class", &object.storage_class);
    }
    if bucket.versioning != Versioning::Unversioned {
        set(response, "x-amz-version-id", &version.id);
    }
    if !object.tags.is_empty() {
        set(response, "x-amz-tagging-count", object.tags.len().to_string());
    }
    encryption::describe(response, &object.encryption);
}

/// The checksums of an object.
pub fn describe_checksums(response: &mut Response, object: &Object) {
    describe_sums(response, &object.checksums, object.checksum_type.as_deref());
}

/// The checksums of one part.
pub fn describe_part(response: &mut Response, object: &Object, at: usize) {
    let Some((_, sums)) = object.part_checksums.get(at) else { return };
    describe_sums(response, sums, object.checksum_type.as_deref());
}

fn describe_sums(response: &mut Response, sums: &BTreeMap<String, String>, kind: Option<&str>) {
    for (algorithm, sum) in sums {
        set(response, &format!("x-amz-checksum-{algorithm}"), sum);
    }
    if let Some(kind) = kind.filter(|_| !sums.is_empty()) {
        set(response, "x-amz-checksum-type", kind);
    }
}
