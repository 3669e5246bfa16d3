//! One request: who sent it, when, and whether they may.

use std::{borrow::Cow, collections::BTreeMap, net::IpAddr, sync::Arc};

use axum::http::{header, request::Parts};
use byob_aws::iam::{self, Context, Decision, Effect, Policies, Policy, PolicyKind};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    Sandbox,
    refusal::Refusal,
    signature::{self, Fault, Signed, UNSIGNED},
    state::{Iam, Role, Session, User},
};

/// A request whose sender is known.
pub struct Call {
    /// The sandbox it was sent to.
    pub sandbox: Sandbox,
    /// Given back with every answer.
    pub request_id: String,
    /// When it arrived, on the sandbox's clock.
    pub now: OffsetDateTime,
    /// Who sent it.
    pub caller: Caller,
    /// Users, roles and policies as they are in force.
    pub iam: Arc<Iam>,
    /// The content, without its framing.
    pub body: Bytes,
    /// What every decision about it may depend on.
    pub context: Context,
}

/// Who sent a request.
#[derive(Clone)]
pub enum Caller {
    /// Nobody that we know.
    Anonymous,
    /// A user, by its access key.
    User {
        /// Its account.
        account: String,
        /// Its ARN.
        arn: String,
        /// `AIDA…`.
        id: String,
    },
    /// A session of a role.
    Session(Arc<Session>),
}

/// Why a request is not believed.
pub enum Disbelief {
    /// Its signature.
    Signature(Fault),
    /// No such access key, or an inactive one.
    UnknownKey(String),
    /// The session token is missing, is another's, or cannot be read.
    BadToken(String),
    /// The session is over.
    ExpiredToken(String),
}

impl Caller {
    /// The account; none for anonymous callers.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::User { account, .. } => Some(account),
            Self::Session(session) => Some(&session.account),
        }
    }

    /// The ARN as AWS names it in messages.
    pub fn arn(&self) -> Cow<'_, str> {
        match self {
            Self::Anonymous => "anonymous".into(),
            Self::User { arn, .. } => arn.into(),
            Self::Session(session) => session.arn().into(),
        }
    }

    /// `AIDA…`, or `AROA…:session`.
    pub fn user_id(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::User { id, .. } => id.clone(),
            Self::Session(session) => format!("{}:{}", session.role_id, session.name),
        }
    }

    fn for_policies(&self) -> Option<iam::Caller> {
        match self {
            Self::Anonymous => Some(iam::Caller::anonymous()),
            Self::User { arn, .. } => iam::Caller::parse(arn).ok(),
            Self::Session(session) => iam::Caller::role_session(&session.role_arn, &session.name).ok(),
        }
    }
}

/// What is asked of the evaluator.
pub struct Ask<'a> {
    /// Such as `s3:GetObject`.
    pub action: &'a str,
    /// The resource's ARN.
    pub resource: &'a str,
    /// Who owns it.
    pub resource_account: &'a str,
    /// The resource's own policy, or a role's trust policy.
    pub resource_policy: Option<(PolicyKind, &'a str)>,
    /// What this action's conditions may look at, beyond what holds for every request.
    pub context: Context,
}

impl Call {
    /// Finds out who sent a request. The hash of the payload is the client's word for S3, which checks it against the body, and is
    /// computed for the others.
    pub fn authenticate(
        sandbox: &Sandbox,
        parts: &Parts,
        body: &Bytes,
        now: OffsetDateTime,
    ) -> Result<(Caller, Option<(Signed, String)>), Disbelief> {
        let Some(signed) = signature::find(parts).map_err(Disbelief::Signature)? else {
            return Ok((Caller::Anonymous, None));
        };
        signed.check_time(now).map_err(Disbelief::Signature)?;
        let (caller, secret) = sandbox.identify(&signed.access_key_id, signed.token.as_deref(), now)?;
        let hash = match (signed.service.as_str(), signed.payload_hash.as_str()) {
            ("s3", "") => UNSIGNED.to_owned(),
            ("s3", claimed) => claimed.to_owned(),
            _ => base16ct::lower::encode_string(&Sha256::digest(body)),
        };
        signed.verify(parts, &secret, &hash).map_err(Disbelief::Signature)?;
        Ok((caller, Some((signed, secret))))
    }

