//! Settings, checked: what the rest of the service works with.

use byob_aws::{
    Bucket, Invalid, KmsKeyArn, Partition, Prefix, Region, RoleArn,
    arn::Dialect,
    policies::{Access, BucketScope, Grant, principal_role::LONGEST_CHAINED_SESSION, session::session_policy},
    presign::{Endpoint, LONGEST_EXPIRES},
};

use crate::{
    aws_io::{endpoint::Address, guard::Guard},
    credentials::session,
    error::FieldFault,
    integration::{
        scope::Scope,
        settings::{self, Settings},
    },
};

/// The checked settings of an integration.
#[derive(Debug, Clone)]
pub struct Spec {
    /// What people call it.
    pub name: String,
    /// How the bucket is reached.
    pub authentication: Authentication,
    /// Which locators it serves.
    pub scope: Scope,
    /// The bucket's region.
    pub region: Region,
    /// The address of an S3-compatible store.
    pub endpoint_url: Option<String>,
    /// Where browsers reach it.
    pub browser_endpoint_url: Option<String>,
    /// The bucket's name goes into the path.
    pub force_path_style: bool,
    /// What may be done.
    pub access: Vec<Access>,
    /// The keys that encrypt the objects.
    pub kms_keys: Vec<KmsKeyArn>,
    /// Our side pays.
    pub requester_pays: bool,
    /// Seconds.
    pub longest_url_lifetime: u32,
    /// Seconds.
    pub session_duration: u32,
    /// The same URL for a while.
    pub stable_urls: bool,
    /// How files get to browsers.
    pub delivery: settings::Delivery,
}

/// How the bucket is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authentication {
    /// By assuming this role.
    Role(RoleArn),
    /// With this access key; its secret is sealed in the database.
    AccessKey(String),
    /// With no identity.
    Anonymous,
}

/// The most buckets of one integration's list. A role's policies have room for fewer, with long names: then several roles are needed.
const MOST_BUCKETS: usize = 500;

impl Spec {
    /// Checks complete settings; the error lists every wrong field.
    pub fn check(settings: &Settings, guard: &Guard) -> Result<Self, Vec<FieldFault>> {
        let mut faults = Faults::default();
        let spec = faults.spec(settings, true);
        faults.addresses(settings, guard);
        faults.narrow(settings);
        if let Some(spec) = &spec {
            faults.reach(spec);
        }
        spec.filter(|_| faults.0.is_empty()).ok_or(faults.0)
    }

    /// Reads settings that were checked before.
    pub(crate) fn read(settings: &Settings) -> Result<Self, Vec<FieldFault>> {
        let mut faults = Faults::default();
        faults.spec(settings, true).ok_or(faults.0)
    }

    /// Checks the settings of a draft, which may be incomplete: what is there must be right.
    pub fn check_draft(settings: &Settings, guard: &Guard) -> Result<(), Vec<FieldFault>> {
        let mut faults = Faults::default();
        faults.spec(settings, false);
        faults.addresses(settings, guard);
        faults.narrow(settings);
        if faults.0.is_empty() { Ok(()) } else { Err(faults.0) }
    }

    /// The scope alone, of settings that may be wrong otherwise.
    pub(crate) fn scope_of(settings: &Settings) -> Option<Scope> {
        Faults::default().scope(settings.scope.as_ref()?)
    }

    /// What the customer of a draft grants, as soon as the scope is set.
    pub fn draft_grant(settings: &Settings) -> Result<Option<Grant>, Vec<FieldFault>> {
        let mut faults = Faults::default();
        let grant = settings.scope.as_ref().and_then(|scope| faults.scope(scope)).map(|scope| Grant {
            partition: draft_partition(settings),
            buckets: scope.buckets(),
            access: access(settings),
            kms_keys: faults.kms_keys(settings),
        });
        if faults.0.is_empty() { Ok(grant) } else { Err(faults.0) }
    }

    /// What the customer grants.
    pub fn grant(&self) -> Grant {
        Grant {
            partition: self.partition(),
            buckets: self.scope.buckets(),
            access: self.access.clone(),
            kms_keys: self.kms_keys.clone(),
        }
    }

    /// The longest life of a URL in a fresh session, in seconds; without sessions there is no such limit.
    pub fn longest_in_session(&self) -> u32 {
        match self.authentication {
            Authentication::Role(_) => self.session_duration.saturating_sub(session::MARGIN_SECONDS),
            Authentication::AccessKey(_) | Authentication::Anonymous => u32::MAX,
        }
    }

