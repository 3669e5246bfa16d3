//! Uploads by HTML forms, which a policy limits.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html> and
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>.

mod form;
mod policy;
mod respond;
mod signer;

use std::{collections::BTreeMap, net::IpAddr};

use axum::{
    http::{Method, request::Parts},
    response::Response,
};
use bytes::Bytes;

pub use self::form::is_form;
use self::{form::Form, respond::respond, signer::authenticate};
use super::{
    objects,
    request::{S3Request, no_such_bucket},
};
use crate::{Sandbox, call::Call, refusal::Refusal};

/// Takes an upload.
pub async fn answer(
    sandbox: &Sandbox,
    parts: &Parts,
    body: &Bytes,
    bucket: Option<&str>,
    source: IpAddr,
    request_id: &str,
) -> Result<Response, Refusal> {
    let form = Form::read(parts, body).await?;
    let bucket = bucket.ok_or_else(|| {
        Refusal::new(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
    })?;
    let region =
        sandbox.read().buckets.get(bucket).map(|bucket| bucket.region.clone()).ok_or_else(|| no_such_bucket(bucket))?;
    let now = sandbox.clock().now();
    let key = form.key()?;
    let caller = authenticate(sandbox, &form, &region, now)?;
    if let Some(policy) = form.get("policy") {
        policy::check(policy, &form, bucket, &key, now)?;
    }
    let headers = form.headers()?;
    let facts = if form.get("x-amz-signature").is_some() {
        Call::facts(parts, None, source, now)
            .with("s3:authType", "POST")
            .with("s3:signatureversion", "AWS4-HMAC-SHA256")
    } else {
        Call::facts(parts, None, source, now)
    };
    let request = S3Request {
        call: Call {
            sandbox: sandbox.clone(),
            request_id: request_id.to_owned(),
            now,
            caller,
            iam: sandbox.read().iam.in_force(now),
            body: form.file.clone(),
            context: facts,
        },
        method: Method::POST,
        bucket: bucket.to_owned(),
        key: key.clone(),
        query: BTreeMap::new(),
        headers,
        region: String::new(),
    };
    sandbox.count("s3:PostObject".to_owned());
    let stored = objects::put(&request)?;
    Ok(respond(&form, &parts.headers, bucket, &key, &stored))
}
