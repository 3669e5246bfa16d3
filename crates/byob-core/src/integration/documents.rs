//! The documents that a customer puts into their AWS account, for a draft or an integration.

use byob_aws::policies::{
    self, PolicyDocument, cors::CorsConfiguration, grant::Grant, lifecycle::LifecycleConfiguration,
};
use serde::Serialize;

use super::{Draft, Integration, Settings, Spec, settings::Authentication};
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
    /// The documents of a draft.
    pub fn draft_documents(&self, draft: &Draft) -> Result<Documents> {
        let grant = Spec::draft_grant(&draft.settings).map_err(Error::fields)?;
        Ok(self.documents(&draft.settings, grant.as_ref(), draft.principal.as_ref(), &draft.external_id))
    }

    /// The documents of an integration.
    pub fn integration_documents(&self, integration: &Integration) -> Documents {
        let grant = integration.spec.grant();
        self.documents(&integration.settings, Some(&grant), integration.principal.as_ref(), &integration.external_id)
    }

    fn documents(
        &self,
        settings: &Settings,
        grant: Option<&Grant>,
        principal: Option<&byob_aws::PrincipalArn>,
        external_id: &policies::trust::ExternalId,
    ) -> Documents {
        let access: Vec<policies::Access> = settings.access.iter().map(|access| access.0).collect();
        let by_role = matches!(settings.authentication, None | Some(Authentication::Role { .. }));
        let prefix = grant.and_then(|grant| grant.buckets.first()).and_then(|scope| scope.prefix.clone());
        Documents {
            access_policy: grant.map(policies::access::access_policy),
            trust_policy: principal
                .filter(|_| by_role)
                .map(|principal| policies::trust::trust_policy(principal, external_id)),
            cors: policies::cors::cors_configuration(&self.origins, &access),
            lifecycle: policies::lifecycle::lifecycle_configuration(prefix.as_ref(), LIFECYCLE_DAYS),
        }
    }
}
