//! What a customer grants: the input of every generated document.

use serde::{Deserialize, Serialize};

use crate::{Bucket, KmsKeyArn, Partition, Prefix};

/// One kind of thing that an integration may do in its scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// See which objects there are.
    List,
    /// Read objects.
    Read,
    /// Read and list versions of objects.
    ReadVersions,
    /// Make and overwrite objects, in one request or in parts.
    Write,
    /// Delete objects.
    Delete,
    /// Read and set access control lists of objects.
    Acl,
}

impl Access {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 6] = [Self::List, Self::Read, Self::ReadVersions, Self::Write, Self::Delete, Self::Acl];

    /// As in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::ReadVersions => "read_versions",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::Acl => "acl",
        }
    }

    /// The actions on a bucket that it needs and that `s3:prefix` can narrow.
    pub(crate) fn listing_actions(self) -> &'static [&'static str] {
        match self {
            Self::List => &["s3:ListBucket"],
            Self::ReadVersions => &["s3:ListBucketVersions"],
            Self::Read | Self::Write | Self::Delete | Self::Acl => &[],
        }
    }

    /// The actions on objects that it needs.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>.
    pub(crate) fn object_actions(self) -> &'static [&'static str] {
        match self {
            Self::List => &[],
            Self::Read => &["s3:GetObject"],
            Self::ReadVersions => &["s3:GetObjectVersion"],
            Self::Write => &["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
            Self::Delete => &["s3:DeleteObject"],
            Self::Acl => &["s3:GetObjectAcl", "s3:PutObjectAcl"],
        }
    }

    /// The actions on a KMS key that objects encrypted with it need. Completing an upload in parts decrypts, too.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms>.
    pub(crate) fn key_actions(self) -> &'static [&'static str] {
        match self {
            Self::Read | Self::ReadVersions => &["kms:Decrypt"],
            Self::Write => &["kms:Decrypt", "kms:GenerateDataKey"],
            Self::List | Self::Delete | Self::Acl => &[],
        }
    }
}

/// One bucket, or the part of it below a prefix.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BucketScope {
    /// The bucket.
    pub bucket: Bucket,
    /// The folder; none for the whole bucket.
    pub prefix: Option<Prefix>,
}

/// What is granted, on what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Where the buckets lie.
    pub partition: Partition,
    /// The buckets; empty means every bucket that the account has.
    pub buckets: Vec<BucketScope>,
    /// What may be done there.
    pub access: Vec<Access>,
    /// The KMS keys that encrypt the objects.
    pub kms_keys: Vec<KmsKeyArn>,
}

impl Grant {
    /// The actions that the declared access needs, without repetition, in a stable order.
    pub(crate) fn actions(&self, of: impl Fn(Access) -> &'static [&'static str]) -> Vec<&'static str> {
        let mut actions: Vec<&'static str> = Vec::new();
        for access in Access::ALL.into_iter().filter(|access| self.access.contains(access)) {
            for action in of(access) {
                if !actions.contains(action) {
                    actions.push(action);
                }
            }
        }
        actions
    }
}
