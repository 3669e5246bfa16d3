//! The decision.
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
//! for one account, which holds for every rule below that names no other,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html> for two, and
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session> for session policies.

use super::{
    caller::{Caller, Kind},
    context::Context,
    decision::{Decider, Decision},
    document::{Policy, PolicyKind, Statement},
    principal::Means,
};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// For what, such as `s3:GetObject`.
    pub action: &'a str,
    /// The ARN of the resource, or `*` where the action has none.
    pub resource: &'a str,
    /// The account that owns the resource.
    pub resource_account: &'a str,
    /// What else is known. Keys that follow from the caller and the resource's account need not be given.
    pub context: &'a Context,
}

/// All policies that apply.
#[derive(Debug, Clone, Default)]
pub struct Policies<'a> {
    /// Of the caller: its own and its groups'.
    pub identity: Vec<&'a Policy>,
    /// Of the resource; of a role, its trust policy.
    pub resource: Option<&'a Policy>,
    /// Those that the session was begun with; none means that nothing but the role limits it.
    pub session: Vec<&'a Policy>,
    /// The caller's permissions boundary.
    pub boundary: Option<&'a Policy>,
}

/// Decides a request.
///
/// An explicit deny in any policy wins. Within one account an `Allow` of the identity's policies or of the resource's
/// policy is enough, except that a role's trust policy and a KMS key's policy must have their say; between two accounts
/// both are needed. What limits an identity, its boundary and its session's policies, does not limit what a resource's
/// policy grants to the very caller.
pub fn evaluate(request: &Request<'_>, policies: &Policies<'_>) -> Decision {
    let mut context = request.context.clone();
    request.caller.fill(&mut context);
    context.fill("aws:ResourceAccount", request.resource_account);
    let case = Case { request, policies, context };
    if let Some(statement) = case.denial() {
        return Decision::forbidden_by(statement);
    }
    let decision = match request.caller.account() {
        None => case.without_account(),
        Some(_) if case.is_root_assuming() => Err(Decision::lacking("A root user cannot assume roles.")),
        Some(account) if account == request.resource_account => case.same_account(),
        Some(_) => case.other_account(),
    };
    match decision {
        Ok(statements) if statements.is_empty() => Decision::allowed_to_root(),
        Ok(statements) => Decision::allowed_by(statements),
        Err(lacking) => lacking,
    }
}

/// Whether an action is one on which a role's trust policy decides: `sts:AssumeRole` and what goes with it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html> and
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>.
pub fn is_role_assumption(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    action.starts_with("sts:assumerole")
        || matches!(action.as_str(), "sts:tagsession" | "sts:setsourceidentity" | "sts:setcontext")
}

/// The statements that allow it together, or what is lacking. Only a root user needs no statement.
type Answer = Result<Vec<Decider>, Decision>;

struct Case<'a> {
    request: &'a Request<'a>,
    policies: &'a Policies<'a>,
    context: Context,
}

