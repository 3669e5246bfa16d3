//! Requests that stand for all that the declared access needs, and for what it does not.

use crate::{
    KmsKeyArn,
    iam::{Caller, Context, Decision, Policies, Policy, PolicyKind, Request, document::Version, evaluate},
    policies::{Access, BucketScope, Grant},
};

/// A request as the platform's sessions make it.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub action: &'static str,
    pub resource: String,
    pub context: Context,
}

impl Ask {
    fn new(action: &'static str, resource: impl Into<String>) -> Self {
        Self { action, resource: resource.into(), context: Context::new() }
    }

    fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.context = self.context.with(key, value);
        self
    }
}

/// What is needed of one action for one scope: all of the requests.
pub(super) struct Need {
    pub action: &'static str,
    /// The declared access that needs it; without one, finding the bucket's region does.
    pub access: Option<Access>,
    /// Such as "objects below `team/` of `images`".
    pub on: String,
    pub asks: Vec<Ask>,
    /// Some tools ask so, and can do without.
    pub optional: bool,
}

/// Everything that the declared access needs. `all` are the buckets where the grant is for any.
pub(super) fn needs(grant: &Grant, all: &[BucketScope]) -> Vec<Need> {
    let scopes = if grant.buckets.is_empty() { all } else { &grant.buckets };
    let mut needs = Vec::new();
    for scope in scopes {
        let arn = scope.bucket.arn(grant.partition);
        let bucket = format!("the bucket `{}`", scope.bucket);
        let location = Ask::new("s3:GetBucketLocation", arn.as_str());
        let mut need = |action, access, on: &str, asks| {
            needs.push(Need { action, access, on: on.to_owned(), asks, optional: false });
        };
        need(location.action, None, &bucket, vec![location]);
        for (access, action) in actions(grant, Access::listing_actions) {
            need(action, Some(access), &bucket, listings(action, scope, &arn));
        }
        let on = match &scope.prefix {
            Some(prefix) => format!("objects below `{prefix}/` of the bucket `{}`", scope.bucket),
            None => format!("objects of the bucket `{}`", scope.bucket),
        };
        let objects = objects(grant, scope);
        for (access, action) in actions(grant, Access::object_actions) {
            let asks = objects.iter().map(|object| Ask::new(action, object.as_str())).collect();
            need(action, Some(access), &on, asks);
        }
        for key in &grant.kms_keys {
            for (access, action) in actions(grant, Access::key_actions) {
                let on = format!("the key `{key}` for {on}");
                let contexts = objects.iter().chain([&arn]);
                let asks = contexts.map(|context| use_of_key(action, key, context)).collect();
                need(action, Some(access), &on, asks);
            }
        }
        if let Some(prefix) = &scope.prefix {
            // With or without the slash: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
            for (access, action) in actions(grant, Access::listing_actions) {
                let asks = vec![Ask::new(action, arn.as_str()).with("s3:prefix", prefix.as_str())];
                let on = format!("`{prefix}` without its slash, in {bucket},");
                needs.push(Need { action, access: Some(access), on, asks, optional: true });
            }
        }
    }
    needs
}

