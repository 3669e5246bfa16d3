//! CORS as AWS's console shows it: a list of rules in JSON. S3 keeps XML.

use s3s::dto::{CORSConfiguration, CORSRule};
use serde::{Deserialize, Serialize};

use super::super::mistake::Mistake;
use crate::s3::{request::parse_xml, respond::to_xml};

/// A rule, in the words of AWS's console.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Rule {
    #[serde(rename = "ID", default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default)]
    allowed_headers: Vec<String>,
    allowed_methods: Vec<String>,
    allowed_origins: Vec<String>,
    #[serde(default)]
    expose_headers: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_age_seconds: Option<i32>,
}

/// What is stored, as it is edited. What cannot be read is shown as it is.
pub fn to_json(xml: &str) -> String {
    let Ok(configuration) = parse_xml::<CORSConfiguration>(xml.as_bytes()) else { return xml.to_owned() };
    let rules: Vec<Rule> = configuration
        .cors_rules
        .into_iter()
        .map(|rule| Rule {
            id: rule.id,
            allowed_headers: rule.allowed_headers.unwrap_or_default(),
            allowed_methods: rule.allowed_methods,
            allowed_origins: rule.allowed_origins,
            expose_headers: rule.expose_headers.unwrap_or_default(),
            max_age_seconds: rule.max_age_seconds,
        })
        .collect();
    serde_json::to_string_pretty(&rules).unwrap_or_default()
}

/// What was edited, as it is stored.
pub fn to_stored(json: &str) -> Result<String, Mistake> {
    let rules: Vec<Rule> = serde_json::from_str(json).map_err(|error| {
        // The document of the CLI has the list in an object; AWS's console does not take it either.
        let is_of_cli =
            serde_json::from_str::<serde_json::Value>(json).is_ok_and(|value| value.get("CORSRules").is_some());
        if is_of_cli {
            return Mistake::here(
                "This is the document of the AWS CLI. The console takes the list below `CORSRules` alone: [ … ].",
            );
        }
        Mistake::of_json(&error, json)
    })?;
    let rules = rules.into_iter().map(|rule| CORSRule {
        id: rule.id,
        allowed_headers: some(rule.allowed_headers),
        allowed_methods: rule.allowed_methods,
        allowed_origins: rule.allowed_origins,
        expose_headers: some(rule.expose_headers),
        max_age_seconds: rule.max_age_seconds,
    });
    Ok(to_xml(&CORSConfiguration { cors_rules: rules.collect() })?)
}

fn some(list: Vec<String>) -> Option<Vec<String>> {
    (!list.is_empty()).then_some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"[
  {
    "AllowedHeaders": [
      "*"
    ],
    "AllowedMethods": [
      "GET",
      "HEAD"
    ],
    "AllowedOrigins": [
      "https://a.example"
    ],
    "ExposeHeaders": [
      "ETag"
    ],
    "MaxAgeSeconds": 3000
  }
]"#;

    #[test]
    fn the_json_of_the_console_becomes_the_xml_of_the_api_and_back() {
        let xml = to_stored(JSON).ok().unwrap();
        assert!(xml.contains("<CORSConfiguration"), "{xml}");
        assert!(xml.contains("<AllowedMethod>HEAD</AllowedMethod>"), "{xml}");
        assert_eq!(to_json(&xml), JSON);
    }

    #[test]
    fn unknown_fields_and_the_document_of_the_cli_are_refused() {
        for bad in [
            "",
            "{}",
            "[{}]",
            r#"{"CORSRules": []}"#,
            r#"[{"AllowedMethod": ["GET"]}]"#,
            &JSON.replace("3000", "\"3000\""),
        ] {
            assert!(to_stored(bad).is_err(), "{bad}");
        }
    }
}
