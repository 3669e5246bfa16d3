//! The access policy: what the customer's role may do. Exactly the declared access, on exactly the scope.

use crate::policies::{
    document::{PolicyDocument, Statement, escape},
    grant::{Access, BucketScope, Grant},
};

/// The access policy for a grant.
///
/// - Listing is on the bucket's ARN, below a prefix with a condition on `s3:prefix`.
/// - `s3:GetBucketLocation` stands in a statement of its own, because its requests carry no `s3:prefix` and so would never match.
/// - Objects are reached below `bucket/prefix/*` only.
/// - KMS keys may be used through S3 alone, and only for objects of the scope.
///
/// ```
/// use byob_aws::{Bucket, Partition, Prefix, policies::{Access, BucketScope, Grant, access::access_policy}};
/// let scope = BucketScope { bucket: Bucket::parse("images")?, prefix: Some(Prefix::parse_typed("team")?) };
/// let grant = Grant { partition: Partition::Aws, buckets: vec![scope], access: vec![Access::Read], kms_keys: vec![] };
/// let document = access_policy(&grant).to_compact_json();
/// assert!(document.contains(r#""Resource":["arn:aws:s3:::images/team/*"]"#));
/// # Ok::<(), byob_aws::Invalid>(())
/// ```
pub fn access_policy(grant: &Grant) -> PolicyDocument {
    let mut statements = vec![Statement::allow("FindBucketRegion", vec!["s3:GetBucketLocation"], bucket_arns(grant))];
    statements.extend(listing(grant));
    let object_actions = grant.actions(Access::object_actions);
    if !object_actions.is_empty() {
        statements.push(Statement::allow("UseObjects", object_actions, object_arns(grant)));
    }
    statements.extend(keys(grant));
    PolicyDocument::new(statements)
}

/// One statement for all whole buckets, and one for each prefix, whose condition must not meet another bucket.
fn listing(grant: &Grant) -> Vec<Statement> {
    let actions = grant.actions(Access::listing_actions);
    if actions.is_empty() {
        return Vec::new();
    }
    let whole: Vec<String> = if grant.buckets.is_empty() {
        bucket_arns(grant)
    } else {
        grant
            .buckets
            .iter()
            .filter(|scope| scope.prefix.is_none())
            .map(|scope| scope.bucket.arn(grant.partition))
            .collect()
    };
    let mut statements = Vec::new();
    if !whole.is_empty() {
        statements.push(Statement::allow("ListBucket", actions.clone(), whole));
    }
    for (number, BucketScope { bucket, prefix }) in grant.buckets.iter().enumerate() {
        let Some(prefix) = prefix else { continue };
        let prefix = escape(prefix.as_str());
        let mut statement = Statement::allow("ListPrefix", actions.clone(), vec![bucket.arn(grant.partition)]).when(
            "StringLike",
            "s3:prefix",
            vec![prefix.clone(), format!("{prefix}/"), format!("{prefix}/*")],
        );
        if number > 0 {
            // Two statements of one document must not share a Sid.
            statement.sid = None;
        }
        statements.push(statement);
    }
    statements
}

/// One statement for each region of keys: the region is part of the name of the service that may use them.
fn keys(grant: &Grant) -> Vec<Statement> {
    let actions = grant.actions(Access::key_actions);
    if actions.is_empty() || grant.kms_keys.is_empty() {
        return Vec::new();
    }
    let mut services: Vec<String> = Vec::new();
    for key in &grant.kms_keys {
        let service = format!("s3.{}.{}", key.region(), key.partition().dns_suffix());
        if !services.contains(&service) {
            services.push(service);
        }
    }
    // With S3 Bucket Keys the encryption context names the bucket, otherwise the object:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html#bucket-key-changes
    let context = bucket_arns(grant).into_iter().chain(object_arns(grant)).collect();
    let keys = grant.kms_keys.iter().map(ToString::to_string).collect();
    vec![Statement::allow("UseKeysThroughS3", actions, keys).when("StringEquals", "kms:ViaService", services).when(
        "StringLike",
        "kms:EncryptionContext:aws:s3:arn",
        context,
    )]
}

pub(crate) fn bucket_arns(grant: &Grant) -> Vec<String> {
    if grant.buckets.is_empty() {
        return vec![format!("arn:{}:s3:::*", grant.partition)];
    }
    let mut arns: Vec<String> = Vec::new();
    for arn in grant.buckets.iter().map(|scope| scope.bucket.arn(grant.partition)) {
        if !arns.contains(&arn) {
            arns.push(arn);
        }
    }
    arns
}

