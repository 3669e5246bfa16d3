//! The two policies, written with the template's parameters and conditions.
//!
//! They say what [`crate::policies::access::access_policy`] and [`crate::policies::trust::trust_policy`] say, from the same tables
//! of actions. `Fn::Join` puts texts together, because `Fn::Sub` would read IAM's own `${*}` in a prefix.

use serde_json::{Map, Value, json};

use super::{parameters::name_of, reference};
use crate::policies::Access;

/// A table of actions.
type Actions = fn(Access) -> &'static [&'static str];

const WHOLE_BUCKET: &str = "WholeBucket";
const WITH_KEYS: &str = "WithKeys";

pub(super) fn trust_policy() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": reference("PrincipalArn")},
            "Action": ["sts:AssumeRole"],
            "Condition": {"StringEquals": {"sts:ExternalId": [reference("ExternalId")]}},
        }],
    })
}

pub(super) fn access_policy() -> Value {
    let region = json!({
        "Sid": "FindBucketRegion",
        "Effect": "Allow",
        "Action": ["s3:GetBucketLocation"],
        "Resource": [bucket_arn()],
    });
    json!({
        "Version": "2012-10-17",
        "Statement": [
            region,
            only_if(&any(&with(Access::listing_actions)), listing()),
            only_if(&any(&with(Access::object_actions)), objects()),
            only_if(WITH_KEYS, keys()),
        ],
    })
}

fn listing() -> Value {
    let prefixes =
        [reference("Prefix"), join([reference("Prefix"), "/".into()]), join([reference("Prefix"), "/*".into()])];
    json!({
        "Sid": either(WHOLE_BUCKET, "ListBucket".into(), "ListPrefix".into()),
        "Effect": "Allow",
        "Action": actions(Access::listing_actions),
        "Resource": [bucket_arn()],
        "Condition": either(WHOLE_BUCKET, nothing(), json!({"StringLike": {"s3:prefix": prefixes}})),
    })
}

fn objects() -> Value {
    json!({
        "Sid": "UseObjects",
        "Effect": "Allow",
        "Action": actions(Access::object_actions),
        "Resource": [object_arns()],
    })
}

fn keys() -> Value {
    // The key's own region, because the stack may be made in another one: IAM is the same in all.
    let key = json!({"Fn::Select": [0, reference("KmsKeyArns")]});
    let region = json!({"Fn::Select": [3, {"Fn::Split": [":", key]}]});
    let service = join(["s3.".into(), region, ".".into(), reference("AWS::URLSuffix")]);
    json!({
        "Sid": "UseKeysThroughS3",
        "Effect": "Allow",
        "Action": actions(Access::key_actions),
        "Resource": reference("KmsKeyArns"),
        "Condition": {
            "StringEquals": {"kms:ViaService": [service]},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket_arn(), object_arns()]},
        },
    })
}

fn bucket_arn() -> Value {
    join(["arn:".into(), reference("AWS::Partition"), ":s3:::".into(), reference("Bucket")])
}

fn object_arns() -> Value {
    let whole = join([bucket_arn(), "/*".into()]);
    let below = join([bucket_arn(), "/".into(), reference("Prefix"), "/*".into()]);
    either(WHOLE_BUCKET, whole, below)
}

/// Every condition that the policies use.
pub(super) fn conditions() -> Value {
    let mut conditions = Map::new();
    for access in Access::ALL {
        conditions.insert(any(&[access]), json!({"Fn::Equals": [reference(name_of(access)), "true"]}));
    }
    for table in [Access::listing_actions, Access::object_actions, Access::key_actions] as [Actions; 3] {
        let needed = bringers(table).into_iter().map(|(_, bringers)| bringers).chain([with(table)]);
        for accesses in needed.filter(|accesses| accesses.len() > 1) {
            let each: Vec<Value> = accesses.iter().map(|access| json!({"Condition": any(&[*access])})).collect();
            conditions.insert(any(&accesses), json!({"Fn::Or": each}));
        }
    }
    conditions.insert(WHOLE_BUCKET.to_owned(), json!({"Fn::Equals": [reference("Prefix"), ""]}));
    let no_keys = json!({"Fn::Equals": [{"Fn::Join": ["", reference("KmsKeyArns")]}, ""]});
    let with_keys = json!({"Fn::And": [{"Fn::Not": [no_keys]}, {"Condition": any(&with(Access::key_actions))}]});
    conditions.insert(WITH_KEYS.to_owned(), with_keys);
    conditions.into()
}

/// The actions of a table, each only where an access brings it. What all bring needs no condition: without any of them there is no
/// statement.
fn actions(table: Actions) -> Value {
    let all = with(table);
    let action = |(action, bringers): (&str, Vec<Access>)| {
        if bringers == all { action.into() } else { only_if(&any(&bringers), action.into()) }
    };
    bringers(table).into_iter().map(action).collect()
}

/// Each action of a table once, with the accesses that bring it.
fn bringers(table: Actions) -> Vec<(&'static str, Vec<Access>)> {
    let mut found: Vec<(&str, Vec<Access>)> = Vec::new();
    for access in Access::ALL {
        for action in table(access) {
            match found.iter_mut().find(|(other, _)| other == action) {
                Some((_, bringers)) => bringers.push(access),
                None => found.push((action, vec![access])),
            }
        }
    }
    found
}

/// The accesses that have any action of a table.
fn with(table: Actions) -> Vec<Access> {
    Access::ALL.into_iter().filter(|access| !table(*access).is_empty()).collect()
}

/// The name of the condition that one of these is wanted.
fn any(accesses: &[Access]) -> String {
    format!("May{}", accesses.iter().map(|access| name_of(*access)).collect::<Vec<_>>().join("Or"))
}

fn only_if(condition: &str, value: Value) -> Value {
    either(condition, value, nothing())
}

#[allow(clippy::needless_pass_by_value)] // Reads better where trees are built.
fn either(condition: &str, then: Value, otherwise: Value) -> Value {
    json!({"Fn::If": [condition, then, otherwise]})
}

/// Takes what it stands for out of its list or object.
fn nothing() -> Value {
    reference("AWS::NoValue")
}

fn join<const PARTS: usize>(parts: [Value; PARTS]) -> Value {
    let parts: Vec<Value> = parts.into();
    json!({"Fn::Join": ["", parts]})
}
