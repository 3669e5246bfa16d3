//! Statements, or parts of them, that grant nothing because no request is like that.

use crate::{
    doctor::{
        actions::{Target, carries, matched},
        codes::Code,
        finding::{Findings, Place},
        pasted::{Pasted, View, entries_mut, get_mut},
    },
    iam::{
        Context,
        condition::Condition,
        document::Version,
        json::{Kind, Member, Value},
    },
};

/// A change of the document.
enum Mend {
    /// `s3:GetBucketLocation` into a statement of its own.
    Split { statement: usize, action: usize },
    /// These resources are added.
    Add { statement: usize, resources: Vec<String> },
}

/// Finds them; with `guess`, what was certainly meant is added.
pub(super) fn find(pasted: &mut Pasted, guess: bool, findings: &mut Findings) {
    let mut mends = Vec::new();
    for view in pasted.allowing() {
        for (place, action) in view.texts("Action") {
            check_conditions(&view, place, action, findings, &mut mends);
        }
        check_targets(&view, guess, findings, &mut mends);
        for (place, resource) in view.texts("Resource") {
            if resource.to_ascii_lowercase().contains("${aws:username}") {
                let detail = format!("Sessions of roles have no `aws:username`, so that `{resource}` matches nothing.");
                findings.add(Code::VariableNeverSet, place, detail);
            }
        }
    }
    if mends.is_empty() {
        return;
    }
    for mend in mends {
        apply(&mut pasted.root, mend);
    }
    pasted.read_again(findings);
}

/// A condition on a key that no request of the action has.
fn check_conditions(view: &View<'_>, place: Place, action: &str, findings: &mut Findings, mends: &mut Vec<Mend>) {
    let known = matched(action);
    let names: Vec<&str> = if known.is_empty() { vec![action] } else { known.iter().map(|(name, _)| *name).collect() };
    let nothing = Context::new();
    let unmet = |condition: &&Condition| {
        !condition.holds(Version::V2012, &nothing) && names.iter().all(|name| !carries(name, &condition.key))
    };
    let Some(condition) = view.read.conditions.iter().find(unmet) else { return };
    let key = &condition.key;
    let of_listing = ["s3:prefix", "s3:delimiter", "s3:max-keys"].iter().any(|name| name.eq_ignore_ascii_case(key));
    let detail = format!("Requests of `{action}` have no `{key}`, so that the condition never holds for them.");
    if action.eq_ignore_ascii_case("s3:GetBucketLocation") && of_listing {
        findings.add(Code::PrefixOnBucketLocation, place, detail);
        mends.push(Mend::Split { statement: view.index, action: place.at });
    } else {
        findings.add(Code::ConditionNeverMet, place, detail);
    }
}

/// Actions on objects where only buckets are named, and the other way round.
fn check_targets(view: &View<'_>, guess: bool, findings: &mut Findings, mends: &mut Vec<Mend>) {
    let resources: Vec<(Place, &str)> = view.texts("Resource").collect();
    if resources.is_empty() {
        return;
    }
    let objects = resources.iter().any(|(_, arn)| can_be_object(arn));
    let buckets = resources.iter().any(|(_, arn)| can_be_bucket(arn));
    for (target, code, named) in
        [(Target::Object, Code::ObjectActionOnBucket, objects), (Target::Bucket, Code::BucketActionOnObjects, buckets)]
    {
        let is_about = |(_, action): &(Place, &str)| {
            let known = matched(action);
            !known.is_empty() && known.iter().all(|(_, of)| *of == target)
        };
        let wrong: Vec<(Place, &str)> = view.texts("Action").filter(is_about).filter(|_| !named).collect();
        for (place, action) in &wrong {
            let (about, instead) = match target {
                Target::Object => ("objects", "no object"),
                _ => ("buckets", "no bucket"),
            };
            let first = resources[0].1;
            let detail = format!("`{action}` is about {about}, and `{first}` is {instead}, so that it never matches.");
            findings.add(code, *place, detail);
        }
        if let Some(resources) = (guess && !wrong.is_empty()).then(|| counterparts(view, &resources, target)).flatten()
        {
            mends.push(Mend::Add { statement: view.index, resources });
        }
    }
}

fn can_be_object(arn: &str) -> bool {
    let name = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    if name.starts_with("accesspoint/") {
        return name.contains("/object/") || name.contains('*');
    }
    name.contains(['/', '*'])
}

fn can_be_bucket(arn: &str) -> bool {
    let name = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    if name.starts_with("accesspoint/") {
        return !name.contains("/object");
    }
    !name.contains('/')
}

/// The objects of the buckets, or the buckets of the objects, if each resource is just one of them and no condition narrows it.
fn counterparts(view: &View<'_>, resources: &[(Place, &str)], target: Target) -> Option<Vec<String>> {
    let counterpart = |(_, arn): &(Place, &str)| {
        let name = arn.strip_prefix("arn:")?.splitn(5, ':').nth(4)?;
        match target {
            Target::Object => (!name.contains(['/', '*', '?'])).then(|| format!("{arn}/*")),
            _ => arn.strip_suffix("/*").filter(|_| name.matches(['/', '*', '?']).count() == 2).map(str::to_owned),
        }
    };
    view.read.conditions.is_empty().then(|| resources.iter().map(counterpart).collect())?
}

fn apply(root: &mut Value, mend: Mend) {
    let Some(statements) = get_mut(root, "Statement") else { return };
    match mend {
        Mend::Add { statement, resources } => {
            let Some(resource) =
                entries_mut(statements).get_mut(statement).and_then(|value| get_mut(value, "Resource"))
            else {
                return;
            };
            let at = resource.at;
            let mut all = entries_mut(resource).to_vec();
            all.extend(resources.into_iter().map(|arn| Value { at, kind: Kind::String(arn) }));
            resource.kind = Kind::Array(all);
        }
        Mend::Split { statement, action } => {
            let Some(value) = entries_mut(statements).get_mut(statement) else { return };
            let mut own = value.clone();
            keep_actions(&mut own, |at| at == action);
            remove_listing_keys(&mut own);
            remove_member(&mut own, "Sid");
            if !keep_actions(value, |at| at != action) {
                *value = own;
                return;
            }
            let mut all = entries_mut(statements).to_vec();
            all.push(own);
            statements.kind = Kind::Array(all);
        }
    }
}

/// Keeps the actions at some places; whether there are any.
fn keep_actions(statement: &mut Value, keep: impl Fn(usize) -> bool) -> bool {
    let Some(actions) = get_mut(statement, "Action") else { return false };
    let kept: Vec<Value> = entries_mut(actions).iter().filter(|action| keep(action.at)).cloned().collect();
    let any = !kept.is_empty();
    actions.kind = Kind::Array(kept);
    any
}

fn remove_member(value: &mut Value, key: &str) {
    if let Kind::Object(members) = &mut value.kind {
        members.retain(|member| member.key != key);
    }
}

fn remove_listing_keys(statement: &mut Value) {
    let Some(condition) = get_mut(statement, "Condition") else { return };
    let Kind::Object(operators) = &mut condition.kind else { return };
    for operator in operators.iter_mut() {
        if let Kind::Object(keys) = &mut operator.value.kind {
            keys.retain(|key| carries("s3:GetBucketLocation", &key.key));
        }
    }
    operators.retain(|operator: &Member| !operator.value.members().is_empty());
    if operators.is_empty() {
        remove_member(statement, "Condition");
    }
}
