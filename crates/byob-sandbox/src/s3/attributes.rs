//! `GetObjectAttributes`: what is known about an object, as a document.

use std::collections::BTreeMap;

use axum::response::Response;
use maud::{Markup, html};

use super::{
    encryption,
    list::MOST,
    objects::{deleted, find},
    request::{S3Request, invalid_argument},
    respond::{http_date, set, xml_text},
};
use crate::{
    refusal::{Refusal, xml},
    state::buckets::{Object, Versioning},
};

const NAMES: [&str; 5] = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

/// Answers with those attributes that the client names.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html>.
pub fn get(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    let version = find(request, bucket, "s3:GetObject", "s3:GetObjectVersion")?;
    find(request, bucket, "s3:GetObjectAttributes", "s3:GetObjectVersionAttributes")?;
    let object = version.object.as_ref().ok_or_else(|| deleted(request, bucket, version))?;
    encryption::demand_read(request, bucket, &request.key, &object.encryption)?;
    let headers = request.headers.get_all("x-amz-object-attributes").iter();
    let texts = headers.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
    let wanted: Vec<&str> = texts.map(str::trim).filter(|name| !name.is_empty()).collect();
    if let Some(unknown) = wanted.iter().find(|name| !NAMES.contains(name)).or(wanted.is_empty().then_some(&"")) {
        return Err(invalid_argument("Invalid attribute name specified.", "x-amz-object-attributes", unknown));
    }
    let wants = |name: &str| wanted.contains(&name);
    let document = html! {
        GetObjectAttributesResponse xmlns="http://s3.amazonaws.com/doc/2006-03-01/" {
            @if wants("ETag") { ETag { (object.etag) } }
            @if wants("Checksum") && !object.checksums.is_empty() {
                Checksum {
                    (sums(&object.checksums))
                    @if let Some(kind) = &object.checksum_type { ChecksumType { (kind) } }
                }
            }
            @if wants("ObjectParts") && !object.parts.is_empty() { (parts(request, object)?) }
            @if wants("StorageClass") { StorageClass { (object.storage_class) } }
            @if wants("ObjectSize") { ObjectSize { (object.size) } }
        }
    };
    let mut response = xml_text(xml(&document));
    set(&mut response, "last-modified", http_date(version.modified));
    if bucket.versioning != Versioning::Unversioned {
        set(&mut response, "x-amz-version-id", &version.id);
    }
    Ok(response)
}

fn sums(checksums: &BTreeMap<String, String>) -> Markup {
    let sum = |algorithm: &str| checksums.get(algorithm);
    html! {
        @if let Some(sum) = sum("crc32") { ChecksumCRC32 { (sum) } }
        @if let Some(sum) = sum("crc32c") { ChecksumCRC32C { (sum) } }
        @if let Some(sum) = sum("crc64nvme") { ChecksumCRC64NVME { (sum) } }
        @if let Some(sum) = sum("sha1") { ChecksumSHA1 { (sum) } }
        @if let Some(sum) = sum("sha256") { ChecksumSHA256 { (sum) } }
    }
}

/// How many parts there are, and a page of them where they have checksums.
fn parts(request: &S3Request, object: &Object) -> Result<Markup, Refusal> {
    let number = |name: &'static str, default: usize| match request.header(name) {
        None => Ok(default),
        Some(text) => {
            text.parse::<usize>().map_err(|_| invalid_argument(format!("Provided {name} is not a number"), name, text))
        }
    };
    let most = number("x-amz-max-parts", MOST)?.min(MOST);
    let after = number("x-amz-part-number-marker", 0)?;
    let all = object.part_checksums.iter().zip(&object.parts);
    let is_after = |part: i32| usize::try_from(part).is_ok_and(|part| part > after);
    let mut rest = all.filter(|((part, sums), _)| is_after(*part) && !sums.is_empty());
    let page: Vec<_> = rest.by_ref().take(most).collect();
    let more = rest.next().is_some();
    Ok(html! {
        ObjectParts {
            PartsCount { (object.parts.len()) }
            PartNumberMarker { (after) }
            @if let Some(((last, _), _)) = page.last() { NextPartNumberMarker { (last) } }
            MaxParts { (most) }
            IsTruncated { (more) }
            @for ((part, checksums), size) in page {
                Part { PartNumber { (part) } Size { (size) } (sums(checksums)) }
            }
        }
    })
}
