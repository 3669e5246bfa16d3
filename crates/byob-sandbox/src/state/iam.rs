//! Accounts and what is in them, and the delay with which changes take effect.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Duration, OffsetDateTime};

use super::principals;

/// Users, roles, policies and KMS keys of all accounts.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Iam {
    /// By account ID.
    pub accounts: BTreeMap<String, Account>,
}

/// An AWS account.
#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// For people.
    pub name: String,
    /// The name that S3's access control lists know it by: 64 hexadecimal digits.
    pub canonical_id: String,
    /// By name.
    pub users: BTreeMap<String, User>,
    /// By name.
    pub roles: BTreeMap<String, Role>,
    /// The account's own managed policies, by name.
    pub policies: BTreeMap<String, ManagedPolicy>,
    /// By key ID.
    pub keys: BTreeMap<String, KmsKey>,
}

/// A user.
#[derive(Clone, Serialize, Deserialize)]
pub struct User {
    /// `AIDA…`.
    pub id: String,
    /// Unique in the account, whatever the path.
    pub name: String,
    /// Begins and ends with `/`.
    pub path: String,
    #[serde(with = "time::serde::timestamp::milliseconds")]
    /// When it was made.
    pub created: OffsetDateTime,
    /// Up to two.
    pub access_keys: Vec<AccessKey>,
    /// What is written into it, by name.
    pub inline: BTreeMap<String, String>,
    /// ARNs of managed policies.
    pub attached: BTreeSet<String>,
    /// The ARN of the managed policy that bounds it.
    pub boundary: Option<String>,
    /// `aws:PrincipalTag/…`.
    pub tags: BTreeMap<String, String>,
}

/// A user's long-lived credentials.
#[derive(Clone, Serialize, Deserialize)]
pub struct AccessKey {
    /// `AKIA…`.
    pub id: String,
    /// Shown once.
    pub secret: String,
    /// Inactive keys are refused.
    pub active: bool,
    /// When it was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created: OffsetDateTime,
}

/// A role.
#[derive(Clone, Serialize, Deserialize)]
pub struct Role {
    /// `AROA…`.
    pub id: String,
    /// Unique in the account, whatever the path.
    pub name: String,
    /// Begins and ends with `/`.
    pub path: String,
    /// For people.
    pub description: String,
    /// When it was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created: OffsetDateTime,
    /// Who may assume it.
    pub trust: BoundPolicy,
    /// In seconds, 3,600 to 43,200.
    pub max_session_duration: i64,
    /// What is written into it, by name.
    pub inline: BTreeMap<String, String>,
    /// ARNs of managed policies.
    pub attached: BTreeSet<String>,
    /// The ARN of the managed policy that bounds it.
    pub boundary: Option<String>,
    /// `aws:PrincipalTag/…`, and `aws:ResourceTag/…` when it is assumed.
    pub tags: BTreeMap<String, String>,
}

/// A policy that names principals. AWS replaces the ARNs of users and roles by their unique IDs when it is saved, so that a role made
/// again under the same name is not trusted.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles>.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct BoundPolicy {
    /// As it was written.
    pub text: String,
    /// ARN → unique ID, of the users and roles that it named when it was saved.
    pub principals: BTreeMap<String, String>,
}

impl BoundPolicy {
    /// Remembers who is meant by the ARNs of users and roles that are named as principals.
    pub fn bind(text: String, iam: &Iam) -> Self {
        let named = principals::named(&text).into_iter();
        let principals = named.filter_map(|principal| {
            let id = iam.unique_id(&principal.value)?.clone();
            Some((principal.value, id))
        });
        Self { principals: principals.collect(), text }
    }

    /// The text as it holds now: whoever was renamed is named by the new ARN, whoever is gone by the unique ID that nobody has any more.
    pub fn in_force(&self, iam: &Iam) -> String {
        let mut text = self.text.clone();
        // From the end, so that what is still to be replaced stays where it is.
        for principal in principals::named(&self.text).into_iter().rev() {
            let Some(id) = self.principals.get(&principal.value) else { continue };
            let name = iam.arn_of(id).unwrap_or_else(|| id.clone());
            if name != principal.value {
                text.replace_range(principal.at, &serde_json::Value::String(name).to_string());
            }
        }
        text
    }
}

