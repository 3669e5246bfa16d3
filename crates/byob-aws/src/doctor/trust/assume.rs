//! Requests to assume the role.

use super::{EXTERNAL_ID, is_external_id};
use crate::{
    Partition, PrincipalArn,
    arn::Dialect,
    doctor::{
        pasted::{Pasted, View},
        question::Want,
    },
    iam::{
        Caller, Context, Decision, Policies, Policy, PolicyKind, Request,
        document::{Statement, Version},
        evaluate,
        principal::Principal,
    },
};

/// Nobody's external ID.
const SOMEBODY_ELSES: &str = "0-an-external-id-of-somebody-else-0";

/// Who may come: the platform, or where that is not known, everybody whom the document names.
pub(super) struct Assumption {
    pub callers: Vec<Caller>,
    role: String,
    role_account: &'static str,
    /// The caller's own side never stands in the way.
    everything: Policy,
}

impl Assumption {
    pub fn new(pasted: &Pasted, want: &Want) -> Self {
        let callers: Vec<Caller> = match &want.principal {
            Some(principal) => caller_of(principal).into_iter().collect(),
            None => named(pasted),
        };
        let partition = want.partition.unwrap_or(Partition::Aws);
        let is_taken = |account: &str| callers.iter().any(|caller| caller.account() == Some(account));
        let role_account = if is_taken("999999999999") { "999999999998" } else { "999999999999" };
        let everything = Policy::parse(
            r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
            PolicyKind::Identity,
        );
        let nothing = Policy { kind: PolicyKind::Identity, version: Version::V2012, statements: Vec::new() };
        Self {
            callers,
            role: format!("arn:{partition}:iam::{role_account}:role/customer"),
            role_account,
            everything: everything.unwrap_or(nothing),
        }
    }

    /// Whether and why the caller may assume the role by these statements.
    pub fn decide(&self, trust: &Policy, caller: &Caller, external_id: Option<&str>) -> Decision {
        let mut context = known(caller);
        if let Some(external_id) = external_id {
            context = context.with(EXTERNAL_ID, external_id);
        }
        let request = Request {
            caller,
            action: "sts:AssumeRole",
            resource: &self.role,
            resource_account: self.role_account,
            context: &context,
        };
        evaluate(&request, &Policies { identity: vec![&self.everything], resource: Some(trust), ..Policies::default() })
    }

    /// Whether the caller gets in by one statement, all conditions on other things than the external ID being met.
    pub fn gets_in(&self, pasted: &Pasted, view: &View<'_>, caller: &Caller, external_id: Option<&str>) -> bool {
        let trust = external_ids_only(pasted, |index, _| index == view.index);
        self.decide(&trust, caller, external_id).is_allowed()
    }

    /// With an external ID that is neither the platform's nor written anywhere.
    pub fn gets_in_with_another(&self, pasted: &Pasted, view: &View<'_>, caller: &Caller) -> bool {
        self.gets_in(pasted, view, caller, Some(SOMEBODY_ELSES))
    }
}

/// What is known of every request of the platform.
pub(super) fn known(caller: &Caller) -> Context {
    let mut context = Context::new().with("aws:SecureTransport", "true");
    caller.fill(&mut context);
    context
}

/// The chosen `Allow` statements with their conditions on the external ID alone, as if all others were met, and those `Deny`
/// statements that ask for nothing else.
pub(super) fn external_ids_only(pasted: &Pasted, chosen: impl Fn(usize, &Statement) -> bool) -> Policy {
    let about_it = |statement: &Statement| statement.conditions.iter().all(|condition| is_external_id(&condition.key));
    let mut trust =
        pasted.policy(|index, statement| if statement.allows { chosen(index, statement) } else { about_it(statement) });
    for statement in &mut trust.statements {
        statement.conditions.retain(|condition| is_external_id(&condition.key));
    }
    trust
}

/// A session of the platform: of its role, or of any role of its account.
fn caller_of(principal: &PrincipalArn) -> Option<Caller> {
    let text = principal.to_string();
    if principal.is_account() {
        let role = format!("arn:{}:iam::{}:role/platform", principal.partition(), principal.account());
        return Caller::role_session(&role, "byob").ok();
    }
    if text.contains(":role/") { Caller::role_session(&text, "byob").ok() } else { Caller::parse(&text).ok() }
}

/// Those whom the document names, as far as AWS has credentials for them.
fn named(pasted: &Pasted) -> Vec<Caller> {
    let mut callers: Vec<Caller> = Vec::new();
    let entries = pasted.allowing().filter_map(|view| view.read.principals.as_ref()).flat_map(|named| &named.entries);
    for entry in entries {
        let caller = match entry {
            Principal::Everybody | Principal::EveryAws => account("111122223333"),
            Principal::Account(id) => account(id),
            Principal::Arn(arn) => PrincipalArn::parse(arn, Dialect::Aws)
                .ok()
                .and_then(|principal| caller_of(&principal))
                .or_else(|| Caller::parse(arn).ok()),
            _ => None,
        };
        // A document that AWS takes names far fewer.
        if let Some(caller) = caller.filter(|caller| callers.len() < 20 && !callers.contains(caller)) {
            callers.push(caller);
        }
    }
    callers
}

fn account(id: &str) -> Option<Caller> {
    caller_of(&PrincipalArn::account_root(Partition::Aws, id).ok()?)
}
