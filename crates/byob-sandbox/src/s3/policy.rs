//! The policy of a bucket.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use byob_aws::iam::{Policy, PolicyKind};

use super::{public_access, request::S3Request, respond::empty};
use crate::{
    refusal::Refusal,
    state::{Bucket, iam::BoundPolicy, principals},
};

/// The longest policy of a bucket, in bytes.
const LONGEST: usize = 20 * 1024;

/// `GetBucketPolicy`.
pub fn get(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    request.demand(bucket, "s3:GetBucketPolicy")?;
    let policy = bucket.policy.as_ref().ok_or_else(|| none(&bucket.name))?;
    let mut response = Response::new(Body::from(policy.in_force(&request.call.iam)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// `PutBucketPolicy`.
pub fn put(request: &S3Request) -> Result<Response, Refusal> {
    let mut state = request.call.sandbox.write();
    let iam = std::sync::Arc::clone(state.iam.written());
    let bucket = request.bucket_mut(&mut state)?;
    request.demand(bucket, "s3:PutBucketPolicy")?;
    set(bucket, &String::from_utf8_lossy(&request.call.body), &iam)?;
    Ok(empty(204))
}

/// Sets the policy, unless it is refused or public policies are blocked.
pub fn set(bucket: &mut Bucket, text: &str, iam: &crate::state::Iam) -> Result<(), Refusal> {
    let policy = checked(text, bucket, iam)?;
    if public_access::of(bucket).block_policy && public_access::names_everybody(&policy.text) {
        let message =
            "Access Denied: public policies are blocked by the BlockPublicPolicy block public access setting.";
        return Err(Refusal::new(403, "AccessDenied", message));
    }
    bucket.policy = Some(policy);
    Ok(())
}

/// `DeleteBucketPolicy`.
pub fn delete(request: &S3Request) -> Result<Response, Refusal> {
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket_mut(&mut state)?;
    request.demand(bucket, "s3:DeleteBucketPolicy")?;
    bucket.policy = None;
    Ok(empty(204))
}

/// A bucket's policy as AWS would take it: readable, about this bucket, naming principals that exist.
pub fn checked(text: &str, bucket: &Bucket, iam: &crate::state::Iam) -> Result<BoundPolicy, Refusal> {
    let malformed = |message: String| Refusal::new(400, "MalformedPolicy", message);
    if text.len() > LONGEST {
        return Err(Refusal::new(400, "PolicyTooLarge", "Policy exceeds the maximum allowed document size."));
    }
    Policy::parse(text, PolicyKind::Resource).map_err(|error| malformed(error.to_string()))?;
    if let Some(unknown) = principals::unknown(text, iam) {
        return Err(malformed("Invalid principal in policy".to_owned())
            .with("Detail", format!("\"{}\" : \"{}\"", unknown.kind, unknown.value)));
    }
    let document: serde_json::Value = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
    for statement in one_or_many(&document["Statement"]) {
        let texts =
            |element: &str| one_or_many(&statement[element]).filter_map(serde_json::Value::as_str).collect::<Vec<_>>();
        let (actions, resources) = (texts("Action"), texts("Resource"));
        let reach: Vec<Reach> = resources.iter().map(|resource| Reach::of(resource, &bucket.arn())).collect();
        if reach.iter().any(|reach| !reach.bucket && !reach.objects) {
            return Err(malformed("Policy has invalid resource".to_owned()));
        }
        if actions.iter().any(|action| *action != "*" && !action.to_ascii_lowercase().starts_with("s3:")) {
            return Err(malformed("Policy has invalid action".to_owned()));
        }
        let applies = |action: &&str| match is_for_objects(action) {
            None => true,
            Some(true) => reach.iter().any(|reach| reach.objects),
            Some(false) => reach.iter().any(|reach| reach.bucket),
        };
        if !reach.is_empty() && !actions.iter().all(applies) {
            return Err(malformed("Action does not apply to any resource(s) in statement".to_owned()));
        }
    }
    Ok(BoundPolicy::bind(text.to_owned(), iam))
}

/// What a resource of a statement can mean in a bucket: the bucket itself, objects in it, both or neither.
#[derive(Debug, PartialEq, Eq)]
struct Reach {
    bucket: bool,
    objects: bool,
}

impl Reach {
    fn of(resource: &str, arn: &str) -> Self {
        // Variables may become anything.
        let mut pattern = String::new();
        let mut rest = resource;
        while let Some((before, after)) = rest.split_once("${") {
            pattern.push_str(before);
            pattern.push('*');
            rest = after.split_once('}').map_or("", |(_, after)| after);
        }
        pattern.push_str(rest);
        // Objects are reached if some key is, which is so if what comes before a star can begin the ARN of one.
        let objects = match pattern.split_once('/') {
            Some((of_bucket, _)) => can_be(of_bucket, arn),
            None => pattern.ends_with('*') && can_be(&pattern, &format!("{arn}/")),
        };
        Self { bucket: can_be(&pattern, arn), objects }
    }
}

/// Whether a pattern with `*` and `?` matches a text.
fn can_be(pattern: &str, text: &str) -> bool {
    // For each length of the text, whether the pattern read so far matches that much of it.
    let text: Vec<char> = text.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for part in pattern.chars() {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match part {
                '*' => reached[at] || (at > 0 && next[at - 1]),
                '?' => at > 0 && reached[at - 1],
                part => at > 0 && reached[at - 1] && text[at - 1] == part,
            };
        }
        reached = next;
    }
    reached[text.len()]
}

/// Whether an action is about objects; none where it is a pattern. Almost all of those have the word in their name.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>.
fn is_for_objects(action: &str) -> Option<bool> {
    const OTHERS: [&str; 6] = [
        "abortmultipartupload",
        "bypassgovernanceretention",
        "listmultipartuploadparts",
        "replicatedelete",
        "replicatetags",
        "initiatereplication",
    ];
    let name = action.to_ascii_lowercase().strip_prefix("s3:")?.to_owned();
    let is_pattern = name.contains(['*', '?']);
    let is_for_objects = OTHERS.contains(&name.as_str()) || (name.contains("object") && !name.contains("bucket"));
    (!is_pattern).then_some(is_for_objects)
}

fn one_or_many(value: &serde_json::Value) -> impl Iterator<Item = &serde_json::Value> {
    value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice).iter()
}

fn none(bucket: &str) -> Refusal {
    Refusal::new(404, "NoSuchBucketPolicy", "The bucket policy does not exist").with("BucketName", bucket)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn resources_reach_the_bucket_or_its_objects() {
        for (resource, bucket, objects) in [
            ("arn:aws:s3:::photos", true, false),
            ("arn:aws:s3:::photos/*", false, true),
            ("arn:aws:s3:::photos/a/b", false, true),
            ("arn:aws:s3:::photos*", true, true),
            ("arn:aws:s3:::*", true, true),
            ("arn:aws:s3:::*/*", false, true),
            ("*", true, true),
            ("arn:aws:s3:::phot?s", true, false),
            ("arn:aws:s3:::${aws:username}", true, true),
            ("arn:aws:s3:::photos/${aws:username}/*", false, true),
            ("arn:aws:s3:::other", false, false),
            ("arn:aws:s3:::other/*", false, false),
            ("arn:aws:s3:::photos2", false, false),
            ("arn:aws:sqs:::photos", false, false),
            ("", false, false),
        ] {
            assert_eq!(Reach::of(resource, "arn:aws:s3:::photos"), Reach { bucket, objects }, "{resource}");
        }
    }

    #[test]
    fn actions_are_about_buckets_or_objects() {
        for (action, expected) in [
            ("s3:GetObject", Some(true)),
            ("s3:AbortMultipartUpload", Some(true)),
            ("S3:putobjecttagging", Some(true)),
            ("s3:ListBucket", Some(false)),
            ("s3:ListBucketMultipartUploads", Some(false)),
            ("s3:GetBucketObjectLockConfiguration", Some(false)),
            ("s3:Get*", None),
            ("*", None),
        ] {
            assert_eq!(is_for_objects(action), expected, "{action}");
        }
    }

    proptest! {
        #[test]
        fn a_text_matches_itself_and_stars(text in "[a-z/]{0,12}", head in 0_usize..12) {
            prop_assert!(can_be(&text, &text));
            let begins = format!("{}*", &text[..head.min(text.len())]);
            prop_assert!(can_be(&begins, &text));
        }

        #[test]
        fn no_resource_panics(resource in "\\PC*") {
            Reach::of(&resource, "arn:aws:s3:::photos");
        }
    }
}
