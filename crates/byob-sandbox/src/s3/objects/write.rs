//! Writing: a new object becomes the newest version of its key.

use std::collections::BTreeMap;

use axum::response::Response;
use md5::{Digest, Md5};

use super::describe::describe_checksums;
use crate::{
    refusal::Refusal,
    s3::{
        acl, checksums, conditions, encryption, lifecycle,
        operations::no_object_lock,
        public_access,
        request::S3Request,
        respond::{empty, set},
        tagging,
    },
    state::{
        Blob, Bucket, State, Version,
        buckets::{Encryption, Object, Versioning},
    },
};

/// Standard headers that are kept with an object.
const KEPT: [&str; 7] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
    "x-amz-website-redirect-location",
];
/// The storage classes of general purpose buckets.
const STORAGE_CLASSES: [&str; 8] = [
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "GLACIER_IR",
];
/// The most metadata of users, names and values together, in bytes.
const MOST_METADATA: usize = 2_048;

/// Writes an object.
pub fn put(request: &S3Request) -> Result<Response, Refusal> {
    let body = request.call.body.clone();
    let prepared = {
        let state = request.call.sandbox.read();
        let bucket = request.bucket(&state)?;
        demand_write(request, bucket)?;
        let encryption = encryption::wanted(request, bucket)?;
        encryption::demand_write(request, bucket, &request.key, &encryption)?;
        let checksums = request.checksums()?;
        let checksums = if checksums.is_empty() { checksums::default_of(&body) } else { checksums };
        Object { checksums, encryption, ..described(request, bucket)? }
    };
    let blob = request.call.sandbox.blobs().put(body.clone()).map_err(|_| Refusal::internal())?;
    let object =
        Object { size: body.len() as u64, etag: base16ct::lower::encode_string(&Md5::digest(&body)), blob, ..prepared };
    let mut state = request.call.sandbox.write();
    let (id, versioned) = store(request, &mut state, object.clone())?;
    let mut response = empty(200);
    if let Ok(bucket) = request.bucket(&state) {
        lifecycle::describe(&mut response, bucket, &request.key, &object, request.now());
    }
    drop(state);
    set(&mut response, "etag", format!("\"{}\"", object.etag));
    describe_checksums(&mut response, &object);
    encryption::describe(&mut response, &object.encryption);
    if versioned {
        set(&mut response, "x-amz-version-id", id);
    }
    Ok(response)
}

/// Whether the caller may write this object with these tags and this access control list.
pub fn demand_write(request: &S3Request, bucket: &Bucket) -> Result<(), Refusal> {
    let tags = tagging::of_header(request)?;
    let facts = tagging::facts(&tags);
    request.demand_with(bucket, "s3:PutObject", Some(&request.key), facts.clone())?;
    if !tags.is_empty() {
        request.demand_with(bucket, "s3:PutObjectTagging", Some(&request.key), facts)?;
    }
    if acl::is_asked_for(request) {
        request.demand_key(bucket, "s3:PutObjectAcl", &request.key)?;
    }
    Ok(())
}

/// What the headers of a request say about the object that it writes. Content, size, tag and encryption come later.
pub fn described(request: &S3Request, bucket: &Bucket) -> Result<Object, Refusal> {
    let mut headers: BTreeMap<String, String> = KEPT
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), request.raw_header(name)?)))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    headers.entry("content-type".to_owned()).or_insert_with(|| "binary/octet-stream".to_owned());
    let storage_class = request.header_or_param("x-amz-storage-class").unwrap_or("STANDARD");
    if !STORAGE_CLASSES.contains(&storage_class) {
        return Err(Refusal::new(400, "InvalidStorageClass", "The storage class you specified is not valid"));
    }
    if request.headers.keys().any(|name| name.as_str().starts_with("x-amz-object-lock-")) {
        return Err(no_object_lock());
    }
    public_access::check_acl(request, bucket)?;
    Ok(Object {
        blob: Blob::none(),
        size: 0,
        etag: String::new(),
        headers,
        metadata: metadata(request)?,
        checksums: BTreeMap::new(),
        checksum_type: Some("FULL_OBJECT".to_owned()),
        storage_class: storage_class.to_owned(),
        encryption: Encryption::S3,
        tags: tagging::of_header(request)?,
        parts: Vec::new(),
        part_checksums: Vec::new(),
        acl: acl::of_new_object(request, bucket)?,
    })
}

/// `x-amz-meta-…`, of the headers or of a presigned query.
fn metadata(request: &S3Request) -> Result<BTreeMap<String, String>, Refusal> {
    let of_headers = request.headers.keys().filter_map(|name| {
        let short = name.as_str().strip_prefix("x-amz-meta-")?;
        let values =
            request.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Some((short.to_owned(), values.collect::<Vec<_>>().join(",")))
    });
    let of_query = request.query.iter().filter_map(|(name, value)| {
        Some((name.to_ascii_lowercase().strip_prefix("x-amz-meta-")?.to_owned(), value.clone()))
    });
    let metadata: BTreeMap<String, String> = of_query.chain(of_headers).collect();
    let size: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > MOST_METADATA {
        let message = "Your metadata headers exceed the maximum allowed metadata size";
        return Err(Refusal::new(400, "MetadataTooLarge", message)
            .with("Size", size.to_string())
            .with("MaxSizeAllowed", MOST_METADATA.to_string()));
    }
    Ok(metadata)
}

/// Makes an object the newest version of the request's key, if the request's conditions hold. Gives its version ID, and whether it is
/// worth telling: `null` is not.
pub fn store(request: &S3Request, state: &mut State, object: Object) -> Result<(String, bool), Refusal> {
    let blob = object.blob.clone();
    let stored = request.bucket_mut(state).and_then(|bucket| {
        conditions::check_write(request, bucket.newest(&request.key))?;
        let id = bucket.next_version_id();
        let version = Version { id: id.clone(), modified: request.now(), object: Some(object) };
        let replaced = bucket.add(&request.key, version);
        Ok((replaced, id, bucket.versioning == Versioning::Enabled))
    });
    match stored {
        Ok((replaced, id, versioned)) => {
            forget(request, replaced);
            Ok((id, versioned))
        }
        Err(refusal) => {
            request.call.sandbox.blobs().remove(&blob);
            Err(refusal)
        }
    }
}

/// Removes the content of a version that is gone.
pub fn forget(request: &S3Request, version: Option<Version>) {
    if let Some(object) = version.and_then(|version| version.object) {
        request.call.sandbox.blobs().remove(&object.blob);
    }
}