/// A customer managed policy.
#[derive(Clone, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// `ANPA…`.
    pub id: String,
    /// Unique in the account.
    pub name: String,
    /// Begins and ends with `/`.
    pub path: String,
    /// For people.
    pub description: String,
    /// When it was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created: OffsetDateTime,
    /// When its default version last changed.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub updated: OffsetDateTime,
    /// Up to five, oldest first.
    pub versions: Vec<PolicyVersion>,
    /// The version in force, such as `v1`.
    pub default_version: String,
    /// The number of the newest version ever made; numbers are not used again.
    pub last_version: u32,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl ManagedPolicy {
    /// The text in force.
    pub fn text(&self) -> &str {
        let version = self.versions.iter().find(|version| version.id == self.default_version);
        version.map_or("", |version| &version.text)
    }
}

/// One version of a managed policy.
#[derive(Clone, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// `v1`, `v2`, …
    pub id: String,
    /// The document.
    pub text: String,
    /// When it was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created: OffsetDateTime,
}

/// A key that objects are encrypted with. The sandbox does not encrypt; it demands the permissions.
#[derive(Clone, Serialize, Deserialize)]
pub struct KmsKey {
    /// A UUID.
    pub id: String,
    /// `eu-central-1`; keys belong to one region.
    pub region: String,
    /// For people.
    pub description: String,
    /// Who may use it.
    pub policy: BoundPolicy,
    /// When it was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created: OffsetDateTime,
    /// A disabled key decrypts nothing.
    pub enabled: bool,
    /// When it will be gone, if that was decided. Until then it decrypts nothing.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub deletion: Option<OffsetDateTime>,
}

/// AWS's own managed policies, by name. The sandbox has those that its visitors are likely to attach.
pub const AWS_MANAGED: &[(&str, &str)] = &[
    ("AdministratorAccess", r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#),
    (
        "AmazonS3FullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}]}"#,
    ),
    (
        "AmazonS3ReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*","s3-object-lambda:List*"],"Resource":"*"}]}"#,
    ),
    (
        "IAMFullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","organizations:DescribeAccount","organizations:DescribeOrganization","organizations:DescribeOrganizationalUnit","organizations:DescribePolicy","organizations:ListChildren","organizations:ListParents","organizations:ListPoliciesForTarget","organizations:ListRoots","organizations:ListPolicies","organizations:ListTargetsForPolicy"],"Resource":"*"}]}"#,
    ),
];

impl Account {
    /// An account without anybody in it.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            canonical_id: crate::random::hex(64),
            users: BTreeMap::new(),
            roles: BTreeMap::new(),
            policies: BTreeMap::new(),
            keys: BTreeMap::new(),
        }
    }

    /// `arn:aws:iam::123456789012:user/path/name`.
    pub fn user_arn(&self, user: &User) -> String {
        format!("arn:aws:iam::{}:user{}{}", self.id, user.path, user.name)
    }

    /// `arn:aws:iam::123456789012:role/path/name`.
    pub fn role_arn(&self, role: &Role) -> String {
        format!("arn:aws:iam::{}:role{}{}", self.id, role.path, role.name)
    }

    /// `arn:aws:iam::123456789012:policy/path/name`.
    pub fn policy_arn(&self, policy: &ManagedPolicy) -> String {
        format!("arn:aws:iam::{}:policy{}{}", self.id, policy.path, policy.name)
    }

    /// `arn:aws:kms:eu-central-1:123456789012:key/…`.
    pub fn key_arn(&self, key: &KmsKey) -> String {
        format!("arn:aws:kms:{}:{}:key/{}", key.region, self.id, key.id)
    }
}

impl Iam {
    /// Whose access key that is.
    pub fn access_key(&self, id: &str) -> Option<(&Account, &User, &AccessKey)> {
        self.accounts.values().find_map(|account| {
            account
                .users
                .values()
                .find_map(|user| user.access_keys.iter().find(|key| key.id == id).map(|key| (account, user, key)))
        })
    }

