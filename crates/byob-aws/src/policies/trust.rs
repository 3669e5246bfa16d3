//! The trust policy: who may assume the customer's role, and only with the external ID.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    Invalid, PrincipalArn,
    policies::document::{Conditions, PolicyDocument, Principal, Statement},
};

/// An external ID: 2 to 1,224 characters of those that `sts:AssumeRole` takes.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ExternalId(String);

impl ExternalId {
    /// Checks length and characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&b);
        if (2..=1224).contains(&text.len()) && text.bytes().all(allowed) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            "invalid_external_id",
            "The external ID is shorter than 2 or longer than 1,224 characters, or holds one that AWS does not take.",
            "Use letters, digits and `_+=,.@:/-`.",
        ))
    }

    /// The ID.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The trust policy for one integration.
///
/// ```
/// use byob_aws::{PrincipalArn, arn::Dialect, policies::trust::{ExternalId, trust_policy}};
/// let principal = PrincipalArn::parse("arn:aws:iam::111122223333:role/byob", Dialect::Aws)?;
/// let document = trust_policy(&principal, &ExternalId::parse("3b4e0f52-7d1c-4c1e-9f0e-6a3f2f1f5b11")?);
/// assert!(document.to_compact_json().contains(
///     r#""Condition":{"StringEquals":{"sts:ExternalId":["3b4e0f52-7d1c-4c1e-9f0e-6a3f2f1f5b11"]}}"#));
/// # Ok::<(), byob_aws::Invalid>(())
/// ```
pub fn trust_policy(principal: &PrincipalArn, external_id: &ExternalId) -> PolicyDocument {
    let condition: Conditions =
        BTreeMap::from([("StringEquals", BTreeMap::from([("sts:ExternalId", vec![external_id.as_str().to_owned()])]))]);
    PolicyDocument::new(vec![Statement {
        sid: None,
        effect: "Allow",
        principal: Some(Principal { aws: principal.to_string() }),
        action: vec!["sts:AssumeRole"],
        resource: Vec::new(),
        condition,
    }])
}
