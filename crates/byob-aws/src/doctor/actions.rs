//! The actions of S3 that there are, what they are about, and what people write instead.
//!
//! Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>. AWS adds to it, so that what
//! is not here is not called wrong, unless it is almost the same as what is.

use std::sync::LazyLock;

use crate::iam::pattern;

/// What an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Object,
    Bucket,
    /// The account, an access point, a job.
    Other,
}

const OF_OBJECTS: [&str; 39] = [
    "AbortMultipartUpload",
    "BypassGovernanceRetention",
    "DeleteObject",
    "DeleteObjectTagging",
    "DeleteObjectVersion",
    "DeleteObjectVersionTagging",
    "GetObject",
    "GetObjectAcl",
    "GetObjectAttributes",
    "GetObjectLegalHold",
    "GetObjectRetention",
    "GetObjectTagging",
    "GetObjectTorrent",
    "GetObjectVersion",
    "GetObjectVersionAcl",
    "GetObjectVersionAttributes",
    "GetObjectVersionForReplication",
    "GetObjectVersionTagging",
    "GetObjectVersionTorrent",
    "InitiateReplication",
    "ListMultipartUploadParts",
    "ObjectOwnerOverrideToBucketOwner",
    "PutObject",
    "PutObjectAcl",
    "PutObjectLegalHold",
    "PutObjectRetention",
    "PutObjectTagging",
    "PutObjectVersionAcl",
    "PutObjectVersionTagging",
    "ReplicateDelete",
    "ReplicateObject",
    "ReplicateTags",
    "RestoreObject",
    "UpdateObjectEncryption",
    "PutObjectAnnotation",
    "GetObjectAnnotation",
    "DeleteObjectAnnotation",
    "ListObjectAnnotations",
    "RenameObject",
];

const OF_BUCKETS: [&str; 58] = [
    "CreateBucket",
    "CreateBucketMetadataTableConfiguration",
    "CreateSession",
    "DeleteBucket",
    "DeleteBucketMetadataTableConfiguration",
    "DeleteBucketPolicy",
    "DeleteBucketWebsite",
    "GetAccelerateConfiguration",
    "GetAnalyticsConfiguration",
    "GetBucketAbac",
    "GetBucketAcl",
    "GetBucketCORS",
    "GetBucketLocation",
    "GetBucketLogging",
    "GetBucketMetadataTableConfiguration",
    "GetBucketNotification",
    "GetBucketObjectLockConfiguration",
    "GetBucketOwnershipControls",
    "GetBucketPolicy",
    "GetBucketPolicyStatus",
    "GetBucketPublicAccessBlock",
    "GetBucketRequestPayment",
    "GetBucketTagging",
    "GetBucketVersioning",
    "GetBucketWebsite",
    "GetEncryptionConfiguration",
    "GetIntelligentTieringConfiguration",
    "GetInventoryConfiguration",
    "GetLifecycleConfiguration",
    "GetMetricsConfiguration",
    "GetReplicationConfiguration",
    "ListBucket",
    "ListBucketMultipartUploads",
    "ListBucketVersions",
    "PutAccelerateConfiguration",
    "PutAnalyticsConfiguration",
    "PutBucketAbac",
    "PutBucketAcl",
    "PutBucketCORS",
    "PutBucketLogging",
    "PutBucketNotification",
    "PutBucketObjectLockConfiguration",
    "PutBucketOwnershipControls",
    "PutBucketPolicy",
    "PutBucketPublicAccessBlock",
    "PutBucketRequestPayment",
    "PutBucketTagging",
    "PutBucketVersioning",
    "PutBucketWebsite",
    "PutEncryptionConfiguration",
    "PutIntelligentTieringConfiguration",
    "PutInventoryConfiguration",
    "PutLifecycleConfiguration",
    "PutMetricsConfiguration",
    "PutReplicationConfiguration",
    "UpdateBucketMetadataInventoryTableConfiguration",
    "UpdateBucketMetadataJournalTableConfiguration",
    "ListTagsForResource",
];

