//! What people set of an integration, as they typed it. [`Spec`](super::Spec) is the same, checked.

use byob_aws::{Prefix, policies::Access};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// The fields of a draft or integration that people set. A draft may leave any out; saving wants those without a default.
///
/// Neither the external ID nor the principal's ARN is among them: they belong to the server, and a body that names them is
/// refused as having an unknown field.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What people call it; unique within the organization.
    #[schema(max_length = 100, example = "Training images")]
    pub name: Option<String>,
    /// The kind of storage.
    #[serde(default)]
    pub provider: Provider,
    /// How the bucket is reached.
    pub authentication: Option<Authentication>,
    /// Whom the customer's role trusts. Default: `shared`.
    #[serde(default)]
    pub principal: PrincipalKind,
    /// Which locators the integration serves.
    pub scope: Option<Scope>,
    /// The bucket's region, such as `eu-central-1`.
    #[schema(example = "eu-central-1")]
    pub region: Option<String>,
    /// The address of an S3-compatible store; leave it out for AWS.
    #[schema(example = "https://s3.example.com")]
    pub endpoint_url: Option<String>,
    /// Where browsers reach the same store, if under another address.
    pub browser_endpoint_url: Option<String>,
    /// Put the bucket's name into the path instead of the host name.
    #[serde(default)]
    pub force_path_style: bool,
    /// What may be done. Default: `list` and `read`.
    #[serde(default = "default_access")]
    #[schema(default = json!(["list", "read"]))]
    pub access: Vec<AccessName>,
    /// The KMS keys that encrypt the objects, if they are encrypted with keys of the customer's own.
    #[serde(default)]
    pub kms_key_arns: Vec<String>,
    /// Our side pays for requests and traffic, as the bucket demands.
    #[serde(default)]
    pub requester_pays: bool,
    /// The longest life of a presigned URL, in seconds: 1 to 604,800. Default: 3,600.
    #[serde(default = "default_longest_url_lifetime")]
    #[schema(default = 3600, minimum = 1, maximum = 604_800)]
    pub longest_url_lifetime: u32,
    /// How long a session of the role lasts, in seconds: 900 to 43,200, and not above the role's own maximum; with the principal
    /// `per_integration` 3,600 at most. Default: 3,600.
    #[serde(default = "default_session_duration")]
    #[schema(default = 3600, minimum = 900, maximum = 43_200)]
    pub session_duration: u32,
    /// Hand out the same URL for a while, so that browsers can cache. Turn it off for buckets that deny old signatures
    /// (`s3:signatureAge`). Default: true.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub stable_urls: bool,
    /// How files get to browsers. Default: `direct`.
    #[serde(default)]
    pub delivery: Delivery,
    /// After how many days files below `temp/` and `export/` of the scope expire, and uploads that were never ended: 1 to 3,650. The lifecycle
    /// configuration says it, which the customer applies. Default: 7.
    #[serde(default = "default_lifecycle_days")]
    #[schema(default = 7, minimum = 1, maximum = 3650)]
    pub lifecycle_days: u32,
}

/// How files get to browsers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Straight from the bucket, by presigned URLs.
    #[default]
    Direct,
    /// Through the service, for buckets whose CORS configuration cannot be set or that browsers do not reach. URLs are of the service,
    /// and its traffic is as large as the files are.
    Proxy,
}

/// Access kinds have their schema here, so that `byob-aws` needs no `OpenAPI` library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "read", pattern = "^(list|read|read_versions|write|delete|acl)$")]
pub struct AccessName(pub Access);

/// A kind of storage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Amazon S3, and stores that speak its API.
    #[default]
    S3,
}

/// Whom the customer's role trusts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// The one role or user of the platform.
    #[default]
    Shared,
    /// The platform's whole account (`arn:aws:iam::ID:root`): its own IAM policies decide who of it may come.
    Account,
    /// A role that the platform makes for this integration alone, and removes with it. The customer's role is assumed in its name, so
    /// sessions last an hour at most.
    PerIntegration,
}

/// How the bucket is reached.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Authentication {
    /// By assuming a role of the customer's account, with the external ID. This is the way to prefer.
    Role {
        /// The ARN of that role; known once the customer has made it.
        #[schema(example = "arn:aws:iam::123456789012:role/byob")]
        #[serde(default)]
        role_arn: Option<String>,
    },
    /// With a long-lived key of the customer's, for stores that have no roles.
    AccessKey {
        /// The public half.
        access_key_id: String,
        /// The secret half: stored encrypted, never given out again. Leave it out of a change to keep it.
        #[serde(default, skip_serializing_if = "withheld", serialize_with = "no_secret")]
        #[schema(value_type = Option<String>, write_only)]
        secret_access_key: Option<SecretString>,
    },
    /// With no identity at all, for buckets that everybody may read.
    Anonymous {},
}

/// Which locators an integration serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scope {
    /// One bucket, or the folder `prefix` of it.
    Bucket {
        /// Its name, or the alias or ARN of an access point.
        #[schema(example = "acme-images")]
        bucket: String,
        /// A folder; covers whole path segments: `team` does not cover `team2/x`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "team")]
        prefix: Option<String>,
    },
    /// Every bucket that the role's policies permit.
    AllPermitted {
        /// Only these; empty means any bucket.
        #[serde(default)]
        buckets: Vec<String>,
    },
}

impl Settings {
    /// The same, with the folder written in one way: people begin and end it with a slash, or do not.
    pub(crate) fn settled(mut self) -> Self {
        if let Some(Scope::Bucket { prefix: Some(prefix), .. }) = &mut self.scope
            && let Ok(meant) = Prefix::parse_typed(prefix)
        {
            meant.as_str().clone_into(prefix);
        }
        self
    }

    /// Takes the secret out, to be sealed; what is left can be stored and shown.
    pub(crate) fn take_secret(&mut self) -> Option<SecretString> {
        match &mut self.authentication {
            Some(Authentication::AccessKey { secret_access_key, .. }) => {
                secret_access_key.take().filter(|secret| !secret.expose_secret().is_empty())
            }
            _ => None,
        }
    }

    /// The role, where that is how the bucket is reached.
    pub fn role_arn(&self) -> Option<&str> {
        match &self.authentication {
            Some(Authentication::Role { role_arn }) => role_arn.as_deref(),
            _ => None,
        }
    }

    /// Whether the customer's role is, or will be, assumed in the name of a role of the platform's that is made for it.
    pub(crate) fn wants_principal_role(&self) -> bool {
        let by_role = matches!(self.authentication, None | Some(Authentication::Role { .. }));
        by_role && self.principal == PrincipalKind::PerIntegration
    }

    /// The access key, where that is how the bucket is reached.
    pub fn access_key_id(&self) -> Option<&str> {
        match &self.authentication {
            Some(Authentication::AccessKey { access_key_id, .. }) => Some(access_key_id),
            _ => None,
        }
    }
}

/// A secret is never written, neither into the database (the vault's work) nor into an answer. (`skip_serializing` would say the
/// same, but hides the field from the API's description as well.)
#[allow(clippy::ref_option)] // As serde calls it.
fn withheld(_: &Option<SecretString>) -> bool {
    true
}

#[allow(clippy::ref_option)] // As serde calls it.
fn no_secret<S: serde::Serializer>(_: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_none()
}

fn default_access() -> Vec<AccessName> {
    vec![AccessName(Access::List), AccessName(Access::Read)]
}

fn default_longest_url_lifetime() -> u32 {
    3600
}

fn default_session_duration() -> u32 {
    3600
}

fn default_lifecycle_days() -> u32 {
    7
}

fn yes() -> bool {
    true
}
