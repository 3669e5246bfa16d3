//! Configurations of buckets that are kept and given back: CORS, lifecycle, tags and the like.
//!
//! They are stored as the XML that came, after it has been read as what it should be. What the sandbox acts on: CORS, default encryption,
//! Block Public Access, ownership, requester pays. The rest is only kept: nothing expires, is logged or replicated.

use std::collections::BTreeMap;

use axum::response::Response;
use s3s::dto;
use time::{OffsetDateTime, Time};

use super::{
    acl,
    request::{S3Request, malformed_xml, parse_xml},
    respond::{empty, to_xml, xml_text},
};
use crate::{random, refusal::Refusal};

/// A kind of configuration.
pub struct Kind {
    /// Its parameter in the query.
    name: &'static str,
    /// The actions that read and write it; who may write may delete.
    read: &'static str,
    write: &'static str,
    /// What is said where there is none; nothing where an empty document is given instead.
    missing: Option<(&'static str, &'static str)>,
    /// The empty document.
    none: &'static str,
    /// Whether a document is one of this kind.
    check: fn(&[u8]) -> Result<(), Refusal>,
    /// The status of a deletion; none where it cannot be deleted.
    deletable: bool,
}

macro_rules! checks {
    ($type:ty) => {
        |text| parse_xml::<$type>(text).map(|_| ())
    };
}

const OWNERSHIPS: [&str; 3] = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"];
const PAYERS: [&str; 2] = ["BucketOwner", "Requester"];

/// Whether there is exactly one, and its value is known.
fn one_of<'a, T>(all: &'a [T], known: &[&str], value: impl Fn(&'a T) -> &'a str) -> Result<(), Refusal> {
    match all {
        [one] if known.contains(&value(one)) => Ok(()),
        _ => Err(malformed_xml()),
    }
}

const KINDS: &[Kind] = &[
    Kind {
        name: "cors",
        read: "s3:GetBucketCORS",
        write: "s3:PutBucketCORS",
        missing: Some(("NoSuchCORSConfiguration", "The CORS configuration does not exist")),
        none: "",
        check: super::cors::check,
        deletable: true,
    },
    Kind {
        name: "lifecycle",
        read: "s3:GetLifecycleConfiguration",
        write: "s3:PutLifecycleConfiguration",
        missing: Some(("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")),
        none: "",
        check: check_lifecycle,
        deletable: true,
    },
    Kind {
        name: "tagging",
        read: "s3:GetBucketTagging",
        write: "s3:PutBucketTagging",
        missing: Some(("NoSuchTagSet", "The TagSet does not exist")),
        none: "",
        check: check_tags,
        deletable: true,
    },
    Kind {
        name: "encryption",
        read: "s3:GetEncryptionConfiguration",
        write: "s3:PutEncryptionConfiguration",
        missing: None,
        none: "<ServerSideEncryptionConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>",
        check: checks!(dto::ServerSideEncryptionConfiguration),
        deletable: true,
    },
    Kind {
        name: "publicAccessBlock",
        read: "s3:GetBucketPublicAccessBlock",
        write: "s3:PutBucketPublicAccessBlock",
        missing: Some(("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")),
        none: "",
        check: checks!(dto::PublicAccessBlockConfiguration),
        deletable: true,
    },
    Kind {
        name: "ownershipControls",
        read: "s3:GetBucketOwnershipControls",
        write: "s3:PutBucketOwnershipControls",
        missing: Some(("OwnershipControlsNotFoundError", "The bucket ownership controls were not found")),
        none: "",
        check: |text| {
            one_of(&parse_xml::<dto::OwnershipControls>(text)?.rules, &OWNERSHIPS, |rule| {
                rule.object_ownership.as_str()
            })
        },
        deletable: true,
    },
    Kind {
        name: "requestPayment",
        read: "s3:GetBucketRequestPayment",
        write: "s3:PutBucketRequestPayment",
        missing: None,
        none: "<RequestPaymentConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Payer>BucketOwner</Payer></RequestPaymentConfiguration>",
        check: |text| one_of(&[parse_xml::<dto::RequestPaymentConfiguration>(text)?], &PAYERS, |it| it.payer.as_str()),
        deletable: false,
    },
    Kind {
        name: "logging",
        read: "s3:GetBucketLogging",
        write: "s3:PutBucketLogging",
        missing: None,
        none: "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>",
        check: checks!(dto::BucketLoggingStatus),
        deletable: false,
    },
    Kind {
        name: "notification",
        read: "s3:GetBucketNotification",
        write: "s3:PutBucketNotification",
        missing: None,
        none: "<NotificationConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>",
        check: checks!(dto::NotificationConfiguration),
        deletable: false,
    },
    Kind {
        name: "website",
        read: "s3:GetBucketWebsite",
        write: "s3:PutBucketWebsite",
        missing: Some(("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration")),
        none: "",
        check: checks!(dto::WebsiteConfiguration),
        deletable: true,
    },
    Kind {
        name: "replication",
        read: "s3:GetReplicationConfiguration",
        write: "s3:PutReplicationConfiguration",
        missing: Some(("ReplicationConfigurationNotFoundError", "The replication configuration was not found")),
        none: "",
        check: checks!(dto::ReplicationConfiguration),
        deletable: true,
    },
    Kind {
        name: "accelerate",
        read: "s3:GetAccelerateConfiguration",
        write: "s3:PutAccelerateConfiguration",
        missing: None,
        none: "<AccelerateConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>",
        check: checks!(dto::AccelerateConfiguration),
        deletable: false,
    },
    Kind {
        name: "object-lock",
        read: "s3:GetBucketObjectLockConfiguration",
        write: "s3:PutBucketObjectLockConfiguration",
        missing: Some((
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
        )),
        none: "",
        check: |_| Err(Refusal::new(501, "NotImplemented", "The sandbox has no Object Lock")),
        deletable: false,
    },
];

