//! `byob policy`

use std::{
    collections::BTreeMap,
    io::{self, Read},
    process::ExitCode,
};

use byob_aws::{
    Arn, Invalid,
    iam::{self, Caller, Context, Decision, Effect, MalformedPolicy, Policies, Policy, PolicyKind, Request},
};
use clap::{Args, Subcommand};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::jsonl::{self, Answer};

/// Answer questions about AWS policies.
#[derive(Args)]
pub struct PolicyCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Decide a request as AWS would, and say which statement decided.
    #[command(after_help = "The question is a JSON document on standard input:\n  \
        {\"principal\",\"action\",\"resource\",\"resource_account\",\"context\":{key: value or [values]},\n   \
        \"identity_policies\":[…],\"resource_policy\",\"session_policy\",\"permission_boundary\"}\n  \
        → {\"decision\":\"allowed|implicitly_denied|explicitly_denied\",\"because\"} or {\"error\"}\n\n\
        Policies are JSON objects, or strings that hold their text; those that do not apply are left out. A role's trust \
        policy is the resource policy of sts:AssumeRole. Who is anonymous has no principal.")]
    Evaluate {
        /// Read JSON lines, and answer each with one line.
        #[arg(long)]
        jsonl: bool,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    principal: Option<String>,
    action: String,
    resource: String,
    resource_account: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    context: BTreeMap<String, OneOrMany<Scalar>>,
    /// Policies keep their text, so that a mistake can be pointed at.
    identity_policies: Option<Box<RawValue>>,
    resource_policy: Option<Box<RawValue>>,
    session_policy: Option<Box<RawValue>>,
    permission_boundary: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Bool(bool),
    Number(serde_json::Number),
    Nothing,
}

#[derive(Serialize)]
struct Verdict {
    decision: &'static str,
    because: String,
}

impl PolicyCommand {
    /// Answers the question, or lines of them.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let Command::Evaluate { jsonl } = self.command;
        if jsonl {
            jsonl::answer_lines(evaluate)?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut text = Vec::new();
        io::stdin().read_to_end(&mut text)?;
        let answer = jsonl::question(&text).and_then(evaluate);
        let code = if answer.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        println!("{}", serde_json::to_string_pretty(&Answer::from(answer))?);
        Ok(code)
    }
}

fn evaluate(question: Question) -> Result<Verdict, Invalid> {
    let context = question.context.into_iter().fold(Context::new(), |context, (key, values)| match values {
        OneOrMany::One(value) => context.with_values(&key, value.text()),
        OneOrMany::Many(values) => context.with_values(&key, values.into_iter().filter_map(Scalar::text)),
    });
    let mut caller = Caller::parse(question.principal.as_deref().unwrap_or_default())?;
    if let Some([role_arn]) = context.get("aws:PrincipalArn") {
        caller = caller.with_role_arn(role_arn);
    }
    check_action(&question.action)?;
    let resource_account = match question.resource_account {
        Some(account) if !account.is_empty() => account,
        _ => account_of(&question.resource, &caller),
    };
    let resource_kind =
        if iam::is_role_assumption(&question.action) { PolicyKind::Trust } else { PolicyKind::Resource };
    let identity = read(question.identity_policies, PolicyKind::Identity)?;
    let resource = read(question.resource_policy, resource_kind)?;
    let session = read(question.session_policy, PolicyKind::Session)?;
    let boundary = read(question.permission_boundary, PolicyKind::Boundary)?;
    let decision = iam::evaluate(
        &Request {
            caller: &caller,
            action: &question.action,
            resource: &question.resource,
            resource_account: &resource_account,
            context: &context,
        },
        &Policies {
            identity: identity.iter().collect(),
            resource: resource.first(),
            session: session.iter().collect(),
            boundary: boundary.first(),
        },
    );
    Ok(decision.into())
}

/// One policy or a list of them, each as an object or as a string with its text.
fn read(raw: Option<Box<RawValue>>, kind: PolicyKind) -> Result<Vec<Policy>, Invalid> {
    let Some(raw) = raw else { return Ok(Vec::new()) };
    let list = serde_json::from_str::<Vec<Box<RawValue>>>(raw.get()).unwrap_or_else(|_| vec![raw]);
    if list.len() > 1 && !matches!(kind, PolicyKind::Identity | PolicyKind::Session) {
        let detail = "There is more than one resource policy or permissions boundary.";
        return Err(Invalid::new("too_many_policies", detail, "Put their statements into one policy."));
    }
    let read = |raw: &RawValue| {
        let string = serde_json::from_str::<String>(raw.get()).ok();
        Policy::parse(string.as_deref().unwrap_or(raw.get()), kind).map_err(MalformedPolicy::into_invalid)
    };
    list.iter().map(|raw| read(raw)).collect()
}

fn check_action(action: &str) -> Result<(), Invalid> {
    match action.split_once(':') {
        Some((service, name)) if !service.is_empty() && !name.is_empty() && !action.contains(['*', '?']) => Ok(()),
        _ => Err(Invalid::new(
            "invalid_action",
            format!("`{action}` is not one action of a service."),
            "Name the service and the action, such as `s3:GetObject`.",
        )),
    }
}

/// The account in the resource's ARN. Where it has none, as with buckets, or where it is AWS itself, the caller's own.
fn account_of(resource: &str, caller: &Caller) -> String {
    let is_account = |account: &str| account.bytes().all(|b| b.is_ascii_digit()) && !account.is_empty();
    let of_arn = Arn::parse(resource).ok().map(|arn| arn.account().to_owned()).filter(|account| is_account(account));
    of_arn.or_else(|| caller.account().map(str::to_owned)).unwrap_or_default()
}

impl Scalar {
    fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bool(b) => Some(b.to_string()),
            Self::Number(number) => Some(number.to_string()),
            Self::Nothing => None,
        }
    }
}

impl From<Decision> for Verdict {
    fn from(decision: Decision) -> Self {
        let name = match decision.effect {
            Effect::Allowed => "allowed",
            Effect::ImplicitlyDenied => "implicitly_denied",
            Effect::ExplicitlyDenied => "explicitly_denied",
        };
        Self { decision: name, because: decision.because }
    }
}

fn null_is_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
