//! What policies would say: `SimulatePrincipalPolicy` and `SimulateCustomPolicy`.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>. Policies of resources, other callers
//! and statements that matched are not part of it.

use byob_aws::iam::{Caller, Context, Decision, Effect, Policies, Policy, PolicyKind, Request, evaluate};
use maud::{Markup, html};

use super::{Answer, account_of, pages::page, permit, written};
use crate::{
    call::Call,
    iam::{
        documents,
        identities::{self, Who},
        no_such_entity,
        policies::owner,
    },
    query::{Params, invalid},
    refusal::Refusal,
    state::Iam,
};

/// Answers a simulation; nothing where it is another operation.
pub fn act(call: &Call, params: &Params) -> Option<Answer> {
    Some(match params.action() {
        "SimulatePrincipalPolicy" => of_principal(call, params),
        "SimulateCustomPolicy" => custom(call, params),
        _ => return None,
    })
}

fn of_principal(call: &Call, params: &Params) -> Answer {
    let arn = params.required("PolicySourceArn")?;
    permit(call, params, arn, Context::new())?;
    let iam = written(call);
    let (texts, boundary) = policies_of(&iam, arn)?;
    let texts = texts.into_iter().chain(params.list("PolicyInputList"));
    simulate(call, params, arn, texts, boundary)
}

fn custom(call: &Call, params: &Params) -> Answer {
    permit(call, params, "*", Context::new())?;
    let texts = params.list("PolicyInputList");
    if texts.is_empty() {
        return Err(invalid("PolicyInputList must not be empty."));
    }
    let boundary = params.list("PermissionsBoundaryPolicyInputList").first().copied();
    let who = format!("arn:aws:iam::{}:user/simulated", account_of(call));
    simulate(call, params, &who, texts, boundary)
}

/// The policies of a user or role, and its boundary.
fn policies_of<'a>(iam: &'a Iam, arn: &str) -> Result<(Vec<&'a str>, Option<&'a str>), Refusal> {
    let name = arn.rsplit('/').next().unwrap_or_default();
    let who = match (iam.user(arn), iam.role(arn)) {
        (Some(_), _) => Who::User(name),
        (_, Some(_)) => Who::Role(name),
        _ => return Err(no_such_entity(format!("The entity {arn} cannot be found."))),
    };
    let common = identities::get(iam, owner(arn), who)?;
    let managed = common.attached.iter().filter_map(|arn| iam.policy_text(arn));
    let boundary = common.boundary.as_deref().and_then(|arn| iam.policy_text(arn));
    Ok((common.inline.values().map(String::as_str).chain(managed).collect(), boundary))
}

fn simulate<'a>(
    call: &Call,
    params: &Params,
    who: &str,
    texts: impl IntoIterator<Item = &'a str>,
    boundary: Option<&str>,
) -> Answer {
    let parse = |text: &str, kind: PolicyKind| {
        Policy::parse(text, kind).map_err(|error| documents::malformed(error.to_string()))
    };
    let identity: Vec<Policy> =
        texts.into_iter().map(|text| parse(text, PolicyKind::Identity)).collect::<Result<_, Refusal>>()?;
    let boundary = boundary.map(|text| parse(text, PolicyKind::Boundary)).transpose()?;
    let policies = Policies { identity: identity.iter().collect(), boundary: boundary.as_ref(), ..Policies::default() };
    let caller = Caller::parse(who).map_err(|error| invalid(error.detail()))?;
    let context = context(params);
    let mut resources = params.list("ResourceArns");
    if resources.is_empty() {
        resources.push("*");
    }
    let mut results = Vec::new();
    for action in params.list("ActionNames") {
        for resource in &resources {
            let account = Some(owner(resource)).filter(|account| !account.is_empty()).unwrap_or(account_of(call));
            let request = Request { caller: &caller, action, resource, resource_account: account, context: &context };
            results.push(result(action, resource, &evaluate(&request, &policies)));
        }
    }
    let numbered = results.into_iter().enumerate().map(|(n, result)| (format!("{n:06}"), result));
    let page = page(params, numbered)?;
    Ok(Some(html! {
        EvaluationResults { @for result in &page.items { member { (result) } } }
        (page.end())
    }))
}

/// `ContextEntries`.
fn context(params: &Params) -> Context {
    let mut context = Context::new();
    for n in 1.. {
        let Some(key) = params.get(&format!("ContextEntries.member.{n}.ContextKeyName")) else { break };
        context = context.with_values(key, params.list(&format!("ContextEntries.member.{n}.ContextKeyValues")));
    }
    context
}

fn result(action: &str, resource: &str, decision: &Decision) -> Markup {
    let word = match decision.effect {
        Effect::Allowed => "allowed",
        Effect::ImplicitlyDenied => "implicitDeny",
        Effect::ExplicitlyDenied => "explicitDeny",
    };
    html! {
        EvalActionName { (action) }
        EvalResourceName { (resource) }
        EvalDecision { (word) }
        MatchedStatements {}
        MissingContextValues {}
    }
}
