//! Copying objects inside S3.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>.

use std::collections::BTreeMap;

use axum::response::Response;
use byob_aws::iam::Context;
use percent_encoding::percent_decode_str;
use s3s::dto::{ChecksumType, CopyObjectResult};

use super::{
    checksums,
    conditions::{Conditions, Outcome},
    encryption, objects,
    request::{S3Request, invalid_argument, no_such_bucket, no_such_key},
    respond::{document, etag, set, timestamp},
};
use crate::{
    refusal::Refusal,
    state::{Bucket, State, Version, buckets::Object},
};

/// The object that a copy is made of.
pub struct Source<'a> {
    /// Its bucket.
    pub bucket: &'a Bucket,
    /// Its key.
    pub key: String,
    /// Its version.
    pub version: &'a Version,
    /// Its content.
    pub object: &'a Object,
}

/// Finds the source, if the caller may read it and its conditions hold.
pub fn source<'a>(request: &S3Request, state: &'a State) -> Result<Source<'a>, Refusal> {
    let header = request.header("x-amz-copy-source").unwrap_or_default();
    let malformed = || {
        invalid_argument(
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
            "x-amz-copy-source",
            header,
        )
    };
    let (bucket, key, version_id) = parse(header).ok_or_else(malformed)?;
    let bucket = state.buckets.get(&bucket).ok_or_else(|| no_such_bucket(&bucket))?;
    let version = match &version_id {
        Some(id) => bucket.version(&key, id),
        None => bucket.newest(&key),
    };
    let action = if version_id.is_some() { "s3:GetObjectVersion" } else { "s3:GetObject" };
    let mut facts = version.map_or_else(Context::new, objects::existing_tags);
    if let Some(id) = &version_id {
        facts = facts.with("s3:VersionId", id.clone());
    }
    request.demand_with(bucket, action, Some(&key), facts)?;
    let version = version.ok_or_else(|| request.missing(bucket, &key, version_id.as_deref()))?;
    let Some(object) = &version.object else {
        return Err(if version_id.is_some() {
            Refusal::new(
                400,
                "InvalidRequest",
                "The source of a copy request may not specifically refer to a delete marker by version id.",
            )
        } else {
            no_such_key(&key)
        });
    };
    objects::check_archived(object)?;
    encryption::demand_source(request, bucket, &key, &object.encryption)?;
    if Conditions::of_source(request).check(object, version.modified)? == Outcome::NotModified {
        let message = "At least one of the pre-conditions you specified did not hold";
        return Err(Refusal::new(412, "PreconditionFailed", message));
    }
    Ok(Source { bucket, key, version, object })
}

/// Bucket, key and version in the header: `bucket/key?versionId=…`, encoded as a URL is, with or without a slash before it.
fn parse(header: &str) -> Option<(String, String, Option<String>)> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    let (path, version) = match header.split_once("?versionId=") {
        Some((path, id)) => (path, Some(decode(id)?)),
        None => (header, None),
    };
    let path = decode(path)?;
    let (bucket, key) = path.strip_prefix('/').unwrap_or(&path).split_once('/')?;
    let is_named = !bucket.is_empty() && !key.is_empty() && version.as_deref() != Some("");
    is_named.then(|| (bucket.to_owned(), key.to_owned(), version))
}

