//! Declared access that the document does not grant, decided by the requests that need it.

use std::collections::BTreeSet;

use super::requests::{Ask, Judge, Need, needs};
use crate::{
    Bucket,
    doctor::{
        actions::carries,
        codes::Code,
        finding::{Findings, Place},
        pasted::{Pasted, View, capital},
    },
    iam::{
        Context, Effect,
        document::{Statement, Version},
        pattern,
    },
    policies::{BucketScope, Grant},
};

pub(super) fn find(pasted: &Pasted, grant: &Grant, findings: &mut Findings) {
    let all = buckets_named(pasted);
    let judge = Judge::new(pasted.policy(|_, _| true), grant);
    let mut failed: Vec<(Need, Place, Code, String)> = Vec::new();
    let mut granted: BTreeSet<&str> = BTreeSet::new();
    for need in needs(grant, &all) {
        let failure = need.asks.iter().find_map(|ask| {
            let decision = judge.decide(ask);
            let denied = decision.effect == Effect::ExplicitlyDenied;
            let by = decision.decider.as_ref().filter(|_| denied).map(|decider| decider.statement);
            (!decision.is_allowed()).then(|| why(pasted, ask, by))
        });
        match failure {
            Some((place, code, because)) => failed.push((need, place, code, because)),
            None => _ = granted.insert(need.action),
        }
    }
    // Any bucket is wanted: that is, one that the role permits.
    if grant.buckets.is_empty() {
        failed.retain(|(need, ..)| !granted.contains(need.action));
    }
    let missing: BTreeSet<&str> =
        failed.iter().filter(|(need, ..)| !need.optional).map(|(need, ..)| need.action).collect();
    failed.retain(|(need, ..)| !need.optional || !missing.contains(need.action));
    tell(failed, findings);
}

/// One finding for each action, place and reason, however many scopes share them.
fn tell(failed: Vec<(Need, Place, Code, String)>, findings: &mut Findings) {
    let mut told: Vec<(Need, Place, Code, String, usize)> = Vec::new();
    for (need, place, code, because) in failed {
        let same = told.iter_mut().find(|(known, at, of, why, _)| {
            (known.action, *at, *of, why.as_str()) == (need.action, place, code, because.as_str())
        });
        match same {
            Some((.., more)) => *more += 1,
            None => told.push((need, place, code, because, 0)),
        }
    }
    for (need, place, code, because, more) in told {
        let others = if more > 0 { format!(" (and {more} more like this)") } else { String::new() };
        let for_what = need.access.map(|access| format!(", which `{}` needs,", access.as_str())).unwrap_or_default();
        let code = match code {
            Code::MissingAccess if need.access.is_none() => Code::MissingLocation,
            Code::MissingAccess if need.optional => Code::NarrowListing,
            code => code,
        };
        let is_not = if code == Code::ConditionMayRefuse { "may be refused" } else { "is not allowed" };
        let detail = match code {
            Code::NarrowListing => {
                format!(
                    "`{}` on {}{others} is not allowed, though some programs ask so. {because}",
                    need.action, need.on
                )
            }
            _ => format!("`{}` on {}{others}{for_what} {is_not}. {because}", need.action, need.on),
        };
        findings.add(code, place, detail);
    }
}

/// The buckets that the document names, and one that stands for the others.
fn buckets_named(pasted: &Pasted) -> Vec<BucketScope> {
    let resources = pasted.allowing().flat_map(|view| view.texts("Resource"));
    let names = resources.filter_map(|(_, arn)| arn.splitn(6, ':').nth(5)?.split('/').next());
    let mut buckets: Vec<Bucket> = names.filter_map(|name| Bucket::parse(name).ok()).collect();
    buckets.sort();
    buckets.dedup();
    buckets.truncate(20);
    buckets.extend(Bucket::parse("any-other-bucket"));
    buckets.into_iter().map(|bucket| BucketScope { bucket, prefix: None }).collect()
}

/// Why a request is not allowed, and where that is to be mended.
fn why(pasted: &Pasted, ask: &Ask, denied_by: Option<usize>) -> (Place, Code, String) {
    if let Some(view) = denied_by.and_then(|chosen| nth_read(pasted, chosen)) {
        let name = pasted.name(view.index);
        if let Some(condition) = view.read.conditions.iter().find(|condition| is_open(&condition.key, ask)) {
            let because = format!("It is denied by {name}, unless its condition on `{}` spares it.", condition.key);
            return (place_of_key(&view, &condition.key), Code::ConditionMayRefuse, because);
        }
        return (view.place("Effect"), Code::DeniedAccess, format!("It is denied by {name}."));
    }
    let allowing: Vec<View<'_>> = pasted.allowing().filter(|view| has_action(view.read, ask.action)).collect();
    for view in &allowing {
        if fits_without_conditions(view.read, ask) {
            return unmet(pasted, view, ask);
        }
    }
    match allowing.first() {
        Some(view) => {
            let element = if view.value.get("NotResource").is_some() { "NotResource" } else { "Resource" };
            let name = capital(&pasted.name(view.index));
            let because = format!("{name} has the action, but its `{element}` does not match `{}`.", ask.resource);
            (view.place(element), Code::MissingAccess, because)
        }
        None => (pasted.place(), Code::MissingAccess, "No statement allows the action.".to_owned()),
    }
}

/// The statement behind the number that a decision gives: statements that AWS refuses are not counted there.
pub(super) fn nth_read(pasted: &Pasted, number: usize) -> Option<View<'_>> {
    pasted.views().nth(number)
}

fn has_action(statement: &Statement, action: &str) -> bool {
    let fits = statement.actions.patterns.iter().any(|wanted| pattern::action(wanted, action));
    fits != statement.actions.not
}

fn fits_without_conditions(statement: &Statement, ask: &Ask) -> bool {
    let free = Statement { conditions: Vec::new(), ..statement.clone() };
    free.fits(Version::V2012, ask.action, &ask.resource, &ask.context)
}

/// Whether requests may have a key, with a value that nobody knows here, such as an address.
fn is_open(key: &str, ask: &Ask) -> bool {
    let of_listing = ["s3:prefix", "s3:delimiter", "s3:max-keys"].iter().any(|name| name.eq_ignore_ascii_case(key));
    let of_keys = key.to_ascii_lowercase().starts_with("kms:");
    ask.context.get(key).is_none() && !of_listing && !of_keys && carries(ask.action, key)
}

fn place_of_key(view: &View<'_>, key: &str) -> Place {
    view.conditions().find(|(_, named, ..)| *named == key).map_or(view.place("Condition"), |found| found.2)
}

/// The first condition that fails.
fn unmet(pasted: &Pasted, view: &View<'_>, ask: &Ask) -> (Place, Code, String) {
    let context: &Context = &ask.context;
    let fails = view.read.conditions.iter().find(|condition| !condition.holds(Version::V2012, context));
    let name = capital(&pasted.name(view.index));
    let Some(condition) = fails else {
        return (view.place("Condition"), Code::MissingAccess, format!("{name} does not match."));
    };
    let key = &condition.key;
    let place = place_of_key(view, key);
    if is_open(key, ask) {
        let because =
            format!("{name} allows it only if its condition on `{key}` holds, which cannot be told from here.");
        return (place, Code::ConditionMayRefuse, because);
    }
    let because = match context.get(key) {
        Some([value]) => format!("{name} allows it, but its condition on `{key}` does not hold for `{value}`."),
        _ => {
            format!("{name} allows it, but its condition on `{key}` does not hold: such requests do not have that key.")
        }
    };
    (place, Code::MissingAccess, because)
}