/// The kind that a query names.
pub fn find(query: &BTreeMap<String, String>) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| query.contains_key(kind.name))
}

fn kind(request: &S3Request) -> Result<&'static Kind, Refusal> {
    find(&request.query).ok_or_else(Refusal::internal)
}

/// Gives a configuration.
pub fn get(request: &S3Request) -> Result<Response, Refusal> {
    let kind = kind(request)?;
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    request.demand(bucket, kind.read)?;
    match (bucket.configuration.get(kind.name), kind.missing) {
        (Some(text), _) => Ok(xml_text(text.clone())),
        (None, Some((code, message))) => Err(Refusal::new(404, code, message).with("BucketName", bucket.name.clone())),
        (None, None) => Ok(xml_text(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", kind.none))),
    }
}

/// Sets a configuration.
pub fn put(request: &S3Request) -> Result<Response, Refusal> {
    let kind = kind(request)?;
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket_mut(&mut state)?;
    request.demand(bucket, kind.write)?;
    request.checksums()?;
    if request.call.body.is_empty() {
        return Err(Refusal::new(400, "MissingRequestBodyError", "Request Body is empty"));
    }
    (kind.check)(&request.call.body)?;
    if kind.name == "ownershipControls" {
        acl::check_ownership(bucket, &request.call.body)?;
    }
    let text = match kind.name {
        "lifecycle" => named_rules(&request.call.body)?,
        _ => String::from_utf8(request.call.body.to_vec()).map_err(|_| malformed_xml())?,
    };
    bucket.configuration.insert(kind.name.to_owned(), text);
    Ok(empty(if kind.name == "tagging" { 204 } else { 200 }))
}

/// Deletes a configuration; one that is not there is no error.
pub fn delete(request: &S3Request) -> Result<Response, Refusal> {
    let kind = kind(request)?;
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket_mut(&mut state)?;
    request.demand(bucket, kind.write)?;
    if !kind.deletable {
        let message = "The specified method is not allowed against this resource.";
        return Err(Refusal::new(405, "MethodNotAllowed", message));
    }
    bucket.configuration.remove(kind.name);
    Ok(empty(204))
}

/// A lifecycle configuration whose rules all have an ID: AWS names those that have none.
fn named_rules(text: &[u8]) -> Result<String, Refusal> {
    let mut wanted: dto::BucketLifecycleConfiguration = parse_xml(text)?;
    if wanted.rules.iter().all(|rule| rule.id.is_some()) {
        return String::from_utf8(text.to_vec()).map_err(|_| malformed_xml());
    }
    for rule in &mut wanted.rules {
        rule.id.get_or_insert_with(random::uuid);
    }
    to_xml(&wanted)
}

fn check_tags(text: &[u8]) -> Result<(), Refusal> {
    let wanted: dto::Tagging = parse_xml(text)?;
    let keys: Vec<String> = wanted.tag_set.into_iter().filter_map(|tag| tag.key).collect();
    if keys.iter().any(|key| key.starts_with("aws:")) {
        return Err(Refusal::new(400, "InvalidTag", "System tags cannot be added/updated by requester"));
    }
    let distinct: std::collections::BTreeSet<&String> = keys.iter().collect();
    if distinct.len() < keys.len() {
        return Err(Refusal::new(400, "InvalidTag", "Cannot provide multiple Tags with the same key"));
    }
    Ok(())
}

/// Rules have an ID each once, a status, and something to do after at least a day.
fn check_lifecycle(text: &[u8]) -> Result<(), Refusal> {
    let wanted: dto::BucketLifecycleConfiguration = parse_xml(text)?;
    let invalid = |message: &str| Err(Refusal::new(400, "InvalidArgument", message));
    let mut ids = std::collections::BTreeSet::new();
    if wanted.rules.is_empty() || wanted.rules.len() > 1_000 {
        return Err(malformed_xml());
    }
    for rule in &wanted.rules {
        if !matches!(rule.status.as_str(), "Enabled" | "Disabled") {
            return Err(malformed_xml());
        }
        if let Some(id) = &rule.id {
            if id.len() > 255 {
                return invalid("ID length should not exceed allowed limit of 255");
            }
            if !ids.insert(id.clone()) {
                return invalid("Rule ID must be unique. Found same ID for more than one rule");
            }
        }
        let expires = rule.expiration.as_ref();
        if expires.is_some_and(|expires| expires.days.is_some_and(|days| days <= 0)) {
            return invalid("'Days' for Expiration action must be a positive integer");
        }
        let dates = expires.and_then(|expires| expires.date.clone()).into_iter();
        let dates = dates.chain(rule.transitions.iter().flatten().filter_map(|transition| transition.date.clone()));
        if dates.map(OffsetDateTime::from).any(|date| date.time() != Time::MIDNIGHT) {
            return invalid("'Date' must be at midnight GMT");
        }
        if rule.transitions.iter().flatten().any(|transition| transition.days.is_some_and(|days| days < 0)) {
            return invalid("'Days' for Transition action must be nonnegative");
        }
        if rule
            .noncurrent_version_expiration
            .as_ref()
            .is_some_and(|later| later.noncurrent_days.is_some_and(|days| days <= 0))
        {
            return invalid("'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer");
        }
        let does_something = expires.is_some()
            || rule.noncurrent_version_expiration.is_some()
            || rule.abort_incomplete_multipart_upload.is_some()
            || rule.transitions.as_ref().is_some_and(|list| !list.is_empty())
            || rule.noncurrent_version_transitions.as_ref().is_some_and(|list| !list.is_empty());
        if !does_something {
            return Err(Refusal::new(400, "InvalidRequest", "At least one action needs to be specified in a rule"));
        }
    }
    Ok(())
}