    /// The facts that the conditions of any policy may look at.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.
    pub fn facts(parts: &Parts, signed: Option<&Signed>, source: IpAddr, now: OffsetDateTime) -> Context {
        let text = |name: header::HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let mut context = Context::new()
            .with("aws:CurrentTime", now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339).unwrap_or_default())
            .with("aws:EpochTime", now.unix_timestamp().to_string())
            .with("aws:SourceIp", source.to_string())
            .with("aws:SecureTransport", "false")
            .with("aws:ViaAWSService", "false");
        if let Some(agent) = text(header::USER_AGENT) {
            context = context.with("aws:UserAgent", agent);
        }
        if let Some(referer) = text(header::REFERER) {
            context = context.with("aws:Referer", referer);
        }
        if let Some(signed) = signed {
            context = context.with("aws:RequestedRegion", signed.region.clone());
        }
        context
    }

    /// What the policies say.
    pub fn decide(&self, ask: Ask<'_>) -> Decision {
        let Some(caller) = self.caller.for_policies() else {
            return nothing("The caller's ARN cannot be read.");
        };
        let mut context = self.context.clone().and(ask.context);
        let (identity, boundary, sessions) = match &self.caller {
            Caller::Anonymous => (Vec::new(), None, Vec::new()),
            Caller::User { arn, id, .. } => match self.iam.user(arn).filter(|(_, user)| user.id == *id) {
                Some((_, user)) => {
                    context = context.with("aws:userid", id.clone()).and(tags(&user.tags));
                    let (identity, boundary) = self.policies_of(user);
                    (identity, boundary, Vec::new())
                }
                None => return nothing("The user is gone."),
            },
            Caller::Session(session) => {
                match self.iam.role(&session.role_arn).filter(|(_, role)| role.id == session.role_id) {
                    Some((_, role)) => {
                        context = context
                            .with("aws:userid", self.caller.user_id())
                            .with("aws:TokenIssueTime", session.issued.format(&Rfc3339).unwrap_or_default())
                            .and(tags(&role.tags))
                            .and(tags(&session.tags));
                        if let Some(identity) = &session.source_identity {
                            context = context.with("aws:SourceIdentity", identity.clone());
                        }
                        let (identity, boundary) = self.policies_of(role);
                        (
                            identity,
                            boundary,
                            self.parse_all(session.policies.iter().map(String::as_str), PolicyKind::Session),
                        )
                    }
                    None => return nothing("The role is gone."),
                }
            }
        };
        let resource = match ask.resource_policy.map(|(kind, text)| self.sandbox.parse_policy(text, kind)) {
            Some(None) => return nothing("The resource's policy cannot be read."),
            Some(parsed) => parsed,
            None => None,
        };
        let request = iam::Request {
            caller: &caller,
            action: ask.action,
            resource: ask.resource,
            resource_account: ask.resource_account,
            context: &context,
        };
        let policies = Policies {
            identity: identity.iter().map(AsRef::as_ref).collect(),
            resource: resource.as_deref(),
            session: sessions.iter().map(AsRef::as_ref).collect(),
            boundary: boundary.as_deref(),
        };
        iam::evaluate(&request, &policies)
    }

    fn policies_of(&self, who: &dyn HasPolicies) -> (Vec<Arc<Policy>>, Option<Arc<Policy>>) {
        let managed = who.attached().filter_map(|arn| self.iam.policy_text(arn));
        let identity = self.parse_all(who.inline().chain(managed), PolicyKind::Identity);
        // A boundary that is gone allows nothing.
        let boundary = who.boundary().map(|arn| self.iam.policy_text(arn).unwrap_or(ALLOWS_NOTHING));
        (identity, boundary.and_then(|text| self.sandbox.parse_policy(text, PolicyKind::Boundary)))
    }

    fn parse_all<'a>(&self, texts: impl Iterator<Item = &'a str>, kind: PolicyKind) -> Vec<Arc<Policy>> {
        // What cannot be read was refused when it was written, so nothing is lost here.
        texts.filter_map(|text| self.sandbox.parse_policy(text, kind)).collect()
    }

    /// AWS's refusal for a decision, in the words of IAM: for callers of the resource's own account with the reason.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>.
    pub fn denied(&self, action: &str, resource: &str, resource_account: &str, decision: &Decision) -> Refusal {
        if self.caller.account() != Some(resource_account) {
            return Refusal::new(403, "AccessDenied", "Access Denied");
        }
        let (who, reason) = (self.caller.arn(), reason(decision, action));
        Refusal::new(
            403,
            "AccessDenied",
            format!("User: {who} is not authorized to perform: {action} on resource: \"{resource}\" {reason}"),
        )
    }
}

/// The end of IAM's sentence, such as `because no identity-based policy allows the s3:GetObject action`.
pub fn reason(decision: &Decision, action: &str) -> String {
    let name = |kind: PolicyKind| match kind {
        PolicyKind::Identity => "identity-based policy",
        PolicyKind::Resource | PolicyKind::Trust => "resource-based policy",
        PolicyKind::Session => "session policy",
        PolicyKind::Boundary => "permissions boundary",
    };
    if let (Effect::ExplicitlyDenied, Some(decider)) = (decision.effect, &decision.decider) {
        let name = name(decider.kind);
        return format!("with an explicit deny in a{} {name}", if name.starts_with('i') { "n" } else { "" });
    }
    let kind = if decision.because.contains("session policies") {
        PolicyKind::Session
    } else if decision.because.contains("permissions boundary") {
        PolicyKind::Boundary
    } else if decision.because.contains("to this caller") {
        PolicyKind::Resource
    } else {
        PolicyKind::Identity
    };
    format!("because no {} allows the {action} action", name(kind))
}

fn nothing(because: &str) -> Decision {
    Decision { effect: Effect::ImplicitlyDenied, because: because.to_owned(), decider: None }
}

const ALLOWS_NOTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

fn tags(tags: &BTreeMap<String, String>) -> Context {
    tags.iter()
        .fold(Context::new(), |context, (name, value)| context.with(&format!("aws:PrincipalTag/{name}"), value.clone()))
}

/// Users and roles, as far as their policies go.
trait HasPolicies {
    fn inline(&self) -> Box<dyn Iterator<Item = &str> + '_>;
    fn attached(&self) -> Box<dyn Iterator<Item = &str> + '_>;
    fn boundary(&self) -> Option<&str>;
}

macro_rules! has_policies {
    ($($identity:ty),*) => {$(
        impl HasPolicies for $identity {
            fn inline(&self) -> Box<dyn Iterator<Item = &str> + '_> {
                Box::new(self.inline.values().map(String::as_str))
            }
            fn attached(&self) -> Box<dyn Iterator<Item = &str> + '_> {
                Box::new(self.attached.iter().map(String::as_str))
            }
            fn boundary(&self) -> Option<&str> {
                self.boundary.as_deref()
            }
        }
    )*};
}
has_policies!(User, Role);
