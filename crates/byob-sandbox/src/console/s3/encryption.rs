//! The default encryption of a bucket: with keys of S3, or with a KMS key.

use maud::{Markup, html};
use s3s::dto::ServerSideEncryptionConfiguration;

use super::super::visit::Visit;
use crate::{refusal::xml, s3::request::parse_xml, state::Bucket};

/// The key that AWS manages for S3, which each account has.
const MANAGED: &str = "alias/aws/s3";

/// What new objects are encrypted with.
#[derive(Default)]
pub struct DefaultEncryption {
    /// The ARN of the KMS key, or [`MANAGED`]; none for keys of S3.
    pub key: Option<String>,
    /// One data key for many objects.
    pub bucket_key: bool,
}

impl DefaultEncryption {
    /// That of a bucket.
    pub fn of(bucket: &Bucket) -> Self {
        let text = bucket.configuration.get("encryption");
        let parsed = text.and_then(|text| parse_xml::<ServerSideEncryptionConfiguration>(text.as_bytes()).ok());
        let Some(rule) = parsed.and_then(|parsed| parsed.rules.into_iter().next()) else { return Self::default() };
        let default = rule.apply_server_side_encryption_by_default;
        let default = default.filter(|default| default.sse_algorithm.as_str().starts_with("aws:kms"));
        Self {
            bucket_key: rule.bucket_key_enabled.unwrap_or_default(),
            key: default.map(|default| default.kms_master_key_id.unwrap_or_else(|| MANAGED.to_owned())),
        }
    }

    /// As S3 keeps it.
    pub fn to_xml(&self) -> String {
        let algorithm = if self.key.is_some() { "aws:kms" } else { "AES256" };
        xml(&html! {
            ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/" {
                Rule {
                    ApplyServerSideEncryptionByDefault {
                        SSEAlgorithm { (algorithm) }
                        @if let Some(key) = self.key.as_ref().filter(|key| *key != MANAGED) { KMSMasterKeyID { (key) } }
                    }
                    BucketKeyEnabled { (self.bucket_key) }
                }
            }
        })
    }
}

/// The form.
pub fn view(visit: &Visit, region: &str, default: &DefaultEncryption, keys: &[String]) -> Markup {
    let chosen = default.key.as_deref().unwrap_or_default();
    // A key of another account, or one that is gone, stays to be chosen.
    let unlisted = Some(chosen).filter(|arn| !arn.is_empty() && *arn != MANAGED && !keys.iter().any(|key| key == arn));
    html! {
        form.stack method="post" action=(visit.link("s3/properties/encryption").with("bucket", visit.param("bucket"))) {
            div.field {
                label for="key" { "Encrypt new objects with" }
                select #key name="key" {
                    option value="" { "Keys of S3 (SSE-S3)" }
                    option value=(MANAGED) selected[chosen == MANAGED] { "The KMS key that AWS manages (aws/s3)" }
                    @for arn in keys.iter().map(String::as_str).chain(unlisted) {
                        option value=(arn) selected[arn == chosen] { "KMS key " (arn) }
                    }
                }
                p.hint {
                    "Roles of other accounts cannot read what is encrypted with the managed key. With a key of yours, a role needs "
                    code { "kms:Decrypt" } ". "
                    a href=(visit.link("kms")) { "Create a key" } " in " (region) "."
                }
            }
            label.check {
                input type="checkbox" name="bucket_key" checked[default.bucket_key];
                " Use one data key for many objects (Bucket Key)"
            }
            p.actions { button type="submit" { "Save encryption" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let now = time::macros::datetime!(2026-01-02 03:04:05 UTC);
        let mut bucket = Bucket::new("b", "222222222222", "eu-central-1", now);
        assert!(DefaultEncryption::of(&bucket).key.is_none());
        for key in [None, Some(MANAGED), Some("arn:aws:kms:eu-central-1:222222222222:key/k")] {
            let default = DefaultEncryption { key: key.map(str::to_owned), bucket_key: key.is_some() };
            bucket.configuration.insert("encryption".to_owned(), default.to_xml());
            let read = DefaultEncryption::of(&bucket);
            assert_eq!((read.key.as_deref(), read.bucket_key), (key, key.is_some()));
        }
    }
}
