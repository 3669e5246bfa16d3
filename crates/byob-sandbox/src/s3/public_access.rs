//! Block Public Access: what keeps a bucket from everybody whatever its policy and lists say.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>. AWS turns all four on for new
//! buckets; the sandbox leaves them off until they are asked for, since test suites of S3 expect open buckets.

use axum::response::Response;
use s3s::dto::PublicAccessBlockConfiguration;

use super::{
    acl,
    request::{S3Request, parse_xml},
    respond::xml_text,
};
use crate::{
    refusal::{Refusal, xml},
    state::{Bucket, Iam, buckets::Grantee},
};

/// The four settings.
#[allow(clippy::struct_excessive_bools)] // AWS's four settings are independent of each other.
#[derive(Debug, Clone, Copy, Default)]
pub struct PublicAccess {
    /// Lists that name everybody are refused.
    pub block_acls: bool,
    /// Lists that name everybody count for nothing.
    pub ignore_acls: bool,
    /// Policies that name everybody are refused.
    pub block_policy: bool,
    /// A policy that names everybody serves only the bucket's own account.
    pub restrict: bool,
}

/// The settings of a bucket.
pub fn of(bucket: &Bucket) -> PublicAccess {
    let text = bucket.configuration.get("publicAccessBlock");
    let parsed = text.and_then(|text| parse_xml::<PublicAccessBlockConfiguration>(text.as_bytes()).ok());
    parsed.map_or_else(PublicAccess::default, |set| PublicAccess {
        block_acls: set.block_public_acls.unwrap_or_default(),
        ignore_acls: set.ignore_public_acls.unwrap_or_default(),
        block_policy: set.block_public_policy.unwrap_or_default(),
        restrict: set.restrict_public_buckets.unwrap_or_default(),
    })
}

/// Whether the bucket's policy names everybody, without a condition that makes it fewer.
pub fn is_public(bucket: &Bucket, iam: &Iam) -> bool {
    bucket.policy.as_ref().is_some_and(|policy| names_everybody(&policy.in_force(iam)))
}

/// Conditions on these keys name somebody, if their values are not patterns for everybody.
const NARROWING: [&str; 11] = [
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointarn",
];

/// Whether a policy allows something to everybody.
///
/// Source: "The meaning of 'public'" on the page above.
pub fn names_everybody(text: &str) -> bool {
    let Ok(document) = serde_json::from_str::<serde_json::Value>(text) else { return false };
    let statements = match &document["Statement"] {
        serde_json::Value::Array(statements) => statements.as_slice(),
        one => std::slice::from_ref(one),
    };
    let is_everybody = |principal: &serde_json::Value| match principal {
        serde_json::Value::String(text) => text == "*",
        serde_json::Value::Array(many) => many.iter().any(|one| one == "*"),
        _ => false,
    };
    statements.iter().any(|statement| {
        let narrowed = statement["Condition"].as_object().is_some_and(|operators| {
            let keys = operators.values().filter_map(serde_json::Value::as_object).flatten();
            keys.into_iter()
                .any(|(key, value)| NARROWING.contains(&key.to_ascii_lowercase().as_str()) && !is_everybody(value))
        });
        let principal = &statement["Principal"];
        // Everybody but some is nearly everybody.
        let is_open =
            is_everybody(principal) || is_everybody(&principal["AWS"]) || !statement["NotPrincipal"].is_null();
        statement["Effect"] == "Allow" && is_open && !narrowed
    })
}

/// `GetBucketPolicyStatus`.
pub fn status(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    request.demand(bucket, "s3:GetBucketPolicyStatus")?;
    let public = is_public(bucket, &request.call.iam);
    Ok(xml_text(xml(
        &maud::html! { PolicyStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/" { IsPublic { (public) } } },
    )))
}

/// Refuses a list that names everybody where those are blocked.
pub fn check_acl(request: &S3Request, bucket: &Bucket) -> Result<(), Refusal> {
    if !of(bucket).block_acls || !acl::is_asked_for(request) {
        return Ok(());
    }
    let names_everybody =
        acl::of_headers(request, bucket)?.grants.iter().any(|grant| !matches!(grant.grantee, Grantee::Account(_)));
    if names_everybody { Err(Refusal::new(403, "AccessDenied", "Access Denied")) } else { Ok(()) }
}
