//! `Action`, `Resource` and their opposites: what a statement is about.

use super::members::strings;
use crate::{
    Partition,
    iam::{
        document::{Patterns, PolicyKind},
        json::{Fault, Kind, Member},
    },
};

/// The entries of an element, each of which has to pass.
pub(super) fn patterns(
    member: &Member,
    not: bool,
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<Patterns, Fault> {
    let mut patterns = Vec::new();
    for (at, text) in strings(&member.value, &format!("`{}`", member.key))? {
        if text.is_empty() {
            let entry = if matches!(member.value.kind, Kind::Array(_)) { "An entry of " } else { "" };
            return Err(Fault::new(at, format!("{entry}`{}` is empty.", member.key)));
        }
        check(text).map_err(|detail| Fault::new(at, detail))?;
        patterns.push(text.to_owned());
    }
    Ok(Patterns { not, patterns })
}

/// A service, a colon and the name of an action, in which wildcards may stand.
pub(super) fn check_action(action: &str, kind: PolicyKind) -> Result<(), String> {
    if action == "*" {
        return Ok(());
    }
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-wheretouse
    if action.contains("${") {
        return Err(format!("`{action}` has a variable, but actions take none, only `*` and `?`."));
    }
    let Some((service, name)) = action.split_once(':') else {
        return Err(format!("`{action}` does not name the service of the action, such as `s3:GetObject`."));
    };
    let service_ok = service.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    if service.is_empty() || !service_ok && action != "*:*" {
        return Err(format!("`{service}` is not the name of a service."));
    }
    if name.is_empty() {
        return Err(format!("`{action}` names no action."));
    }
    if name.contains(':') {
        return Err(format!("`{action}` has more than one colon."));
    }
    if kind == PolicyKind::Trust && service != "*" && !service.eq_ignore_ascii_case("sts") {
        return Err(format!("A trust policy is about actions of `sts`, not `{action}`."));
    }
    Ok(())
}

/// An ARN or `*`. Source of the parts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>.
pub(super) fn check_resource(resource: &str) -> Result<(), String> {
    if resource == "*" {
        return Ok(());
    }
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let (Some(&"arn"), Some(partition)) = (parts.first(), parts.get(1)) else {
        return Err(format!("`{resource}` is neither an ARN nor `*`."));
    };
    let wild = |text: &str| text.contains(['*', '?']);
    if !wild(partition) && Partition::from_name(partition).is_none() {
        return Err(format!("There is no AWS partition `{partition}`, as in `{resource}`."));
    }
    // Wildcards may stand everywhere but for the service:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    match parts.get(2) {
        Some(service) if !service.is_empty() && !wild(service) => {}
        _ => return Err(format!("`{resource}` must name a service, without wildcards.")),
    }
    // A `*` at the end of a segment goes on past the colon, and so may stand for the segments that are missing.
    if parts.len() < 6 && !resource.ends_with('*') {
        return Err(format!("`{resource}` has fewer than the six parts of an ARN."));
    }
    if parts.get(5).is_some_and(|name| name.is_empty()) {
        return Err(format!("`{resource}` names no resource."));
    }
    // IAM has no regions, and neither have the names of buckets.
    let (region, account) = (parts.get(3).copied().unwrap_or_default(), parts.get(4).copied().unwrap_or_default());
    let without_region = parts[2] == "iam" || (parts[2] == "s3" && account.is_empty() && parts.len() == 6);
    if without_region && !region.is_empty() && !wild(region) {
        return Err(format!("`{resource}` names the region `{region}`, but has none."));
    }
    Ok(())
}
