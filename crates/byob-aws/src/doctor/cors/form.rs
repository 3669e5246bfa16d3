//! The form of a CORS configuration, mended where what was meant is clear.

use super::rules;
use crate::{
    doctor::{
        codes::Code,
        finding::{Findings, Place},
        grammar::{rename, text},
        pasted::{entries_mut, get_mut},
    },
    iam::json::{Kind, Member, Value},
    policies::cors::OUR_RULES,
};

const FIELDS: [&str; 6] =
    ["ID", "AllowedHeaders", "AllowedMethods", "AllowedOrigins", "ExposeHeaders", "MaxAgeSeconds"];

const LISTS: [&str; 4] = ["AllowedHeaders", "AllowedMethods", "AllowedOrigins", "ExposeHeaders"];

const METHODS: [&str; 5] = ["GET", "HEAD", "PUT", "POST", "DELETE"];

/// Of one bucket.
const MOST_RULES: usize = 100;

pub(super) fn mend(root: &mut Value, findings: &mut Findings) {
    wrap_bare(root, findings);
    let list = if matches!(root.kind, Kind::Array(_)) {
        root
    } else {
        rename(root, &["CORSRules"], "a CORS configuration", None, findings);
        let at = root.at;
        let Some(list) = get_mut(root, "CORSRules") else {
            findings.add(Code::MissingElement, Place::of(at), "There are no `CORSRules`.");
            return;
        };
        list
    };
    if !matches!(list.kind, Kind::Array(_)) {
        findings.add(Code::NotAList, Place::of(list.at), "The rules are a list.");
        *list = Value { at: list.at, kind: Kind::Array(vec![list.clone()]) };
    }
    let rules = entries_mut(list).len();
    if rules > MOST_RULES {
        let detail = format!("There are {rules} rules; a bucket takes {MOST_RULES}.");
        findings.add_with(Code::TooLarge, Place::of(list.at), detail, "Name several origins in one rule.");
    }
    if rules == 0 {
        findings.add(
            Code::MissingElement,
            Place::of(list.at),
            "There is no rule, and S3 takes no configuration without.",
        );
    }
    for (index, rule) in entries_mut(list).iter_mut().enumerate() {
        if !matches!(rule.kind, Kind::Object(_)) {
            let detail = format!("A rule is an object, not {}.", rule.name());
            findings.add(Code::Refused, Place::in_statement(rule.at, index), detail);
            continue;
        }
        rename(rule, &FIELDS, "a CORS rule", Some(index), findings);
        mend_rule(rule, index, findings);
    }
}

/// One rule, without the list around it.
fn wrap_bare(root: &mut Value, findings: &mut Findings) {
    let has = |name: &str| root.members().iter().any(|member| member.key.eq_ignore_ascii_case(name));
    if has("AllowedOrigins") || has("AllowedMethods") {
        let detail = "A rule stands here without the list around it.";
        findings.add_with(Code::BareStatement, Place::of(root.at), detail, "Put it in brackets: `[{…}]`.");
        *root = Value { at: root.at, kind: Kind::Array(vec![root.clone()]) };
    }
}

fn mend_rule(rule: &mut Value, index: usize, findings: &mut Findings) {
    let place = |at| Place::in_statement(at, index);
    for name in ["AllowedMethods", "AllowedOrigins"] {
        if rule.get(name).is_none_or(|list| matches!(&list.kind, Kind::Array(entries) if entries.is_empty())) {
            let detail = format!("The rule has no `{name}`, which every rule must have.");
            findings.add(Code::MissingElement, place(rule.at), detail);
        }
    }
    for name in LISTS {
        let Some(list) = get_mut(rule, name) else { continue };
        if !matches!(list.kind, Kind::Array(_)) {
            findings.add(Code::NotAList, place(list.at), format!("`{name}` is a list, not {}.", list.name()));
            *list = Value { at: list.at, kind: Kind::Array(vec![list.clone()]) };
        }
        let Kind::Array(entries) = &mut list.kind else { continue };
        entries.retain_mut(|entry| {
            let at = place(entry.at);
            let Kind::String(written) = &mut entry.kind else {
                findings.add(Code::Refused, at, format!("An entry of `{name}` is a string, not {}.", entry.name()));
                return false;
            };
            match name {
                "AllowedMethods" => mend_method(written, at, findings),
                "AllowedOrigins" => mend_origin(written, at, findings),
                "ExposeHeaders" if written.contains('*') => {
                    let detail = format!("S3 takes no wildcard in `ExposeHeaders`: `{written}`.");
                    findings.add_with(Code::Refused, at, detail, "Name each header.");
                    false
                }
                _ => true,
            }
        });
    }
    if let Some(age) = get_mut(rule, "MaxAgeSeconds") {
        let number = match &age.kind {
            Kind::Number(_) => return,
            Kind::String(written) => written.trim().parse::<u32>().ok(),
            _ => None,
        };
        findings.add_with(
            Code::Refused,
            place(age.at),
            format!("`MaxAgeSeconds` is a number, not {}.", age.name()),
            "Write it without quotation marks.",
        );
        age.kind = Kind::Number(number.unwrap_or(3600).to_string());
    }
}

