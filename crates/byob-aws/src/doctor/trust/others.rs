//! Principals and actions that the platform does not need.

use super::dangers::aws_entries;
use crate::{
    PrincipalArn,
    doctor::{
        codes::Code,
        finding::{Findings, Place},
        pasted::{Pasted, View},
        question::Want,
    },
    iam::{json::Value, principal::Principal},
};

pub(super) fn find(pasted: &Pasted, want: &Want, findings: &mut Findings) {
    for view in pasted.allowing() {
        for (place, name) in aws_entries(&view) {
            check_aws(place, name, want, findings);
        }
        let others = [
            ("Service", Code::ServicePrincipal, "The AWS service"),
            ("Federated", Code::FederatedPrincipal, "The identity provider"),
            ("CanonicalUser", Code::OtherPrincipal, "The user"),
        ];
        for (kind, code, what) in others {
            let named = view.value.get("Principal").and_then(|principal| principal.get(kind));
            for entry in named.into_iter().flat_map(Value::entries) {
                let place = Place::in_statement(entry.at, view.index);
                let detail = format!("{what} `{}` may assume the role, too.", entry.as_str().unwrap_or_default());
                findings.add(code, place, detail);
            }
        }
        if !aws_entries(&view).is_empty() {
            check_actions(&view, findings);
        }
    }
}

fn check_aws(place: Place, name: &str, want: &Want, findings: &mut Findings) {
    let Ok(entry) = Principal::parse("AWS", name) else { return };
    let wanted = want.principal.as_ref();
    let is_ours = |wanted: &PrincipalArn| match &entry {
        Principal::Account(id) => wanted.is_account() && wanted.account() == id,
        _ => wanted.to_string() == name,
    };
    if wanted.is_some_and(is_ours) {
        return;
    }
    match &entry {
        Principal::EveryAws | Principal::Everybody => {}
        Principal::UniqueId(id) => {
            let detail = format!("`{id}` is the internal ID of a role or user that was deleted.");
            findings.add(Code::DeletedPrincipal, place, detail);
        }
        Principal::Account(id) if wanted.is_none_or(|wanted| wanted.account() == id) => {
            let detail = format!("The whole account {id} is trusted: its administrators decide who of it may come.");
            findings.add(Code::TrustsWholeAccount, place, detail);
        }
        _ if wanted.is_some() => {
            findings.add(Code::OtherPrincipal, place, format!("`{name}` may assume the role, too."));
        }
        _ => {}
    }
}

fn check_actions(view: &View<'_>, findings: &mut Findings) {
    if view.read.actions.not {
        let detail = "`NotAction` allows every action but those that it names.";
        findings.add(Code::BroadTrustAction, view.place("NotAction"), detail);
    }
    for (place, action) in view.texts("Action") {
        if action.contains(['*', '?']) {
            let detail =
                format!("`{action}` also allows tags and source identities of the caller's choice, and what AWS adds.");
            findings.add(Code::BroadTrustAction, place, detail);
        } else if !action.eq_ignore_ascii_case("sts:AssumeRole") {
            findings.add(Code::ExtraTrustAction, place, format!("The platform does not use `{action}`."));
        }
    }
}
