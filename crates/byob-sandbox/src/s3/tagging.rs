//! Tags of objects.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html>.

use std::collections::BTreeMap;

use axum::response::Response;
use byob_aws::iam::Context;
use s3s::dto::{Tag, Tagging};

use super::{
    objects::{deleted, find, find_with},
    request::S3Request,
    respond::{document, empty, set},
};
use crate::{refusal::Refusal, signature::query_pairs, state::buckets::Versioning};

/// The most tags of one object.
const MOST: usize = 10;

/// `GetObjectTagging`.
pub fn get(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    let version = find(request, bucket, "s3:GetObjectTagging", "s3:GetObjectVersionTagging")?;
    let object = version.object.as_ref().ok_or_else(|| deleted(request, bucket, version))?;
    let tag_set = object.tags.iter().map(|(key, value)| Tag { key: Some(key.clone()), value: Some(value.clone()) });
    let mut response = document(&Tagging { tag_set: tag_set.collect() })?;
    if bucket.versioning != Versioning::Unversioned {
        set(&mut response, "x-amz-version-id", &version.id);
    }
    Ok(response)
}

/// `PutObjectTagging`.
pub fn put(request: &S3Request) -> Result<Response, Refusal> {
    let wanted: Tagging = request.document()?;
    let pairs = wanted.tag_set.into_iter().map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()));
    let tags = checked(pairs.collect())?;
    change(request, "s3:PutObjectTagging", "s3:PutObjectVersionTagging", tags, 200)
}

/// `DeleteObjectTagging`.
pub fn delete(request: &S3Request) -> Result<Response, Refusal> {
    change(request, "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging", BTreeMap::new(), 204)
}

fn change(
    request: &S3Request,
    action: &str,
    of_version: &str,
    tags: BTreeMap<String, String>,
    status: u16,
) -> Result<Response, Refusal> {
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket(&state)?;
    let version = find_with(request, bucket, action, of_version, facts(&tags))?;
    if version.is_delete_marker() {
        return Err(deleted(request, bucket, version));
    }
    let id = version.id.clone();
    let bucket = request.bucket_mut(&mut state)?;
    let versions = bucket.objects.get_mut(&request.key).into_iter().flatten();
    let found = versions.filter(|version| version.id == id).find_map(|version| version.object.as_mut());
    if let Some(object) = found {
        object.tags = tags;
    }
    let mut response = empty(status);
    if bucket.versioning != Versioning::Unversioned {
        set(&mut response, "x-amz-version-id", id);
    }
    Ok(response)
}

/// `s3:RequestObjectTag/…` and their keys.
pub fn facts(tags: &BTreeMap<String, String>) -> Context {
    if tags.is_empty() {
        return Context::new();
    }
    let facts = Context::new().with_values("s3:RequestObjectTagKeys", tags.keys().cloned());
    tags.iter().fold(facts, |facts, (name, value)| facts.with(&format!("s3:RequestObjectTag/{name}"), value.clone()))
}

/// `x-amz-tagging: a=1&b=2`.
pub fn of_header(request: &S3Request) -> Result<BTreeMap<String, String>, Refusal> {
    match request.header_or_param("x-amz-tagging") {
        Some(text) => checked(query_pairs(text)),
        None => Ok(BTreeMap::new()),
    }
}

/// Tags within AWS's limits, each key once.
pub fn checked(pairs: Vec<(String, String)>) -> Result<BTreeMap<String, String>, Refusal> {
    let invalid = |message: &str| Err(Refusal::new(400, "InvalidTag", message));
    let number = pairs.len();
    if number > MOST {
        return invalid("Object tags cannot be greater than 10");
    }
    if pairs.iter().any(|(key, _)| key.is_empty() || key.chars().count() > 128) {
        return invalid("The TagKey you have provided is invalid");
    }
    if pairs.iter().any(|(key, _)| key.starts_with("aws:")) {
        return invalid("System tags cannot be added/updated by requester");
    }
    if pairs.iter().any(|(_, value)| value.chars().count() > 256) {
        return invalid("The TagValue you have provided is invalid");
    }
    let tags: BTreeMap<String, String> = pairs.into_iter().collect();
    if tags.len() < number {
        return invalid("Cannot provide multiple Tags with the same key");
    }
    Ok(tags)
}
