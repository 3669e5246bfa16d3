//! `byob policy evaluate`

use std::collections::BTreeMap;

use byob_aws::{
    Arn, Invalid,
    iam::{self, Caller, Context, Decision, Effect, MalformedPolicy, Policies, Policy, PolicyKind, Request},
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, value::RawValue};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    principal: Option<String>,
    action: String,
    resource: String,
    resource_account: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    context: BTreeMap<String, Value>,
    /// Policies keep their text, so that a mistake can be pointed at.
    identity_policies: Option<Box<RawValue>>,
    resource_policy: Option<Box<RawValue>>,
    session_policy: Option<Box<RawValue>>,
    permission_boundary: Option<Box<RawValue>>,
}

#[derive(Serialize)]
pub(super) struct Verdict {
    decision: &'static str,
    because: String,
}

pub(super) fn evaluate(question: Question) -> Result<Verdict, Invalid> {
    let mut context = Context::new();
    for (key, value) in question.context {
        context = context.with_values(&key, values(&key, value)?);
    }
    let mut caller = Caller::parse(question.principal.as_deref().unwrap_or_default())?;
    if let Some([role_arn]) = context.get("aws:PrincipalArn") {
        caller = caller.with_role_arn(role_arn);
    }
    check_action(&question.action)?;
    check_resource(&question.resource)?;
    let resource_account = match question.resource_account {
        Some(account) if !account.is_empty() => check_account(account)?,
        _ => account_of(&question.resource, &caller),
    };
    let is_trust = iam::is_role_assumption(&question.action, &question.resource);
    let resource_kind = if is_trust { PolicyKind::Trust } else { PolicyKind::Resource };
    let identity = read(question.identity_policies, PolicyKind::Identity)?;
    let resource = read_one(question.resource_policy, resource_kind, "resource_policy", "A resource")?;
    let session = read(question.session_policy, PolicyKind::Session)?;
    let boundary = read_one(question.permission_boundary, PolicyKind::Boundary, "permission_boundary", "An identity")?;
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
            resource: resource.as_ref(),
            session: session.iter().collect(),
            boundary: boundary.as_ref(),
        },
    );
    Ok(decision.into())
}

/// The values of a key of the context. A list of none counts as a key that is missing, and so does null.
fn values(key: &str, value: Value) -> Result<Vec<String>, Invalid> {
    let values = match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values,
        one => vec![one],
    };
    let text = |value| match value {
        Value::String(text) => Ok(text),
        Value::Bool(b) => Ok(b.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(Invalid::new(
            "invalid_context",
            format!("The value of `{key}` in `context` is neither text, number, boolean nor a list of them."),
            "Write a value such as `\"203.0.113.7\"`, or leave the key out if the request does not have it.",
        )),
    };
    values.into_iter().map(text).collect()
}

/// The policy of which there can be but one.
fn read_one(raw: Option<Box<RawValue>>, kind: PolicyKind, field: &str, who: &str) -> Result<Option<Policy>, Invalid> {
    let mut policies = read(raw, kind)?;
    if policies.len() > 1 {
        let detail = format!("`{field}` holds {} policies. {who} has no more than one of them.", policies.len());
        let hint = format!("Put their statements into one policy, and that into `{field}`.");
        return Err(Invalid::new("too_many_policies", detail, hint));
    }
    Ok(policies.pop())
}

