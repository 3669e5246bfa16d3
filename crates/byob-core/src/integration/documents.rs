//! The documents that a customer puts into their AWS account, for a draft or an integration.

use byob_aws::policies::{self, PolicyDocument, cors::CorsConfiguration, lifecycle::LifecycleConfiguration};
use serde::Serialize;

use super::{Record, Spec, settings::Authentication};
use crate::{
    core::Core,
    error::{Error, Result},
};

/// Scratch files and exports expire after this many days.
const LIFECYCLE_DAYS: u32 = 7;

/// All documents. Those that need a field which a draft does not have yet are missing.
#[derive(Debug, Clone, Serialize)]
pub struct Documents {
    /// What the role may do. Needs the scope.
    pub access_policy: Option<PolicyDocument>,
    /// Who may assume the role. Only for authentication by role, or while that is undecided.
    pub trust_policy: Option<PolicyDocument>,
    /// Which pages may read the bucket in a browser.
    pub cors: CorsConfiguration,
    /// What expires by itself.
    pub lifecycle: LifecycleConfiguration,
}

impl Core {
    /// The documents of a draft or integration.
    pub fn documents(&self, record: &Record) -> Result<Documents> {
        let Record { settings, principal, external_id, .. } = record;
        let grant = Spec::draft_grant(settings).map_err(Error::fields)?;
        let access: Vec<policies::Access> = settings.access.iter().map(|access| access.0).collect();
        let by_role = matches!(settings.authentication, None | Some(Authentication::Role { .. }));
        let prefix = grant.as_ref().and_then(|grant| grant.buckets.first()).and_then(|scope| scope.prefix.clone());
        Ok(Documents {
            access_policy: grant.as_ref().map(policies::access::access_policy),
            trust_policy: principal
                .as_ref()
                .filter(|_| by_role)
                .map(|principal| policies::trust::trust_policy(principal, external_id)),
            cors: policies::cors::cors_configuration(&self.origins, &access),
            lifecycle: policies::lifecycle::lifecycle_configuration(prefix.as_ref(), LIFECYCLE_DAYS),
        })
    }
}