/// `CopyObject`.
pub fn copy(request: &S3Request) -> Result<Response, Refusal> {
    let directive = |name: &str| match request.header(name) {
        None | Some("COPY") => Ok(false),
        Some("REPLACE") => Ok(true),
        Some(other) => {
            Err(invalid_argument(format!("Unknown {} directive.", name.trim_start_matches("x-amz-")), name, other))
        }
    };
    let (replaces_metadata, replaces_tags) =
        (directive("x-amz-metadata-directive")?, directive("x-amz-tagging-directive")?);
    let (object, source_version, content) = {
        let state = request.call.sandbox.read();
        let bucket = request.bucket(&state)?;
        objects::demand_write(request, bucket)?;
        let source = source(request, &state)?;
        let changes_nothing = !replaces_metadata
            && request.header("x-amz-storage-class").is_none()
            && request.header("x-amz-server-side-encryption").is_none()
            && request.header("x-amz-website-redirect-location").is_none();
        let is_newest = source.bucket.newest(&source.key).is_some_and(|newest| newest.id == source.version.id);
        if changes_nothing && is_newest && source.bucket.name == request.bucket && source.key == request.key {
            let message = "This copy request is illegal because it is trying to copy an object to itself without changing the \
                           object's metadata, storage class, website redirect location or encryption attributes.";
            return Err(Refusal::new(400, "InvalidRequest", message));
        }
        if !replaces_tags && !source.object.tags.is_empty() {
            // Tags are copied by who may read and write them.
            let facts = objects::existing_tags(source.version);
            request.demand_with(source.bucket, "s3:GetObjectTagging", Some(&source.key), facts)?;
            request.demand_key(bucket, "s3:PutObjectTagging", &request.key)?;
        }
        let encryption = encryption::wanted(request, bucket)?;
        encryption::demand_write(request, bucket, &request.key, &encryption)?;
        let content = request.call.sandbox.blobs().get(&source.object.blob).map_err(|_| Refusal::internal())?;
        let fresh = objects::described(request, bucket)?;
        let checksums: BTreeMap<String, String> = match request.checksum_algorithm()? {
            Some(algorithm) => {
                checksums::compute(&algorithm, &content).map(|sum| (algorithm, sum)).into_iter().collect()
            }
            // Those of parts do not fit the copy, which is in one piece.
            None if source.object.parts.is_empty() && !source.object.checksums.is_empty() => {
                source.object.checksums.clone()
            }
            None => checksums::default_of(&content),
        };
        let etag = if source.object.parts.is_empty() { source.object.etag.clone() } else { md5_hex(&content) };
        let (headers, metadata) = if replaces_metadata {
            (fresh.headers.clone(), fresh.metadata.clone())
        } else {
            (source.object.headers.clone(), source.object.metadata.clone())
        };
        let tags = if replaces_tags { fresh.tags.clone() } else { source.object.tags.clone() };
        let object = Object { etag, size: source.object.size, headers, metadata, checksums, tags, encryption, ..fresh };
        let versioned = source.bucket.versioning != crate::state::buckets::Versioning::Unversioned;
        (object, versioned.then(|| source.version.id.clone()), content)
    };
    let blob = request.call.sandbox.blobs().put(content).map_err(|_| Refusal::internal())?;
    let object = Object { blob, ..object };
    let (id, versioned) = objects::store(request, &mut request.call.sandbox.write(), object.clone())?;
    let sum = |algorithm: &str| object.checksums.get(algorithm).cloned();
    let mut response = document(&CopyObjectResult {
        e_tag: Some(etag(&object.etag)),
        last_modified: Some(timestamp(request.now())),
        checksum_crc32: sum("crc32"),
        checksum_crc32c: sum("crc32c"),
        checksum_crc64nvme: sum("crc64nvme"),
        checksum_sha1: sum("sha1"),
        checksum_sha256: sum("sha256"),
        checksum_type: object.checksum_type.clone().filter(|_| !object.checksums.is_empty()).map(ChecksumType::from),
    })?;
    encryption::describe(&mut response, &object.encryption);
    if let Some(id) = source_version {
        set(&mut response, "x-amz-copy-source-version-id", id);
    }
    if versioned {
        set(&mut response, "x-amz-version-id", id);
    }
    Ok(response)
}

fn md5_hex(content: &[u8]) -> String {
    use md5::Digest;
    base16ct::lower::encode_string(&md5::Md5::digest(content))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::parse;

    fn text(bucket: &str, key: &str, version: Option<&str>) -> (String, String, Option<String>) {
        (bucket.to_owned(), key.to_owned(), version.map(str::to_owned))
    }

    #[test]
    fn sources_are_read_as_the_urls_they_are() {
        for (header, expected) in [
            ("b/k", Some(text("b", "k", None))),
            ("/b/k", Some(text("b", "k", None))),
            ("b/a/c%2Fd+e%20f", Some(text("b", "a/c/d+e f", None))),
            ("b%2Fk", Some(text("b", "k", None))),
            ("b/k?versionId=null", Some(text("b", "k", Some("null")))),
            ("b/%3FversionId", Some(text("b", "?versionId", None))),
            ("b/k%3FversionId=1?versionId=2", Some(text("b", "k?versionId=1", Some("2")))),
            ("b/100%25", Some(text("b", "100%", None))),
            ("b//k", Some(text("b", "/k", None))),
            ("b", None),
            ("b/", None),
            ("/", None),
            ("", None),
            ("b/k?versionId=", None),
            ("b/%FF", None),
        ] {
            assert_eq!(parse(header), expected, "{header}");
        }
    }

    proptest! {
        #[test]
        fn any_key_comes_back(key in "\\PC{1,20}") {
            let header = format!("bucket/{}", byob_aws::encode::path(&key));
            prop_assert_eq!(parse(&header), Some(text("bucket", &key, None)));
        }

        #[test]
        fn no_header_panics(header in "\\PC*") {
            drop(parse(&header));
        }
    }
}
