//! Reading and writing objects.

use std::{collections::BTreeMap, ops::Range};

use axum::{body::Body, http::Method, response::Response};
use byob_aws::iam::Context;
use md5::{Digest, Md5};

use super::{
    acl, checksums, conditions,
    conditions::{Conditions, Outcome},
    encryption, lifecycle,
    operations::no_object_lock,
    public_access,
    request::{S3Request, invalid_argument},
    respond::{empty, http_date, set},
    tagging,
};
use crate::{
    refusal::Refusal,
    state::{
        Blob, Bucket, State, Version,
        buckets::{Object, Versioning},
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
/// Headers that the reader of a signed URL may be given instead of the object's.
const OVERRIDES: [&str; 6] =
    ["cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires"];
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

/// Answers with the object, or only with what is known about it (HEAD).
pub fn get(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    let version = find(request, bucket, "s3:GetObject", "s3:GetObjectVersion")?;
    let Some(object) = &version.object else { return Err(deleted(request, bucket, version)) };
    encryption::demand_read(request, bucket, &request.key, &object.encryption)?;
    if request.method != Method::HEAD {
        check_archived(object)?;
    }
    let overrides = overrides(request)?;

    let outcome = Conditions::of_read(request).check(object, version.modified)?;
    if outcome == Outcome::NotModified {
        let mut response = empty(304);
        describe(&mut response, bucket, version, object);
        response.headers_mut().remove("content-type");
        return Ok(response);
    }
    let part = part(request, object)?;
    let range = match (&part, range_header(request, object, version)) {
        // There is no way to say which bytes nothing is.
        (Some((part, _)), _) => Some(part.clone()).filter(|part| !part.is_empty()),
        (None, Some(text)) => range(text, object.size)?,
        (None, None) => None,
    };
    let mut response = empty(if range.is_some() { 206 } else { 200 });
    describe(&mut response, bucket, version, object);
    if bucket.newest(&request.key).is_some_and(|newest| newest.id == version.id) {
        lifecycle::describe(&mut response, bucket, &request.key, object, version.modified);
    }
    for (name, value) in &overrides {
        set(&mut response, name, value);
    }
    if part.is_some() && !object.parts.is_empty() {
        set(&mut response, "x-amz-mp-parts-count", object.parts.len().to_string());
    }
    if request.header_or_param("x-amz-checksum-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("enabled")) {
        match part.as_ref().filter(|_| !object.parts.is_empty()) {
            Some((_, at)) => describe_part(&mut response, object, *at),
            None if range.as_ref().is_none_or(|range| *range == (0..object.size)) => {
                describe_checksums(&mut response, object);
            }
            None => {}
        }
    }
    let whole = 0..object.size;
    let wanted = range.clone().unwrap_or(whole);
    set(&mut response, "content-length", (wanted.end - wanted.start).to_string());
    if range.is_some() {
        let text = format!("bytes {}-{}/{}", wanted.start, wanted.end.saturating_sub(1), object.size);
        set(&mut response, "content-range", text);
    }
    if request.method != Method::HEAD {
        let blob = object.blob.clone();
        drop(state);
        let content = request.call.sandbox.blobs().get(&blob).map_err(|_| Refusal::internal())?;
        let slice = usize::try_from(wanted.start).ok().zip(usize::try_from(wanted.end).ok());
        let slice = slice.filter(|(_, end)| *end <= content.len()).ok_or_else(Refusal::internal)?;
        *response.body_mut() = Body::from(content.slice(slice.0..slice.1));
    }
    Ok(response)
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

/// The checksums of an object, as headers.
pub fn describe_checksums(response: &mut Response, object: &Object) {
    for (algorithm, sum) in &object.checksums {
        set(response, &format!("x-amz-checksum-{algorithm}"), sum);
    }
    if let Some(kind) = object.checksum_type.as_ref().filter(|_| !object.checksums.is_empty()) {
        set(response, "x-amz-checksum-type", kind);
    }
}

/// The checksums of one part, as headers.
fn describe_part(response: &mut Response, object: &Object, at: usize) {
    let Some((_, sums)) = object.part_checksums.get(at) else { return };
    for (algorithm, sum) in sums {
        set(response, &format!("x-amz-checksum-{algorithm}"), sum);
    }
    if let Some(kind) = object.checksum_type.as_ref().filter(|_| !sums.is_empty()) {
        set(response, "x-amz-checksum-type", kind);
    }
}

/// `response-content-type` and its relatives, which only signed requests may use.
fn overrides(request: &S3Request) -> Result<Vec<(&'static str, String)>, Refusal> {
    let named =
        OVERRIDES.iter().filter_map(|name| Some((*name, request.param(&format!("response-{name}"))?.to_owned())));
    let overrides: Vec<_> = named.collect();
    if !overrides.is_empty() && matches!(request.call.caller, crate::call::Caller::Anonymous) {
        let message = "Request specific response headers cannot be used for anonymous GET requests.";
        return Err(Refusal::new(400, "InvalidRequest", message));
    }
    Ok(overrides)
}

/// `Range`, unless `If-Range` says that the client has another object.
fn range_header<'a>(request: &'a S3Request, object: &Object, version: &Version) -> Option<&'a str> {
    let range = request.header("range")?;
    let same = match request.header("if-range") {
        None => true,
        Some(tag) if tag.starts_with('"') => conditions::lists(tag, &object.etag),
        Some(date) => date == http_date(version.modified),
    };
    same.then_some(range)
}

/// The bytes that a range means; none where the header is to be ignored, as S3 does with what it cannot read and with several ranges.
///
/// Source: RFC 9110 section 14.2, and <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html> for single ranges.
pub fn range(text: &str, size: u64) -> Result<Option<Range<u64>>, Refusal> {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-')) else {
        return Ok(None);
    };
    let unsatisfiable = || {
        Refusal::new(416, "InvalidRange", "The requested range is not satisfiable")
            .with("RangeRequested", text)
            .with("ActualObjectSize", size.to_string())
            .header("content-range", format!("bytes */{size}"))
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(suffix)) if first.is_empty() => {
            if suffix == 0 {
                return Err(unsatisfiable());
            }
            size.saturating_sub(suffix)..size
        }
        _ => return Ok(None),
    };
    if range.start >= size { Err(unsatisfiable()) } else { Ok(Some(range)) }
}

