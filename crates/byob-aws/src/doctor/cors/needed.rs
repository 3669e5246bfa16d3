//! What the platform's pages need of a CORS configuration.

use super::{matches, rules, texts};
use crate::{
    doctor::{
        codes::Code,
        finding::{Findings, Place},
        question::Want,
    },
    iam::json::Value,
    policies::{Access, cors::cors_configuration},
};

pub(super) fn find(root: &Value, want: &Want, findings: &mut Findings) {
    let rules = rules(root);
    for (index, rule) in rules.iter().enumerate() {
        for (at, _) in texts(rule, "AllowedOrigins").filter(|(_, origin)| *origin == "*") {
            let detail = "`*` allows the scripts of every page.";
            findings.add(Code::BroadOrigin, Place::in_statement(at, index), detail);
        }
    }
    let Some(origins) = want.origins.as_deref().filter(|origins| !origins.is_empty()) else { return };
    let needed = cors_configuration(origins, &want.access);
    let Some(needed) = needed.cors_rules.first() else { return };
    for origin in origins {
        let first = |method: &str| {
            rules.iter().position(|rule| {
                texts(rule, "AllowedMethods").any(|(_, allowed)| allowed == method)
                    && texts(rule, "AllowedOrigins").any(|(_, allowed)| matches(allowed, origin))
            })
        };
        let of_origin = rules
            .iter()
            .enumerate()
            .find(|(_, rule)| texts(rule, "AllowedOrigins").any(|(_, allowed)| matches(allowed, origin)));
        let Some((index, rule)) = of_origin else {
            let place = rules.first().map_or(Place::of(root.at), |rule| place_of(rule, 0, "AllowedOrigins"));
            let detail = format!("Pages of `{origin}` may not read the bucket's files with scripts.");
            findings.add_with(Code::MissingOrigin, place, detail, format!("Add `{origin}` to `AllowedOrigins`."));
            continue;
        };
        for method in needed.allowed_methods.iter().filter(|method| first(method).is_none()) {
            let detail = format!("Pages of `{origin}` may not use `{method}`.");
            findings.add(Code::MissingMethod, place_of(rule, index, "AllowedMethods"), detail);
        }
        let methods = texts(rule, "AllowedMethods");
        for (at, method) in methods.filter(|(_, method)| !needed.allowed_methods.contains(method)) {
            let detail = format!("The declared access does not need `{method}`.");
            findings.add(Code::BroadMethod, Place::in_statement(at, index), detail);
        }
        check_headers(rule, index, want, &needed.expose_headers, findings);
    }
}

fn check_headers(rule: &Value, index: usize, want: &Want, exposed: &[&str], findings: &mut Findings) {
    let mut sent = vec!["range"];
    if want.access.contains(&Access::Write) {
        sent.extend(["content-type", "x-amz-checksum-sha256"]);
    }
    let allowed =
        |header: &str| texts(rule, "AllowedHeaders").any(|(_, allowed)| matches(&allowed.to_ascii_lowercase(), header));
    let missing: Vec<&str> = sent.into_iter().filter(|header| !allowed(header)).collect();
    if !missing.is_empty() {
        let detail = format!("Pages may not send `{}`.", missing.join("`, `"));
        findings.add(Code::MissingAllowedHeader, place_of(rule, index, "AllowedHeaders"), detail);
    }
    let shown = |header: &str| texts(rule, "ExposeHeaders").any(|(_, shown)| shown.eq_ignore_ascii_case(header));
    let hidden: Vec<&str> = exposed.iter().copied().filter(|header| !shown(header)).collect();
    if !hidden.is_empty() {
        let listed = hidden.join("`, `");
        let detail = format!("Scripts do not see `{listed}` of the answers, which readers of parts of files need.");
        let hint = format!("Add `{listed}` to `ExposeHeaders`.");
        findings.add_with(Code::MissingExposedHeader, place_of(rule, index, "ExposeHeaders"), detail, hint);
    }
}

/// Where a list stands, or where it is missing the rule.
fn place_of(rule: &Value, index: usize, list: &str) -> Place {
    let member = rule.members().iter().find(|member| member.key == list);
    Place::in_statement(member.map_or(rule.at, |member| member.at), index)
}
