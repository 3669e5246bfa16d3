//! Principal roles: for each integration that asks for it, a role of the platform's own account that the customer's role trusts.
//!
//! A role is noted down before it is made and forgotten only after it is removed, and one lease keeps everybody else away from it
//! meanwhile. So whatever is interrupted leaves a note behind, by which a later sweep brings the role to what its integration wants, or
//! removes it. A role that an integration wants is never made a second time: AWS would not take it for the same one.

mod role;

use std::time::Duration;

use byob_aws::{Invalid, RoleArn, arn::Dialect};

use super::{Record, Settings};
use crate::{
    core::Core,
    error::{Error, Kind, Result},
    id::{IntegrationId, OrganizationId},
    store::{IntegrationRow, PrincipalRoleRow, State},
};

/// How long a role may take to be changed before others try, in milliseconds. Longer than the deadlines of all requests that it takes.
const LEASE: i64 = 120_000;

/// How often, and after how long each time, somebody who changes a role asks again while another has it: three seconds, in which IAM answers mostly.
const PATIENCE: u32 = 30;
const PAUSE: Duration = Duration::from_millis(100);

/// A sweep looks after so many roles.
const SWEPT_AT_ONCE: i64 = 20;

/// Whom the trust policy names, and the hold on the principal role until the integration that wants it is written.
pub(super) struct Principal {
    /// None only where no role is involved.
    pub arn: Option<String>,
    hold: Hold,
}

/// How a principal role stands.
enum Hold {
    /// It stays as it is, or there is none.
    Settled,
    /// It is to go, once nothing wants it any more.
    Leaving,
    /// It is being made or changed.
    Held(Lease),
}

/// Keeps others away from one principal role.
struct Lease {
    name: String,
    owner: String,
}

impl Core {
    /// Whom the trust policy has to name after a change from `before`. Where that is a role of the integration's own, it is made, and may
    /// assume both the customer's role of before and that of after; [`Core::settle_principal`] has to follow, come what may.
    pub(super) async fn take_principal(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        before: Option<&Record>,
        settings: &Settings,
    ) -> Result<Principal> {
        if !settings.wants_principal_role() {
            let had = before.is_some_and(|before| before.settings.wants_principal_role());
            let hold = if had { Hold::Leaving } else { Hold::Settled };
            return Ok(Principal { arn: self.principal_for(settings)?, hold });
        }
        let mut targets = target(settings)?;
        let known = self.store.principal_role_find(organization, id).await?;
        let made = known.as_ref().and_then(|row| row.arn.as_ref());
        if made.is_none() {
            self.platform.principal_role_path().map_err(|error| on_principal(&error))?;
        }
        let is_in_place = known.as_ref().is_some_and(|row| row.settled && row.targets == written(&targets).ok());
        if let Some(arn) = made.filter(|_| is_in_place)
            && before.is_some_and(|before| before.row.principal_arn.as_ref() == Some(arn))
        {
            return Ok(Principal { arn: Some(arn.clone()), hold: Hold::Settled });
        }
        let lease = self.lease_principal_soon(id).await?.ok_or_else(|| {
            let detail = "The platform's role for this integration is being changed.";
            Error::new(Kind::Conflict, "principal_role_busy", detail).hint("Try again in a moment.")
        })?;
        // Until the change is written, files are served by the customer's role of before.
        let serving = before.filter(|before| before.row.state == State::Saved.as_str());
        if let Some(before) = serving.filter(|before| before.settings.wants_principal_role()) {
            targets.extend(target(&before.settings)?);
            targets.dedup();
        }
        match self.make_principal_role(organization, id, &targets).await {
            Ok(arn) => Ok(Principal { arn: Some(arn), hold: Hold::Held(lease) }),
            Err(error) => {
                self.settle_held(organization, id).await;
                self.release_principal(&lease).await;
                Err(error)
            }
        }
    }

    /// The same for an integration, which keeps its principal as long as nobody chooses another, whatever the operator configures.
    pub(super) async fn principal_after(
        &self,
        organization: &OrganizationId,
        before: &Record,
        settings: &Settings,
    ) -> Result<Principal> {
        let wanted = before.settings.wants_principal_role();
        let is_kept = settings.principal == before.settings.principal && wanted == settings.wants_principal_role();
        match &before.row.principal_arn {
            Some(arn) if is_kept && !wanted => Ok(Principal { arn: Some(arn.clone()), hold: Hold::Settled }),
            _ => self.take_principal(organization, &before.id, Some(before), settings).await,
        }
    }

