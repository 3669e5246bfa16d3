//! The document as it should be: the pasted one where mending suffices, otherwise what is generated for what is wanted, with the
//! customer's own statements that do no harm.

use serde::Serialize;

use super::{
    access,
    codes::Code,
    cors,
    finding::{Findings, Place},
    pasted::{Pasted, get_mut, statements},
    question::{DocumentKind, Want},
    trust,
};
use crate::{
    iam::{
        Policy, PolicyKind,
        json::{self, Kind, Value},
    },
    policies::{access::access_policy, cors::cors_configuration, trust::trust_policy},
};

/// So many statements of the customer's are tried, each with an examination of its own.
const MOST_KEPT: usize = 20;

/// What the doctor would do to a document.
pub(super) fn examine(root: &mut Value, kind: DocumentKind, want: &Want, findings: &mut Findings) {
    if let Some(what) = another(root, kind) {
        let detail = format!("This looks like {what}, and not like {}.", name(kind));
        return findings.add(Code::WrongDocument, Place::of(root.at), detail);
    }
    let Some(policy_kind) = policy_kind(kind) else { return cors::examine(root, want, findings) };
    let mut pasted = Pasted::examine(root.clone(), policy_kind, want, findings);
    match policy_kind {
        PolicyKind::Trust => trust::examine(&pasted, want, findings),
        _ => access::examine(&mut pasted, want, findings),
    }
    *root = pasted.root;
}

fn name(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Access => "an access policy",
        DocumentKind::Trust => "a trust policy",
        DocumentKind::Session => "a session policy",
        DocumentKind::Cors => "a CORS configuration",
    }
}

/// What a document certainly is, if that is something else than was said.
fn another(root: &Value, kind: DocumentKind) -> Option<&'static str> {
    let has = |value: &Value, name: &str| value.members().iter().any(|member| member.key.eq_ignore_ascii_case(name));
    let is_rule = |value: &Value| has(value, "AllowedOrigins") || has(value, "AllowedMethods");
    let is_cors = has(root, "CORSRules") || root.entries().iter().any(is_rule);
    let statements = statements(root);
    let acts = |statement: &Value, service: &str| {
        let actions = statement.get("Action").map(Value::entries).unwrap_or_default().iter();
        actions.filter_map(Value::as_str).any(|action| action.to_ascii_lowercase().starts_with(service))
    };
    let is_trust = statements.iter().any(|statement| has(statement, "Principal") && acts(statement, "sts:assumerole"));
    let is_access = statements.iter().any(|statement| !has(statement, "Principal") && acts(statement, "s3:"));
    match kind {
        DocumentKind::Cors => (!statements.is_empty()).then_some("a policy"),
        _ if is_cors => Some(name(DocumentKind::Cors)),
        DocumentKind::Trust => (is_access && !is_trust).then_some(name(DocumentKind::Access)),
        _ => (is_trust && !is_access).then_some(name(DocumentKind::Trust)),
    }
}

/// As which kind of policy AWS takes a document; a CORS configuration is none.
pub(super) fn policy_kind(kind: DocumentKind) -> Option<PolicyKind> {
    match kind {
        DocumentKind::Access => Some(PolicyKind::Identity),
        DocumentKind::Trust => Some(PolicyKind::Trust),
        DocumentKind::Session => Some(PolicyKind::Session),
        DocumentKind::Cors => None,
    }
}

/// The corrected document. `mended` is the pasted one with all mends, and differs from it if `changed`.
pub(super) fn correct(mended: &Value, changed: bool, kind: DocumentKind, want: &Want) -> Option<Value> {
    let of_mended = check(mended, kind, want);
    if of_mended.as_ref().is_some_and(Findings::are_good) {
        return Some(mended.clone());
    }
    let is_good = |document: &Value| check(document, kind, want).is_some_and(|findings| findings.are_good());
    if let Some(generated) = generated(mended, kind, want).filter(is_good) {
        return Some(with_others(generated, mended, kind, want));
    }
    of_mended.filter(|findings| changed && findings.have_no_error()).map(|_| mended.clone())
}

