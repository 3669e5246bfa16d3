//! Every field by itself: there, where it must be, and well-formed.

use byob_aws::{
    Bucket, Invalid, KmsKeyArn, Prefix, Region, RoleArn,
    arn::Dialect,
    policies::{BucketScope, principal_role::LONGEST_CHAINED_SESSION},
    presign::{Endpoint, LONGEST_EXPIRES},
};

use super::{Authentication, Spec, access, faults::Faults};
use crate::integration::{
    scope::Scope,
    settings::{self, Settings},
};

/// The most buckets of one integration's list. A role's policies have room for fewer, with long names: then several roles are needed.
const MOST_BUCKETS: usize = 500;

/// Days: ten years. What is to stay longer needs no lifecycle.
const LONGEST_LIFECYCLE: u32 = 3650;

impl Faults {
    /// What the settings say; none where something is missing or wrong. Of `complete` settings it is told what is missing.
    pub(super) fn spec(&mut self, settings: &Settings, complete: bool) -> Option<Spec> {
        let dialect = if settings.endpoint_url.is_some() { Dialect::Compatible } else { Dialect::Aws };

        let name = settings.name.as_deref().and_then(|name| self.take("name", crate::id::name(name)));
        if settings.name.is_none() {
            self.missing(complete, "name", "Choose a name that tells people what is in the bucket.");
        }
        let authentication = self.authentication(settings, dialect, complete);
        let scope = settings.scope.as_ref().and_then(|scope| self.scope(scope));
        if settings.scope.is_none() {
            self.missing(complete, "scope", "Name the bucket, or choose all permitted buckets.");
        }
        let region = settings.region.as_deref().and_then(|region| {
            let parsed = if dialect == Dialect::Aws { Region::parse(region) } else { Region::parse_compatible(region) };
            self.take("region", parsed)
        });
        if settings.region.is_none() {
            self.missing(complete, "region", "Set the bucket's region; its page in the S3 console shows it.");
        }
        if let (Dialect::Aws, Some(region), Some(Authentication::Role(role))) = (dialect, &region, &authentication) {
            self.partition(region, role);
        }
        let endpoint_url = settings.endpoint_url.as_deref().and_then(|url| self.take("endpoint_url", normal_url(url)));
        let browser_endpoint_url =
            settings.browser_endpoint_url.as_deref().and_then(|url| self.take("browser_endpoint_url", normal_url(url)));
        let access = access(settings);
        if access.is_empty() {
            self.add(
                "access",
                &Invalid::new("invalid_access", "No access is declared.", "Declare at least one, such as `read`."),
            );
        }
        let kms_keys = self.kms_keys(settings);
        self.range("longest_url_lifetime", settings.longest_url_lifetime, "seconds", 1..=LONGEST_EXPIRES);
        self.range("session_duration", settings.session_duration, "seconds", 900..=43_200);
        self.range("lifecycle_days", settings.lifecycle_days, "days", 1..=LONGEST_LIFECYCLE);
        if settings.wants_principal_role() && settings.session_duration > LONGEST_CHAINED_SESSION {
            let detail = "With the principal `per_integration` one role opens the session of another, and AWS lets such a session last an hour \
                          at most.";
            let hint = "Set `session_duration` to 3600 or less, or choose another principal.";
            self.add("session_duration", &Invalid::new("chained_session_too_long", detail, hint));
        }

        Some(Spec {
            name: name?,
            authentication: authentication?,
            scope: scope?,
            region: region?,
            endpoint_url,
            browser_endpoint_url,
            force_path_style: settings.force_path_style,
            access,
            kms_keys,
            requester_pays: settings.requester_pays,
            longest_url_lifetime: settings.longest_url_lifetime,
            session_duration: settings.session_duration,
            stable_urls: settings.stable_urls,
            delivery: settings.delivery,
        })
    }

    /// Drafts may lack it.
    fn missing(&mut self, complete: bool, field: &str, hint: &str) {
        if complete {
            self.add(field, &Invalid::new("missing", "It is not set.", hint));
        }
    }