    /// Brings the principal role to what its draft or integration, as it is stored now, wants; removes it if that is nothing. What does not
    /// succeed is noted down, and done by a later sweep.
    pub(super) async fn settle_principal(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        principal: Principal,
    ) {
        match principal.hold {
            Hold::Settled => {}
            Hold::Leaving => self.settle_left_principal(organization, id).await,
            Hold::Held(lease) => {
                self.settle_held(organization, id).await;
                self.release_principal(&lease).await;
            }
        }
    }

    /// The same for a role that nobody holds: its draft or integration was just deleted, or it was left behind.
    pub(super) async fn settle_left_principal(&self, organization: &OrganizationId, id: &IntegrationId) {
        let lease = match self.store.principal_role_find(organization, id).await {
            Ok(Some(_)) => self.lease_principal(id).await,
            Ok(None) => return,
            Err(error) => Err(error),
        };
        match lease {
            Ok(Some(lease)) => {
                self.settle_held(organization, id).await;
                self.release_principal(&lease).await;
            }
            // Whoever holds it settles it, or a sweep will.
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(integration = %id, cause = %error.causes(), "a principal role is left for later");
            }
        }
    }

    /// Settles principal roles of the organization that were left behind: by what was interrupted, by IAM when it did not answer, and by drafts
    /// that have expired.
    pub async fn sweep_principal_roles(&self, organization: &OrganizationId) -> Result<()> {
        let now = self.clock.now_millis();
        for row in self.store.principal_role_list_unsettled(organization, now, SWEPT_AT_ONCE).await? {
            let id = IntegrationId::from_text(&row.integration_id);
            self.store.principal_role_swept(organization, &id, now).await?;
            self.settle_left_principal(organization, &id).await;
        }
        Ok(())
    }

    /// The same, after waiting for whoever has it: a sweep that came by, or somebody else's change.
    async fn lease_principal_soon(&self, id: &IntegrationId) -> Result<Option<Lease>> {
        for _ in 0..PATIENCE {
            if let Some(lease) = self.lease_principal(id).await? {
                return Ok(Some(lease));
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.lease_principal(id).await
    }

    async fn lease_principal(&self, id: &IntegrationId) -> Result<Option<Lease>> {
        let lease = Lease {
            name: format!("principal-role/{id}"),
            owner: base16ct::lower::encode_string(&self.rng.bytes::<16>()),
        };
        let now = self.clock.now_millis();
        let taken = self.store.lease_take(&lease.name, &lease.owner, now, now + LEASE).await?;
        Ok(taken.then_some(lease))
    }

    async fn release_principal(&self, lease: &Lease) {
        if let Err(error) = self.store.lease_release(&lease.name, &lease.owner).await {
            // It ends by itself.
            tracing::warn!(lease = lease.name, cause = %error.causes(), "a lease could not be given back");
        }
    }

    /// The lease is held.
    async fn settle_held(&self, organization: &OrganizationId, id: &IntegrationId) {
        if let Err(error) = self.try_settle(organization, id).await {
            tracing::warn!(
                integration = %id, code = error.code(), cause = %error.causes(),
                "a principal role could not be settled, and is left for a later sweep"
            );
        }
    }

    async fn try_settle(&self, organization: &OrganizationId, id: &IntegrationId) -> Result<()> {
        let Some(mut row) = self.store.principal_role_find(organization, id).await? else { return Ok(()) };
        let integration = self.store.integration_find(organization, id).await?;
        if let Some(integration) = integration.filter(|integration| self.wants(integration, &row)) {
            let settings: Settings = serde_json::from_str(&integration.settings).map_err(Error::internal)?;
            self.set_targets(organization, &mut row, &target(&settings)?).await?;
            row.settled = true;
            return self.store.principal_role_update(organization, &row, None).await;
        }
        self.remove_principal_role(organization, id, row).await
    }

    /// Whether a draft or integration is in use, or may come to be, with this role as its principal.
    fn wants(&self, integration: &IntegrationRow, row: &PrincipalRoleRow) -> bool {
        let alive = integration.expires_at.is_none_or(|at| at > self.clock.now_millis());
        alive && row.arn.is_some() && integration.principal_arn == row.arn
    }
}

/// The customer's role, as soon as it is known.
fn target(settings: &Settings) -> Result<Vec<String>> {
    let role = settings.role_arn().map(|role| RoleArn::parse(role, Dialect::Compatible)).transpose();
    Ok(role.map_err(Error::internal)?.iter().map(RoleArn::to_string).collect())
}

fn written(targets: &[String]) -> Result<String> {
    serde_json::to_string(targets).map_err(Error::internal)
}

/// The same, as a fault of the field by which the principal was chosen.
pub(super) fn on_principal(error: &Error) -> Error {
    let hint = error.hint_text().unwrap_or_default();
    Error::field("principal", &Invalid::new(error.code(), error.detail(), hint))
}
