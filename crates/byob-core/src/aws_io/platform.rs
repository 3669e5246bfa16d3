//! The platform's own AWS identity: its credentials, and the principals that customers' trust policies name.

use std::time::Duration;

use aws_config::{SdkConfig, identity::IdentityCache, sts::AssumeRoleProvider};
use aws_credential_types::Credentials as SdkCredentials;
use aws_sdk_sts::config::{BehaviorVersion, Region as SdkRegion, SharedCredentialsProvider, retry::RetryConfig};
use aws_smithy_async::time::SystemTimeSource;
use byob_aws::{
    Arn, Credentials, Invalid, Partition, PrincipalArn, Region, RoleArn, arn::Dialect,
    policies::principal_role::LONGEST_CHAINED_SESSION, presign::Endpoint,
};

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
    /// Below which path of IAM the roles of `per_integration` are made, such as `/byob/`. Without it there are none.
    pub principal_role_path: Option<String>,
    /// The managed policy that bounds what those roles may do, whatever their own policies say.
    pub principal_role_boundary_arn: Option<String>,
    /// Another IAM than AWS's.
    pub iam_endpoint_url: Option<String>,
}

/// The session of a principal role is renewed that long before it ends.
const RENEWED_AHEAD: Duration = Duration::from_mins(5);