/// The bytes of one part, and its place among them. What was uploaded in one piece counts as one part.
fn part(request: &S3Request, object: &Object) -> Result<Option<(Range<u64>, usize)>, Refusal> {
    let Some(text) = request.param("partNumber") else { return Ok(None) };
    let number = text.parse::<usize>().ok().filter(|number| (1..=10_000).contains(number));
    let number = number.ok_or_else(|| {
        invalid_argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text)
    })?;
    if request.headers.contains_key("range") {
        return Err(Refusal::new(
            400,
            "InvalidRequest",
            "Cannot specify both Range header and partNumber query parameter",
        ));
    }
    let sizes = if object.parts.is_empty() { std::slice::from_ref(&object.size) } else { object.parts.as_slice() };
    let Some(size) = sizes.get(number - 1) else {
        return Err(Refusal::new(416, "InvalidPartNumber", "The requested partnumber is not satisfiable")
            .with("PartNumberRequested", text)
            .with("ActualPartCount", sizes.len().to_string()));
    };
    let start: u64 = sizes[..number - 1].iter().sum();
    Ok(Some((start..start + size, number - 1)))
}

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
        encryption: crate::state::buckets::Encryption::S3,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::range;

    proptest! {
        #[test]
        fn a_range_lies_inside_the_object(text in "bytes=[0-9]{0,20}-[0-9]{0,20}", size in any::<u64>()) {
            if let Ok(Some(range)) = range(&text, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }

        #[test]
        fn noise_never_panics(text in "\\PC*", size in any::<u64>()) {
            drop(range(&text, size));
        }
    }

    #[test]
    fn single_ranges_are_read_and_others_ignored() {
        for (text, wanted) in [
            ("bytes=0-0", Some(0..1)),
            ("bytes=5-", Some(5..10)),
            ("bytes=5-100", Some(5..10)),
            ("bytes=-3", Some(7..10)),
            ("bytes=-100", Some(0..10)),
            ("bytes=5-4", None),
            ("bytes=0-1,3-4", None),
            ("bytes=a-b", None),
            ("items=0-1", None),
            ("bytes=", None),
        ] {
            assert_eq!(range(text, 10).unwrap(), wanted, "{text}");
        }
        for text in ["bytes=10-", "bytes=10-11", "bytes=-0"] {
            assert_eq!(range(text, 10).unwrap_err().code, "InvalidRange", "{text}");
        }
        assert_eq!(range("bytes=-5", 0).unwrap_err().code, "InvalidRange");
    }
}
