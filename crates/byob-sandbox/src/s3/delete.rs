//! Deleting objects and versions, one or up to a thousand at a time.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html>.

use axum::response::Response;
use s3s::dto::{Delete, DeletedObject, Error as Failed};
use time::OffsetDateTime;

use super::{
    conditions::lists,
    objects::existing_tags,
    request::{S3Request, malformed_xml},
    respond::{empty, parse_http_date, set},
};
use crate::{
    refusal::Refusal,
    state::{State, Version, buckets::Versioning},
};

/// What deleting came to.
struct Deleted {
    /// The version that was removed, or the delete marker that was made.
    version_id: Option<String>,
    /// A delete marker was made or removed.
    marker: bool,
}

/// `DeleteObject`.
pub fn one(request: &S3Request) -> Result<Response, Refusal> {
    let version_id = request.version_id()?;
    let mut state = request.call.sandbox.write();
    let wanted = Wanted {
        etag: request.header("if-match"),
        modified: request.header("x-amz-if-match-last-modified-time").and_then(parse_http_date),
        size: request.header("x-amz-if-match-size").and_then(|size| size.parse().ok()),
    };
    let deleted = delete(request, &mut state, &request.key, version_id, &wanted)?;
    let mut response = empty(204);
    if let Some(id) = deleted.version_id {
        set(&mut response, "x-amz-version-id", id);
    }
    if deleted.marker {
        set(&mut response, "x-amz-delete-marker", "true");
    }
    Ok(response)
}

/// `DeleteObjects`: each is deleted or refused for itself.
pub fn many(request: &S3Request) -> Result<Response, Refusal> {
    let has_digest = request.headers.contains_key("content-md5")
        || request.headers.keys().any(|name| name.as_str().starts_with("x-amz-checksum-"));
    if !has_digest {
        return Err(Refusal::new(
            400,
            "InvalidRequest",
            "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
        ));
    }
    request.checksums()?;
    let wanted: Delete = request.document()?;
    if wanted.objects.is_empty() || wanted.objects.len() > 1_000 {
        return Err(malformed_xml());
    }
    let mut state = request.call.sandbox.write();
    request.bucket(&state)?;
    let (mut deleted, mut failed) = (Vec::new(), Vec::new());
    for object in wanted.objects {
        let condition = Wanted {
            etag: object.e_tag.as_ref().map(s3s::dto::ETag::value),
            modified: object.last_modified_time.clone().map(OffsetDateTime::from),
            size: object.size.and_then(|size| u64::try_from(size).ok()),
        };
        match delete(request, &mut state, &object.key, object.version_id.as_deref(), &condition) {
            Ok(done) => deleted.push(DeletedObject {
                key: Some(object.key),
                version_id: object.version_id,
                delete_marker: done.marker.then_some(true),
                delete_marker_version_id: done.version_id.filter(|_| done.marker),
            }),
            Err(refusal) => failed.push(Failed {
                key: Some(object.key),
                version_id: object.version_id,
                code: Some(refusal.code),
                message: Some(refusal.message),
            }),
        }
    }
    let deleted = if wanted.quiet == Some(true) { Vec::new() } else { deleted };
    super::respond::document(&s3s::dto::DeleteObjectsOutput {
        deleted: Some(deleted),
        errors: Some(failed),
        request_charged: None,
    })
}

/// What the object has to be like to be deleted.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html>. Time and size are for directory buckets
/// there, and are understood here, too.
struct Wanted<'a> {
    etag: Option<&'a str>,
    modified: Option<OffsetDateTime>,
    size: Option<u64>,
}

impl Wanted<'_> {
    /// What is not there needs no deleting, and meets every condition.
    fn check(&self, existing: Option<&Version>) -> Result<(), Refusal> {
        let Some((version, object)) = existing.and_then(|version| Some((version, version.object.as_ref()?))) else {
            return Ok(());
        };
        let failed = |condition: &str| {
            let message = "At least one of the pre-conditions you specified did not hold";
            Err(Refusal::new(412, "PreconditionFailed", message).with("Condition", condition))
        };
        let seconds = |at: OffsetDateTime| at.unix_timestamp();
        match self {
            Self { etag: Some(tags), .. } if !lists(tags, &object.etag) => failed("If-Match"),
            Self { modified: Some(at), .. } if seconds(*at) != seconds(version.modified) => {
                failed("x-amz-if-match-last-modified-time")
            }
            Self { size: Some(size), .. } if *size != object.size => failed("x-amz-if-match-size"),
            _ => Ok(()),
        }
    }
}

fn delete(
    request: &S3Request,
    state: &mut State,
    key: &str,
    version_id: Option<&str>,
    wanted: &Wanted<'_>,
) -> Result<Deleted, Refusal> {
    let bucket = request.bucket(state)?;
    let (action, existing) = match version_id {
        Some(id) => ("s3:DeleteObjectVersion", bucket.version(key, id)),
        None => ("s3:DeleteObject", bucket.newest(key)),
    };
    let mut facts = existing.map_or_else(byob_aws::iam::Context::new, existing_tags);
    if let Some(id) = version_id {
        facts = facts.with("s3:VersionId", id);
    }
    request.demand_with(bucket, action, Some(key), facts.clone())?;
    if wanted.etag.is_some_and(|tag| tag != "*") {
        // Who asks for the tag learns something about the object.
        request.demand_with(bucket, "s3:GetObject", Some(key), facts)?;
    }
    wanted.check(existing)?;
    let now = request.now();
    let bucket = request.bucket_mut(state)?;
    let (removed, done) = match (version_id, bucket.versioning) {
        (Some(id), _) => {
            let removed = bucket.remove(key, id);
            let marker = removed.as_ref().is_some_and(Version::is_delete_marker);
            (removed, Deleted { version_id: Some(id.to_owned()), marker })
        }
        (None, Versioning::Unversioned) => (bucket.remove(key, "null"), Deleted { version_id: None, marker: false }),
        (None, Versioning::Enabled | Versioning::Suspended) => {
            let id = bucket.next_version_id();
            let replaced = bucket.add(key, Version { id: id.clone(), modified: now, object: None });
            (replaced, Deleted { version_id: Some(id), marker: true })
        }
    };
    super::objects::forget(request, removed);
    Ok(done)
}
