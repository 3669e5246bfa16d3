//! `AssumeRole`.
//!
//! Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.

use std::collections::{BTreeMap, BTreeSet};

use byob_aws::{
    RoleArn,
    arn::Dialect,
    iam::{Context, PolicyKind},
};
use maud::{Markup, html};
use time::Duration;

use super::packed;
use crate::{
    call::{Ask, Call, Caller},
    iam::{documents, names},
    query::{Params, constraint, invalid},
    random,
    refusal::{Refusal, iso},
    state::{Account, Role, Session},
};

/// How long a session lasts where the client does not say, and a chained one at most, in seconds.
const HOUR: i64 = 3_600;
/// The most managed policies that can narrow a session.
const MOST_POLICIES: usize = 10;
/// How long after its end a session is remembered, so that it is told apart from one that never was. Presigned URLs last a week.
const REMEMBERED: Duration = Duration::days(8);

/// What a client asks for, checked as far as that goes without looking at the role.
struct Request<'a> {
    role_arn: &'a str,
    session_name: &'a str,
    external_id: Option<&'a str>,
    duration: Option<i64>,
    policy: Option<&'a str>,
    policy_arns: Vec<&'a str>,
    tags: BTreeMap<String, String>,
    transitive: BTreeSet<String>,
    source_identity: Option<&'a str>,
}

/// What the session begins with, beyond the role.
struct Passed {
    tags: BTreeMap<String, String>,
    transitive: BTreeSet<String>,
    source_identity: Option<String>,
}

/// Begins a session of a role.
pub fn assume_role(call: &Call, params: &Params) -> Result<Markup, Refusal> {
    let request = Request::read(params)?;
    if call.caller.arn().ends_with(":root") {
        return Err(Refusal::new(403, "AccessDenied", "Roles may not be assumed by root accounts."));
    }
    let passed = request.pass(&call.caller)?;
    let (account, role) = request.permitted(call, &passed)?;
    let seconds = request.seconds(call, role)?;
    let policies = request.policies(call, account)?;
    let packed = request.packed(&passed.tags)?;
    let session = Session {
        access_key_id: random::unique_id("ASIA"),
        secret_access_key: random::secret_key(),
        session_token: random::session_token(),
        account: account.id.clone(),
        role_arn: account.role_arn(role),
        role_id: role.id.clone(),
        name: request.session_name.to_owned(),
        policies,
        tags: passed.tags,
        transitive: passed.transitive,
        source_identity: passed.source_identity,
        // Answers name whole seconds, and a session must not end before its answer says.
        expires: call.now.replace_nanosecond(0).unwrap_or(call.now) + Duration::seconds(seconds),
        issued: call.now,
    };
    let answer = answer(&session, packed);
    let mut state = call.sandbox.write();
    state.sessions.retain(|_, old| old.expires + REMEMBERED > call.now);
    state.sessions.insert(session.access_key_id.clone(), session);
    Ok(answer)
}

fn answer(session: &Session, packed: Option<usize>) -> Markup {
    html! {
        AssumedRoleUser {
            AssumedRoleId { (session.role_id) ":" (session.name) }
            Arn { (session.arn()) }
        }
        Credentials {
            AccessKeyId { (session.access_key_id) }
            SecretAccessKey { (session.secret_access_key) }
            SessionToken { (session.session_token) }
            Expiration { (iso(session.expires)) }
        }
        @if let Some(percent) = packed { PackedPolicySize { (percent) } }
        @if let Some(identity) = &session.source_identity { SourceIdentity { (identity) } }
    }
}

impl<'a> Request<'a> {
    fn read(params: &'a Params) -> Result<Self, Refusal> {
        let role_arn = params.required("RoleArn")?;
        names::length("roleArn", role_arn, 20, 2_048)?;
        if !role_arn.starts_with("arn:") {
            return Err(invalid(format!("{role_arn} is invalid")));
        }
        RoleArn::parse(role_arn, Dialect::Aws).map_err(|_| invalid("Request ARN is invalid"))?;
        let session_name = params.required("RoleSessionName")?;
        characters("roleSessionName", session_name, 64, "+=,.@-", "[\\w+=,.@-]*")?;
        let external_id = params.get("ExternalId");
        if let Some(id) = external_id {
            characters("externalId", id, 1_224, "+=,.@:/-", "[\\w+=,.@:\\/-]*")?;
        }
        let source_identity = params.get("SourceIdentity");
        if let Some(identity) = source_identity {
            characters("sourceIdentity", identity, 64, "+=,.@-", "[\\w+=,.@-]*")?;
        }
        let duration = params.number("DurationSeconds")?;
        if let Some(seconds) = duration {
            names::range("durationSeconds", seconds, 900, 43_200)?;
        }
        let policy = params.get("Policy");
        if let Some(text) = policy {
            names::length("policy", text, 1, 2_048)?;
        }
        let policy_arns: Vec<&str> = (1..).map_while(|n| params.get(&format!("PolicyArns.member.{n}.arn"))).collect();
        if policy_arns.len() > MOST_POLICIES {
            let rule = format!("Member must have length less than or equal to {MOST_POLICIES}");
            return Err(constraint(&format!("[{}]", policy_arns.join(", ")), "policyArns", rule));
        }
        Ok(Self {
            role_arn,
            session_name,
            external_id,
            duration,
            policy,
            policy_arns,
            tags: names::tags(&params.pairs("Tags", "Key", "Value"))?,
            transitive: params.list("TransitiveTagKeys").into_iter().map(str::to_owned).collect(),
            source_identity,
        })
    }

