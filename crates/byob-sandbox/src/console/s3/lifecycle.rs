//! Lifecycle configurations, as JSON of the AWS CLI where it can say all of it, else as the XML that is stored.

use s3s::dto;
use serde::{Deserialize, Serialize};

use super::super::mistake::Mistake;
use crate::s3::{request::parse_xml, respond::to_xml};

/// As `aws s3api put-bucket-lifecycle-configuration --lifecycle-configuration` takes it: the parts that are used most.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Lifecycle {
    rules: Vec<Rule>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Rule {
    #[serde(rename = "ID", default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    status: String,
    filter: Filter,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expiration: Option<Expiration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    noncurrent_version_expiration: Option<Noncurrent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    abort_incomplete_multipart_upload: Option<Abort>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Filter {
    prefix: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Expiration {
    days: i32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Noncurrent {
    noncurrent_days: i32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Abort {
    days_after_initiation: i32,
}

/// What is stored, as it is edited.
pub fn to_text(xml: &str) -> String {
    let parsed = parse_xml::<dto::BucketLifecycleConfiguration>(xml.as_bytes()).ok();
    // What JSON cannot say here is not to be lost by saving it: only what comes back the same is shown so.
    let json = parsed.as_ref().and_then(|parsed| {
        let lifecycle = Lifecycle { rules: parsed.rules.iter().map(Rule::of).collect::<Option<_>>()? };
        (lifecycle.as_dto() == *parsed).then(|| serde_json::to_string_pretty(&lifecycle).unwrap_or_default())
    });
    json.unwrap_or_else(|| xml.to_owned())
}

/// What was edited, as it is stored: XML stays as it is.
pub fn to_stored(text: &str) -> Result<String, Mistake> {
    if text.trim_start().starts_with('<') {
        return Ok(text.to_owned());
    }
    let lifecycle: Lifecycle = serde_json::from_str(text).map_err(|error| Mistake::of_json(&error, text))?;
    Ok(to_xml(&lifecycle.as_dto())?)
}

impl Lifecycle {
    fn as_dto(&self) -> dto::BucketLifecycleConfiguration {
        dto::BucketLifecycleConfiguration { rules: self.rules.iter().map(Rule::as_dto).collect() }
    }
}

impl Rule {
    /// None where the rule has parts that are not known here.
    fn of(rule: &dto::LifecycleRule) -> Option<Self> {
        Some(Self {
            id: rule.id.clone(),
            status: rule.status.as_str().to_owned(),
            filter: Filter { prefix: rule.filter.as_ref()?.prefix.clone()? },
            expiration: rule.expiration.as_ref().and_then(|expiration| expiration.days).map(|days| Expiration { days }),
            noncurrent_version_expiration: rule
                .noncurrent_version_expiration
                .as_ref()
                .and_then(|expiration| expiration.noncurrent_days)
                .map(|noncurrent_days| Noncurrent { noncurrent_days }),
            abort_incomplete_multipart_upload: rule
                .abort_incomplete_multipart_upload
                .as_ref()
                .and_then(|abort| abort.days_after_initiation)
                .map(|days_after_initiation| Abort { days_after_initiation }),
        })
    }

    fn as_dto(&self) -> dto::LifecycleRule {
        dto::LifecycleRule {
            id: self.id.clone(),
            status: dto::ExpirationStatus::from(self.status.clone()),
            filter: Some(dto::LifecycleRuleFilter {
                prefix: Some(self.filter.prefix.clone()),
                ..dto::LifecycleRuleFilter::default()
            }),
            prefix: None,
            expiration: self.expiration.as_ref().map(|expiration| dto::LifecycleExpiration {
                days: Some(expiration.days),
                ..dto::LifecycleExpiration::default()
            }),
            noncurrent_version_expiration: self.noncurrent_version_expiration.as_ref().map(|expiration| {
                dto::NoncurrentVersionExpiration {
                    noncurrent_days: Some(expiration.noncurrent_days),
                    ..dto::NoncurrentVersionExpiration::default()
                }
            }),
            abort_incomplete_multipart_upload: self.abort_incomplete_multipart_upload.as_ref().map(|abort| {
                dto::AbortIncompleteMultipartUpload { days_after_initiation: Some(abort.days_after_initiation) }
            }),
            noncurrent_version_transitions: None,
            transitions: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{
  "Rules": [
    {
      "ID": "scratch",
      "Status": "Enabled",
      "Filter": {
        "Prefix": "temp/"
      },
      "Expiration": {
        "Days": 7
      }
    }
  ]
}"#;

    #[test]
    fn the_json_of_the_cli_is_stored_as_xml_and_shown_as_json() {
        let xml = to_stored(JSON).ok().unwrap();
        assert!(xml.contains("<Days>7</Days>"), "{xml}");
        assert_eq!(to_text(&xml), JSON);
    }

    #[test]
    fn what_json_cannot_say_here_stays_xml() {
        let xml = "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>\
                   <Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition></Rule></LifecycleConfiguration>";
        assert_eq!(to_text(xml), xml);
        assert_eq!(to_stored(xml).ok().unwrap(), xml);
    }
}
