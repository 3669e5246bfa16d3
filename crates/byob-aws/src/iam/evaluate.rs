//! The decision.
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
//! for one account, which holds for every rule below that names no other,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html> for two, and
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session> for session policies.

use std::borrow::Cow;

use super::{
    caller::{Caller, Kind},
    context::Context,
    decision::{Decider, Decision},
    document::{Policy, PolicyKind, Statement},
    principal::{Means, Principal},
};
use crate::{Arn, Partition};

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
    // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account
    if let Some(account) = request.caller.account().filter(|_| is_of_kms(request.action)) {
        context.fill("kms:CallerAccount", account);
    }
    let resource = resource_for_policies(request);
    let case = Case { request: &Request { resource: &resource, ..*request }, policies, context };
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
        Ok(Grounds::Root) => Decision::allowed_to_root(),
        Ok(Grounds::Statements(statements)) => Decision::allowed_by(statements),
        Err(lacking) => lacking,
    }
}

/// Whether a role's trust policy decides on an action: on `sts:AssumeRole` and, where the resource is a role, on what goes
/// with it. Tags can also go with `sts:GetFederationToken`, which assumes no role; that is up to the identity's policies.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html> and
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>.
pub fn is_role_assumption(action: &str, resource: &str) -> bool {
    let action = action.to_ascii_lowercase();
    let goes_with_it = matches!(action.as_str(), "sts:tagsession" | "sts:setsourceidentity" | "sts:setcontext");
    action.starts_with("sts:assumerole") || (goes_with_it && resource.contains(":role/"))
}

fn is_of_kms(action: &str) -> bool {
    action.split_once(':').is_some_and(|(service, _)| service.eq_ignore_ascii_case("kms"))
}

/// The resource that policies are compared with. `s3:ListAllMyBuckets` is asked of `*`, as it has none, but AWS's own examples
/// grant it on `arn:aws:s3:::*`: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html>. A policy's `*`
/// means that too.
fn resource_for_policies<'a>(request: &Request<'a>) -> Cow<'a, str> {
    if request.resource != "*" || !request.action.eq_ignore_ascii_case("s3:ListAllMyBuckets") {
        return Cow::Borrowed(request.resource);
    }
    let partition = Arn::parse(&request.caller.to_string()).map_or(Partition::Aws, |arn| arn.partition());
    Cow::Owned(format!("arn:{partition}:s3:::*"))
}

/// Why something is allowed.
enum Grounds {
    /// The root user of an account needs no statement.
    Root,
    /// These allow it together.
    Statements(Vec<Decider>),
}

impl Grounds {
    /// A statement of another policy is needed, too.
    fn and(self, statement: Decider) -> Self {
        match self {
            Self::Root => Self::Statements(vec![statement]),
            Self::Statements(statements) => Self::Statements([statements, vec![statement]].concat()),
        }
    }
}

/// Why it is allowed, or what is lacking.
type Answer = Result<Grounds, Decision>;

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
            return principals.entries.iter().any(|entry| entry.means(caller, &self.context).is_some());
        }
        // Whoever has a permissions boundary is denied by `NotPrincipal`, whomever that names:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        let has_boundary = !self.own(PolicyKind::Boundary).is_empty();
        has_boundary || !principals.entries.iter().any(|entry| entry.excepts(caller, &self.context))
    }

    /// The statement of the resource's policy that allows it to the caller, the first among those that name it most
    /// closely.
    fn grant(&self) -> Option<(Means, Decider)> {
        let policy = self.policies.resource?;
        let grants = policy.statements.iter().enumerate().filter_map(|(i, statement)| {
            let principals = statement.principals.as_ref().filter(|principals| statement.allows && !principals.not)?;
            let means = |entry: &Principal| entry.means(self.request.caller, &self.context);
            let means = principals.entries.iter().filter_map(means).max()?;
            self.fits(policy, statement).then_some((means, i))
        });
        let (means, found) = grants.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
        Some((means, Decider::new(policy.kind(), None, policy, found)))
    }

    /// Services, identity providers and the anonymous have no policies of their own.
    fn without_account(&self) -> Answer {
        match self.grant() {
            Some((_, statement)) => Ok(Grounds::Statements(vec![statement])),
            None => Err(self.no_grant()),
        }
    }

    fn same_account(&self) -> Answer {
        match self.grant() {
            // What is granted to the very user or session needs no other policy, and no boundary or session policy
            // limits it. The same holds for what is granted to everybody:
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
            Some((Means::Itself, statement)) => Ok(Grounds::Statements(vec![statement])),
            // What is granted to the role is limited as the role's session is. An identity policy is not needed.
            Some((Means::Role, statement)) => Ok(Grounds::Statements([vec![statement], self.limits()?].concat())),
            // An account that is named delegates to the policies of its identities, which are needed then.
            Some((Means::Account, statement)) if self.needs_resource_policy() => {
                Ok(self.identity_side()?.and(statement))
            }
            None if self.needs_resource_policy() => Err(self.no_grant()),
            Some((Means::Account, _)) | None => self.identity_side(),
        }
    }

    /// Each account decides for itself, and both must allow it.
    fn other_account(&self) -> Answer {
        let (_, statement) = self.grant().ok_or_else(|| self.no_grant())?;
        Ok(self.identity_side()?.and(statement))
    }

    /// Whether what the caller has of its own allows it: its identity's policies, and all that limits them.
    fn identity_side(&self) -> Answer {
        // To the root user nothing is denied by default.
        if self.request.caller.is_root() {
            return Ok(Grounds::Root);
        }
        let Some(statement) = self.find_own(PolicyKind::Identity, true) else {
            return Err(Decision::lacking("No statement of the caller's identity policies allows it."));
        };
        Ok(Grounds::Statements([vec![statement], self.limits()?].concat()))
    }

    /// The statements of the permissions boundary and the session's policies that let it pass, where there are any of these.
    fn limits(&self) -> Result<Vec<Decider>, Decision> {
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
        let Request { action, resource, .. } = self.request;
        (is_of_kms(action) && resource.contains(":key/")) || is_role_assumption(action, resource)
    }

    /// Roles are assumed by users and roles, not by root users:
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
    fn is_root_assuming(&self) -> bool {
        self.request.caller.is_root() && is_role_assumption(self.request.action, self.request.resource)
    }
}

#[cfg(test)]
mod tests;