pub(crate) fn object_arns(grant: &Grant) -> Vec<String> {
    if grant.buckets.is_empty() {
        return vec![format!("arn:{}:s3:::*/*", grant.partition)];
    }
    let object_arn = |BucketScope { bucket, prefix }: &BucketScope| {
        let base = bucket.object_arn_base(grant.partition);
        match prefix {
            Some(prefix) => format!("{base}{}/*", escape(prefix.as_str())),
            None => format!("{base}*"),
        }
    };
    grant.buckets.iter().map(object_arn).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{Bucket, KmsKeyArn, Partition, Prefix};

    fn scope(bucket: &str, prefix: Option<&str>) -> BucketScope {
        BucketScope {
            bucket: Bucket::parse(bucket).unwrap(),
            prefix: prefix.map(|prefix| Prefix::parse_typed(prefix).unwrap()),
        }
    }

    fn policy(buckets: Vec<BucketScope>, access: &[Access], kms_keys: &[&str]) -> Value {
        let kms_keys = kms_keys.iter().map(|key| KmsKeyArn::parse(key).unwrap()).collect();
        let grant = Grant { partition: Partition::Aws, buckets, access: access.to_vec(), kms_keys };
        serde_json::to_value(access_policy(&grant)).unwrap()
    }

    #[test]
    fn reading_below_a_prefix_needs_three_statements() {
        assert_eq!(
            policy(vec![scope("images", Some("team"))], &[Access::Read, Access::List], &[]),
            json!({
                "Version": "2012-10-17",
                "Statement": [
                    {"Sid": "FindBucketRegion", "Effect": "Allow", "Action": ["s3:GetBucketLocation"], "Resource": ["arn:aws:s3:::images"]},
                    {"Sid": "ListPrefix", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::images"],
                     "Condition": {"StringLike": {"s3:prefix": ["team", "team/", "team/*"]}}},
                    {"Sid": "UseObjects", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::images/team/*"]}
                ]
            })
        );
    }

    #[test]
    fn what_a_user_typed_is_never_a_pattern() {
        let document = policy(vec![scope("images", Some("a*b?$c\"d"))], &[Access::List, Access::Read], &[]);
        assert_eq!(document["Statement"][2]["Resource"][0], "arn:aws:s3:::images/a${*}b${?}${$}c\"d/*");
        assert_eq!(document["Statement"][1]["Condition"]["StringLike"]["s3:prefix"][2], "a${*}b${?}${$}c\"d/*");
    }

    #[test]
    fn what_is_sent_to_aws_is_ascii() {
        let scope = scope("images", Some("日本/🦀é"));
        let grant =
            Grant { partition: Partition::Aws, buckets: vec![scope], access: vec![Access::Read], kms_keys: vec![] };
        let json = access_policy(&grant).to_compact_json();
        assert!(json.contains(r"arn:aws:s3:::images/\u65e5\u672c/\ud83e\udd80\u00e9/*") && json.is_ascii(), "{json}");
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), serde_json::to_value(access_policy(&grant)).unwrap());
    }

    #[test]
    fn several_buckets_share_one_policy_and_keep_their_prefixes_apart() {
        let document = policy(
            vec![scope("one", None), scope("two", Some("p")), scope("two", Some("q"))],
            &[Access::List, Access::Write],
            &[],
        );
        let statements = document["Statement"].as_array().unwrap();
        assert_eq!(statements[0]["Resource"], json!(["arn:aws:s3:::one", "arn:aws:s3:::two"]));
        assert_eq!(statements[1]["Resource"], json!(["arn:aws:s3:::one"]));
        assert_eq!(statements[2]["Condition"]["StringLike"]["s3:prefix"][0], "p");
        assert_eq!(statements[3]["Condition"]["StringLike"]["s3:prefix"][0], "q");
        assert_eq!(
            statements[4]["Resource"],
            json!(["arn:aws:s3:::one/*", "arn:aws:s3:::two/p/*", "arn:aws:s3:::two/q/*"])
        );
        let sids: Vec<&str> = statements.iter().filter_map(|statement| statement["Sid"].as_str()).collect();
        assert!(sids.iter().all(|sid| sids.iter().filter(|other| *other == sid).count() == 1), "{sids:?}");
    }

    #[test]
    fn keys_are_bound_to_s3_and_to_the_scope() {
        let key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";
        let document = policy(vec![scope("images", Some("team"))], &[Access::Read], &[key]);
        assert_eq!(
            document["Statement"][2],
            json!({
                "Sid": "UseKeysThroughS3", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [key],
                "Condition": {
                    "StringEquals": {"kms:ViaService": ["s3.eu-west-1.amazonaws.com"]},
                    "StringLike": {"kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::images", "arn:aws:s3:::images/team/*"]}
                }
            })
        );
        assert_eq!(
            policy(vec![scope("images", None)], &[Access::List], &[key])["Statement"].as_array().unwrap().len(),
            2
        );
    }

    #[test]
    fn every_access_brings_exactly_its_actions() {
        for (access, expected) in [
            (Access::List, vec!["s3:GetBucketLocation", "s3:ListBucket"]),
            (Access::Read, vec!["s3:GetBucketLocation", "s3:GetObject"]),
            (Access::ReadVersions, vec!["s3:GetBucketLocation", "s3:ListBucketVersions", "s3:GetObjectVersion"]),
            (
                Access::Write,
                vec!["s3:GetBucketLocation", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
            ),
            (Access::Delete, vec!["s3:GetBucketLocation", "s3:DeleteObject"]),
            (Access::Acl, vec!["s3:GetBucketLocation", "s3:GetObjectAcl", "s3:PutObjectAcl"]),
        ] {
            let document = policy(vec![], &[access], &[]);
            let actions: Vec<&str> = document["Statement"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|s| s["Action"].as_array().unwrap())
                .filter_map(Value::as_str)
                .collect();
            assert_eq!(actions, expected, "{access:?}");
        }
    }
}
