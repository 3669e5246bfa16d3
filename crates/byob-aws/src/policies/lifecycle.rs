//! The lifecycle configuration: scratch files, exports and abandoned uploads remove themselves.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html>.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::Prefix;

/// As `aws s3api put-bucket-lifecycle-configuration --lifecycle-configuration` takes it.
///
/// Putting it replaces the bucket's whole lifecycle configuration: a bucket that has rules already needs both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LifecycleConfiguration {
    /// Independent rules.
    pub rules: Vec<LifecycleRule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LifecycleRule {
    /// Its name in the S3 console. Each folder has names of its own, so that the rules of one integration do not take the place of another's in
    /// the same bucket.
    #[serde(rename = "ID")]
    pub id: String,
    /// Always `Enabled`.
    pub status: &'static str,
    /// Which objects.
    pub filter: Filter,
    /// When they are deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration: Option<Days>,
    /// When unfinished uploads in parts are dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abort_incomplete_multipart_upload: Option<DaysAfterInitiation>,
}

/// Objects whose key begins with a prefix; the empty prefix means all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Filter {
    /// The beginning of the keys.
    pub prefix: String,
}

/// An age in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Days {
    /// Since the object was made.
    pub days: u32,
}

/// An age in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DaysAfterInitiation {
    /// Since the upload was begun.
    pub days_after_initiation: u32,
}

/// What lies below `temp/` and `export/` of the scope expires after `days`; abandoned uploads of the scope do, too.
pub fn lifecycle_configuration(prefix: Option<&Prefix>, days: u32) -> LifecycleConfiguration {
    let base = prefix.map(|prefix| format!("{prefix}/")).unwrap_or_default();
    let of_folder = prefix.map(|prefix| format!("-{}", tag(prefix))).unwrap_or_default();
    let rule = |name: &str, folder: &str| LifecycleRule {
        id: format!("{name}{of_folder}"),
        status: "Enabled",
        filter: Filter { prefix: format!("{base}{folder}") },
        expiration: None,
        abort_incomplete_multipart_upload: None,
    };
    LifecycleConfiguration {
        rules: vec![
            LifecycleRule { expiration: Some(Days { days }), ..rule("byob-temp", "temp/") },
            LifecycleRule { expiration: Some(Days { days }), ..rule("byob-export", "export/") },
            LifecycleRule {
                abort_incomplete_multipart_upload: Some(DaysAfterInitiation { days_after_initiation: days }),
                ..rule("byob-abandoned-uploads", "")
            },
        ],
    }
}

/// What tells folders apart in a name, whatever characters they have.
fn tag(prefix: &Prefix) -> String {
    base16ct::lower::encode_string(&Sha256::digest(prefix.to_string())[..4])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rules_stay_below_the_prefix() {
        let prefix = Prefix::parse_typed("team").unwrap();
        assert_eq!(
            serde_json::to_value(lifecycle_configuration(Some(&prefix), 7)).unwrap(),
            json!({"Rules": [
                {"ID": "byob-temp-ca8b22d0", "Status": "Enabled", "Filter": {"Prefix": "team/temp/"}, "Expiration": {"Days": 7}},
                {"ID": "byob-export-ca8b22d0", "Status": "Enabled", "Filter": {"Prefix": "team/export/"}, "Expiration": {"Days": 7}},
                {"ID": "byob-abandoned-uploads-ca8b22d0", "Status": "Enabled", "Filter": {"Prefix": "team/"},
                 "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
            ]})
        );
    }

    #[test]
    fn folders_of_one_bucket_have_rules_of_their_own() {
        let ids = |prefix: Option<&str>| {
            let prefix = prefix.map(|text| Prefix::parse_typed(text).unwrap());
            lifecycle_configuration(prefix.as_ref(), 7).rules.into_iter().map(|rule| rule.id).collect::<Vec<_>>()
        };
        let all = [ids(None), ids(Some("team-a")), ids(Some("team-b"))].concat();
        assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), 9, "{all:?}");
    }
}