const OF_OTHERS: [&str; 24] = [
    "AssociateAccessGrantsIdentityCenter",
    "CreateAccessGrant",
    "CreateAccessPoint",
    "CreateJob",
    "CreateMultiRegionAccessPoint",
    "DeleteAccessPoint",
    "DeleteAccessPointPolicy",
    "DescribeJob",
    "GetAccessPoint",
    "GetAccessPointPolicy",
    "GetAccountPublicAccessBlock",
    "GetDataAccess",
    "GetStorageLensConfiguration",
    "ListAccessGrants",
    "ListAccessPoints",
    "ListAllMyBuckets",
    "ListJobs",
    "ListMultiRegionAccessPoints",
    "ListStorageLensConfigurations",
    "PutAccessPointPolicy",
    "PutAccountPublicAccessBlock",
    "PutStorageLensConfiguration",
    "TagResource",
    "UntagResource",
];

const OF_KMS: [&str; 12] = [
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyWithoutPlaintext",
    "GetKeyPolicy",
    "ListAliases",
    "ListGrants",
    "ReEncryptFrom",
    "ReEncryptTo",
];

const OF_STS: [&str; 8] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "AssumeRoot",
    "GetCallerIdentity",
    "SetContext",
    "SetSourceIdentity",
    "TagSession",
];

/// Requests of the S3 API whose permission has another name, and the actions that they need.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>.
const REQUESTS: [(&str, &[&str]); 15] = [
    ("CompleteMultipartUpload", &["s3:PutObject"]),
    ("CopyObject", &["s3:GetObject", "s3:PutObject"]),
    ("CreateMultipartUpload", &["s3:PutObject"]),
    ("DeleteObjects", &["s3:DeleteObject"]),
    ("HeadBucket", &["s3:ListBucket"]),
    ("HeadObject", &["s3:GetObject"]),
    ("ListBuckets", &["s3:ListAllMyBuckets"]),
    ("ListMultipartUploads", &["s3:ListBucketMultipartUploads"]),
    ("ListObjectVersions", &["s3:ListBucketVersions"]),
    ("ListObjects", &["s3:ListBucket"]),
    ("ListObjectsV2", &["s3:ListBucket"]),
    ("ListParts", &["s3:ListMultipartUploadParts"]),
    ("PostObject", &["s3:PutObject"]),
    ("UploadPart", &["s3:PutObject"]),
    ("UploadPartCopy", &["s3:GetObject", "s3:PutObject"]),
];

/// Every known action of S3.
static OF_S3: LazyLock<Vec<(String, Target)>> = LazyLock::new(|| {
    let of = |names: &'static [&str], target| names.iter().map(move |name| (format!("s3:{name}"), target));
    let all =
        of(&OF_OBJECTS, Target::Object).chain(of(&OF_BUCKETS, Target::Bucket)).chain(of(&OF_OTHERS, Target::Other));
    all.collect()
});

/// The known actions of S3 that a pattern matches.
pub(super) fn matched(wanted: &str) -> Vec<(&'static str, Target)> {
    let found: Vec<&'static (String, Target)> = if wanted.contains(['*', '?']) {
        let actions = pattern::Actions::new(wanted);
        OF_S3.iter().filter(|(action, _)| actions.contain(action)).collect()
    } else {
        OF_S3.iter().filter(|(action, _)| action.eq_ignore_ascii_case(wanted)).collect()
    };
    found.into_iter().map(|(action, target)| (action.as_str(), *target)).collect()
}

/// What should stand in the place of an action that does not exist.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Instead {
    /// It is the name of a request, which these permit.
    Request(&'static [&'static str]),
    /// It is misspelt.
    Misspelt(String),
    /// It lacks its service.
    WithoutService(String),
}

/// What to write in place of an action, if it does not exist. Wildcards match what there is.
pub(super) fn instead(action: &str) -> Option<Instead> {
    if action.contains(['*', '?', '$']) {
        return None;
    }
    let Some((service, name)) = action.split_once(':') else {
        let known = [("s3", known("s3")), ("sts", known("sts")), ("kms", known("kms"))];
        let found = known.into_iter().find_map(|(service, names)| {
            let name = names.into_iter().find(|name| name.eq_ignore_ascii_case(action))?;
            Some(format!("{service}:{name}"))
        });
        return found.map(Instead::WithoutService);
    };
    let service = service.to_ascii_lowercase();
    let names = known(&service);
    if names.is_empty() || names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return None;
    }
    if service == "s3"
        && let Some((_, actions)) = REQUESTS.iter().find(|(request, _)| request.eq_ignore_ascii_case(name))
    {
        return Some(Instead::Request(actions));
    }
    nearest(name, &names).map(|name| Instead::Misspelt(format!("{service}:{name}")))
}

