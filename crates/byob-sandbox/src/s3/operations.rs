//! Which operation a request is.

use axum::{http::Method, response::Response};

use super::{
    acl, attributes, buckets, configuration, copy, delete, list, multipart, objects, policy, public_access,
    request::S3Request, tagging, versions,
};
use crate::refusal::Refusal;

/// Sub-resources of objects that the sandbox does not have.
const MISSING: [&str; 5] = ["torrent", "restore", "select", "renameObject", "encryption"];
/// Sub-resources of buckets that the sandbox does not have.
const MISSING_OF_BUCKETS: [&str; 9] = [
    "abac",
    "analytics",
    "intelligent-tiering",
    "inventory",
    "metadataConfiguration",
    "metadataInventoryTable",
    "metadataTable",
    "metrics",
    "session",
];

/// Performs the operation that method, address and query name.
pub fn perform(request: &S3Request) -> Result<Response, Refusal> {
    let (name, act) = operation(request)?;
    request.call.sandbox.count(format!("s3:{name}"));
    act(request)
}

type Operation = (&'static str, fn(&S3Request) -> Result<Response, Refusal>);

fn operation(request: &S3Request) -> Result<Operation, Refusal> {
    let has = |name: &str| request.query.contains_key(name);
    let method = request.method.as_str();
    if request.bucket.is_empty() {
        return if method == "GET" { Ok(("ListBuckets", buckets::list)) } else { Err(not_allowed(&request.method)) };
    }
    if request.key.is_empty() { of_bucket(request, method, has) } else { of_object(request, method, has) }
}

fn of_bucket(request: &S3Request, method: &str, has: impl Fn(&str) -> bool) -> Result<Operation, Refusal> {
    if MISSING_OF_BUCKETS.iter().any(|name| has(name)) {
        return Err(not_implemented());
    }
    if configuration::find(&request.query).is_some() {
        return match method {
            "GET" => Ok(("GetBucketConfiguration", configuration::get)),
            "PUT" => Ok(("PutBucketConfiguration", configuration::put)),
            "DELETE" => Ok(("DeleteBucketConfiguration", configuration::delete)),
            _ => Err(not_allowed(&request.method)),
        };
    }
    Ok(match method {
        "GET" if has("location") => ("GetBucketLocation", buckets::location),
        "GET" if has("versioning") => ("GetBucketVersioning", versions::get_versioning),
        "PUT" if has("versioning") => ("PutBucketVersioning", versions::put_versioning),
        "GET" if has("versions") => ("ListObjectVersions", versions::list),
        "GET" if has("uploads") => ("ListMultipartUploads", multipart::list_uploads),
        "GET" if has("policyStatus") => ("GetBucketPolicyStatus", public_access::status),
        "GET" if has("policy") => ("GetBucketPolicy", policy::get),
        "PUT" if has("policy") => ("PutBucketPolicy", policy::put),
        "DELETE" if has("policy") => ("DeleteBucketPolicy", policy::delete),
        "GET" if has("acl") => ("GetBucketAcl", acl::get_bucket),
        "PUT" if has("acl") => ("PutBucketAcl", acl::put_bucket),
        "POST" if has("delete") => ("DeleteObjects", delete::many),
        "GET" if request.param("list-type") == Some("2") => ("ListObjectsV2", list::v2),
        "GET" => ("ListObjects", list::v1),
        "HEAD" => ("HeadBucket", buckets::head),
        "PUT" => ("CreateBucket", buckets::create),
        "DELETE" => ("DeleteBucket", buckets::delete),
        _ => return Err(not_allowed(&request.method)),
    })
}

fn of_object(request: &S3Request, method: &str, has: impl Fn(&str) -> bool) -> Result<Operation, Refusal> {
    if MISSING.iter().any(|name| has(name)) {
        return Err(not_implemented());
    }
    if has("retention") || has("legal-hold") {
        // No bucket of the sandbox has Object Lock.
        request.bucket(&request.call.sandbox.read())?;
        return Err(no_object_lock());
    }
    let copies = request.headers.contains_key("x-amz-copy-source");
    Ok(match method {
        "GET" if has("uploadId") => ("ListParts", multipart::list_parts),
        "PUT" if has("uploadId") && copies => ("UploadPartCopy", multipart::copy_part),
        "PUT" if has("uploadId") => ("UploadPart", multipart::upload_part),
        "POST" if has("uploadId") => ("CompleteMultipartUpload", multipart::complete),
        "DELETE" if has("uploadId") => ("AbortMultipartUpload", multipart::abort),
        "POST" if has("uploads") => ("CreateMultipartUpload", multipart::create),
        "GET" if has("tagging") => ("GetObjectTagging", tagging::get),
        "PUT" if has("tagging") => ("PutObjectTagging", tagging::put),
        "DELETE" if has("tagging") => ("DeleteObjectTagging", tagging::delete),
        "GET" if has("acl") => ("GetObjectAcl", acl::get_object),
        "PUT" if has("acl") => ("PutObjectAcl", acl::put_object),
        "GET" if has("attributes") => ("GetObjectAttributes", attributes::get),
        "GET" => ("GetObject", objects::get),
        "HEAD" => ("HeadObject", objects::get),
        "PUT" if copies => ("CopyObject", copy::copy),
        "PUT" => ("PutObject", objects::put),
        "DELETE" => ("DeleteObject", delete::one),
        _ => return Err(not_allowed(&request.method)),
    })
}

fn not_implemented() -> Refusal {
    Refusal::new(501, "NotImplemented", "A header or query you provided implies functionality that is not implemented")
}

/// What AWS answers to Object Lock on a bucket that was made without it.
pub fn no_object_lock() -> Refusal {
    Refusal::new(400, "InvalidRequest", "Bucket is missing Object Lock Configuration")
}

fn not_allowed(method: &Method) -> Refusal {
    Refusal::new(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
        .with("Method", method.as_str())
}