impl Case<'_> {
    /// The policies on the caller's side. A root user can have neither identity policies nor a boundary
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html>); who has no account has none either.
    fn own(&self, kind: PolicyKind) -> &[&Policy] {
        let caller = self.request.caller;
        if caller.account().is_none() || caller.is_root() {
            return &[];
        }
        match kind {
            PolicyKind::Identity => &self.policies.identity,
            PolicyKind::Boundary => self.policies.boundary.as_slice(),
            PolicyKind::Session => &self.policies.session,
            PolicyKind::Resource | PolicyKind::Trust => &[],
        }
    }

    /// The first statement of the caller's policies of one kind that has this effect on the request.
    fn find_own(&self, kind: PolicyKind, allows: bool) -> Option<Decider> {
        let policies = self.own(kind);
        policies.iter().enumerate().find_map(|(i, policy)| {
            let found = policy.statements.iter().position(|s| s.allows == allows && self.fits(policy, s))?;
            Some(Decider::new(kind, (policies.len() > 1).then_some(i), policy, found))
        })
    }

    fn fits(&self, policy: &Policy, statement: &Statement) -> bool {
        statement.fits(policy.version, self.request.action, self.request.resource, &self.context)
    }

    /// The first statement that forbids it. One is enough, in whichever policy.
    fn denial(&self) -> Option<Decider> {
        let own = [PolicyKind::Identity, PolicyKind::Boundary, PolicyKind::Session];
        if let Some(statement) = own.into_iter().find_map(|kind| self.find_own(kind, false)) {
            return Some(statement);
        }
        let policy = self.policies.resource?;
        let denies = |s: &Statement| !s.allows && self.is_denied_principal(s) && self.fits(policy, s);
        let found = policy.statements.iter().position(denies)?;
        Some(Decider::new(policy.kind(), None, policy, found))
    }

    /// Whether a `Deny` of the resource's policy concerns the caller.
    fn is_denied_principal(&self, statement: &Statement) -> bool {
        let Some(principals) = &statement.principals else { return false };
        let caller = self.request.caller;
        if !principals.not {
            return principals.entries.iter().any(|entry| entry.means(caller).is_some());
        }
        // Whoever has a permissions boundary is denied by `NotPrincipal`, whomever that names:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        let has_boundary = !self.own(PolicyKind::Boundary).is_empty();
        has_boundary || !principals.entries.iter().any(|entry| entry.excepts(caller))
    }

    /// The statement of the resource's policy that allows it to the caller, the first among those that name it most
    /// closely.
    fn grant(&self) -> Option<(Means, Decider)> {
        let policy = self.policies.resource?;
        let grants = policy.statements.iter().enumerate().filter_map(|(i, statement)| {
            let principals = statement.principals.as_ref().filter(|principals| statement.allows && !principals.not)?;
            let means = principals.entries.iter().filter_map(|entry| entry.means(self.request.caller)).max()?;
            self.fits(policy, statement).then_some((means, i))
        });
        let (means, found) = grants.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
        Some((means, Decider::new(policy.kind(), None, policy, found)))
    }

    /// Services, identity providers and the anonymous have no policies of their own.
    fn without_account(&self) -> Answer {
        match self.grant() {
            Some((_, statement)) => Ok(vec![statement]),
            None => Err(self.no_grant()),
        }
    }

    fn same_account(&self) -> Answer {
        match self.grant() {
            // What is granted to the very user or session needs no other policy, and no boundary or session policy
            // limits it. The same holds for what is granted to everybody:
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
            Some((Means::Itself, statement)) => Ok(vec![statement]),
            // What is granted to the role is limited as the role's session is. An identity policy is not needed.
            Some((Means::Role, statement)) => Ok([vec![statement], self.limits()?].concat()),
            // An account that is named delegates to the policies of its identities, which are needed then.
            Some((Means::Account, statement)) if self.needs_resource_policy() => {
                Ok([self.identity_side()?, vec![statement]].concat())
            }
            None if self.needs_resource_policy() => Err(self.no_grant()),
            Some((Means::Account, _)) | None => self.identity_side(),
        }
    }

    /// Each account decides for itself, and both must allow it.
    fn other_account(&self) -> Answer {
        let (_, statement) = self.grant().ok_or_else(|| self.no_grant())?;
        Ok([self.identity_side()?, vec![statement]].concat())
    }

    /// Whether what the caller has of its own allows it: its identity's policies, and all that limits them.
    fn identity_side(&self) -> Answer {
        // To the root user nothing is denied by default.
        if self.request.caller.is_root() {
            return Ok(Vec::new());
        }
        let Some(statement) = self.find_own(PolicyKind::Identity, true) else {
            return Err(Decision::lacking("No statement of the caller's identity policies allows it."));
        };
        Ok([vec![statement], self.limits()?].concat())
    }

    /// Whether the permissions boundary and the session's policies let it pass, where there are any.
    fn limits(&self) -> Answer {
        // A session from `GetFederationToken` may nothing without session policies, but what is granted to itself:
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
        if matches!(self.request.caller.0, Kind::FederatedUser { .. }) && self.policies.session.is_empty() {
            return Err(Decision::lacking("A federated user without a session policy has no permissions of its user."));
        }
        let mut statements = Vec::new();
        for (kind, lacking) in [
            (PolicyKind::Boundary, "No statement of the permissions boundary allows it."),
            (PolicyKind::Session, "No statement of the session policies allows it."),
        ] {
            match self.find_own(kind, true) {
                Some(statement) => statements.push(statement),
                None if self.own(kind).is_empty() => {}
                None => return Err(Decision::lacking(lacking)),
            }
        }
        Ok(statements)
    }

    fn no_grant(&self) -> Decision {
        let what = match self.policies.resource {
            Some(policy) => format!("No statement of the {} allows it to this caller", policy.kind().noun()),
            None => "The resource has no policy that would allow it to this caller".to_owned(),
        };
        let why = match self.request.caller.account() {
            Some(account) if account != self.request.resource_account => ", who belongs to another account",
            _ => "",
        };
        Decision::lacking(format!("{what}{why}."))
    }

    /// Of roles and KMS keys, an `Allow` of the caller's own policies is not enough: theirs must allow it, too.
    fn needs_resource_policy(&self) -> bool {
        let is_key =
            self.request.action.to_ascii_lowercase().starts_with("kms:") && self.request.resource.contains(":key/");
        is_key || self.is_assuming()
    }

    /// Whether the action is one by which a role is assumed, on which the role's trust policy decides.
    fn is_assuming(&self) -> bool {
        let action = self.request.action.to_ascii_lowercase();
        action.starts_with("sts:assumerole")
            || matches!(action.as_str(), "sts:tagsession" | "sts:setsourceidentity" | "sts:setcontext")
    }

    /// Roles are assumed by users and roles, not by root users:
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
    fn is_root_assuming(&self) -> bool {
        self.request.caller.is_root() && is_role_assumption(self.request.action)
    }
}

#[cfg(test)]
mod tests;
