//! Everything the rules need, in one place.

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use byob_aws::{Invalid, presign::Endpoint, render::quick_create::TemplateUrl};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    aws_io::{
        guard::{Guard, GuardedClient},
        iam::Iam,
        platform::{Platform, PlatformConfig},
        sts::Sts,
        web::Web,
    },
    check::{census::Census, report::Health},
    credentials::cache::SessionCache,
    error::{Error, Kind, Result},
    events::Bell,
    id::{IntegrationId, OrganizationId},
    integration::{Integration, Settings, Spec, directory::Directory, settings::Delivery, spec::Authentication},
    organization::{accounts::SignedIn, attempts::Attempts, tokens::Bearer},
    runtime::{Clock, Rng},
    store::{IntegrationRow, Safety, State, Store},
    vault::Vault,
};

/// The service without its doors: API, console and command line call the same methods.
#[derive(Clone)]
pub struct Core {
    pub(crate) store: Store,
    pub(crate) vault: Vault,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) guard: Guard,
    /// Reaches customers' buckets, through the guard.
    pub(crate) http: GuardedClient,
    /// Fetches files that go through the service, however large they are.
    pub(crate) streams: GuardedClient,
    /// Fetches presigned URLs as a browser would, through the guard.
    pub(crate) web: Web,
    pub(crate) platform: Platform,
    /// The platform's own account, for principal roles.
    pub(crate) iam: Arc<Iam>,
    pub(crate) directory: Directory,
    pub(crate) sessions: SessionCache,
    /// The endpoint of a bucket, for each version of an integration.
    pub(crate) endpoints: moka::sync::Cache<(IntegrationId, i64, byob_aws::Bucket), Arc<Endpoint>>,
    /// Who a token's hash speaks for, believed for a second.
    pub(crate) bearers: moka::sync::Cache<String, Bearer>,
    /// When the use of an integration was last noted, in milliseconds since 1970.
    pub(crate) uses: moka::sync::Cache<IntegrationId, i64>,
    /// Who is signed in with a cookie's hash, believed for a second.
    pub(crate) signed_in: moka::sync::Cache<String, Arc<SignedIn>>,
    /// How often passwords were tried.
    pub(crate) attempts: Arc<Attempts>,
    /// The pages that use buckets in a browser.
    pub(crate) origins: Arc<[String]>,
    /// How often integrations are checked, in milliseconds; 0 is never.
    pub(crate) check_interval: i64,
    /// For how long what was saved is left alone before it is checked, in milliseconds.
    pub(crate) check_delay: i64,
    /// How they were when they were last counted.
    pub(crate) census: Census,
    /// Wakes those who wait for events.
    pub(crate) bell: Bell,
    /// Where the template of quick-create links lies; without it none is offered.
    pub(crate) quick_create_template: Option<TemplateUrl>,
    /// What of the configuration the operator is shown as it was written.
    pub(crate) configured: Arc<Configured>,
}

/// What of the configuration is shown as it was written.
#[derive(Debug)]
pub(crate) struct Configured {
    pub allowed_addresses: Vec<String>,
    pub quick_create_template_url: Option<String>,
    pub public_buckets: Vec<Settings>,
}

/// What the operator's public buckets are called in place of an integration's ID.
pub const PUBLIC: &str = "public";

/// What the operator configures.
#[derive(Debug, Clone)]
pub struct CoreConfig {
    /// `sqlite:FILE` or `postgres://…`.
    pub database_url: SecretString,
    /// 32 bytes in Base64.
    pub encryption_key: SecretString,
    /// The platform's AWS identity.
    pub platform: PlatformConfig,
    /// `host:port` of private addresses that may be connected to.
    pub allowed_addresses: Vec<String>,
    /// The pages that use buckets in a browser, as `scheme://host[:port]`.
    pub origins: Vec<String>,
    /// Where the operator has put the template of quick-create links; without it none is offered.
    pub quick_create_template_url: Option<String>,
    /// Buckets that everybody on the platform may read.
    pub public_buckets: Vec<Settings>,
    /// How often integrations are checked, in seconds; 0 is never.
    pub check_interval: u64,
    /// For how long what was saved is left alone before it is checked, in seconds.
    pub check_delay: u32,
}

/// More often than this, checks would cost more than they tell; less often, nobody would call it a schedule. In seconds.
const CHECK_INTERVALS: RangeInclusive<u64> = 60..=30 * 24 * 3600;

