//! What the customer does in their account, rightly or not.

use std::{collections::BTreeMap, convert::Infallible};

use byob_sandbox::state::{
    Account, KmsKey, Role,
    buckets::Encryption,
    iam::{BoundPolicy, ManagedPolicy, PolicyVersion},
};
use serde_json::{Value, json};

use super::given::{Connection, ROLE};
use crate::aws::{BUCKET, CUSTOMER};

/// The ARN of the only KMS key.
pub const KEY: &str = "arn:aws:kms:eu-central-1:222222222222:key/11111111-2222-4333-8444-555555555555";

/// A policy of one statement.
pub fn policy(statement: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

/// Takes an action out of every statement.
pub fn take(document: &mut Value, action: &str) {
    let statements = document["Statement"].as_array_mut().unwrap();
    for statement in statements.iter_mut() {
        statement["Action"].as_array_mut().unwrap().retain(|one| one != action);
    }
    statements.retain(|statement| !statement["Action"].as_array().unwrap().is_empty());
}

/// Replaces a text wherever it stands.
pub fn replace(document: &mut Value, from: &str, to: &str) {
    let text = document.to_string();
    assert!(text.contains(from), "{text}");
    *document = serde_json::from_str(&text.replace(from, to)).unwrap();
}

impl Connection {
    fn account(&self, change: impl FnOnce(&mut Account)) {
        let changed: Result<(), Infallible> = self.aws.sandbox.change_iam(|iam| {
            change(iam.accounts.get_mut(CUSTOMER).unwrap());
            Ok(())
        });
        changed.unwrap();
    }

    fn role(&self, change: impl FnOnce(&mut Role)) {
        self.account(|account| change(account.roles.get_mut(ROLE).unwrap()));
    }

    /// Replaces the role's trust policy. It names a user, whom the sandbox knows by a unique ID as well.
    pub fn set_trust(&self, trust: &Value) {
        let text = trust.to_string();
        let changed: Result<(), Infallible> = self.aws.sandbox.change_iam(|iam| {
            let trust = BoundPolicy::bind(text, iam);
            iam.accounts.get_mut(CUSTOMER).unwrap().roles.get_mut(ROLE).unwrap().trust = trust;
            Ok(())
        });
        changed.unwrap();
    }

    /// Replaces the role's access policy.
    pub fn set_access(&self, access: &Value) {
        self.role(|role| {
            role.inline.clear();
            role.inline.insert("access".into(), access.to_string());
        });
    }

    /// Adds a statement to the role's policies.
    pub fn add_to_role(&self, statement: &Value) {
        self.role(|role| drop(role.inline.insert("more".into(), policy(statement).to_string())));
    }

    /// Takes the role's policies away.
    pub fn take_all_access(&self) {
        self.role(|role| role.inline.clear());
    }

    /// Lets the role do no more than this.
    pub fn bound(&self, statement: &Value) {
        let now = self.aws.sandbox.clock().now();
        let version = PolicyVersion { id: "v1".into(), text: policy(statement).to_string(), created: now };
        let boundary = ManagedPolicy {
            id: "ANPABOUNDARY".into(),
            name: "boundary".into(),
            path: "/".into(),
            description: String::new(),
            created: now,
            updated: now,
            versions: vec![version],
            default_version: "v1".into(),
            last_version: 1,
            tags: BTreeMap::new(),
        };
        self.account(|account| {
            account.policies.insert("boundary".into(), boundary);
            let role = account.roles.get_mut(ROLE).unwrap();
            role.boundary = Some(format!("arn:aws:iam::{CUSTOMER}:policy/boundary"));
        });
    }

    /// Sets the bucket's policy to one statement.
    pub fn set_bucket_policy(&self, statement: &Value) {
        let text = policy(statement).to_string();
        let mut state = self.aws.sandbox.write();
        state.buckets.get_mut(BUCKET).unwrap().policy = Some(BoundPolicy { text, principals: BTreeMap::new() });
    }

    /// Denies something to everybody, under a condition.
    pub fn deny(&self, action: &str, condition: &Value) {
        let resources = [format!("arn:aws:s3:::{BUCKET}"), format!("arn:aws:s3:::{BUCKET}/*")];
        let mut statement = json!({ "Effect": "Deny", "Principal": "*", "Action": action, "Resource": resources });
        if !condition.is_null() {
            statement["Condition"] = condition.clone();
        }
        self.set_bucket_policy(&statement);
    }

    /// Encrypts every object with the key, whose policy is this statement; by default the account decides.
    pub fn encrypt(&self, statement: Option<Value>) {
        let root = json!({
            "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{CUSTOMER}:root") }, "Action": "kms:*", "Resource": "*",
        });
        let (_, id) = KEY.split_once("key/").unwrap();
        let key = KmsKey {
            id: id.into(),
            region: "eu-central-1".into(),
            description: String::new(),
            policy: BoundPolicy { text: policy(&statement.unwrap_or(root)).to_string(), principals: BTreeMap::new() },
            created: self.aws.sandbox.clock().now(),
            enabled: true,
            deletion: None,
        };
        self.account(|account| drop(account.keys.insert(key.id.clone(), key)));
        let mut state = self.aws.sandbox.write();
        let objects = state.buckets.get_mut(BUCKET).unwrap().objects.values_mut().flatten();
        for object in objects.filter_map(|version| version.object.as_mut()) {
            object.encryption = Encryption::Kms { key_arn: KEY.into(), bucket_key: false };
        }
    }

    /// Encrypts one object with S3's own key again.
    pub fn decrypt(&self, key: &str) {
        let mut state = self.aws.sandbox.write();
        let versions = state.buckets.get_mut(BUCKET).unwrap().objects.get_mut(key).unwrap();
        versions.iter_mut().filter_map(|version| version.object.as_mut()).for_each(|object| {
            object.encryption = Encryption::default();
        });
    }

    /// Disables the key.
    pub fn disable_key(&self) {
        self.account(|account| account.keys.values_mut().for_each(|key| key.enabled = false));
    }

    /// Removes every object.
    pub fn empty(&self) {
        self.aws.sandbox.write().buckets.get_mut(BUCKET).unwrap().objects.clear();
    }

    /// Changes the bucket's only CORS rule.
    pub fn change_cors(&self, field: &str, value: &Value) {
        let mut rules = serde_json::to_value(&self.documents.cors.cors_rules).unwrap();
        rules[0][field] = value.clone();
        self.set_cors(&rules);
    }

    /// Deletes the CORS configuration.
    pub fn delete_cors(&self) {
        self.aws.sandbox.write().buckets.get_mut(BUCKET).unwrap().configuration.remove("cors");
    }
}
