//! What the platform is: how it is configured, without secrets, and who it is for AWS at this moment.

use byob_aws::Arn;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    aws_io::{fault::Fault, refusal::of_platform},
    check::identity::is_principal,
    core::Core,
    error::Result,
    integration::settings::{PrincipalKind, Settings},
    store::PrincipalRoleCounts,
};

/// What the platform is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlatformFacts {
    /// The service's version.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// Who the platform is for AWS, asked at this moment.
    pub identity: Identity,
    /// The region whose STS is asked.
    #[schema(example = "eu-central-1")]
    pub region: String,
    /// Another STS than AWS's.
    pub sts_endpoint_url: Option<String>,
    /// Another IAM than AWS's.
    pub iam_endpoint_url: Option<String>,
    /// Whom customers' roles can trust.
    pub principals: Vec<OfferedPrincipal>,
    /// Below which path of IAM principal roles are made; without it there are none.
    pub principal_role_path: Option<String>,
    /// What bounds principal roles.
    pub principal_role_boundary_arn: Option<String>,
    /// How principal roles stand, over all organizations.
    pub principal_roles: PrincipalRoleCounts,
    /// Where the template of quick-create links lies; without it none is offered.
    pub quick_create_template_url: Option<String>,
    /// The buckets that everybody on the platform may read.
    pub public_buckets: Vec<Settings>,
    /// The private addresses that are connected to in spite of the guard, as `host:port`.
    pub allowed_addresses: Vec<String>,
    /// The pages that load files from buckets; the first is the console's.
    pub origins: Vec<String>,
    /// How often integrations are checked, in seconds; 0 is never.
    pub check_interval_seconds: i64,
    /// How long after it was saved or changed an integration is checked, in seconds.
    pub check_delay_seconds: i64,
}

/// Who the platform is for AWS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Identity {
    /// The credentials work.
    Known {
        /// As STS tells it.
        #[schema(example = "arn:aws:sts::123456789012:assumed-role/byob/i-0abc")]
        arn: String,
        /// Its account.
        account: String,
    },
    /// The STS that is configured does not tell who asks.
    NotTold,
    /// The credentials do not work at this moment.
    Unknown {
        /// What is wrong.
        detail: String,
        /// What to do about it.
        hint: String,
        /// AWS's request ID, to quote to AWS's support.
        request_id: Option<String>,
    },
}

/// Whom customers' roles can trust, where that is the same for all integrations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfferedPrincipal {
    /// As integrations choose it.
    pub kind: PrincipalKind,
    /// What the trust policy names.
    #[schema(example = "arn:aws:iam::123456789012:role/byob")]
    pub arn: String,
    /// Whether the platform is that principal. Not told where AWS does not say who the platform is.
    pub is_identity: Option<bool>,
}

impl Core {
    /// What the platform is. AWS is asked who that is.
    pub async fn platform_facts(&self) -> Result<PlatformFacts> {
        let identity = self.identity().await;
        let offered = [PrincipalKind::Shared, PrincipalKind::Account].into_iter().filter_map(|kind| {
            let arn = self.platform.principal(kind).ok()?.to_string();
            let is_identity = match &identity {
                Identity::Known { arn: who, .. } => Some(is_principal(who, &arn, kind)),
                Identity::NotTold | Identity::Unknown { .. } => None,
            };
            Some(OfferedPrincipal { kind, arn, is_identity })
        });
        let (config, configured) = (self.platform.config(), &self.configured);
        Ok(PlatformFacts {
            version: env!("CARGO_PKG_VERSION"),
            region: config.region.clone(),
            sts_endpoint_url: config.sts_endpoint_url.clone(),
            iam_endpoint_url: config.iam_endpoint_url.clone(),
            principals: offered.collect(),
            principal_role_path: config.principal_role_path.clone(),
            principal_role_boundary_arn: config.principal_role_boundary_arn.clone(),
            principal_roles: self.store.principal_role_count().await?,
            quick_create_template_url: configured.quick_create_template_url.clone(),
            public_buckets: configured.public_buckets.clone(),
            allowed_addresses: configured.allowed_addresses.clone(),
            origins: self.origins.to_vec(),
            check_interval_seconds: self.check_interval / 1000,
            check_delay_seconds: self.check_delay / 1000,
            identity,
        })
    }

    async fn identity(&self) -> Identity {
        match self.sessions.sts().caller_identity(None).await {
            Ok(arn) => {
                let account = Arn::parse(&arn).map(|arn| arn.account().to_owned()).unwrap_or_default();
                Identity::Known { arn, account }
            }
            // Some stores have STS without this operation.
            Err(fault) if self.platform.has_own_sts() && matches!(fault.status, 404 | 405 | 501) => Identity::NotTold,
            Err(fault) => unknown(&fault),
        }
    }
}

fn unknown(fault: &Fault) -> Identity {
    let request_id = fault.shown().request_id;
    match of_platform(fault) {
        Some(error) => Identity::Unknown {
            detail: error.detail().to_owned(),
            hint: error.hint_text().unwrap_or_default().to_owned(),
            request_id,
        },
        None => Identity::Unknown {
            detail: format!("STS did not say who the platform is: {}.", fault.in_words().trim_end_matches('.')),
            hint: "Look at the credentials and the network of the service.".to_owned(),
            request_id,
        },
    }
}