/// What sessions of principal roles are called.
pub(crate) const PRINCIPAL_SESSION: &str = "byob";

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
        if let Some(path) = &config.principal_role_path {
            check_path(path)?;
            if dialect == Dialect::Compatible && config.iam_endpoint_url.is_none() {
                return Err(Invalid::new(
                    "iam_endpoint_missing",
                    "`aws.principal_role_path` is set, and another STS than AWS's, but no IAM beside it.",
                    "Set `aws.iam_endpoint_url` as well.",
                ));
            }
        }
        if let Some(url) = &config.iam_endpoint_url {
            Endpoint::new(url, "", "")?;
        }
        Ok(Self { config, shared, account, http })
    }

    /// Whom a customer's trust policy has to name, where that is the same for all integrations.
    pub fn principal(&self, kind: PrincipalKind) -> Result<&PrincipalArn> {
        match kind {
            PrincipalKind::Shared => self.shared.as_ref().ok_or_else(|| not_configured("aws.shared_principal_arn")),
            PrincipalKind::Account => self.account.as_ref().ok_or_else(|| not_configured("aws.account_id")),
            PrincipalKind::PerIntegration => Err(Error::internal("each integration has a principal of its own")),
        }
    }

    /// Below which path principal roles are made.
    pub(crate) fn principal_role_path(&self) -> Result<&str> {
        self.config.principal_role_path.as_deref().ok_or_else(|| not_configured("aws.principal_role_path"))
    }

    /// The managed policy that bounds principal roles.
    pub(crate) fn principal_role_boundary(&self) -> Option<&str> {
        self.config.principal_role_boundary_arn.as_deref()
    }

    /// Whom a principal role has to trust so that the service, which STS calls by this ARN, may assume it.
    pub(crate) fn as_principal(&self, identity: &str) -> Result<PrincipalArn> {
        let unusable = |detail: String| {
            Error::new(Kind::NotConfigured, "platform_identity_unusable", detail)
                .hint("This is for the operator to mend: give the service the credentials of a role or of a user.")
        };
        let arn = Arn::parse(identity).map_err(|invalid| unusable(invalid.detail().to_owned()))?;
        if arn.resource() == "root" {
            return Err(unusable("The service runs as the root user of its account, who may assume no role.".into()));
        }
        // A session does not tell the path of its role, so the configuration is asked first.
        if let Some(shared) = self.shared.as_ref().filter(|shared| is_identity(&arn, &shared.to_string())) {
            return Ok(shared.clone());
        }
        let named = match session_role(&arn) {
            Some(role) => format!("arn:{}:iam::{}:role/{role}", arn.partition(), arn.account()),
            None => identity.to_owned(),
        };
        PrincipalArn::parse(&named, Dialect::Compatible)
            .map_err(|_| unusable(format!("The service runs as `{identity}`, which no role can trust.")))
    }

    /// As the operator configured it.
    pub(crate) fn config(&self) -> &PlatformConfig {
        &self.config
    }

    /// The region whose STS is asked.
    pub(crate) fn region(&self) -> &str {
        &self.config.region
    }

    /// Whether another STS than AWS's is asked.
    pub(crate) fn has_own_sts(&self) -> bool {
        self.config.sts_endpoint_url.is_some()
    }

    /// Whether there is an IAM that can be asked.
    pub(crate) fn has_iam(&self) -> bool {
        self.config.iam_endpoint_url.is_some() || !self.has_own_sts()
    }

    /// A new STS client, with credentials loaded afresh.
    pub(crate) async fn sts_client(&self) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::new(&self.sdk_config(self.config.sts_endpoint_url.as_deref()).await)
    }

    /// A new STS client that asks as a principal role. AWS's client opens the role's session once for all who wait, keeps it, and opens
    /// another ahead of its end.
    pub(crate) async fn sts_client_through(&self, role: &RoleArn) -> aws_sdk_sts::Client {
        let config = self.sdk_config(self.config.sts_endpoint_url.as_deref()).await;
        let session = AssumeRoleProvider::builder(role.to_string())
            .session_name(PRINCIPAL_SESSION)
            .session_length(Duration::from_secs(LONGEST_CHAINED_SESSION.into()))
            .configure(&config)
            .build()
            .await;
        let config = config
            .into_builder()
            .credentials_provider(SharedCredentialsProvider::new(session))
            .identity_cache(IdentityCache::lazy().buffer_time(RENEWED_AHEAD).build())
            .build();
        aws_sdk_sts::Client::new(&config)
    }

    /// A new IAM client, with credentials loaded afresh.
    pub(crate) async fn iam_client(&self) -> aws_sdk_iam::Client {
        aws_sdk_iam::Client::new(&self.sdk_config(self.config.iam_endpoint_url.as_deref()).await)
    }

    async fn sdk_config(&self, endpoint_url: Option<&str>) -> SdkConfig {
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(SdkRegion::new(self.config.region.clone()))
            .credentials_provider(self.credentials().await)
            .http_client(self.http.clone())
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(timeouts())
            // AWS's clients sign by it in any case.
            .time_source(SystemTimeSource::new());
        config.set_endpoint_url(endpoint_url.map(str::to_owned));
        config.build()
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

fn not_configured(setting: &str) -> Error {
    Error::new(Kind::NotConfigured, "principal_not_configured", format!("The operator has not configured `{setting}`."))
        .hint("Choose another principal, or ask the operator to set it.")
}

/// The role of a session: its name, without its path.
fn session_role(identity: &Arn) -> Option<&str> {
    let rest = identity.resource().strip_prefix("assumed-role/").filter(|_| identity.service() == "sts")?;
    rest.split('/').next()
}

/// Whether the identity that STS tells is this role or user. A session of a role is named after the role, whose path it does not tell.
pub(crate) fn is_identity(identity: &Arn, principal: &str) -> bool {
    let Ok(named) = Arn::parse(principal) else { return false };
    if identity.account() != named.account() {
        return false;
    }
    let role = named.resource().strip_prefix("role/").and_then(|path| path.rsplit('/').next());
    identity == &named || (role.is_some() && session_role(identity) == role)
}

/// A path of IAM, without characters that patterns or trust policies could not hold.
fn check_path(path: &str) -> Result<(), Invalid> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"/+=,.@_-".contains(&b);
    if path.len() <= 512 && path.starts_with('/') && path.ends_with('/') && path.bytes().all(allowed) {
        return Ok(());
    }
    Err(Invalid::new(
        "invalid_role_path",
        format!("`{path}` is not a path of IAM for roles."),
        "Begin and end it with `/`, such as `/byob/`.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws_io::guard::Guard;

    fn platform(change: impl FnOnce(&mut PlatformConfig)) -> Result<Platform, Invalid> {
        let mut config = PlatformConfig {
            region: "eu-central-1".into(),
            sts_endpoint_url: None,
            credentials: None,
            shared_principal_arn: Some("arn:aws:iam::111122223333:role/svc/byob".into()),
            account_id: None,
            principal_role_path: Some("/byob/".into()),
            principal_role_boundary_arn: None,
            iam_endpoint_url: None,
        };
        change(&mut config);
        Platform::new(config, GuardedClient::new(Guard::new(&[]).unwrap()))
    }

    #[test]
    fn a_principal_role_trusts_the_role_or_user_that_the_service_runs_as() {
        let platform = platform(|_| ()).unwrap();
        for (identity, trusted) in [
            ("arn:aws:sts::111122223333:assumed-role/byob/i-1", Ok("arn:aws:iam::111122223333:role/svc/byob")),
            ("arn:aws:sts::111122223333:assumed-role/other/i-1", Ok("arn:aws:iam::111122223333:role/other")),
            ("arn:aws:iam::111122223333:user/svc/byob", Ok("arn:aws:iam::111122223333:user/svc/byob")),
            ("arn:aws:iam::111122223333:root", Err("platform_identity_unusable")),
            ("arn:aws:sts::111122223333:federated-user/x", Err("platform_identity_unusable")),
        ] {
            let answer = platform.as_principal(identity).map(|arn| arn.to_string()).map_err(|error| error.code());
            assert_eq!(answer, trusted.map(str::to_owned), "{identity}");
        }
    }

    #[test]
    fn a_path_and_an_iam_beside_another_sts_are_asked_for_at_the_start() {
        for bad in ["byob", "/byob", "byob/", "/by*ob/", ""] {
            let error = platform(|config| config.principal_role_path = Some(bad.into())).unwrap_err();
            assert_eq!(error.code(), "invalid_role_path", "{bad}");
        }
        let other = |config: &mut PlatformConfig| {
            config.sts_endpoint_url = Some("https://sts.example.com".into());
            config.shared_principal_arn = None;
        };
        assert_eq!(platform(other).unwrap_err().code(), "iam_endpoint_missing");
    }
}
