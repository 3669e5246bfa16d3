//! Who we are, whose role it is, and whether the role lets in those whom it must not.

use byob_aws::{Arn, policies::trust::ExternalId};

use super::{causes::Signs, fix::Known, judged::Judged, report::Proof, run::Run, steps::StepName};
use crate::{
    aws_io::{
        fault::Fault,
        platform::is_identity,
        sts::{AssumeRole, OPERATION},
    },
    credentials::{assume_request, narrowed, other_ids, session::Session},
    integration::{principal_role, settings::PrincipalKind},
    runtime::millis,
};

/// What is asked for while it is not known for which bucket: a session that may do nothing.
const NOTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

const NO_ROLE: &str = "No role is assumed: the bucket is reached with an access key, or by everybody.";

impl Run<'_> {
    pub(super) async fn platform_identity_known(&mut self) -> Judged {
        if !self.subject.is_by_role() {
            return Judged::not_applicable(NO_ROLE);
        }
        let Some(principal) = self.subject.record.principal.clone() else {
            return Judged::failed(
                "principal_not_configured",
                self.facts.clone(),
                "The trust policy has nobody to name.",
            );
        };
        let (sts, witness) = (self.core.sessions.sts().clone(), self.witness.clone());
        let own = principal_role(&self.subject.record.settings, Some(&principal));
        let asked = self.ask("sts:GetCallerIdentity", "", sts.caller_identity(Some(&witness)), Fault::clone).await;
        let identity = match asked {
            Ok(identity) => identity,
            // Some stores have STS without this operation.
            Err(fault) if self.core.platform.has_own_sts() && matches!(fault.status, 404 | 405 | 501) => {
                if let Some(role) = own {
                    return Box::pin(self.principal_role_assumable(role, None)).await;
                }
                return Judged::not_applicable("The STS that the operator configured does not tell who asks.");
            }
            Err(fault) => {
                return self.refused(StepName::PlatformIdentityKnown, &fault, Signs::default(), self.facts.clone());
            }
        };
        if let Some(role) = own {
            return Box::pin(self.principal_role_assumable(role, Some(&identity))).await;
        }
        let kind = self.subject.record.settings.principal;
        if is_principal(&identity, &principal.to_string(), kind) {
            return Judged::passed(format!("The platform is `{identity}`."));
        }
        let facts = self.facts.clone().with("identity", format!("`{identity}`"));
        let detail = format!("The platform is `{identity}`, the trust policy names `{principal}`.");
        if self.core.platform.has_own_sts() && Arn::parse(&identity).is_ok_and(|arn| arn.account().len() != 12) {
            // Some stores write ARNs in ways of their own, so that only trying tells.
            return Judged::not_applicable(detail);
        }
        Judged::failed("platform_is_somebody_else", facts, detail)
    }

    pub(super) fn role_arn_valid(&mut self) -> Judged {
        if !self.subject.is_by_role() {
            return Judged::not_applicable(NO_ROLE);
        }
        if let Some(fault) = self.subject.faults.first() {
            let detail = format!("The settings are not right: `{}`: {} {}", fault.field, fault.detail, fault.hint);
            return Judged::failed("role_arn_missing", self.facts.clone(), detail);
        }
        match (&self.subject.record.settings.authentication, &self.subject.role) {
            (None, _) => Judged::failed("authentication_missing", self.facts.clone(), "`authentication` is not set."),
            (_, None) => Judged::failed("role_arn_missing", self.facts.clone(), "The role's ARN is not set."),
            (_, Some(role)) => Judged::passed(format!("`{role}` is the ARN of a role.")),
        }
    }

    pub(super) async fn role_assumable(&mut self) -> Judged {
        if !self.subject.is_by_role() {
            return self.take_key();
        }
        let Some(request) = self.assume_request() else {
            let detail = "The session policy for this bucket is longer than AWS takes.";
            return Judged::failed("session_policy_too_large", self.facts.clone(), detail);
        };
        let (sts, witness) = (self.core.sessions.sts().clone(), self.witness.clone());
        let asked = format!("on {} with the external ID", request.role);
        let issued_at = self.core.clock.now_millis();
        match self.ask(OPERATION, asked, sts.assume_role_seen(&request, &witness), Fault::clone).await {
            Ok(assumed) => {
                let session = Session::new(assumed.credentials, issued_at, millis(assumed.expires_at));
                (self.found.session, self.found.assumed) = (Some(session.into()), true);
                Judged::passed(format!("AWS opened a session of {} seconds.", request.duration))
            }
            Err(fault) => self.refused(StepName::RoleAssumable, &fault, Signs::default(), self.facts.clone()),
        }
    }

    pub(super) async fn external_id_required(&mut self) -> Judged {
        let tried = [(None, "without an external ID")];
        self.proof(StepName::ExternalIdRequired, &tried, "external_id_not_required").await
    }

    pub(super) async fn external_id_enforced(&mut self) -> Judged {
        let [other, alike] = other_ids(&self.subject.record.external_id, &self.core.rng);
        let tried = [
            (Some(&other), "with another external ID"),
            (Some(&alike), "with one that only begins and ends like the right one"),
        ];
        self.proof(StepName::ExternalIdEnforced, &tried, "external_id_not_enforced").await
    }

    /// Only a denial proves something, and only of a role that lets us in with the right ID: one that denies everybody proves nothing.
    async fn proof(
        &mut self,
        step: StepName,
        tried: &[(Option<&ExternalId>, &'static str)],
        cause: &'static str,
    ) -> Judged {
        if !self.subject.is_by_role() {
            return Judged::not_applicable(NO_ROLE);
        }
        let Some(request) = self.assume_request() else {
            return Judged::skipped("The session policy is longer than AWS takes.");
        };
        let (sts, witness) = (self.core.sessions.sts().clone(), self.witness.clone());
        for (instead, how) in tried {
            let asked = format!("on {} {how}", request.role);
            match self.ask(OPERATION, asked, sts.try_without_id(&request, *instead, Some(&witness)), Fault::clone).await
            {
                Ok(()) => {
                    let detail = format!("The role let somebody in {how}.");
                    let known = if instead.is_none() { Known::Undemanding } else { Known::Nothing };
                    let judged = Judged::failed(cause, self.facts.clone(), detail).knowing(known);
                    return judged.proving(Proof::NotProven).may_change();
                }
                Err(fault) if fault.is_denied() => {}
                Err(fault) if fault.is_inconclusive() => return self.undecided(&fault).proving(Proof::Inconclusive),
                Err(fault) => {
                    // A refusal for another reason than who asks is no proof either.
                    let judged = self.refused(step, &fault, Signs::default(), self.facts.clone());
                    return judged.inconclusive().proving(Proof::Inconclusive);
                }
            }
        }
        if !self.found.assumed {
            return Judged::skipped("AWS denied it, as it denies the right external ID: that proves nothing yet.");
        }
        let how: Vec<&str> = tried.iter().map(|(_, how)| *how).collect();
        Judged::passed(format!("AWS denied it {}.", how.join(" and "))).proving(Proof::Proven)
    }

    /// Exactly what production asks for.
    fn assume_request(&self) -> Option<AssumeRole> {
        let (integration, role) = (self.subject.integration.as_ref()?, self.subject.role.as_ref()?);
        match self.subject.bucket.as_ref().filter(|_| !self.subject.lacks_scope()) {
            Some(bucket) => assume_request(integration, role, bucket).ok(),
            None => Some(narrowed(integration, role, NOTHING.to_owned())),
        }
    }

    /// Buckets without a role: an access key, or nothing.
    fn take_key(&mut self) -> Judged {
        let Some(integration) = &self.subject.integration else {
            let fault = self.subject.faults.first();
            let detail = fault.map(|fault| format!("`{}`: {}", fault.field, fault.detail)).unwrap_or_default();
            return Judged::skipped(format!("The settings are not right: {detail}"));
        };
        match self.core.own_key(integration) {
            Ok(session) => {
                self.found.session = session;
                Judged::not_applicable(NO_ROLE)
            }
            Err(error) => Judged::skipped(error.detail()),
        }
    }
}

/// Whether the identity is the one that trust policies name.
pub(crate) fn is_principal(identity: &str, principal: &str, kind: PrincipalKind) -> bool {
    let (Ok(who), Ok(named)) = (Arn::parse(identity), Arn::parse(principal)) else { return false };
    let is_of_account = kind == PrincipalKind::Account && who.account() == named.account();
    is_of_account || is_identity(&who, principal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_of_the_role_is_the_principal_and_others_are_not() {
        for (identity, principal, kind, expected) in [
            ("arn:aws:iam::1:user/byob", "arn:aws:iam::1:user/byob", PrincipalKind::Shared, true),
            ("arn:aws:sts::1:assumed-role/byob/i-1", "arn:aws:iam::1:role/svc/byob", PrincipalKind::Shared, true),
            ("arn:aws:sts::1:assumed-role/other/i-1", "arn:aws:iam::1:role/byob", PrincipalKind::Shared, false),
            ("arn:aws:sts::2:assumed-role/byob/i-1", "arn:aws:iam::1:role/byob", PrincipalKind::Shared, false),
            ("arn:aws:iam::1:user/any", "arn:aws:iam::1:root", PrincipalKind::Account, true),
            ("arn:aws:iam::2:user/any", "arn:aws:iam::1:root", PrincipalKind::Account, false),
            ("arn:aws:iam::1:user/other", "arn:aws:iam::1:user/byob", PrincipalKind::Shared, false),
        ] {
            assert_eq!(is_principal(identity, principal, kind), expected, "{identity} {principal}");
        }
    }
}
