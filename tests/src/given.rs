//! Buckets to connect, as the API takes them, and where they are then.

use byob_core::{audit::By, store::NewEntry};
use serde_json::{Value, json};

/// A role of a customer.
pub fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::123456789012:role/{name}")
}

/// A bucket reached by the role of the same name.
pub fn bucket(name: &str) -> Value {
    json!({
        "name": name,
        "authentication": {"type": "role", "role_arn": role_arn(name)},
        "scope": {"type": "bucket", "bucket": name},
        "region": "eu-central-1",
    })
}

/// The folder of a bucket, reached by a role named after both.
pub fn folder(bucket_name: &str, prefix: &str) -> Value {
    let name = format!("{bucket_name}-{prefix}").replace('/', "-");
    let scope = json!({"type": "bucket", "bucket": bucket_name, "prefix": prefix});
    with(bucket(&name), &json!({"scope": scope}))
}

/// All permitted buckets of a role; an empty list means any bucket.
pub fn buckets(name: &str, buckets: &[&str]) -> Value {
    with(bucket(name), &json!({"scope": {"type": "all_permitted", "buckets": buckets}}))
}

/// A bucket reached by an access key.
pub fn bucket_by_key(name: &str, access_key_id: &str, secret_access_key: &str) -> Value {
    let authentication =
        json!({"type": "access_key", "access_key_id": access_key_id, "secret_access_key": secret_access_key});
    with(bucket(name), &json!({"authentication": authentication}))
}

/// A bucket that everybody may read.
pub fn public_bucket(name: &str) -> Value {
    with(bucket(name), &json!({"authentication": {"type": "anonymous"}}))
}

/// Where a draft is.
pub fn draft_path(draft: &Value) -> String {
    format!("/api/v1/drafts/{}", id(draft))
}

/// Where an integration is.
pub fn integration_path(integration: &Value) -> String {
    format!("/api/v1/integrations/{}", id(integration))
}

/// The ID of whatever the API answered.
pub fn id(thing: &Value) -> &str {
    thing["id"].as_str().expect("it has an ID")
}

/// The same with some fields replaced.
#[must_use]
pub fn with(mut settings: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().expect("changes are an object") {
        settings[name] = value.clone();
    }
    settings
}

/// Something to be written down beside a change.
pub fn entry() -> NewEntry {
    NewEntry {
        by: By::service(),
        action: "test.done",
        object_kind: "test",
        object_id: "test_1".into(),
        object_name: None,
        details: json!({}),
        created_at: 1_800_000_000_000,
    }
}