    /// What the client passes, and what the session that it comes from passes on: transitive tags and the source identity, neither of
    /// which can be changed on the way.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining> and
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html>.
    fn pass(&self, caller: &Caller) -> Result<Passed, Refusal> {
        if self.transitive.iter().any(|key| !self.tags.contains_key(key)) {
            return Err(invalid("The specified transitive tag key must be included in the requested tags."));
        }
        let mut passed = Passed {
            tags: self.tags.clone(),
            transitive: self.transitive.clone(),
            source_identity: self.source_identity.map(str::to_owned),
        };
        let Caller::Session(before) = caller else { return Ok(passed) };
        for key in &before.transitive {
            if self.tags.keys().any(|other| other.to_lowercase() == key.to_lowercase()) {
                return Err(invalid(
                    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the \
                     calling session.",
                ));
            }
            passed.tags.insert(key.clone(), before.tags.get(key).cloned().unwrap_or_default());
            passed.transitive.insert(key.clone());
        }
        if let Some(identity) = &before.source_identity {
            if self.source_identity.is_some_and(|asked| asked != identity) {
                let message = "The source identity of the calling session cannot be changed.";
                return Err(Refusal::new(403, "AccessDenied", message));
            }
            passed.source_identity = Some(identity.clone());
        }
        Ok(passed)
    }

    /// The role, if its trust policy and the caller's own policies let the caller in. AWS does not tell a role that is not there from
    /// one that does not trust the caller.
    fn permitted<'c>(&self, call: &'c Call, passed: &Passed) -> Result<(&'c Account, &'c Role), Refusal> {
        let denied = |action: &str| {
            let (who, role) = (call.caller.arn(), self.role_arn);
            let message = format!("User: {who} is not authorized to perform: {action} on resource: {role}");
            Refusal::new(403, "AccessDenied", message)
        };
        let (account, role) = call.iam.role(self.role_arn).ok_or_else(|| denied("sts:AssumeRole"))?;
        let trust = role.trust.in_force(&call.iam);
        let context = self.facts(role, passed);
        // Tags and a source identity are permissions of their own, so that a role that does not expect them cannot be given any.
        let actions = [
            ("sts:AssumeRole", true),
            ("sts:TagSession", !passed.tags.is_empty()),
            ("sts:SetSourceIdentity", passed.source_identity.is_some()),
        ];
        for (action, _) in actions.into_iter().filter(|(_, needed)| *needed) {
            let ask = Ask {
                action,
                resource: self.role_arn,
                resource_account: &account.id,
                resource_policy: Some((PolicyKind::Trust, &trust)),
                context: context.clone(),
            };
            if !call.decide(ask).is_allowed() {
                return Err(denied(action));
            }
        }
        Ok((account, role))
    }

    /// What conditions can look at.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>.
    fn facts(&self, role: &Role, passed: &Passed) -> Context {
        let mut context = Context::new().with("sts:RoleSessionName", self.session_name);
        if let Some(id) = self.external_id {
            context = context.with("sts:ExternalId", id);
        }
        if let Some(identity) = &passed.source_identity {
            context = context.with("sts:SourceIdentity", identity.clone());
        }
        for (key, value) in &role.tags {
            context = context.with(&format!("aws:ResourceTag/{key}"), value.clone());
            context = context.with(&format!("iam:ResourceTag/{key}"), value.clone());
        }
        for (key, value) in &passed.tags {
            context = context.with(&format!("aws:RequestTag/{key}"), value.clone());
        }
        if !passed.tags.is_empty() {
            context = context.with_values("aws:TagKeys", passed.tags.keys().cloned());
        }
        if !passed.transitive.is_empty() {
            context = context.with_values("sts:TransitiveTagKeys", passed.transitive.iter().cloned());
        }
        context
    }

    /// How long the session lasts.
    fn seconds(&self, call: &Call, role: &Role) -> Result<i64, Refusal> {
        let seconds = self.duration.unwrap_or(HOUR);
        if matches!(call.caller, Caller::Session(_)) && seconds > HOUR {
            return Err(invalid(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            ));
        }
        if seconds > role.max_session_duration {
            return Err(invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."));
        }
        Ok(seconds)
    }

    /// The session policies: the one that was sent and the managed ones that were named, which are AWS's or of the role's account.
    fn policies(&self, call: &Call, account: &Account) -> Result<Vec<String>, Refusal> {
        let mut policies = Vec::new();
        if let Some(text) = self.policy {
            documents::check(text, PolicyKind::Session)?;
            policies.push(text.to_owned());
        }
        for arn in &self.policy_arns {
            let owner = arn.split(':').nth(4).unwrap_or_default();
            let known = call.iam.policy_text(arn).filter(|_| owner == "aws" || owner == account.id);
            let text = known.ok_or_else(|| invalid(format!("Policy {arn} does not exist or is not attachable.")))?;
            policies.push(text.to_owned());
        }
        Ok(policies)
    }

    fn packed(&self, tags: &BTreeMap<String, String>) -> Result<Option<usize>, Refusal> {
        let packed = packed::percentage(self.policy, &self.policy_arns, tags);
        match packed {
            Some(percent) if percent > 100 => {
                let message = if tags.is_empty() {
                    format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.")
                } else {
                    format!("Packed size of session tags consumes {percent}% of allotted space.")
                };
                Err(Refusal::new(400, "PackedPolicyTooLarge", message))
            }
            _ => Ok(packed),
        }
    }
}

/// Whether a value has 2 or more characters, and only letters, digits, `_` and a few signs.
fn characters(field: &str, value: &str, longest: usize, signs: &str, pattern: &str) -> Result<(), Refusal> {
    names::length(field, value, 2, longest)?;
    if value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || signs.contains(c)) {
        return Ok(());
    }
    Err(constraint(value, field, format!("Member must satisfy regular expression pattern: {pattern}")))
}