fn known(service: &str) -> Vec<&'static str> {
    match service {
        "s3" => [&OF_OBJECTS[..], &OF_BUCKETS, &OF_OTHERS].concat(),
        "kms" => OF_KMS.to_vec(),
        "sts" => OF_STS.to_vec(),
        _ => Vec::new(),
    }
}

/// The name that differs in one or two letters.
pub(super) fn nearest<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    if !(4..=60).contains(&name.len()) {
        return None;
    }
    let most = if name.len() < 8 { 1 } else { 2 };
    let near = names.iter().filter(|known| known.len().abs_diff(name.len()) <= most);
    let by_distance = near.map(|known| (distance(&known.to_lowercase(), &name.to_lowercase()), *known));
    by_distance.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// How many letters have to be put in, taken out or changed.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

/// Whether requests of an action ever carry a condition key of S3, STS or KMS. Of other keys that is assumed.
pub(super) fn carries(action: &str, key: &str) -> bool {
    let (action, key) = (action.to_ascii_lowercase(), key.to_ascii_lowercase());
    let (service, name) = action.split_once(':').unwrap_or((&action, ""));
    let lists = ["listbucket", "listbucketversions", "listbucketmultipartuploads"].contains(&name);
    let writes = !["get", "list", "delete", "abort"].iter().any(|verb| name.starts_with(verb));
    match key.as_str() {
        "s3:prefix" | "s3:delimiter" | "s3:max-keys" => lists,
        "s3:versionid" => name.contains("version") || service != "s3",
        "s3:x-amz-acl" | "s3:x-amz-storage-class" | "s3:x-amz-copy-source" | "s3:x-amz-metadata-directive" => writes,
        _ if key.starts_with("s3:x-amz-server-side-encryption") || key.starts_with("s3:x-amz-grant-") => writes,
        _ if key.starts_with("s3:") => service == "s3",
        _ if key.starts_with("kms:") => service == "kms",
        _ if key.starts_with("sts:") => service == "sts",
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_exist_is_told_from_what_does() {
        for (action, instead_of_it) in [
            ("s3:GetObject", None),
            ("S3:getobject", None),
            ("s3:Get*", None),
            ("s3:SomethingNewOfNextYear", None),
            ("ec2:GetObjects", None),
            ("s3:GetObjects", Some(Instead::Misspelt("s3:GetObject".into()))),
            ("s3:GetBucketCors", None),
            ("s3:ListBuckets", Some(Instead::Request(&["s3:ListAllMyBuckets"]))),
            ("s3:HeadBucket", Some(Instead::Request(&["s3:ListBucket"]))),
            ("s3:headobject", Some(Instead::Request(&["s3:GetObject"]))),
            ("getobject", Some(Instead::WithoutService("s3:GetObject".into()))),
            ("AssumeRole", Some(Instead::WithoutService("sts:AssumeRole".into()))),
            ("sts:AssumeRoles", Some(Instead::Misspelt("sts:AssumeRole".into()))),
            ("kms:Decrypts", Some(Instead::Misspelt("kms:Decrypt".into()))),
            ("Something", None),
        ] {
            assert_eq!(instead(action), instead_of_it, "{action}");
        }
    }

    #[test]
    fn no_action_is_listed_twice() {
        let names = known("s3");
        assert!(names.iter().all(|name| names.iter().filter(|other| other == &name).count() == 1));
        assert!(REQUESTS.iter().all(|(request, _)| !names.contains(request)));
    }

    #[test]
    fn distances_count_letters() {
        for (one, other, expected) in
            [("", "", 0), ("a", "", 1), ("abc", "abc", 0), ("abc", "acb", 2), ("ab", "abcd", 2)]
        {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }
}