/// The document for what is wanted, if enough of that is known, where what was pasted cannot be read.
pub(super) fn afresh(kind: DocumentKind, want: &Want) -> Option<Value> {
    generated(&Value { at: 0, kind: Kind::Array(Vec::new()) }, kind, want)
}

/// What would be found of a document, or nothing if AWS would refuse it.
fn check(document: &Value, kind: DocumentKind, want: &Want) -> Option<Findings> {
    if let Some(kind) = policy_kind(kind) {
        Policy::parse(&serde_json::to_string(document).ok()?, kind).ok()?;
    }
    let mut findings = Findings::default();
    examine(&mut document.clone(), kind, want, &mut findings);
    Some(findings)
}

/// What is generated for what is wanted, if enough of that is known.
fn generated(mended: &Value, kind: DocumentKind, want: &Want) -> Option<Value> {
    match kind {
        DocumentKind::Access => tree(&access_policy(want.grant.as_ref()?)),
        DocumentKind::Session => tree(&access_policy(want.grant.as_ref()?).without_sids()),
        DocumentKind::Trust => tree(&trust_policy(want.principal.as_ref()?, want.external_id.as_ref()?)),
        DocumentKind::Cors => {
            let origins = want.origins.as_deref().filter(|origins| !origins.is_empty())?;
            let document = tree(&cors_configuration(origins, &want.access))?;
            Some(cors::form::in_the_form_of(mended, cors::rules(&document).to_vec()))
        }
    }
}

fn tree(document: &impl Serialize) -> Option<Value> {
    json::read(&serde_json::to_string(document).ok()?).ok()
}

/// Adds what the customer has for others, as long as the document stays good.
fn with_others(generated: Value, mended: &Value, kind: DocumentKind, want: &Want) -> Value {
    let others = match kind {
        DocumentKind::Cors => cors::form::for_others(mended, want.origins.as_deref().unwrap_or_default()),
        DocumentKind::Trust => statements(mended).iter().filter_map(|statement| for_others(statement, want)).collect(),
        // What else the role may do is not for the platform to keep.
        _ => statements(mended).iter().filter(|statement| is_deny(statement)).cloned().collect(),
    };
    let mut document = generated;
    for other in others.into_iter().take(MOST_KEPT) {
        let mut more = document.clone();
        let list = match kind {
            DocumentKind::Cors if matches!(more.kind, Kind::Array(_)) => Some(&mut more),
            DocumentKind::Cors => get_mut(&mut more, "CORSRules"),
            _ => get_mut(&mut more, "Statement"),
        };
        if let Some(Kind::Array(entries)) = list.map(|list| &mut list.kind) {
            entries.push(other);
        }
        if check(&more, kind, want).is_some_and(|findings| findings.are_good()) {
            document = more;
        }
    }
    document
}

fn is_deny(statement: &Value) -> bool {
    statement.get("Effect").and_then(Value::as_str) == Some("Deny")
}

/// A statement of a trust policy, without the platform in it; nothing if nobody is left.
fn for_others(statement: &Value, want: &Want) -> Option<Value> {
    if is_deny(statement) {
        return Some(statement.clone());
    }
    let ours = want.principal.as_ref()?;
    let mut other = statement.clone();
    let principal = get_mut(&mut other, "Principal")?;
    if let Some(aws) = get_mut(principal, "AWS") {
        let is_ours = |entry: &Value| {
            entry.as_str().is_none_or(|name| name == ours.to_string() || name == "*" || name.contains(ours.account()))
        };
        let left: Vec<Value> = aws.entries().iter().filter(|entry| !is_ours(entry)).cloned().collect();
        let is_empty = left.is_empty();
        aws.kind = Kind::Array(left);
        if let (true, Kind::Object(kinds)) = (is_empty, &mut principal.kind) {
            kinds.retain(|kind| kind.key != "AWS");
        }
    }
    (!principal.members().is_empty()).then_some(other)
}
