//! What the document grants beyond what is declared.

use super::{
    missing::nth_read,
    requests::{Ask, Judge, listings_beyond, use_beyond_s3, use_beyond_scope},
};
use crate::{
    doctor::{
        actions::{Target, matched},
        codes::Code,
        finding::{Findings, Place},
        pasted::{Pasted, View},
    },
    iam::{Context, document::Version, pattern, variables},
    policies::{
        Access, Grant,
        access::{bucket_arns, object_arns},
    },
};

/// Not needed, but told of a bucket's settings and names alone.
const HARMLESS: [&str; 16] = [
    "s3:GetBucketCORS",
    "s3:GetBucketLocation",
    "s3:GetBucketLogging",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketRequestPayment",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:ListAllMyBuckets",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:ListBucketVersions",
    "s3:ListMultipartUploadParts",
    "kms:DescribeKey",
];

/// Without knowing what is wanted: what nobody can want.
pub(super) fn find_everything(pasted: &Pasted, findings: &mut Findings) {
    for view in pasted.allowing() {
        find_negations(&view, findings);
        for (place, action) in view.texts("Action").filter(|(_, action)| ["*", "*:*"].contains(action)) {
            findings.add(Code::BroadAction, place, format!("`{action}` allows every action of every service."));
        }
    }
}

pub(super) fn find(pasted: &Pasted, grant: &Grant, findings: &mut Findings) {
    let needed = needed(grant);
    let allowed: Vec<String> = bucket_arns(grant).into_iter().chain(object_arns(grant)).collect();
    for view in pasted.allowing() {
        find_negations(&view, findings);
        for (place, action) in view.texts("Action") {
            check_action(action, place, &needed, findings);
        }
        check_resources(&view, grant, &allowed, findings);
    }
    let judge = Judge::new(pasted.policy(|_, _| true), grant);
    for scope in &grant.buckets {
        let beyond = listings_beyond(grant, scope);
        if let Some((ask, view)) = beyond.iter().find_map(|ask| allowed_by(pasted, &judge, ask)) {
            let prefix = scope.prefix.as_ref().map(ToString::to_string).unwrap_or_default();
            let what = match ask.context.get("s3:prefix") {
                None => "without any prefix, that is, all of it".to_owned(),
                Some(other) if other == [""] => "from its top".to_owned(),
                Some(other) => format!("below `{}`", other.join("")),
            };
            let detail =
                format!("`{}` can list the bucket `{}` {what}, not only below `{prefix}/`.", ask.action, scope.bucket);
            let hint = "Let it hold `s3:prefix` to the prefix, the prefix with `/`, and the prefix with `/*`, by `StringLike`.";
            findings.add_with(Code::BroadListing, place_of(&view, ask.action), detail, hint);
        }
    }
    check_keys(pasted, &judge, grant, findings);
}

pub(super) fn needed(grant: &Grant) -> Vec<&'static str> {
    let mut needed = vec!["s3:GetBucketLocation"];
    for of in [Access::listing_actions, Access::object_actions] {
        needed.extend(grant.actions(of));
    }
    if !grant.kms_keys.is_empty() {
        needed.extend(grant.actions(Access::key_actions));
    }
    needed
}

fn find_negations(view: &View<'_>, findings: &mut Findings) {
    if view.read.actions.not {
        findings.add(
            Code::NotAction,
            view.place("NotAction"),
            "`NotAction` allows every action but those that it names.",
        );
    }
    if view.read.resources.as_ref().is_some_and(|resources| resources.not) {
        findings.add(
            Code::NotResource,
            view.place("NotResource"),
            "`NotResource` allows it on everything but what it names.",
        );
    }
}

