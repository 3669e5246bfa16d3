//! Who gets in that should not.

use super::{assume::Assumption, is_external_id};
use crate::doctor::{
    codes::Code,
    finding::{Findings, Place},
    pasted::{Pasted, View, capital},
};

pub(super) fn find(pasted: &Pasted, assumption: &Assumption, findings: &mut Findings) {
    for view in pasted.allowing() {
        for (place, _) in aws_entries(&view).into_iter().filter(|(_, name)| *name == "*") {
            let detail = "Everybody in every AWS account may assume the role.";
            findings.add(Code::TrustsEverybody, place, detail);
        }
        let without = assumption.callers.iter().any(|caller| assumption.gets_in(pasted, &view, caller, None));
        let another = || assumption.callers.iter().any(|caller| assumption.gets_in_with_another(pasted, &view, caller));
        if without {
            tell_without(pasted, &view, findings);
        }
        let loose = find_loose_values(&view, findings);
        if !without && !loose && another() {
            tell_another(pasted, &view, findings);
        }
    }
}

/// The entries of a principal's `AWS`, and `*` in place of all.
pub(super) fn aws_entries<'a>(view: &View<'a>) -> Vec<(Place, &'a str)> {
    let Some(principal) = view.value.get("Principal") else { return Vec::new() };
    let entries = match principal.get("AWS") {
        Some(aws) => aws.entries(),
        None if principal.as_str().is_some() => principal.entries(),
        None => &[],
    };
    let place = |at| Place::in_statement(at, view.index);
    entries.iter().filter_map(|entry| Some((place(entry.at), entry.as_str()?))).collect()
}

/// Operators that hold without the key, and what to say of them.
const OPTIONAL: [(&str, &str); 3] = [
    ("ifexists", "also holds where no external ID is given"),
    ("forallvalues:", "holds where no external ID is given, because all of none match"),
    ("null", "asks that no external ID is given"),
];

fn tell_without(pasted: &Pasted, view: &View<'_>, findings: &mut Findings) {
    let mut told = false;
    for (operator, _, place, _) in view.conditions().filter(|(_, key, ..)| is_external_id(key)) {
        let lower = operator.to_ascii_lowercase();
        if let Some((_, what)) = OPTIONAL.iter().find(|(part, _)| lower.contains(part)) {
            findings.add(Code::ExternalIdOptional, place, format!("`{operator}` {what}."));
            told = true;
        } else if lower.contains("not") {
            findings.add(
                Code::ExternalIdAny,
                place,
                format!("`{operator}` takes every external ID but this, and none."),
            );
            told = true;
        }
    }
    if !told {
        let name = capital(&pasted.name(view.index));
        let detail = format!("{name} lets the role be assumed without an external ID.");
        findings.add(Code::NoExternalId, Place::in_statement(view.value.at, view.index), detail);
    }
}

fn tell_another(pasted: &Pasted, view: &View<'_>, findings: &mut Findings) {
    let keys = view.conditions().filter(|(_, key, ..)| is_external_id(key));
    let place = keys.map(|(_, _, place, _)| place).next().unwrap_or(view.place("Condition"));
    let name = capital(&pasted.name(view.index));
    findings.add(Code::ExternalIdAny, place, format!("{name} takes any external ID, not only this integration's."));
}

/// Patterns in place of one ID, and several IDs; whether there was a pattern.
fn find_loose_values(view: &View<'_>, findings: &mut Findings) -> bool {
    let mut loose = false;
    for (operator, _, _, value) in view.conditions().filter(|(_, key, ..)| is_external_id(key)) {
        let lower = operator.to_ascii_lowercase();
        let place = |at| Place::in_statement(at, view.index);
        for entry in value.entries() {
            let pattern = entry.as_str().filter(|text| lower.contains("like") && text.contains(['*', '?']));
            if let Some(pattern) = pattern {
                let detail = format!("`{operator}` with `{pattern}` takes other external IDs, too.");
                findings.add(Code::ExternalIdAny, place(entry.at), detail);
                loose = true;
            }
        }
        if let [_, second, ..] = value.entries()
            && lower != "null"
        {
            let detail = format!("{} external IDs are taken, and one is enough.", value.entries().len());
            findings.add(Code::SeveralExternalIds, place(second.at), detail);
        }
    }
    loose
}
