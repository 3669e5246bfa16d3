//! Versioning: whether it is on, and the list of versions.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html>.

use axum::response::Response;
use s3s::dto::{
    BucketVersioningStatus, DeleteMarkerEntry, ObjectVersion, ObjectVersionStorageClass, VersioningConfiguration,
};

use super::{
    list::{Options, count, demand_list},
    request::{S3Request, invalid_argument, malformed_xml},
    respond::{document, empty, etag, timestamp, xml_text},
};
use crate::{
    refusal::{Refusal, xml},
    state::{Bucket, Version, buckets::Versioning},
};

/// `GetBucketVersioning`.
pub fn get_versioning(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    request.demand(bucket, "s3:GetBucketVersioning")?;
    let status = match bucket.versioning {
        Versioning::Unversioned => None,
        Versioning::Enabled => Some("Enabled"),
        Versioning::Suspended => Some("Suspended"),
    };
    Ok(xml_text(xml(&maud::html! {
        VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/" {
            @if let Some(status) = status { Status { (status) } }
        }
    })))
}

/// `PutBucketVersioning`.
pub fn put_versioning(request: &S3Request) -> Result<Response, Refusal> {
    let wanted: VersioningConfiguration = request.document()?;
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket_mut(&mut state)?;
    request.demand(bucket, "s3:PutBucketVersioning")?;
    bucket.versioning = match wanted.status.as_ref().map(BucketVersioningStatus::as_str) {
        Some("Enabled") => Versioning::Enabled,
        Some("Suspended") => Versioning::Suspended,
        None => {
            let message = "The Versioning element must be specified";
            return Err(Refusal::new(400, "IllegalVersioningConfigurationException", message));
        }
        Some(_) => return Err(malformed_xml()),
    };
    Ok(empty(200))
}

/// One version in a list.
struct Listed<'a> {
    key: &'a str,
    version: &'a Version,
    is_latest: bool,
}

/// `ListObjectVersions`: keys in order, of each the newest version first.
pub fn list(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    demand_list(request, bucket, "s3:ListBucketVersions")?;
    let options = Options::of(request)?;
    let (key_marker, id_marker) = (request.param("key-marker").unwrap_or_default(), request.param("version-id-marker"));
    if id_marker.is_some() && request.param("key-marker").is_none() {
        let message = "A version-id marker cannot be specified without a key marker.";
        return Err(invalid_argument(message, "version-id-marker", id_marker.unwrap_or_default()));
    }
    let (mut entries, mut groups): (Vec<Listed<'_>>, Vec<String>) = (Vec::new(), Vec::new());
    let mut next = None;
    for listed in remaining(bucket, options.prefix, key_marker, id_marker.filter(|id| !id.is_empty())) {
        let group = group_of(listed.key, &options);
        if group.as_ref().is_some_and(|group| groups.last() == Some(group) || group == key_marker) {
            continue;
        }
        if entries.len() + groups.len() >= options.most {
            let last_entry = entries.last().map(|last| (last.key.to_owned(), Some(last.version.id.clone())));
            let last_group = groups.last().map(|group| (group.clone(), None));
            next = last_entry.into_iter().chain(last_group).max_by(|a, b| a.0.cmp(&b.0));
            break;
        }
        match group {
            Some(group) => groups.push(group),
            None => entries.push(listed),
        }
    }
    let owner = request.owner_of(bucket);
    let (versions, markers): (Vec<&Listed<'_>>, Vec<&Listed<'_>>) =
        entries.iter().partition(|listed| listed.version.object.is_some());
    let (next_key, next_id) = next.unzip();
    document(&s3s::dto::ListObjectVersionsOutput {
        name: Some(bucket.name.clone()),
        prefix: Some(options.encode(options.prefix)),
        key_marker: Some(options.encode(key_marker)),
        version_id_marker: Some(id_marker.unwrap_or_default().to_owned()),
        max_keys: Some(count(options.most)),
        is_truncated: Some(next_key.is_some()),
        next_key_marker: next_key.as_ref().map(|key: &String| options.encode(key)),
        next_version_id_marker: next_id.flatten(),
        delimiter: request.param("delimiter").filter(|text| !text.is_empty()).map(|text| options.encode(text)),
        encoding_type: options.encoding(),
        common_prefixes: Some(options.prefixes(&groups)),
        versions: Some(
            versions
                .iter()
                .map(|listed| ObjectVersion {
                    key: Some(options.encode(listed.key)),
                    version_id: Some(listed.version.id.clone()),
                    is_latest: Some(listed.is_latest),
                    last_modified: Some(timestamp(listed.version.modified)),
                    e_tag: listed.version.object.as_ref().map(|object| etag(&object.etag)),
                    size: listed.version.object.as_ref().and_then(|object| i64::try_from(object.size).ok()),
                    storage_class: listed
                        .version
                        .object
                        .as_ref()
                        .map(|object| ObjectVersionStorageClass::from(object.storage_class.clone())),
                    owner: Some(request.owner_of_version(bucket, listed.version)),
                    ..ObjectVersion::default()
                })
                .collect(),
        ),
        delete_markers: Some(
            markers
                .iter()
                .map(|listed| DeleteMarkerEntry {
                    key: Some(options.encode(listed.key)),
                    version_id: Some(listed.version.id.clone()),
                    is_latest: Some(listed.is_latest),
                    last_modified: Some(timestamp(listed.version.modified)),
                    owner: Some(owner.clone()),
                })
                .collect(),
        ),
        ..s3s::dto::ListObjectVersionsOutput::default()
    })
}

/// Versions after the markers: the rest of the marked key where a version is named, and all keys behind it.
fn remaining<'a>(
    bucket: &'a Bucket,
    prefix: &'a str,
    key_marker: &'a str,
    id_marker: Option<&'a str>,
) -> impl Iterator<Item = Listed<'a>> {
    let from = if key_marker > prefix { key_marker } else { prefix };
    let keys = bucket.objects.range(from.to_owned()..).take_while(move |(key, _)| key.starts_with(prefix));
    keys.filter(move |(key, _)| {
        key.as_str() > key_marker || key_marker.is_empty() || (key.as_str() == key_marker && id_marker.is_some())
    })
    .flat_map(move |(key, versions)| {
        let newest = versions.len() - 1;
        let listed = versions.iter().enumerate().rev().map(move |(at, version)| Listed {
            key,
            version,
            is_latest: at == newest,
        });
        let skip = match id_marker.filter(|_| key == key_marker) {
            Some(id) => versions.iter().rev().position(|version| version.id == id).map_or(versions.len(), |at| at + 1),
            None => 0,
        };
        listed.skip(skip)
    })
}

fn group_of(key: &str, options: &Options<'_>) -> Option<String> {
    let rest = key.strip_prefix(options.prefix).filter(|_| !options.delimiter.is_empty())?;
    let at = rest.find(options.delimiter)?;
    Some(key[..options.prefix.len() + at + options.delimiter.len()].to_owned())
}