impl Core {
    /// Opens the database and checks the configuration. It asks AWS nothing.
    pub async fn start(config: CoreConfig, clock: Clock, rng: Rng) -> Result<Self> {
        let misconfigured = |setting: &str, invalid: &byob_aws::Invalid| {
            Error::new(Kind::NotConfigured, invalid.code(), format!("The setting `{setting}` is wrong: {invalid}"))
                .hint(invalid.hint())
        };
        let guard =
            Guard::new(&config.allowed_addresses).map_err(|invalid| misconfigured("outbound.allow", &invalid))?;
        let check_interval = check_interval(config.check_interval)
            .map_err(|invalid| misconfigured("check.interval_seconds", &invalid))?;
        let vault = Vault::new(config.encryption_key.expose_secret(), rng.clone())?;
        // The operator's own STS and IAM endpoints need no leave of the operator.
        let own = [&config.platform.sts_endpoint_url, &config.platform.iam_endpoint_url];
        let platform_guard = own.into_iter().flatten().fold(guard.clone(), |guard, url| guard.with_url(url));
        let platform = Platform::new(config.platform, GuardedClient::new(platform_guard))
            .map_err(|invalid| misconfigured("aws", &invalid))?;
        let quick_create_template = config
            .quick_create_template_url
            .as_deref()
            .map(TemplateUrl::parse)
            .transpose()
            .map_err(|invalid| misconfigured("aws.quick_create_template_url", &invalid))?;
        let store = Store::connect(config.database_url.expose_secret()).await?;
        let public = public_buckets(&config.public_buckets, &guard)?;
        Ok(Self {
            directory: Directory::new(store.clone(), public),
            sessions: SessionCache::new(
                store.clone(),
                vault.clone(),
                Sts::new(platform.clone()),
                clock.clone(),
                rng.clone(),
            ),
            bearers: moka::sync::Cache::builder().max_capacity(100_000).time_to_live(Duration::from_secs(1)).build(),
            uses: moka::sync::Cache::new(10_000),
            signed_in: moka::sync::Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(1)).build(),
            attempts: Arc::new(Attempts::new()),
            endpoints: moka::sync::Cache::new(10_000),
            origins: config.origins.into(),
            check_interval,
            check_delay: i64::from(config.check_delay) * 1000,
            census: Census::default(),
            bell: Bell::new(),
            quick_create_template,
            configured: Arc::new(Configured {
                allowed_addresses: config.allowed_addresses,
                quick_create_template_url: config.quick_create_template_url,
                public_buckets: config.public_buckets,
            }),
            store,
            vault,
            clock,
            rng,
            http: GuardedClient::new(guard.clone()),
            streams: GuardedClient::new(guard.clone()).unbounded(),
            web: Web::new(GuardedClient::new(guard.clone())),
            guard,
            iam: Arc::new(Iam::new(platform.clone())),
            platform,
        })
    }

    /// A new ID for a request.
    pub fn new_request_id(&self) -> String {
        crate::id::request(&self.clock, &self.rng)
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The origin under which browsers reach the service.
    pub fn origin(&self) -> &str {
        self.origins.first().map_or("", String::as_str)
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}

/// In milliseconds.
fn check_interval(seconds: u64) -> Result<i64, Invalid> {
    if seconds != 0 && !CHECK_INTERVALS.contains(&seconds) {
        let hint =
            format!("Use 0 to turn scheduled checks off, or {} to {}.", CHECK_INTERVALS.start(), CHECK_INTERVALS.end());
        return Err(Invalid::new("out_of_range", format!("{seconds} seconds are not offered."), hint));
    }
    i64::try_from(seconds * 1000).map_err(|_| Invalid::new("out_of_range", "It is too long.", "Use less."))
}

/// The buckets of the operator's configuration, as integrations of nobody.
fn public_buckets(buckets: &[Settings], guard: &Guard) -> Result<Vec<Integration>> {
    let mut public: Vec<Integration> = Vec::with_capacity(buckets.len());
    for (number, settings) in buckets.iter().enumerate() {
        let wrong = |why: &str| {
            let detail = format!("The setting `public_buckets[{number}]` is wrong: {why}");
            Error::new(Kind::NotConfigured, "invalid_configuration", detail)
        };
        let spec = Spec::check(settings, guard).map_err(|faults| wrong(Error::fields(faults).detail()))?;
        if spec.authentication != Authentication::Anonymous {
            return Err(wrong("Public buckets are read by nobody in particular: authentication is `anonymous`."));
        }
        if spec.delivery != Delivery::Direct {
            return Err(wrong("Public buckets are read straight from S3: leave `delivery` out."));
        }
        if public.iter().any(|other| other.spec.scope.ties_with(&spec.scope)) {
            return Err(wrong("Another one has the same scope."));
        }
        let row = IntegrationRow {
            id: format!("{PUBLIC}-{number}"),
            state: State::Saved.as_str().into(),
            version: 1,
            enabled: true,
            name: Some(spec.name),
            external_id: PUBLIC.into(),
            principal_arn: None,
            settings: serde_json::to_string(settings).map_err(Error::internal)?,
            sealed_secret: None,
            created_at: 0,
            updated_at: 0,
            expires_at: None,
            safety: Safety::Unproven.as_str().into(),
            health: Health::Unknown.as_str().to_owned(),
            checked_at: None,
            good_at: None,
            last_used_at: None,
            granted_settings: None,
            granted_principal_arn: None,
            granted_at: None,
            notes: None,
        };
        public.push(Integration::from_row(&OrganizationId::from_text(PUBLIC), row)?);
    }
    Ok(public)
}