    /// How the bucket is reached.
    fn authentication(&mut self, settings: &Settings, dialect: Dialect, complete: bool) -> Option<Authentication> {
        match &settings.authentication {
            None => {
                self.missing(
                    complete,
                    "authentication",
                    "Say how the bucket is reached: `role`, `access_key` or `anonymous`.",
                );
                None
            }
            Some(settings::Authentication::Role { role_arn: None }) => {
                self.missing(
                    complete,
                    "authentication.role_arn",
                    "Make the role with the generated trust policy, then paste its ARN.",
                );
                None
            }
            Some(settings::Authentication::Role { role_arn: Some(arn) }) => {
                self.take("authentication.role_arn", RoleArn::parse(arn, dialect)).map(Authentication::Role)
            }
            Some(settings::Authentication::AccessKey { access_key_id, .. }) => {
                self.take("authentication.access_key_id", access_key(access_key_id)).map(Authentication::AccessKey)
            }
            Some(settings::Authentication::Anonymous {}) => Some(Authentication::Anonymous),
        }
    }

    /// The role and the region have to lie in one partition.
    fn partition(&mut self, region: &Region, role: &RoleArn) {
        if region.partition() != role.partition() {
            self.add(
                "region",
                &Invalid::new(
                    "wrong_partition",
                    format!(
                        "The role lies in the partition `{}`, the region `{region}` in `{}`.",
                        role.partition(),
                        region.partition()
                    ),
                    "Use a role of the partition that the bucket lies in.",
                ),
            );
        }
    }

    pub(super) fn scope(&mut self, scope: &settings::Scope) -> Option<Scope> {
        match scope {
            settings::Scope::Bucket { bucket, prefix } => {
                let bucket = self.take("scope.bucket", Bucket::parse(bucket));
                let prefix = match prefix.as_deref().filter(|prefix| !prefix.is_empty()) {
                    Some(prefix) => Some(self.take("scope.prefix", Prefix::parse_typed(prefix))?),
                    None => None,
                };
                Some(Scope::Bucket(BucketScope { bucket: bucket?, prefix }))
            }
            settings::Scope::AllPermitted { buckets } => {
                if buckets.len() > MOST_BUCKETS {
                    let detail = format!("{} buckets are listed; an integration takes {MOST_BUCKETS}.", buckets.len());
                    self.add(
                        "scope.buckets",
                        &Invalid::new(
                            "too_many_buckets",
                            detail,
                            "Leave the list empty, or make several integrations.",
                        ),
                    );
                }
                let mut parsed: Vec<Bucket> = Vec::new();
                for (at, bucket) in buckets.iter().enumerate().take(MOST_BUCKETS) {
                    if let Some(bucket) = self.take(&format!("scope.buckets[{at}]"), Bucket::parse(bucket))
                        && !parsed.contains(&bucket)
                    {
                        parsed.push(bucket);
                    }
                }
                Some(Scope::AllPermitted(parsed))
            }
        }
    }

    pub(super) fn kms_keys(&mut self, settings: &Settings) -> Vec<KmsKeyArn> {
        let arns = settings.kms_key_arns.iter().enumerate();
        arns.filter_map(|(at, arn)| self.take(&format!("kms_key_arns[{at}]"), KmsKeyArn::parse(arn))).collect()
    }
}

fn access_key(id: &str) -> Result<String, Invalid> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
    if (1..=128).contains(&id.len()) && id.bytes().all(allowed) {
        return Ok(id.to_owned());
    }
    Err(Invalid::new(
        "invalid_access_key_id",
        "That is not an access key ID.",
        "Copy the access key ID, such as `AKIA…`; the secret has its own field.",
    ))
}

/// Scheme, host, port and path, normalised; [`Endpoint`] refuses user info, query and fragment.
pub(super) fn normal_url(text: &str) -> Result<String, Invalid> {
    Endpoint::new(text, "", "").map(|endpoint| endpoint.base_url().to_owned())
}
