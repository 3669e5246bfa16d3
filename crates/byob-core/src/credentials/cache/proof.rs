//! No session without proof that the role demands its external ID.

use super::SessionCache;
use crate::{
    aws_io::{
        fault::FaultKind,
        sts::{AssumeRole, explain},
    },
    credentials::other_ids,
    error::{Error, Kind, Result},
    integration::directory::unsafe_role,
    store::{Safety, SessionKey},
};

impl SessionCache {
    /// A role is asked for a session only after it was seen to refuse those who do not know its external ID.
    pub(super) async fn try_as_others(&self, key: &SessionKey, request: &AssumeRole) -> Result<()> {
        let [other, alike] = other_ids(&request.external_id, &self.rng);
        for instead in [None, Some(&other), Some(&alike)] {
            match self.sts.try_without_id(request, instead, None).await {
                Err(fault) if fault.is_denied() => {}
                Ok(()) => {
                    self.note(key, Safety::Unsafe).await?;
                    return Err(unsafe_role(key.integration_id.as_str()));
                }
                // Whoever could not even ask learned nothing of the role.
                Err(fault) if fault.kind == FaultKind::NoCredentials => return Err(explain(&fault, request)),
                Err(fault) => {
                    let detail = "It could not be seen yet that the role is safe, so it is not used.";
                    return Err(Error::new(Kind::AwsUnavailable, "role_unproven", detail)
                        .hint("Try again in a moment.")
                        .aws(fault.shown()));
                }
            }
        }
        Ok(())
    }

    pub(super) async fn note(&self, key: &SessionKey, safety: Safety) -> Result<()> {
        let SessionKey { organization_id, integration_id, integration_version, .. } = key;
        let now = self.clock.now_millis();
        self.store.integration_set_safety(organization_id, integration_id, *integration_version, safety, now).await?;
        Ok(())
    }
}