/// One policy or a list of them, each as an object or as a string with its text; null is none.
fn read(raw: Option<Box<RawValue>>, kind: PolicyKind) -> Result<Vec<Policy>, Invalid> {
    let Some(raw) = raw else { return Ok(Vec::new()) };
    let list = serde_json::from_str::<Vec<Option<Box<RawValue>>>>(raw.get()).unwrap_or_else(|_| vec![Some(raw)]);
    let read = |raw: &RawValue| {
        let string = serde_json::from_str::<String>(raw.get()).ok();
        Policy::parse(string.as_deref().unwrap_or(raw.get()), kind).map_err(MalformedPolicy::into_invalid)
    };
    list.iter().flatten().map(|raw| read(raw)).collect()
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

fn check_resource(resource: &str) -> Result<(), Invalid> {
    if resource == "*" || resource.starts_with("arn:") {
        return Ok(());
    }
    Err(Invalid::new(
        "invalid_resource",
        format!("`resource` is neither an ARN nor `*`: `{resource}`."),
        "Write the ARN of the resource, such as `arn:aws:s3:::bucket/key`, or `*` for an action that has none.",
    ))
}

fn check_account(account: String) -> Result<String, Invalid> {
    if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(account);
    }
    Err(Invalid::new(
        "invalid_resource_account",
        format!("`resource_account` is not the ID of an account: `{account}`."),
        "Write its twelve digits, such as `111122223333`, or leave it out for the account in the resource's ARN.",
    ))
}

