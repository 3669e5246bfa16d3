//! S3 for the console's pages: the same operations, asked for by an account's administrator without a signature.

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    http::{HeaderMap, Method, Request},
    response::Response,
};
use bytes::Bytes;

use super::{facts, operations, policy, request::S3Request};
use crate::{
    Sandbox,
    call::{Call, Caller},
    random,
    refusal::Refusal,
    state::State,
};

/// Whom the console works as.
const ADMIN: &str = "admin";

/// An operation that the console asks for.
#[derive(Default)]
pub struct Operation<'a> {
    /// The account.
    pub account: &'a str,
    /// GET, PUT, DELETE.
    pub method: Method,
    /// The bucket.
    pub bucket: &'a str,
    /// The key; empty for the bucket itself.
    pub key: &'a str,
    /// Parameters.
    pub query: &'a [(&'a str, &'a str)],
    /// Headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Performs it as the account's user `admin`: what that user may not do is refused.
pub fn perform(sandbox: &Sandbox, operation: Operation<'_>) -> Result<Response, Refusal> {
    let now = sandbox.clock().now();
    let iam = sandbox.read().iam.in_force(now);
    let account = iam.accounts.get(operation.account).ok_or_else(Refusal::internal)?;
    let admin = account.users.get(ADMIN).ok_or_else(|| {
        let message = "This account has no user “admin” any more, as whom the console works on buckets. Create it again and attach \
                       AdministratorAccess.";
        Refusal::new(403, "AccessDenied", message)
    })?;
    let caller = Caller::User { account: account.id.clone(), arn: account.user_arn(admin), id: admin.id.clone() };
    let (parts, ()) = Request::new(()).into_parts();
    let query = operation.query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let context = Call::facts(&parts, None, IpAddr::V4(Ipv4Addr::LOCALHOST), now);
    let context = context.and(facts(&operation.headers, &query, None, now));
    let sandbox = sandbox.clone();
    operations::perform(&S3Request {
        call: Call { sandbox, request_id: random::request_id(), now, caller, iam, body: operation.body, context },
        method: operation.method,
        bucket: operation.bucket.to_owned(),
        key: operation.key.to_owned(),
        query,
        headers: operation.headers,
        region: "us-east-1".to_owned(),
    })
}

/// Sets or removes a bucket's policy, as the account's root user can whatever the policy before says: nobody locks themselves out.
///
/// Source: "Important" in <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html>.
pub fn set_policy(state: &mut State, account: &str, bucket: &str, text: Option<&str>) -> Result<(), Refusal> {
    let iam = std::sync::Arc::clone(state.iam.written());
    let bucket =
        state.buckets.get_mut(bucket).filter(|bucket| bucket.account == account).ok_or_else(Refusal::internal)?;
    if let Some(text) = text {
        return policy::set(bucket, text, &iam);
    }
    bucket.policy = None;
    Ok(())
}
