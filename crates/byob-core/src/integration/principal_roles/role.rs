//! The role itself, as IAM has it. The lease is held.

use byob_aws::{
    RoleArn,
    arn::Dialect,
    policies::principal_role::{principal_role_access_policy, principal_role_trust_policy},
};

use serde_json::json;

use super::written;
use crate::{
    audit::{Action, By},
    aws_io::{
        fault::FaultKind,
        iam::{NewRole, explain},
    },
    core::Core,
    error::{Error, Kind, Result},
    id::{IntegrationId, OrganizationId},
    store::PrincipalRoleRow,
};

/// By these tags a role is known to be ours.
const INTEGRATION_TAG: &str = "byob:integration";
const ORGANIZATION_TAG: &str = "byob:organization";

impl Core {
    /// Makes the role if there is none yet, and lets it assume these roles.
    pub(super) async fn make_principal_role(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        targets: &[String],
    ) -> Result<String> {
        let name = format!("byob-{id}");
        self.store.principal_role_begin(organization, id, &name, self.clock.now_millis()).await?;
        let found = self.store.principal_role_find(organization, id).await?;
        let mut row = found.ok_or_else(|| Error::internal("a note of a moment ago is gone"))?;
        let mut entry = None;
        let arn = if let Some(arn) = row.arn.take() {
            arn
        } else {
            let arn = self.new_principal_role(organization, id, &mut row).await?;
            let details = json!({"principal_role_arn": arn});
            entry =
                Some(self.entry(&By::service(), Action::IntegrationPrincipalRoleMade, (id.as_str(), None), details));
            arn
        };
        row.arn = Some(arn.clone());
        self.store.principal_role_update(organization, &row, entry.as_ref()).await?;
        self.set_targets(organization, &mut row, targets).await?;
        Ok(arn)
    }

    /// Makes it, or takes it over.
    async fn new_principal_role(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        row: &mut PrincipalRoleRow,
    ) -> Result<String> {
        let name = row.name.as_str();
        let path = self.platform.principal_role_path()?;
        let below = self.principal_roles_arn();
        let identity = self.sessions.sts().caller_identity(None).await.map_err(|fault| explain(&fault, &below))?;
        let trust = principal_role_trust_policy(&self.platform.as_principal(&identity)?);
        let new = NewRole {
            name,
            path,
            trust: &trust,
            description: "Made by BYOB: the principal of one integration. Customers trust it, so never delete and make it again.",
            tags: &[(INTEGRATION_TAG, id.to_string()), (ORGANIZATION_TAG, organization.to_string())],
        };
        match self.iam.create_role(&new).await {
            Ok(Some(arn)) => {
                row.targets = Some(written(&[])?);
                return Ok(arn);
            }
            Ok(None) => {}
            Err(fault) => {
                if fault.kind == FaultKind::Refused {
                    // Nothing was made, so there is nothing to remember.
                    self.store.principal_role_delete(organization, id, None).await?;
                }
                return Err(explain(&fault, &below));
            }
        }
        // Somebody made it before: we, before we were interrupted, if it says so.
        match self.our_role(organization, id, name).await? {
            Some(arn) => {
                self.iam.set_trust(name, &trust).await.map_err(|fault| explain(&fault, &below))?;
                Ok(arn)
            }
            None => Err(Error::new(
                Kind::NotConfigured,
                "principal_role_name_taken",
                format!("The platform's AWS account has a role `{name}` that this service has not made."),
            )
            .hint("This is for the operator to mend: rename or remove that role.")),
        }
    }

    /// The ARN of the role of that name, if it has our tags.
    async fn our_role(&self, organization: &OrganizationId, id: &IntegrationId, name: &str) -> Result<Option<String>> {
        let found =
            self.iam.find_role(name, None).await.map_err(|fault| explain(&fault, &self.principal_roles_arn()))?;
        let is_tagged = |role: &aws_sdk_iam::types::Role, key: &str, value: &str| {
            role.tags().iter().any(|tag| tag.key() == key && tag.value() == value)
        };
        let ours = found.filter(|role| {
            is_tagged(role, INTEGRATION_TAG, id.as_str()) && is_tagged(role, ORGANIZATION_TAG, organization.as_str())
        });
        Ok(ours.map(|role| role.arn))
    }

    /// Lets the role assume these roles and no others.
    pub(super) async fn set_targets(
        &self,
        organization: &OrganizationId,
        row: &mut PrincipalRoleRow,
        targets: &[String],
    ) -> Result<()> {
        let wanted = written(targets)?;
        if row.targets.as_deref() == Some(&wanted) {
            return Ok(());
        }
        row.targets = None;
        self.store.principal_role_update(organization, row, None).await?;
        let roles = targets.iter().map(|role| RoleArn::parse(role, Dialect::Compatible));
        let roles: Vec<RoleArn> = roles.collect::<Result<_, _>>().map_err(Error::internal)?;
        let policy = principal_role_access_policy(&roles);
        let done = self.iam.set_policy(&row.name, policy.as_ref()).await;
        done.map_err(|fault| explain(&fault, &self.principal_roles_arn()))?;
        row.targets = Some(wanted);
        self.store.principal_role_update(organization, row, None).await
    }

    /// Removes a role that nothing wants, and forgets it.
    pub(super) async fn remove_principal_role(
        &self,
        organization: &OrganizationId,
        id: &IntegrationId,
        row: PrincipalRoleRow,
    ) -> Result<()> {
        if !self.platform.has_iam() {
            return Err(Error::internal("there is no IAM to remove the role from"));
        }
        // A role that we are not known to have made may be somebody else's of the same name.
        let is_ours = row.arn.is_some() || self.our_role(organization, id, &row.name).await?.is_some();
        let details = json!({"principal_role_arn": row.arn});
        if is_ours {
            let row = PrincipalRoleRow { targets: None, settled: false, ..row };
            self.store.principal_role_update(organization, &row, None).await?;
            let gone = self.iam.delete_role(&row.name).await;
            gone.map_err(|fault| explain(&fault, &self.principal_roles_arn()))?;
        }
        let entry = self.entry(&By::service(), Action::IntegrationPrincipalRoleRemoved, (id.as_str(), None), details);
        self.store.principal_role_delete(organization, id, is_ours.then_some(&entry)).await
    }

    /// The platform's principal roles, as its own policy names them.
    fn principal_roles_arn(&self) -> String {
        format!("arn:aws:iam::*:role{}*", self.platform.principal_role_path().unwrap_or("/"))
    }
}
