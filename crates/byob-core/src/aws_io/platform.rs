//! The platform's own AWS identity: its credentials, and the principals that customers' trust policies name.

use aws_credential_types::Credentials as SdkCredentials;
use aws_sdk_sts::config::{BehaviorVersion, Region as SdkRegion, SharedCredentialsProvider, retry::RetryConfig};
use byob_aws::{Credentials, Invalid, Partition, PrincipalArn, Region, arn::Dialect, presign::Endpoint};

use crate::{
    aws_io::{guard::GuardedClient, timeouts},
    error::{Error, Kind, Result},
    integration::settings::PrincipalKind,
};

/// What the operator configures of AWS.
#[derive(Debug, Clone)]
pub struct PlatformConfig {
    /// The region whose STS is asked, such as `eu-central-1`.
    pub region: String,
    /// Another STS than AWS's.
    pub sts_endpoint_url: Option<String>,
    /// Long-lived credentials; without them AWS's default chain is used (environment, profile, container, instance).
    pub credentials: Option<Credentials>,
    /// The principal of trust policies for `shared`.
    pub shared_principal_arn: Option<String>,
    /// The platform's account, for the principal of `account`.
    pub account_id: Option<String>,
}

/// The platform's AWS identity, checked.
#[derive(Debug, Clone)]
pub struct Platform {
    config: PlatformConfig,
    shared: Option<PrincipalArn>,
    account: Option<PrincipalArn>,
    http: GuardedClient,
}

impl Platform {
    /// Checks the configuration. `http` reaches AWS.
    pub fn new(config: PlatformConfig, http: GuardedClient) -> Result<Self, Invalid> {
        let dialect = match &config.sts_endpoint_url {
            None => Region::parse(&config.region).map(|_| Dialect::Aws)?,
            Some(url) => Endpoint::new(url, "", "").map(|_| Dialect::Compatible)?,
        };
        let shared = config.shared_principal_arn.as_deref().map(|arn| PrincipalArn::parse(arn, dialect)).transpose()?;
        let partition = Partition::of_region(&config.region).unwrap_or(Partition::Aws);
        let account = config.account_id.as_deref().map(|id| PrincipalArn::account_root(partition, id)).transpose()?;
        Ok(Self { config, shared, account, http })
    }

    /// Whom a customer's trust policy has to name.
    pub fn principal(&self, kind: PrincipalKind) -> Result<&PrincipalArn> {
        let (found, setting) = match kind {
            PrincipalKind::Shared => (&self.shared, "aws.shared_principal_arn"),
            PrincipalKind::Account => (&self.account, "aws.account_id"),
        };
        found.as_ref().ok_or_else(|| {
            Error::new(
                Kind::NotConfigured,
                "principal_not_configured",
                format!("The operator has not configured `{setting}`."),
            )
            .hint("Choose the other principal, or ask the operator to set it.")
        })
    }

    /// The region whose STS is asked.
    pub(crate) fn region(&self) -> &str {
        &self.config.region
    }

    /// Whether another STS than AWS's is asked.
    pub(crate) fn has_own_sts(&self) -> bool {
        self.config.sts_endpoint_url.is_some()
    }

    /// A new STS client, with credentials loaded afresh.
    pub(crate) async fn sts_client(&self) -> aws_sdk_sts::Client {
        let mut config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(SdkRegion::new(self.config.region.clone()))
            .credentials_provider(self.credentials().await)
            .http_client(self.http.clone())
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(timeouts());
        config.set_endpoint_url(self.config.sts_endpoint_url.clone());
        aws_sdk_sts::Client::from_conf(config.build())
    }

    async fn credentials(&self) -> SharedCredentialsProvider {
        if let Some(configured) = &self.config.credentials {
            return SharedCredentialsProvider::new(SdkCredentials::new(
                configured.access_key_id(),
                configured.secret_access_key(),
                configured.session_token().map(str::to_owned),
                None,
                "byob configuration",
            ));
        }
        // The chain asks only the operator's own environment, the metadata service included, so it goes around the guard.
        let chain = aws_config::default_provider::credentials::DefaultCredentialsChain::builder()
            .configure(
                aws_config::provider_config::ProviderConfig::default()
                    .with_http_client(self.http.unguarded())
                    .with_region(Some(SdkRegion::new(self.config.region.clone()))),
            )
            .build()
            .await;
        SharedCredentialsProvider::new(chain)
    }
}
