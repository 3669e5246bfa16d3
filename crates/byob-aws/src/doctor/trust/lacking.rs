//! Why the platform does not get in although it should, or may not get in some day.

use super::{
    assume::{Assumption, external_ids_only, known},
    dangers::aws_entries,
    is_external_id,
};
use crate::{
    doctor::{
        codes::Code,
        finding::{Findings, Place},
        pasted::{Pasted, View},
        question::Want,
    },
    iam::{
        Caller, Effect,
        document::{Statement, Version},
        pattern,
    },
};

pub(super) fn find(pasted: &Pasted, want: &Want, assumption: &Assumption, findings: &mut Findings) {
    // Of a statement with a mistake that could not be mended, nobody can tell what it would do.
    if pasted.statements.iter().any(Option::is_none) || pasted.statements.is_empty() {
        return;
    }
    let assuming: Vec<View<'_>> = pasted.allowing().filter(|view| has_assume_role(view.read)).collect();
    if assuming.is_empty() {
        let place = pasted.allowing().next().map_or(pasted.place(), |view| view.place("Action"));
        findings.add(Code::AssumeRoleMissing, place, "No statement allows `sts:AssumeRole`.");
        return;
    }
    let caller = assumption.callers.first();
    let ours: Vec<View<'_>> = match (&want.principal, caller) {
        (Some(_), Some(caller)) => assuming.iter().copied().filter(|view| names(view, caller)).collect(),
        _ => assuming.clone(),
    };
    if let (Some(principal), true) = (&want.principal, ours.is_empty()) {
        tell_wrong_principal(&assuming, &principal.to_string(), findings);
    }
    let asked = if ours.is_empty() { &assuming } else { &ours };
    let taken = want.external_id.as_ref().is_none_or(|id| takes(asked, id.as_str()));
    if let (Some(id), false) = (&want.external_id, taken) {
        tell_wrong_id(asked, id.as_str(), findings);
    }
    if let (Some(caller), false, true) = (caller, ours.is_empty(), taken) {
        check_the_whole(pasted, want, assumption, caller, findings);
    }
    if let Some(caller) = caller {
        for view in pasted.views().filter(|view| has_assume_role(view.read) && names(view, caller)) {
            find_other_conditions(&view, caller, findings);
        }
    }
}

fn has_assume_role(statement: &Statement) -> bool {
    let fits = statement.actions.patterns.iter().any(|wanted| pattern::action(wanted, "sts:AssumeRole"));
    fits != statement.actions.not
}

/// Whether a statement is about the caller.
fn names(view: &View<'_>, caller: &Caller) -> bool {
    let context = known(caller);
    let principals = view.read.principals.iter().flat_map(|principals| &principals.entries);
    principals.into_iter().any(|entry| entry.means(caller, &context).is_some())
}

/// Whether some statement takes the external ID.
fn takes(views: &[View<'_>], id: &str) -> bool {
    let context = crate::iam::Context::new().with(super::EXTERNAL_ID, id);
    let holds = |view: &View<'_>| {
        let about_it = view.read.conditions.iter().filter(|condition| is_external_id(&condition.key));
        about_it.into_iter().all(|condition| condition.holds(Version::V2012, &context))
    };
    views.iter().any(holds)
}

fn tell_wrong_principal(assuming: &[View<'_>], ours: &str, findings: &mut Findings) {
    let entries: Vec<(Place, &str)> = assuming.iter().flat_map(aws_entries).collect();
    if let Some((place, named)) = entries.first() {
        let also = if entries.len() > 1 { format!(", and {} more", entries.len() - 1) } else { String::new() };
        let detail = format!("The role trusts `{named}`{also}. The platform's principal is `{ours}`.");
        findings.add_with(Code::WrongPrincipal, *place, detail, format!("Write `{ours}`."));
    } else {
        let place = assuming.first().map_or(Place::of(0), |view| view.place("Principal"));
        let detail = format!("The role does not trust the platform's principal `{ours}`.");
        findings.add_with(Code::WrongPrincipal, place, detail, format!("Write `{{\"AWS\": \"{ours}\"}}`."));
    }
}

fn tell_wrong_id(asked: &[View<'_>], ours: &str, findings: &mut Findings) {
    let values = asked.iter().flat_map(|view| {
        let of_key = view.conditions().filter(|(_, key, ..)| is_external_id(key));
        of_key.flat_map(|(.., value)| value.entries()).map(|entry| (Place::in_statement(entry.at, view.index), entry))
    });
    for (place, entry) in values.filter_map(|(place, entry)| Some((place, entry.as_str()?))) {
        let how = match (entry.trim() == entry, entry.trim().eq_ignore_ascii_case(ours)) {
            (false, true) if entry.trim() == ours => " There is a blank around it.",
            (false, true) => " Capitals matter, and there is a blank around it.",
            (true, true) => " Capitals matter.",
            (_, false) => "",
        };
        let detail = format!("The role asks for the external ID `{entry}`. The integration's is `{ours}`.{how}");
        findings.add_with(Code::WrongExternalId, place, detail, format!("Write `{ours}`."));
    }
}

/// Principal and ID are right, each for itself.
fn check_the_whole(pasted: &Pasted, want: &Want, assumption: &Assumption, caller: &Caller, findings: &mut Findings) {
    let Some(id) = &want.external_id else { return };
    let trust = external_ids_only(pasted, |_, _| true);
    let decision = assumption.decide(&trust, caller, Some(id.as_str()));
    match decision.effect {
        Effect::Allowed => {}
        Effect::ExplicitlyDenied => {
            let sid = decision.decider.and_then(|decider| decider.sid);
            let denying = pasted.views().filter(|view| !view.read.allows);
            let by = denying.into_iter().find(|view| view.read.sid == sid && names(view, caller));
            let place = by.map_or(pasted.place(), |view| view.place("Effect"));
            findings.add(Code::DeniedAssumption, place, "A `Deny` keeps the platform from assuming the role.");
        }
        Effect::ImplicitlyDenied => {
            let detail = "No statement lets the platform's principal in with its external ID.";
            findings.add(Code::NotAssumable, pasted.place(), detail);
        }
    }
}

/// Conditions on what the platform's requests do not have, or not surely.
fn find_other_conditions(view: &View<'_>, caller: &Caller, findings: &mut Findings) {
    let known = known(caller);
    for condition in view.read.conditions.iter().filter(|condition| !is_external_id(&condition.key)) {
        let is_known = known.get(&condition.key).is_some();
        let holds = condition.holds(Version::V2012, &known);
        // Of an `Allow` it has to hold, of a `Deny` it must not.
        if is_known && holds == view.read.allows {
            continue;
        }
        let key = &condition.key;
        let place =
            view.conditions().find(|(_, named, ..)| named == key).map_or(view.place("Condition"), |found| found.2);
        let detail = if is_known {
            format!("The condition on `{key}` refuses the platform's requests.")
        } else {
            format!("Whether the condition on `{key}` lets the platform's requests pass cannot be told from here.")
        };
        findings.add(Code::ConditionMayRefuse, place, detail);
    }
}
