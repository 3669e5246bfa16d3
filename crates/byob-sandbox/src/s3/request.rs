//! A request to S3 with its address taken apart and its sender known.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Method};
use byob_aws::iam::{Context, Decision, Effect, PolicyKind};
use s3s::xml::{Deserialize, Deserializer};
use time::OffsetDateTime;

use super::{acl, public_access};
use crate::{
    call::{Ask, Call, Caller},
    refusal::Refusal,
    state::{Bucket, State},
};

/// A request to S3.
pub struct S3Request {
    /// Who sent it, when, with which body.
    pub call: Call,
    /// GET, PUT, …
    pub method: Method,
    /// The bucket; none for the list of buckets.
    pub bucket: String,
    /// The key; empty for the bucket itself.
    pub key: String,
    /// Names and values of the query, decoded.
    pub query: BTreeMap<String, String>,
    /// Headers, and trailers of the body as if they were headers.
    pub headers: HeaderMap,
    /// The region that the signature is for; empty for anonymous callers.
    pub region: String,
}

impl S3Request {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A header as text, in whatever encoding: metadata may be UTF-8.
    pub fn raw_header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    /// A parameter of the query.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A header, or a parameter of the same name: presigned URLs carry `x-amz-…` in the query.
    pub fn header_or_param(&self, name: &str) -> Option<&str> {
        self.header(name).or_else(|| {
            self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
        })
    }

    /// A number of the query from 0 to `most`; larger ones count as `most`.
    pub fn number(&self, name: &'static str, most: usize) -> Result<usize, Refusal> {
        let Some(text) = self.param(name) else { return Ok(most) };
        if text.is_empty() {
            return Ok(most);
        }
        let outside = || {
            let message = format!("Argument {name} must be an integer between 0 and 2147483647");
            invalid_argument(message, name, text)
        };
        let number = text.parse::<i64>().map_err(|_| {
            invalid_argument(format!("Provided {name} not an integer or within integer range"), name, text)
        })?;
        if !(0..=i64::from(i32::MAX)).contains(&number) {
            return Err(outside());
        }
        Ok(usize::try_from(number).map_or(most, |number| number.min(most)))
    }

    /// The version that is asked for; an empty one is refused.
    pub fn version_id(&self) -> Result<Option<&str>, Refusal> {
        match self.param("versionId") {
            Some("") => Err(invalid_argument("Version id cannot be the empty string", "versionId", "")),
            Some(id) if id.len() > 1_024 || !id.bytes().all(|b| b.is_ascii_graphic()) => {
                Err(invalid_argument("Invalid version id specified", "versionId", id))
            }
            other => Ok(other),
        }
    }

    /// The body as a document of S3.
    pub fn document<T: for<'xml> Deserialize<'xml>>(&self) -> Result<T, Refusal> {
        if self.call.body.is_empty() {
            return Err(Refusal::new(400, "MissingRequestBodyError", "Request Body is empty"));
        }
        parse_xml(&self.call.body)
    }

    /// The time of the request.
    pub fn now(&self) -> OffsetDateTime {
        self.call.now
    }