fn check_action(action: &str, place: Place, needed: &[&'static str], findings: &mut Findings) {
    let serves: Vec<&str> = needed.iter().copied().filter(|needed| pattern::action(action, needed)).collect();
    let is_pattern = action.contains(['*', '?']);
    let others = matched(action).into_iter().map(|(name, _)| name).filter(|name| !needed.contains(name));
    let others: Vec<&str> = others.collect();
    let of_s3 = action.get(..3).is_some_and(|service| service.eq_ignore_ascii_case("s3:"));
    if serves.is_empty() {
        let named = if is_pattern { &others[..] } else { &[action][..] };
        let harmless = |name: &&str| HARMLESS.iter().any(|harmless| harmless.eq_ignore_ascii_case(name));
        let code =
            if !named.is_empty() && named.iter().all(harmless) { Code::ExtraAction } else { Code::UnneededAction };
        findings.add(code, place, format!("The declared access does not need `{action}`."));
        return;
    }
    if !is_pattern || (of_s3 && others.is_empty()) {
        return;
    }
    let more = match others.iter().find(|name| name.contains("Delete") || name.contains("Put")).or(others.first()) {
        Some(example) if of_s3 => format!("{} that are not needed, such as `{example}`", actions(others.len())),
        _ if action.starts_with('*') => "every action of every service".to_owned(),
        _ => "actions that are not needed".to_owned(),
    };
    let hint = format!("Write `{}`.", serves.join("`, `"));
    findings.add_with(Code::BroadAction, place, format!("`{action}` also allows {more}."), hint);
}

fn actions(count: usize) -> String {
    if count == 1 { "an action".to_owned() } else { format!("{count} actions") }
}

/// Whether each resource lies within what the generated document names.
fn check_resources(view: &View<'_>, grant: &Grant, allowed: &[String], findings: &mut Findings) {
    let patterns = &view.read.actions.patterns;
    let needed = needed(grant);
    let of_s3 = patterns
        .iter()
        .flat_map(|action| matched(action))
        .any(|(name, target)| (target != Target::Other && !HARMLESS.contains(&name)) || needed.contains(&name));
    let of_keys = !grant.kms_keys.is_empty() && patterns.iter().any(|action| pattern::action(action, "kms:Decrypt"));
    let keys: Vec<String> = grant.kms_keys.iter().map(ToString::to_string).collect();
    for (place, resource) in view.texts("Resource") {
        let service = resource.split(':').nth(2).unwrap_or_default();
        let beyond = match service {
            "kms" => of_keys && !is_within(resource, &keys, grant),
            "s3" => of_s3 && !grant.buckets.is_empty() && !is_within(resource, allowed, grant),
            "" => resource == "*" && (of_keys || (of_s3 && !grant.buckets.is_empty())),
            _ => false,
        };
        if beyond {
            let detail = if resource == "*" {
                "`*` means every bucket, object and key.".to_owned()
            } else {
                format!("`{resource}` reaches beyond what the integration serves.")
            };
            findings.add_with(Code::BroadResource, place, detail, hint(service, &keys, allowed));
        }
    }
}

fn hint(service: &str, keys: &[String], allowed: &[String]) -> String {
    let instead = if service == "kms" { keys } else { allowed };
    let shown: Vec<String> = instead.iter().take(3).map(|arn| format!("`{arn}`")).collect();
    let more = if instead.len() > 3 { " and so on" } else { "" };
    format!("Write {}{more}, as far as the actions need them.", shown.join(" or "))
}

/// Whether all that a pattern matches is matched by one of the others. Its own wildcards are taken for characters that only
/// wildcards match.
fn is_within(resource: &str, others: &[String], grant: &Grant) -> bool {
    let any = format!("arn:{}:", grant.partition);
    let resource = resource.strip_prefix("arn:*:").map_or(resource.to_owned(), |rest| format!("{any}{rest}"));
    let nothing = Context::new();
    let symbols = |text: &str| variables::resolve(text, Version::V2012, &nothing, text);
    // A variable that our requests do not have matches nothing, so that nothing is too much.
    let Some(written) = symbols(&resource) else { return true };
    let stands_for = |symbol: variables::Symbol| match symbol {
        variables::Symbol::Written('*') => '\u{f8ff}',
        variables::Symbol::Written('?') => '\u{f8fe}',
        symbol => symbol.char(),
    };
    let text: String = written.into_iter().map(stands_for).collect();
    // Most are told by their first characters, without making a pattern of them.
    let near = |other: &&String| {
        let length = other.find(['*', '?', '$']).unwrap_or(other.len()).min(text.len());
        other.as_bytes()[..length] == text.as_bytes()[..length]
    };
    others.iter().filter(near).any(|other| symbols(other).is_some_and(|other| pattern::resource(&other, &text)))
}

fn check_keys(pasted: &Pasted, judge: &Judge, grant: &Grant, findings: &mut Findings) {
    for key in &grant.kms_keys {
        let context = object_arns(grant).first().map(|arn| arn.replace('*', "file.png")).unwrap_or_default();
        let without_service = use_beyond_s3(key, &context);
        if let Some((ask, view)) = allowed_by(pasted, judge, &without_service) {
            let hint = format!(
                "Add `\"StringEquals\": {{\"kms:ViaService\": \"s3.{}.{}\"}}`.",
                key.region(),
                key.partition().dns_suffix()
            );
            let detail = format!("The key `{key}` can be used by other ways than through S3.");
            findings.add_with(Code::KeyWithoutService, place_of(&view, ask.action), detail, hint);
        }
        let without_context = use_beyond_scope(key);
        if !grant.buckets.is_empty()
            && let Some((ask, view)) = allowed_by(pasted, judge, &without_context)
        {
            let detail = format!("The key `{key}` can be used for objects that the integration does not serve.");
            findings.add(Code::KeyWithoutContext, place_of(&view, ask.action), detail);
        }
    }
}

/// The statement that allows a request.
fn allowed_by<'p, 'a>(pasted: &'p Pasted, judge: &Judge, ask: &'a Ask) -> Option<(&'a Ask, View<'p>)> {
    let decision = judge.decide(ask);
    let statement = decision.decider.as_ref().filter(|_| decision.is_allowed())?.statement;
    // Where a key's policy has its say, it is named after the identity's.
    Some((ask, nth_read(pasted, statement)?))
}

/// The condition, or where there is none the action.
fn place_of(view: &View<'_>, action: &str) -> Place {
    if view.value.get("Condition").is_some() {
        return view.place("Condition");
    }
    let entry = view.texts("Action").find(|(_, written)| pattern::action(written, action));
    entry.map_or(view.place("Action"), |(place, _)| place)
}