/// Each needed action once, with the first access that needs it.
fn actions(grant: &Grant, of: impl Fn(Access) -> &'static [&'static str]) -> Vec<(Access, &'static str)> {
    let mut found: Vec<(Access, &'static str)> = Vec::new();
    for access in Access::ALL.into_iter().filter(|access| grant.access.contains(access)) {
        for action in of(access) {
            if !found.iter().any(|(_, known)| known == action) {
                found.push((access, action));
            }
        }
    }
    found
}

fn listings(action: &'static str, scope: &BucketScope, arn: &str) -> Vec<Ask> {
    let listing = |prefix: String| Ask::new(action, arn).with("s3:prefix", prefix).with("s3:delimiter", "/");
    match &scope.prefix {
        Some(prefix) => [format!("{prefix}/"), format!("{prefix}/folder/")].into_iter().map(listing).collect(),
        None => vec![Ask::new(action, arn), listing(String::new()), listing("folder/".into())],
    }
}

fn objects(grant: &Grant, scope: &BucketScope) -> Vec<String> {
    let base = scope.bucket.object_arn_base(grant.partition);
    let below = scope.prefix.as_ref().map(|prefix| format!("{prefix}/")).unwrap_or_default();
    ["file.png", "folder/a b.txt", "日本.csv"].iter().map(|name| format!("{base}{below}{name}")).collect()
}

fn via(key: &KmsKeyArn) -> String {
    format!("s3.{}.{}", key.region(), key.partition().dns_suffix())
}

fn use_of_key(action: &'static str, key: &KmsKeyArn, context: &str) -> Ask {
    Ask::new(action, key.to_string())
        .with("kms:ViaService", via(key))
        .with("kms:EncryptionContext:aws:s3:arn", context)
        .with_context_keys()
}

impl Ask {
    /// The names of the encryption context's keys, which policies may ask for, too.
    fn with_context_keys(mut self) -> Self {
        self.context = self.context.with_values("kms:EncryptionContextKeys", ["aws:s3:arn"]);
        self
    }
}

/// Listings that go beyond the prefixes of a bucket.
pub(super) fn listings_beyond(grant: &Grant, scope: &BucketScope) -> Vec<Ask> {
    let Some(prefix) = &scope.prefix else { return Vec::new() };
    let of_bucket = || grant.buckets.iter().filter(|other| other.bucket == scope.bucket);
    if of_bucket().any(|other| other.prefix.is_none()) {
        return Vec::new();
    }
    let arn = scope.bucket.arn(grant.partition);
    let beyond = |text: &String| {
        !of_bucket().filter_map(|other| other.prefix.as_ref()).any(|other| {
            text == other.as_str() || text.strip_prefix(other.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let others =
        ["0-another-folder/".to_owned(), format!("{prefix}-and-more/"), String::new()].into_iter().filter(beyond);
    let others: Vec<String> = others.collect();
    let of_action = |action| {
        let listing = move |prefix: &String| Ask::new(action, "").with("s3:prefix", prefix.as_str());
        [Ask::new(action, "")].into_iter().chain(others.iter().map(listing))
    };
    let asks = ["s3:ListBucket", "s3:ListBucketVersions"].into_iter().flat_map(of_action);
    asks.map(|ask| Ask { resource: arn.clone(), ..ask }).collect()
}

/// Uses of a key that do not come from S3.
pub(super) fn use_beyond_s3(key: &KmsKeyArn, context: &str) -> Ask {
    Ask::new("kms:Decrypt", key.to_string()).with("kms:EncryptionContext:aws:s3:arn", context).with_context_keys()
}

/// Uses of a key for objects of another bucket.
pub(super) fn use_beyond_scope(key: &KmsKeyArn) -> Ask {
    let other = format!("arn:{}:s3:::a-bucket-of-somebody-else/file.png", key.partition());
    use_of_key("kms:Decrypt", key, &other)
}

/// Decides requests of a session of the role, by its access policy alone.
pub(super) struct Judge {
    caller: Caller,
    policy: Policy,
    /// Leaves it to the account's policies, as KMS's default key policy does.
    key_policy: Policy,
}

const ACCOUNT: &str = "111122223333";

impl Judge {
    pub fn new(policy: Policy, grant: &Grant) -> Self {
        let account = grant.kms_keys.first().map_or(ACCOUNT.to_owned(), |key| {
            crate::Arn::parse(&key.to_string()).map(|arn| arn.account().to_owned()).unwrap_or_default()
        });
        let role = format!("arn:{}:iam::{account}:role/customer", grant.partition);
        let text = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": "{account}"}}, "Action": "kms:*"}}}}"#
        );
        let key_policy = Policy::parse(&text, PolicyKind::Resource);
        Self {
            caller: Caller::role_session(&role, "byob").unwrap_or(Caller::anonymous()),
            policy,
            key_policy: key_policy.unwrap_or(Policy {
                kind: PolicyKind::Resource,
                version: Version::V2012,
                statements: Vec::new(),
            }),
        }
    }

    pub fn decide(&self, ask: &Ask) -> Decision {
        let account = self.caller.account().unwrap_or_default();
        let is_key = ask.action.starts_with("kms:");
        let account = if is_key { ask.resource.split(':').nth(4).unwrap_or(account) } else { account };
        let context = ask.context.clone().with("aws:SecureTransport", "true").with("aws:ResourceAccount", account);
        let request = Request {
            caller: &self.caller,
            action: ask.action,
            resource: &ask.resource,
            resource_account: account,
            context: &context,
        };
        let resource = is_key.then_some(&self.key_policy);
        evaluate(&request, &Policies { identity: vec![&self.policy], resource, ..Policies::default() })
    }
}
