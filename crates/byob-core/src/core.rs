//! Everything the rules need, in one place.

use std::{sync::Arc, time::Duration};

use byob_aws::presign::Endpoint;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    aws_io::{
        guard::{Guard, GuardedClient},
        platform::{Platform, PlatformConfig},
        sts::Sts,
    },
    credentials::cache::SessionCache,
    error::{Error, Kind, Result},
    id::{IntegrationId, OrganizationId},
    integration::{Integration, Settings, Spec, directory::Directory},
    organization::tokens::Bearer,
    runtime::{Clock, Rng},
    store::{IntegrationRow, State, Store},
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
    pub(crate) platform: Platform,
    pub(crate) directory: Directory,
    pub(crate) sessions: SessionCache,
    /// The endpoint of a bucket, for each version of an integration.
    pub(crate) endpoints: moka::sync::Cache<(IntegrationId, i64, byob_aws::Bucket), Arc<Endpoint>>,
    /// Who a token's hash speaks for, believed for a second.
    pub(crate) bearers: moka::sync::Cache<String, Bearer>,
    /// The pages that use buckets in a browser.
    pub(crate) origins: Arc<[String]>,
}

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
    /// Buckets that everybody on the platform may read.
    pub public_buckets: Vec<Settings>,
}

impl Core {
    /// Opens the database and checks the configuration. It asks AWS nothing.
    pub async fn start(config: CoreConfig, clock: Clock, rng: Rng) -> Result<Self> {
        let misconfigured = |setting: &str, invalid: &byob_aws::Invalid| {
            Error::new(Kind::NotConfigured, invalid.code(), format!("The setting `{setting}` is wrong: {invalid}"))
                .hint(invalid.hint())
        };
        let guard =
            Guard::new(&config.allowed_addresses).map_err(|invalid| misconfigured("outbound.allow", &invalid))?;
        let vault = Vault::new(config.encryption_key.expose_secret(), rng.clone())?;
        // The operator's own STS endpoint needs no leave of the operator.
        let platform_guard =
            config.platform.sts_endpoint_url.iter().fold(guard.clone(), |guard, url| guard.with_url(url));
        let platform = Platform::new(config.platform, GuardedClient::new(platform_guard))
            .map_err(|invalid| misconfigured("aws", &invalid))?;
        let store = Store::connect(config.database_url.expose_secret()).await?;
        let public = config
            .public_buckets
            .into_iter()
            .map(|settings| public_bucket(&settings, &guard))
            .collect::<Result<_>>()?;
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
            endpoints: moka::sync::Cache::new(10_000),
            origins: config.origins.into(),
            store,
            vault,
            clock,
            rng,
            http: GuardedClient::new(guard.clone()),
            guard,
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

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}

/// A bucket of the operator's configuration, as an integration of nobody.
fn public_bucket(settings: &Settings, guard: &Guard) -> Result<Integration> {
    let spec = Spec::check(settings, guard).map_err(|faults| Error::fields(faults).with_kind(Kind::NotConfigured))?;
    let row = IntegrationRow {
        id: "public".into(),
        state: State::Saved.as_str().into(),
        version: 1,
        enabled: true,
        name: Some(spec.name.clone()),
        external_id: "public".into(),
        principal_arn: None,
        settings: serde_json::to_string(settings).map_err(Error::internal)?,
        sealed_secret: None,
        created_at: 0,
        updated_at: 0,
        expires_at: None,
    };
    Integration::from_row(&OrganizationId::from_text("public"), row)
}
