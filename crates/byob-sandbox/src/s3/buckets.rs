//! Making, finding and deleting buckets.

use axum::response::Response;
use byob_aws::iam::Context;
use s3s::dto::{Bucket as Listed, BucketLocationConstraint, CreateBucketConfiguration, ListBucketsOutput, Owner};

use super::{
    acl,
    request::{S3Request, parse_xml},
    respond::{document, empty, set, timestamp, xml_text},
};
use crate::{
    refusal::{Refusal, xml},
    state::Bucket,
};

/// `ListBuckets`: those of the caller's account.
pub fn list(request: &S3Request) -> Result<Response, Refusal> {
    let account = request.call.caller.account().ok_or_else(|| Refusal::new(403, "AccessDenied", "Access Denied"))?;
    let decision = request.call.decide(crate::call::Ask {
        action: "s3:ListAllMyBuckets",
        resource: "arn:aws:s3:::*",
        resource_account: account,
        resource_policy: None,
        context: Context::new(),
    });
    if !decision.is_allowed() {
        return Err(request.call.denied("s3:ListAllMyBuckets", "arn:aws:s3:::*", account, &decision));
    }
    let (prefix, region) = (request.param("prefix").unwrap_or_default(), request.param("bucket-region"));
    let most = request.number("max-buckets", 10_000)?;
    let after = request.param("continuation-token").unwrap_or_default();
    let state = request.call.sandbox.read();
    let mut mine = state.buckets.values().filter(|bucket| {
        bucket.account == account
            && bucket.name.starts_with(prefix)
            && bucket.name.as_str() > after
            && region.is_none_or(|region| bucket.region == region)
    });
    let page: Vec<&Bucket> = mine.by_ref().take(most).collect();
    let more = mine.next().is_some();
    let owner = request.call.iam.accounts.get(account);
    document(&ListBucketsOutput {
        owner: Some(Owner {
            id: owner.map(|owner| owner.canonical_id.clone()),
            display_name: owner.map(|owner| owner.name.clone()),
        }),
        prefix: request.param("prefix").map(str::to_owned),
        continuation_token: page.last().filter(|_| more).map(|bucket| bucket.name.clone()),
        buckets: Some(
            page.iter()
                .map(|bucket| Listed {
                    name: Some(bucket.name.clone()),
                    creation_date: Some(timestamp(bucket.created)),
                    bucket_region: Some(bucket.region.clone()),
                })
                .collect(),
        ),
    })
}

/// `CreateBucket`.
pub fn create(request: &S3Request) -> Result<Response, Refusal> {
    let Some(account) = request.call.caller.account() else {
        return Err(Refusal::new(403, "AccessDenied", "Access Denied"));
    };
    if !is_bucket_name(&request.bucket) {
        return Err(Refusal::new(400, "InvalidBucketName", "The specified bucket is not valid.")
            .with("BucketName", request.bucket.clone()));
    }
    if request.header("x-amz-bucket-object-lock-enabled").is_some_and(|enabled| enabled.eq_ignore_ascii_case("true")) {
        return Err(Refusal::new(501, "NotImplemented", "The sandbox has no Object Lock"));
    }
    let wanted = if request.call.body.is_empty() {
        None
    } else {
        Some(parse_xml::<CreateBucketConfiguration>(&request.call.body)?)
    };
    let constraint = wanted.and_then(|wanted| wanted.location_constraint);
    let region = match constraint.as_ref().map(BucketLocationConstraint::as_str) {
        None | Some("") => "us-east-1",
        Some("EU") => "eu-west-1",
        Some(region) => region,
    };
    let facts = Context::new().with("s3:LocationConstraint", region);
    let bucket = Bucket::new(&request.bucket, account, region, request.now());
    request.demand_with(&bucket, "s3:CreateBucket", None, facts)?;
    if region != request.region && request.region != "us-east-1" {
        let message = "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.";
        return Err(Refusal::new(400, "IllegalLocationConstraintException", message));
    }
    if byob_aws::Region::parse(region).is_err() || (constraint.is_some() && region == "us-east-1") {
        let message = "The specified location-constraint is not valid";
        return Err(Refusal::new(400, "InvalidLocationConstraint", message).with("LocationConstraint", region));
    }
    let bucket = acl::of_new_bucket(request, bucket)?;
    let mut state = request.call.sandbox.write();
    if let Some(existing) = state.buckets.get_mut(&request.bucket) {
        return match (existing.account == account, region) {
            // The oldest region alone takes this as done, and resets the list.
            (true, "us-east-1") if existing.region == "us-east-1" => {
                existing.acl = bucket.acl;
                Ok(located(&request.bucket))
            }
            (true, _) => Err(Refusal::new(
                409,
                "BucketAlreadyOwnedByYou",
                "Your previous request to create the named bucket succeeded and you already own it.",
            )
            .with("BucketName", request.bucket.clone())),
            (false, _) => Err(Refusal::new(
                409,
                "BucketAlreadyExists",
                "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please \
                 select a different name and try again.",
            )
            .with("BucketName", request.bucket.clone())),
        };
    }
    state.buckets.insert(request.bucket.clone(), bucket);
    Ok(located(&request.bucket))
}

fn located(bucket: &str) -> Response {
    let mut response = empty(200);
    set(&mut response, "location", format!("/{bucket}"));
    response
}

/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>.
fn is_bucket_name(name: &str) -> bool {
    const HEADS: [&str; 2] = ["xn--", "sthree-"];
    const TAILS: [&str; 4] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3"];
    s3s::path::check_bucket_name(name)
        && !name.contains(".-")
        && !name.contains("-.")
        && !HEADS.iter().any(|head| name.starts_with(head))
        && !TAILS.iter().any(|tail| name.ends_with(tail))
}

/// `HeadBucket`: whether it exists and may be listed.
pub fn head(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    request
        .demand(bucket, "s3:ListBucket")
        .map_err(|refusal| refusal.header("x-amz-bucket-region", bucket.region.clone()))?;
    let mut response = empty(200);
    set(&mut response, "x-amz-bucket-region", &bucket.region);
    set(&mut response, "x-amz-access-point-alias", "false");
    set(&mut response, "content-type", "application/xml");
    Ok(response)
}

/// `GetBucketLocation`: empty for us-east-1, as ever.
pub fn location(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    request.demand(bucket, "s3:GetBucketLocation")?;
    let region = if bucket.region == "us-east-1" { "" } else { &bucket.region };
    Ok(xml_text(xml(&maud::html! { LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/" { (region) } })))
}

/// `DeleteBucket`: only when nothing is in it.
pub fn delete(request: &S3Request) -> Result<Response, Refusal> {
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket(&state)?;
    request.demand(bucket, "s3:DeleteBucket")?;
    if !bucket.objects.is_empty() {
        let all_versions = bucket.objects.values().any(|versions| versions.len() > 1 || versions[0].id != "null");
        let message = if all_versions {
            "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
        } else {
            "The bucket you tried to delete is not empty"
        };
        return Err(Refusal::new(409, "BucketNotEmpty", message).with("BucketName", request.bucket.clone()));
    }
    if let Some(bucket) = state.buckets.remove(&request.bucket) {
        let parts = bucket.uploads.values().flat_map(|upload| upload.parts.values());
        parts.for_each(|part| request.call.sandbox.blobs().remove(&part.blob));
    }
    Ok(empty(204))
}