/// The account in the resource's ARN. Where it has none, as with buckets, or where it is AWS itself, the caller's own.
fn account_of(resource: &str, caller: &Caller) -> String {
    let is_account = |account: &str| account.bytes().all(|b| b.is_ascii_digit()) && !account.is_empty();
    let of_arn = Arn::parse(resource).ok().map(|arn| arn.account().to_owned()).filter(|account| is_account(account));
    of_arn.or_else(|| caller.account().map(str::to_owned)).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{commands::policy::Object, jsonl};

    /// What is said to a question, some of whose fields are others.
    fn answer(changes: Value) -> Result<&'static str, Invalid> {
        let mut question = json!({
            "principal": "arn:aws:iam::111122223333:user/ana",
            "action": "s3:GetObject",
            "resource": "arn:aws:s3:::bucket/key",
        });
        let Value::Object(changes) = changes else { panic!("{changes}") };
        question.as_object_mut().unwrap().extend(changes);
        jsonl::question(question.to_string().as_bytes())
            .and_then(|Object(question)| evaluate(question))
            .map(|verdict| verdict.decision)
    }

    fn refusal(changes: Value) -> (&'static str, String) {
        let invalid = answer(changes).unwrap_err();
        (invalid.code(), format!("{} {}", invalid.detail(), invalid.hint()))
    }

    fn policy(statement: &Value) -> Value {
        json!({"Version": "2012-10-17", "Statement": statement})
    }

    fn allow() -> Value {
        policy(&json!({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    }

    #[test]
    fn a_question_is_an_object() {
        let said = |line: &str| jsonl::question::<Object<Question>>(line.as_bytes()).err().unwrap().detail().to_owned();
        let list = said(r#"[null, "s3:GetObject", "*", null, {}, null, null, null, null]"#);
        assert!(list.contains("invalid type: sequence, expected an object"), "{list}");
        assert!(said(r#""s3:GetObject""#).contains("expected an object"));
        assert!(said("\u{feff}{}").contains("byte-order mark (BOM)"));
        assert!(said("{}").contains("missing field `action`"));
        assert!(said(r#"{"action": "s3:GetObject",}"#).contains("trailing comma"));
        assert!(said(r#"{"actions": 1}"#).contains("unknown field `actions`"));
    }

    #[test]
    fn values_of_the_context_are_scalars_or_lists_of_them() {
        let condition = json!({"StringEquals": {"aws:x": ["a", "true", "1.50"]}});
        let when = policy(&json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}));
        let with = |value: Value| answer(json!({"identity_policies": [when], "context": {"aws:x": value}}));
        for (value, decision) in [
            (json!("a"), "allowed"),
            (json!(true), "allowed"),
            (json!(["b", "a"]), "allowed"),
            (json!(2), "implicitly_denied"),
            (json!([]), "implicitly_denied"),
            (json!(null), "implicitly_denied"),
        ] {
            assert_eq!(with(value.clone()).unwrap(), decision, "{value}");
        }
        for value in [json!({"a": 1}), json!(["a", null]), json!([["a"]]), json!([{}])] {
            let invalid = with(value.clone()).unwrap_err();
            let detail = "The value of `aws:x` in `context` is neither text, number, boolean nor a list of them.";
            assert_eq!((invalid.code(), invalid.detail()), ("invalid_context", detail), "{value}");
        }
        assert_eq!(answer(json!({"context": null})).unwrap(), "implicitly_denied");
    }

    #[test]
    fn null_is_no_policy() {
        assert_eq!(answer(json!({"identity_policies": [null, allow(), null]})).unwrap(), "allowed");
        assert_eq!(answer(json!({"identity_policies": [null]})).unwrap(), "implicitly_denied");
        assert_eq!(answer(json!({"identity_policies": [allow()], "session_policy": [null]})).unwrap(), "allowed");
        assert_eq!(answer(json!({"identity_policies": [allow()], "permission_boundary": null})).unwrap(), "allowed");
    }

    #[test]
    fn who_has_too_many_policies_is_told_of_which() {
        let (code, said) = refusal(json!({"permission_boundary": [allow(), allow()]}));
        assert_eq!(code, "too_many_policies");
        assert!(said.starts_with("`permission_boundary` holds 2 policies."), "{said}");
        let granted = policy(&json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}));
        let (_, said) = refusal(json!({"resource_policy": [granted, granted, granted]}));
        assert!(said.starts_with("`resource_policy` holds 3 policies."), "{said}");
        assert_eq!(answer(json!({"resource_policy": [granted, null]})).unwrap(), "allowed");
    }

    #[test]
    fn what_is_no_resource_is_refused() {
        for resource in ["", "bucket/key", "s3://bucket/key", "ARN:aws:s3:::bucket", "**"] {
            let (code, said) = refusal(json!({"resource": resource}));
            assert_eq!(code, "invalid_resource");
            assert!(said.contains("`resource`") && said.contains("arn:aws:s3:::bucket/key"), "{said}");
        }
        assert_eq!(answer(json!({"resource": "*", "identity_policies": allow()})).unwrap(), "allowed");
    }

    #[test]
    fn the_account_of_a_resource_has_twelve_digits_or_is_left_out() {
        for account in ["1111", "anonymous", "1111-2222-3333", "11112222333٣", "arn:aws:iam::111122223333:root"] {
            let (code, said) = refusal(json!({"resource_account": account}));
            assert_eq!(code, "invalid_resource_account");
            assert!(said.contains("`resource_account`") && said.contains("twelve digits"), "{said}");
        }
        for account in [json!(null), json!(""), json!("111122223333")] {
            assert_eq!(answer(json!({"resource_account": account, "identity_policies": allow()})).unwrap(), "allowed");
        }
        let other = json!({"resource_account": "444455556666", "identity_policies": allow()});
        assert_eq!(answer(other).unwrap(), "implicitly_denied");
    }

    #[test]
    fn a_trust_policy_is_expected_of_roles_only() {
        let tags = |resource: &str, resource_policy: Value| {
            answer(json!({"action": "sts:TagSession", "resource": resource, "resource_policy": resource_policy}))
        };
        let trust = policy(&json!({"Effect": "Allow", "Principal": "*", "Action": "sts:TagSession"}));
        assert_eq!(tags("arn:aws:iam::111122223333:role/reader", trust).unwrap(), "allowed");
        let of_a_resource = policy(&json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}));
        assert_eq!(tags("*", of_a_resource.clone()).unwrap(), "allowed");
        let refused = tags("arn:aws:iam::111122223333:role/reader", of_a_resource).unwrap_err();
        assert!(refused.detail().contains("A trust policy has no `Resource`"));
    }

    #[test]
    fn an_invisible_mark_before_a_policy_is_named() {
        let (code, said) = refusal(json!({"identity_policies": [format!("\u{feff}{}", allow())]}));
        assert_eq!(code, "malformed_policy");
        assert!(said.contains("byte-order mark (BOM)"), "{said}");
    }
}