    /// The role with that ARN, path included.
    pub fn role(&self, arn: &str) -> Option<(&Account, &Role)> {
        let account = self.accounts.get(arn.split(':').nth(4)?)?;
        let role = account.roles.get(arn.rsplit('/').next()?)?;
        (account.role_arn(role) == arn).then_some((account, role))
    }

    /// The user with that ARN, path included.
    pub fn user(&self, arn: &str) -> Option<(&Account, &User)> {
        let account = self.accounts.get(arn.split(':').nth(4)?)?;
        let user = account.users.get(arn.rsplit('/').next()?)?;
        (account.user_arn(user) == arn).then_some((account, user))
    }

    /// The unique ID of a user or role.
    pub fn unique_id(&self, arn: &str) -> Option<&String> {
        self.role(arn).map(|(_, role)| &role.id).or_else(|| self.user(arn).map(|(_, user)| &user.id))
    }

    /// The ARN of the user or role with that unique ID.
    fn arn_of(&self, id: &str) -> Option<String> {
        self.accounts.values().find_map(|account| {
            let user = account.users.values().find(|user| user.id == id).map(|user| account.user_arn(user));
            user.or_else(|| account.roles.values().find(|role| role.id == id).map(|role| account.role_arn(role)))
        })
    }

    /// The KMS key with that ARN.
    pub fn kms_key(&self, arn: &str) -> Option<(&Account, &KmsKey)> {
        let account = self.accounts.get(arn.split(':').nth(4)?)?;
        let key = account.keys.get(arn.rsplit('/').next()?)?;
        (account.key_arn(key) == arn).then_some((account, key))
    }

    /// The text in force of a managed policy, of an account or of AWS.
    pub fn policy_text(&self, arn: &str) -> Option<&str> {
        if let Some(name) = arn.strip_prefix("arn:aws:iam::aws:policy/") {
            return AWS_MANAGED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        }
        let account = self.accounts.get(arn.split(':').nth(4)?)?;
        let policy = account.policies.get(arn.rsplit('/').next()?)?;
        (account.policy_arn(policy) == arn).then(|| policy.text())
    }
}

/// What IAM was told, and what it goes by: on request, changes take a while to spread, as they do at AWS.
#[derive(Clone, Default)]
pub struct IamHistory {
    newest: Arc<Iam>,
    /// When each state takes effect, oldest first.
    spreading: VecDeque<(OffsetDateTime, Arc<Iam>)>,
}

impl IamHistory {
    /// What was written last; IAM's own answers come from it.
    pub fn written(&self) -> &Arc<Iam> {
        &self.newest
    }

    /// What requests are judged by now.
    pub fn in_force(&self, now: OffsetDateTime) -> Arc<Iam> {
        let effective = self.spreading.iter().rev().find(|(from, _)| *from <= now);
        Arc::clone(effective.or_else(|| self.spreading.front()).map_or(&self.newest, |(_, iam)| iam))
    }

    /// Changes the newest state, which takes effect after the delay; nothing is changed where `change` refuses.
    pub fn change<T, E>(
        &mut self,
        now: OffsetDateTime,
        delay: Duration,
        change: impl FnOnce(&mut Iam) -> Result<T, E>,
    ) -> Result<T, E> {
        let before = self.in_force(now);
        let mut changed = Iam::clone(&self.newest);
        let answer = change(&mut changed)?;
        self.newest = Arc::new(changed);
        if delay.is_positive() {
            if self.spreading.is_empty() {
                self.spreading.push_back((now, before));
            }
            self.spreading.push_back((now + delay, Arc::clone(&self.newest)));
        } else {
            self.spreading.clear();
        }
        Ok(answer)
    }
}

/// Only the newest state is kept in a folder: after a restart everything has spread.
impl Serialize for IamHistory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.newest.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for IamHistory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Iam::deserialize(deserializer).map(|iam| Self { newest: Arc::new(iam), spreading: VecDeque::new() })
    }
}
