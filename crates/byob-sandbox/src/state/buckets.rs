//! Buckets, objects with their versions, and uploads in parts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Blob, iam::BoundPolicy};

/// A bucket.
#[derive(Clone, Serialize, Deserialize)]
pub struct Bucket {
    /// Unique in the world.
    pub name: String,
    /// Who owns it.
    pub account: String,
    /// Where it lies.
    pub region: String,
    /// When it was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created: OffsetDateTime,
    /// Whether older versions are kept.
    pub versioning: Versioning,
    /// Who else may come.
    pub policy: Option<BoundPolicy>,
    /// The access control list.
    pub acl: Acl,
    /// Configurations by the name of their sub-resource (`cors`, `lifecycle`, …), as XML.
    pub configuration: BTreeMap<String, String>,
    /// The versions of each key, newest last; never empty.
    pub objects: BTreeMap<String, Vec<Version>>,
    /// Uploads in parts that are not completed, by upload ID.
    pub uploads: BTreeMap<String, Upload>,
}

/// Whether older versions are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Versioning {
    /// Never was.
    #[default]
    Unversioned,
    /// Every change makes a version.
    Enabled,
    /// Changes replace the version `null`; the others stay.
    Suspended,
}

/// One version of an object, or a delete marker.
#[derive(Clone, Serialize, Deserialize)]
pub struct Version {
    /// `null` for what was made without versioning.
    pub id: String,
    /// When it was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub modified: OffsetDateTime,
    /// The object; none is a delete marker.
    pub object: Option<Object>,
}

/// The content of a version and what is known about it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Object {
    /// Where its bytes are.
    pub blob: Blob,
    /// In bytes.
    pub size: u64,
    /// Without the quotes.
    pub etag: String,
    /// Standard headers to answer with, by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// `x-amz-meta-…`, by lower-case name without the prefix.
    pub metadata: BTreeMap<String, String>,
    /// Checksums by lower-case algorithm (`crc32`, `sha256`, …), in base64.
    pub checksums: BTreeMap<String, String>,
    /// `FULL_OBJECT` or `COMPOSITE`.
    pub checksum_type: Option<String>,
    /// Such as `STANDARD`.
    pub storage_class: String,
    /// How it is encrypted.
    pub encryption: Encryption,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Sizes of the parts it was uploaded in; empty for a plain upload.
    pub parts: Vec<u64>,
    /// Numbers of those parts, and their checksums by lower-case algorithm.
    #[serde(default)]
    pub part_checksums: Vec<(i32, BTreeMap<String, String>)>,
    /// The access control list.
    pub acl: Acl,
}

/// How an object is encrypted. The sandbox only says so, and demands what AWS would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encryption {
    /// `AES256`, as everything is since 2023.
    #[default]
    S3,
    /// With a KMS key: readers need `kms:Decrypt`.
    Kms {
        /// The key's ARN.
        key_arn: String,
        /// The encryption context names the bucket instead of the object.
        bucket_key: bool,
    },
    /// With a key of the client's, of which only the MD5 is kept.
    Customer {
        /// In base64, as the client sent it.
        key_md5: String,
    },
}

/// An upload in parts.
#[derive(Clone, Serialize, Deserialize)]
pub struct Upload {
    /// What it will become.
    pub key: String,
    /// When it was begun.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub initiated: OffsetDateTime,
    /// The ARN of who began it.
    pub initiator: String,
    /// What will be known about the object.
    pub object: Object,
    /// The algorithm of its checksums, lower-case.
    pub checksum_algorithm: Option<String>,
    /// By number.
    pub parts: BTreeMap<i32, Part>,
}

/// A part of an upload.
#[derive(Clone, Serialize, Deserialize)]
pub struct Part {
    /// Where its bytes are.
    pub blob: Blob,
    /// In bytes.
    pub size: u64,
    /// Without the quotes.
    pub etag: String,
    /// When it was uploaded.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub modified: OffsetDateTime,
    /// Checksums by lower-case algorithm.
    pub checksums: BTreeMap<String, String>,
}

/// An access control list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acl {
    /// Grants beyond the owner's full control.
    pub grants: Vec<Grant>,
    /// Whose the object is, by canonical ID, where it is not the bucket's account.
    #[serde(default)]
    pub owner: Option<String>,
    /// The list does not give the owner full control: whoever writes a list without it, leaves it away.
    #[serde(default)]
    pub without_owner: bool,
}

/// One grant of an access control list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Who.
    pub grantee: Grantee,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: String,
}

/// Who an access control list names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grantee {
    /// An account, by its canonical ID.
    Account(String),
    /// Everybody.
    AllUsers,
    /// Everybody with an AWS account.
    AuthenticatedUsers,
}

impl Version {
    /// Whether this stands for a deletion.
    pub fn is_delete_marker(&self) -> bool {
        self.object.is_none()
    }
}

impl Bucket {
    /// An empty bucket.
    pub fn new(name: &str, account: &str, region: &str, created: OffsetDateTime) -> Self {
        Self {
            name: name.to_owned(),
            account: account.to_owned(),
            region: region.to_owned(),
            created,
            versioning: Versioning::Unversioned,
            policy: None,
            acl: Acl::default(),
            configuration: BTreeMap::new(),
            objects: BTreeMap::new(),
            uploads: BTreeMap::new(),
        }
    }

    /// `arn:aws:s3:::name`.
    pub fn arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.name)
    }

    /// `arn:aws:s3:::name/key`.
    pub fn object_arn(&self, key: &str) -> String {
        format!("arn:aws:s3:::{}/{key}", self.name)
    }

    /// The newest version of a key, be it a delete marker.
    pub fn newest(&self, key: &str) -> Option<&Version> {
        self.objects.get(key)?.last()
    }

    /// One version of a key.
    pub fn version(&self, key: &str, id: &str) -> Option<&Version> {
        self.objects.get(key)?.iter().find(|version| version.id == id)
    }

    /// Adds a version as the newest one, and gives back what it replaced.
    pub fn add(&mut self, key: &str, version: Version) -> Option<Version> {
        let versions = self.objects.entry(key.to_owned()).or_default();
        let replaced = versions.iter().position(|old| old.id == version.id).map(|at| versions.remove(at));
        versions.push(version);
        replaced
    }

    /// Takes a version away.
    pub fn remove(&mut self, key: &str, id: &str) -> Option<Version> {
        let versions = self.objects.get_mut(key)?;
        let at = versions.iter().position(|version| version.id == id)?;
        let removed = versions.remove(at);
        if versions.is_empty() {
            self.objects.remove(key);
        }
        Some(removed)
    }

    /// The ID that the next version gets.
    pub fn next_version_id(&self) -> String {
        match self.versioning {
            Versioning::Enabled => crate::random::version_id(),
            Versioning::Unversioned | Versioning::Suspended => "null".to_owned(),
        }
    }
}