    /// The request's bucket, to look at.
    pub fn bucket<'a>(&self, state: &'a State) -> Result<&'a Bucket, Refusal> {
        state.buckets.get(&self.bucket).ok_or_else(|| no_such_bucket(&self.bucket))
    }

    /// The request's bucket, to change.
    pub fn bucket_mut<'a>(&self, state: &'a mut State) -> Result<&'a mut Bucket, Refusal> {
        state.buckets.get_mut(&self.bucket).ok_or_else(|| no_such_bucket(&self.bucket))
    }

    /// Whether the caller may do this to the bucket.
    pub fn demand(&self, bucket: &Bucket, action: &str) -> Result<(), Refusal> {
        self.demand_with(bucket, action, None, Context::new())
    }

    /// Whether the caller may do this to a key of the bucket.
    pub fn demand_key(&self, bucket: &Bucket, action: &str, key: &str) -> Result<(), Refusal> {
        self.demand_with(bucket, action, Some(key), Context::new())
    }

    /// The same with facts that only this action knows.
    pub fn demand_with(&self, bucket: &Bucket, action: &str, key: Option<&str>, facts: Context) -> Result<(), Refusal> {
        let decision = self.decide(bucket, action, key, facts);
        if decision.is_allowed() {
            return Ok(());
        }
        let resource = key.map_or_else(|| bucket.arn(), |key| bucket.object_arn(key));
        Err(self.call.denied(action, &resource, &bucket.account, &decision))
    }

    /// What the policies say, and the access control lists where the policies are silent.
    pub fn decide(&self, bucket: &Bucket, action: &str, key: Option<&str>, facts: Context) -> Decision {
        let resource = key.map_or_else(|| bucket.arn(), |key| bucket.object_arn(key));
        let policy = bucket.policy.as_ref().map(|policy| policy.in_force(&self.call.iam));
        let facts = facts.with("s3:ResourceAccount", bucket.account.clone());
        let ask = |account: &str, policy: Option<&str>| {
            self.call.decide(Ask {
                action,
                resource: &resource,
                resource_account: account,
                resource_policy: policy.map(|text| (PolicyKind::Resource, text)),
                context: facts.clone(),
            })
        };
        let outsider = self.call.caller.account() != Some(&bucket.account);
        let restricted =
            outsider && public_access::of(bucket).restrict && public_access::is_public(bucket, &self.call.iam);
        let mut decision = ask(&bucket.account, policy.as_deref().filter(|_| !restricted));
        if decision.effect == Effect::ExplicitlyDenied {
            return decision;
        }
        // An upload has no sub-resource: what it says about access and tags is about the new object.
        let uploads = self.param("acl").is_none() && self.param("tagging").is_none();
        let is_new = uploads && matches!(action, "s3:PutObjectAcl" | "s3:PutObjectTagging");
        let (version, mut account) = (self.param("versionId"), bucket.account.as_str());
        if let Some(owner) = acl::other_owner(bucket, key, version, action).filter(|_| !is_new) {
            account = self.account_of(owner);
            decision = ask(account, None);
        }
        if decision.is_allowed() {
            return decision;
        }
        let caller = (self.canonical_id(), self.call.caller.account());
        match acl::as_policy(bucket, key, version, action, caller.0.as_deref(), caller.1, is_new) {
            Some(grants) => ask(account, Some(&grants)),
            None => decision,
        }
    }

    /// The account of a canonical ID; nobody's is called so.
    fn account_of(&self, canonical_id: &str) -> &str {
        let account = self.call.iam.accounts.values().find(|account| account.canonical_id == canonical_id);
        account.map_or("anonymous", |account| &account.id)
    }

    /// Whether that is the name by which access control lists know an account.
    pub fn is_canonical_id_of(&self, account: &str, id: &str) -> bool {
        self.call.iam.accounts.get(account).is_some_and(|account| account.canonical_id == id)
    }

    /// The name by which access control lists know the caller.
    pub fn canonical_id(&self) -> Option<String> {
        match &self.call.caller {
            Caller::Anonymous => None,
            other => self.call.iam.accounts.get(other.account()?).map(|account| account.canonical_id.clone()),
        }
    }

    /// Whether somebody who may not list the bucket learns that a key is missing: no.
    ///
    /// Source: "Permissions" in <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>.
    pub fn missing(&self, bucket: &Bucket, key: &str, version: Option<&str>) -> Refusal {
        let facts = Context::new().with("s3:prefix", key.to_owned());
        if let Err(denied) = self.demand_with(bucket, "s3:ListBucket", None, facts) {
            return denied;
        }
        match version {
            Some(id) => Refusal::new(404, "NoSuchVersion", "The specified version does not exist.")
                .with("Key", key)
                .with("VersionId", id),
            None => no_such_key(key),
        }
    }
}

/// Reads a document of S3.
pub fn parse_xml<T: for<'xml> Deserialize<'xml>>(text: &[u8]) -> Result<T, Refusal> {
    let mut reader = Deserializer::new(text);
    let parsed = T::deserialize(&mut reader).and_then(|parsed| reader.expect_eof().map(|()| parsed));
    parsed.map_err(|_| malformed_xml())
}

/// `MalformedXML`.
pub fn malformed_xml() -> Refusal {
    Refusal::new(
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

/// `InvalidArgument`, with which one and its value.
pub fn invalid_argument(message: impl Into<String>, name: &str, value: &str) -> Refusal {
    Refusal::new(400, "InvalidArgument", message).with("ArgumentName", name).with("ArgumentValue", value)
}

/// `NoSuchBucket`.
pub fn no_such_bucket(name: &str) -> Refusal {
    Refusal::new(404, "NoSuchBucket", "The specified bucket does not exist").with("BucketName", name)
}

/// `NoSuchKey`.
pub fn no_such_key(key: &str) -> Refusal {
    Refusal::new(404, "NoSuchKey", "The specified key does not exist.").with("Key", key)
}
