//! The platform's own role for an integration: whether we may act as it.

use byob_aws::RoleArn;

use super::{causes::Signs, judged::Judged, run::Run, steps::StepName};
use crate::aws_io::{fault::Fault, sts::OPERATION};

impl Run<'_> {
    /// Who we are is right if it may assume the role that the trust policy names.
    pub(super) async fn principal_role_assumable(&mut self, role: RoleArn, identity: Option<&str>) -> Judged {
        let (sts, witness) = (self.core.sessions.sts().clone(), self.witness.clone());
        let asked = format!("on {role}, the principal role");
        let facts = match identity {
            Some(identity) => self.facts.clone().with("identity", format!("`{identity}`")),
            None => self.facts.clone(),
        };
        match self.ask(OPERATION, asked, sts.try_principal_role(&role, &witness), Fault::clone).await {
            Ok(()) => {
                let who = identity.map(|identity| format!("`{identity}`, which"));
                let who = who.as_deref().unwrap_or("somebody who");
                Judged::passed(format!("The platform is {who} may act as `{role}`."))
            }
            Err(fault) if fault.is_denied() => {
                let detail = format!("{}.", fault.in_words().trim_end_matches('.'));
                let cause = if self.is_missing(&role).await {
                    "principal_role_missing"
                } else {
                    "principal_role_not_assumable"
                };
                Judged::failed(cause, facts, detail).may_change()
            }
            Err(fault) => self.refused(StepName::PlatformIdentityKnown, &fault, Signs::default(), facts),
        }
    }

    /// AWS denies a role that is not there as one that does not trust us; IAM tells them apart, if it lets us ask.
    async fn is_missing(&mut self, role: &RoleArn) -> bool {
        if !self.core.platform.has_iam() {
            return false;
        }
        let (iam, witness) = (self.core.iam.clone(), self.witness.clone());
        let found = iam.find_role(role.name(), Some(&witness));
        matches!(self.ask("iam:GetRole", role.name(), found, Fault::clone).await, Ok(None))
    }
}
