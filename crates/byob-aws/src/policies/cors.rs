//! The CORS configuration: which pages may read (and write) the bucket in a browser.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>.

use serde::Serialize;

use crate::policies::grant::Access;

/// As `aws s3api put-bucket-cors --cors-configuration` takes it; the S3 console takes the list of rules alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CorsConfiguration {
    /// The first rule that matches answers.
    #[serde(rename = "CORSRules")]
    pub cors_rules: Vec<CorsRule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CorsRule {
    /// Its name in the S3 console.
    #[serde(rename = "ID")]
    pub id: &'static str,
    /// Request headers that pages may send.
    pub allowed_headers: Vec<&'static str>,
    /// Methods that pages may use.
    pub allowed_methods: Vec<&'static str>,
    /// The pages, as `scheme://host[:port]`.
    pub allowed_origins: Vec<String>,
    /// Response headers that scripts may see.
    pub expose_headers: Vec<&'static str>,
    /// How long browsers may remember the answer, in seconds.
    pub max_age_seconds: u32,
}

/// What readers by range need to see (`Content-Range`, `Accept-Ranges`, `Content-Length`), and what uploads in parts do (`ETag`).
pub const EXPOSED: [&str; 7] =
    ["Accept-Ranges", "Content-Length", "Content-Range", "Content-Type", "ETag", "Last-Modified", "x-amz-version-id"];

/// The names of our rules: for reading, writing and deleting. A bucket may be connected more than once, folder by folder, and what is put in
/// place of a rule of the same name must not permit less than another connection needs.
pub const OUR_RULES: [&str; 3] = ["byob", "byob-write", "byob-delete"];

/// The CORS configuration for the declared access and the pages that will use it.
pub fn cors_configuration(origins: &[String], access: &[Access]) -> CorsConfiguration {
    // An upload in parts is given up by DELETE.
    let (id, allowed_methods) = if access.contains(&Access::Write) {
        (OUR_RULES[1], vec!["GET", "HEAD", "PUT", "POST", "DELETE"])
    } else if access.contains(&Access::Delete) {
        (OUR_RULES[2], vec!["GET", "HEAD", "DELETE"])
    } else {
        (OUR_RULES[0], vec!["GET", "HEAD"])
    };
    CorsConfiguration {
        cors_rules: vec![CorsRule {
            id,
            // Browsers ask before sending `Range` or `x-amz-*`; the signature, not this list, decides what S3 accepts.
            allowed_headers: vec!["*"],
            allowed_methods,
            allowed_origins: origins.to_vec(),
            expose_headers: EXPOSED.to_vec(),
            max_age_seconds: 3600,
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_follow_the_access() {
        let methods = |access: &[Access]| {
            cors_configuration(&["https://app.example".into()], access).cors_rules[0].allowed_methods.clone()
        };
        assert_eq!(methods(&[Access::Read]), ["GET", "HEAD"]);
        assert_eq!(methods(&[Access::Read, Access::Write]), ["GET", "HEAD", "PUT", "POST", "DELETE"]);
        assert_eq!(methods(&[Access::Delete]), ["GET", "HEAD", "DELETE"]);
    }
}