    /// Where its buckets lie.
    pub fn partition(&self) -> Partition {
        match &self.authentication {
            Authentication::Role(role) => role.partition(),
            _ => self.region.partition(),
        }
    }
}

/// Gathers the faults of all fields, so that an admin mends them in one go.
#[derive(Default)]
struct Faults(Vec<FieldFault>);

impl Faults {
    fn spec(&mut self, settings: &Settings, complete: bool) -> Option<Spec> {
        let missing = |faults: &mut Self, field: &str, hint: &str| {
            if complete {
                faults.add(field, &Invalid::new("missing", "It is not set.", hint));
            }
        };
        let dialect = if settings.endpoint_url.is_some() { Dialect::Compatible } else { Dialect::Aws };

        let name = settings.name.as_deref().and_then(|name| self.take("name", crate::id::name(name)));
        if settings.name.is_none() {
            missing(self, "name", "Choose a name that tells people what is in the bucket.");
        }
        let authentication = match &settings.authentication {
            None => {
                missing(self, "authentication", "Say how the bucket is reached: `role`, `access_key` or `anonymous`.");
                None
            }
            Some(settings::Authentication::Role { role_arn: None }) => {
                missing(
                    self,
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
        };
        let scope = settings.scope.as_ref().and_then(|scope| self.scope(scope));
        if settings.scope.is_none() {
            missing(self, "scope", "Name the bucket, or choose all permitted buckets.");
        }
        let region = settings.region.as_deref().and_then(|region| {
            let parsed = if dialect == Dialect::Aws { Region::parse(region) } else { Region::parse_compatible(region) };
            self.take("region", parsed)
        });
        if settings.region.is_none() {
            missing(self, "region", "Set the bucket's region; its page in the S3 console shows it.");
        }
        if let (Dialect::Aws, Some(region), Some(Authentication::Role(role))) = (dialect, &region, &authentication)
            && region.partition() != role.partition()
        {
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
        self.range("longest_url_lifetime", settings.longest_url_lifetime, 1, LONGEST_EXPIRES);
        self.range("session_duration", settings.session_duration, 900, 43_200);
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

    fn scope(&mut self, scope: &settings::Scope) -> Option<Scope> {
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

    fn kms_keys(&mut self, settings: &Settings) -> Vec<KmsKeyArn> {
        let arns = settings.kms_key_arns.iter().enumerate();
        arns.filter_map(|(at, arn)| self.take(&format!("kms_key_arns[{at}]"), KmsKeyArn::parse(arn))).collect()
    }

    /// What the service itself would connect to. Where browsers go is not the service's risk.
    fn addresses(&mut self, settings: &Settings, guard: &Guard) {
        if let Some(Ok(url)) = settings.endpoint_url.as_deref().map(normal_url) {
            self.take("endpoint_url", guard.check_url(&url));
        }
    }

    /// What no session could be narrowed to, because AWS takes session policies up to a length only.
    fn narrow(&mut self, settings: &Settings) {
        let Ok(Some(grant)) = Spec::draft_grant(settings) else { return };
        for scope in grant.buckets.iter().filter(|scope| session_policy(&grant, &scope.bucket).is_none()) {
            let field = if scope.prefix.is_some() { "scope.prefix" } else { "kms_key_arns" };
            let detail = format!("The session policy for `{}` would be longer than AWS takes.", scope.bucket);
            let hint = "Use a shorter prefix, or fewer KMS keys in one integration.";
            self.add(field, &Invalid::new("session_policy_too_large", detail, hint));
        }
    }

    /// What could be saved, but never be signed for or granted.
    fn reach(&mut self, spec: &Spec) {
        for scope in spec.scope.buckets() {
            let bucket = &scope.bucket;
            let address = Address {
                bucket,
                region: &spec.region,
                endpoint_url: spec.endpoint_url.as_deref(),
                force_path_style: spec.force_path_style,
                dual_stack: false,
                fips: false,
            };
            match address.endpoint() {
                Ok(endpoint) if endpoint.service() == "s3" => {}
                Ok(_) => self.add("scope", &Invalid::new(
                    "unsupported_access_point",
                    format!("`{bucket}` is an access point of Object Lambda or Outposts, which needs actions of its own."),
                    "Use the bucket, or an access point of S3 itself.",
                )),
                Err(invalid) => self.add("scope", &invalid),
            }
        }
        for (at, key) in spec.kms_keys.iter().enumerate().filter(|_| spec.endpoint_url.is_none()) {
            if key.region() != spec.region.as_str() {
                let detail = format!("The key lies in `{}`, the bucket in `{}`.", key.region(), spec.region);
                let invalid = Invalid::new(
                    "wrong_kms_region",
                    detail,
                    "Name the key of the bucket's region that encrypts its objects.",
                );
                self.add(&format!("kms_key_arns[{at}]"), &invalid);
            }
        }
    }

    fn take<T>(&mut self, field: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.add(field, &invalid)).ok()
    }

    fn range(&mut self, field: &str, value: u32, least: u32, most: u32) {
        if !(least..=most).contains(&value) {
            let hint = format!("Use {least} to {most} seconds.");
            self.add(field, &Invalid::new("out_of_range", format!("{value} seconds are out of range."), hint));
        }
    }

    fn add(&mut self, field: &str, invalid: &Invalid) {
        self.0.push(FieldFault::new(field, invalid));
    }
}

fn access(settings: &Settings) -> Vec<Access> {
    settings.access.iter().map(|access| access.0).collect()
}

/// The partition of a draft: its role's, else its region's, else the commercial one.
fn draft_partition(settings: &Settings) -> Partition {
    let of_role = match &settings.authentication {
        Some(settings::Authentication::Role { role_arn: Some(arn) }) => {
            byob_aws::Arn::parse(arn).ok().map(|arn| arn.partition())
        }
        _ => None,
    };
    of_role.or_else(|| settings.region.as_deref().and_then(Partition::of_region)).unwrap_or(Partition::Aws)
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
fn normal_url(text: &str) -> Result<String, Invalid> {
    Endpoint::new(text, "", "").map(|endpoint| endpoint.base_url().to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn settings(changes: &Value) -> Settings {
        let mut settings = json!({
            "name": "Images",
            "authentication": {"type": "role", "role_arn": "arn:aws:iam::123456789012:role/byob"},
            "scope": {"type": "bucket", "bucket": "images"},
            "region": "eu-central-1",
        });
        for (name, value) in changes.as_object().unwrap() {
            settings[name] = value.clone();
        }
        serde_json::from_value(settings).unwrap()
    }

    #[test]
    fn every_wrong_field_is_named() {
        let wrong = json!({
            "name": " ",
            "authentication": {"type": "role", "role_arn": "arn:aws:iam::1:role/byob"},
            "scope": {"type": "bucket", "bucket": "Images", "prefix": "s3://images/x"},
            "region": "eu-central-1a",
            "browser_endpoint_url": "https://user:secret@h",
            "access": [],
            "kms_key_arns": ["alias/x"],
            "longest_url_lifetime": 0,
            "session_duration": 60,
        });
        let faults = Spec::check(&settings(&wrong), &Guard::new(&[]).unwrap()).unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "name",
                "authentication.role_arn",
                "scope.bucket",
                "scope.prefix",
                "region",
                "browser_endpoint_url",
                "access",
                "kms_key_arns[0]",
                "longest_url_lifetime",
                "session_duration"
            ]
        );
        assert!(faults.iter().all(|fault| !fault.detail.contains("secret") && !fault.hint.is_empty()));
    }

    #[test]
    fn a_draft_may_be_incomplete_but_not_wrong() {
        let guard = Guard::new(&[]).unwrap();
        let empty: Settings = serde_json::from_value(json!({})).unwrap();
        assert!(Spec::check_draft(&empty, &guard).is_ok());
        let missing = Spec::check(&empty, &guard).unwrap_err();
        assert!(missing.iter().all(|fault| fault.code == "missing") && missing.len() == 4, "{missing:?}");
        let wrong: Settings = serde_json::from_value(json!({"region": "x"})).unwrap();
        assert_eq!(Spec::check_draft(&wrong, &guard).unwrap_err()[0].field, "region");
    }

    #[test]
    fn private_endpoints_need_the_operators_leave() {
        let local = settings(&json!({"endpoint_url": "http://127.0.0.1:9000"}));
        let refused = Spec::check(&local, &Guard::new(&[]).unwrap()).unwrap_err();
        assert_eq!((refused[0].field.as_str(), refused[0].code), ("endpoint_url", "address_refused"));
        assert!(Spec::check(&local, &Guard::new(&["127.0.0.1:9000".to_owned()]).unwrap()).is_ok());
    }

    #[test]
    fn a_role_and_a_region_lie_in_one_partition() {
        let faults = Spec::check(&settings(&json!({"region": "cn-north-1"})), &Guard::new(&[]).unwrap()).unwrap_err();
        assert_eq!(faults[0].code, "wrong_partition");
    }
}