fn mend_method(method: &mut String, place: Place, findings: &mut Findings) -> bool {
    let upper = method.trim().to_ascii_uppercase();
    if !METHODS.contains(&upper.as_str()) {
        findings.add(Code::BadMethod, place, format!("S3 refuses the method `{method}`."));
        return false;
    }
    if upper != *method {
        let detail = format!("S3 refuses `{method}`: methods are written in capitals.");
        findings.add_with(Code::WrongCapitals, place, detail, format!("Write `{upper}`."));
        *method = upper;
    }
    true
}

/// Origins are compared letter for letter with what browsers send.
fn mend_origin(origin: &mut String, place: Place, findings: &mut Findings) -> bool {
    if origin == "*" {
        return true;
    }
    if origin.matches('*').count() > 1 {
        findings.add(Code::BadOrigin, place, format!("`{origin}` has more than one `*`."));
        return false;
    }
    let Some((scheme, rest)) = origin.split_once("://") else {
        let detail = format!("`{origin}` has no scheme, and so is no origin that a browser sends.");
        findings.add_with(Code::BadOrigin, place, detail, format!("Write `https://{origin}`."));
        *origin = format!("https://{}", origin.trim_end_matches('/'));
        return true;
    };
    if let Some(end) = rest.find(['/', '?', '#']) {
        let better = format!("{scheme}://{}", &rest[..end]);
        let detail =
            format!("`{origin}` has something behind the host, which no browser sends, so that it never matches.");
        findings.add_with(Code::OriginWithPath, place, detail, format!("Write `{better}`."));
        *origin = better;
    }
    let usual = [("https://", ":443"), ("http://", ":80")];
    let port = usual.iter().find(|(scheme, port)| origin.starts_with(scheme) && origin.ends_with(port));
    if let Some((_, port)) = port {
        let better = origin.trim_end_matches(port).to_owned();
        let detail = format!("Browsers leave out the usual port, so that `{origin}` never matches.");
        findings.add_with(Code::BadOrigin, place, detail, format!("Write `{better}`."));
        *origin = better;
    }
    let lower = origin.to_lowercase();
    if lower != *origin {
        let detail = format!("Browsers send hosts in small letters, so that `{origin}` never matches.");
        findings.add_with(Code::WrongCapitals, place, detail, format!("Write `{lower}`."));
        *origin = lower;
    }
    true
}

/// The rules in the form of another document: a list, or below `CORSRules`.
pub(in crate::doctor) fn in_the_form_of(root: &Value, all: Vec<Value>) -> Value {
    let list = Value { at: root.at, kind: Kind::Array(all) };
    if matches!(root.kind, Kind::Array(_)) {
        return list;
    }
    let member = Member { at: root.at, key: "CORSRules".into(), value: list };
    Value { at: root.at, kind: Kind::Object(vec![member]) }
}

/// The rules for other pages than these.
pub(in crate::doctor) fn for_others(root: &Value, origins: &[String]) -> Vec<Value> {
    let for_others = |rule: &Value| {
        let mut rule = rule.clone();
        let list = get_mut(&mut rule, "AllowedOrigins")?;
        let ours = |written: &str| origins.iter().any(|origin| super::matches(written, origin));
        let left: Vec<Value> = list
            .entries()
            .iter()
            .filter(|entry| entry.as_str().is_some_and(|written| !ours(written)))
            .cloned()
            .collect();
        let any = !left.is_empty();
        list.kind = Kind::Array(left);
        // Rules of one name are refused.
        let ours = get_mut(&mut rule, "ID")
            .and_then(|id| Some((OUR_RULES.iter().find(|ours| id.as_str() == Some(ours))?, id)));
        if let Some((name, id)) = ours {
            *id = text(id.at, format!("{name}-before"));
        }
        any.then_some(rule)
    };
    rules(root).iter().filter_map(for_others).collect()
}
