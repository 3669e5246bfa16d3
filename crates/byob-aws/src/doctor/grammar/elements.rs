//! The elements of one statement.

use std::collections::HashSet;

use super::{principals, rename, text};
use crate::{
    doctor::{
        actions::{self, Instead, nearest},
        arns,
        codes::Code,
        finding::{Findings, Place},
        pasted::{entries_mut, get_mut},
        question::Want,
    },
    iam::{
        PolicyKind,
        condition::{OPERATORS, Operator},
        json::{Kind, Value},
    },
};

const ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// What a statement must have, each by one name or another.
const NEEDED: [(&str, &str); 4] =
    [("Effect", ""), ("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")];

/// Whether an operator compares texts letter by letter.
fn is_exact(operator: &str) -> bool {
    let lower = operator.to_ascii_lowercase();
    lower.contains("stringequals") || lower.contains("stringnotequals")
}

pub(super) struct Mender<'a> {
    pub index: usize,
    pub kind: PolicyKind,
    pub want: &'a Want,
    pub findings: &'a mut Findings,
    /// It has a mistake that could not be mended.
    pub broken: bool,
}

impl Mender<'_> {
    pub fn place(&self, at: usize) -> Place {
        Place::in_statement(at, self.index)
    }

    pub fn mend(&mut self, statement: &mut Value, sids: &mut Vec<String>) {
        if !matches!(statement.kind, Kind::Object(_)) {
            return;
        }
        rename(statement, &ELEMENTS, "a statement", Some(self.index), self.findings);
        self.remove_what_is_elsewhere(statement);
        self.mend_sid(statement, sids);
        self.mend_effect(statement);
        for element in ["Action", "NotAction"] {
            self.mend_actions(get_mut(statement, element));
        }
        for element in ["Resource", "NotResource"] {
            self.mend_resources(get_mut(statement, element));
        }
        if self.kind == PolicyKind::Trust {
            principals::mend(self, statement);
        }
        if let Some(condition) = get_mut(statement, "Condition") {
            self.mend_condition(condition);
        }
        self.find_missing(statement);
    }

    /// Access policies have no principals, and trust policies no resources.
    fn remove_what_is_elsewhere(&mut self, statement: &mut Value) {
        let is_trust = self.kind == PolicyKind::Trust;
        let (code, elements, what) = if is_trust {
            (Code::ResourceInTrustPolicy, ["Resource", "NotResource"], "A trust policy")
        } else if self.kind == PolicyKind::Session {
            (Code::PrincipalInAccessPolicy, ["Principal", "NotPrincipal"], "A session policy")
        } else {
            (Code::PrincipalInAccessPolicy, ["Principal", "NotPrincipal"], "An access policy")
        };
        let index = self.index;
        let Kind::Object(members) = &mut statement.kind else { return };
        members.retain(|member| {
            let stays = !elements.contains(&member.key.as_str());
            if !stays {
                let detail = format!("{what} has no `{}`.", member.key);
                self.findings.add(code, Place::in_statement(member.at, index), detail);
            }
            stays
        });
    }

    fn mend_sid(&mut self, statement: &mut Value, sids: &mut Vec<String>) {
        let Some(value) = get_mut(statement, "Sid") else { return };
        let at = value.at;
        let Kind::String(sid) = &mut value.kind else { return };
        if !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let better: String = sid.chars().filter(char::is_ascii_alphanumeric).collect();
            self.findings.add_with(
                Code::BadSid,
                Place::in_statement(at, self.index),
                format!("A `Sid` has letters and digits only, not `{sid}`."),
                format!("Write `{better}`."),
            );
            *sid = better;
        }
        if sids.contains(sid) {
            let detail = format!("Two statements have the `Sid` `{sid}`.");
            self.findings.add(Code::DuplicateSid, Place::in_statement(at, self.index), detail);
            sid.clear();
        } else if !sid.is_empty() {
            sids.push(sid.clone());
        }
        if sid.is_empty()
            && let Kind::Object(members) = &mut statement.kind
        {
            members.retain(|member| member.key != "Sid");
        }
    }

    fn mend_effect(&mut self, statement: &mut Value) {
        let Some(value) = get_mut(statement, "Effect") else { return };
        let Some(effect) = value.as_str().filter(|effect| !["Allow", "Deny"].contains(effect)).map(str::to_owned)
        else {
            return;
        };
        let place = Place::in_statement(value.at, self.index);
        let meant = ["Allow", "Deny"].into_iter().find(|name| name.eq_ignore_ascii_case(effect.trim()));
        let detail = format!("`Effect` is `Allow` or `Deny`, not `{effect}`.");
        if let Some(name) = meant {
            self.findings.add_with(Code::WrongCapitals, place, detail, format!("Write `{name}`."));
            value.kind = Kind::String(name.into());
        } else {
            self.findings.add(Code::BadEffect, place, detail);
            self.broken = true;
        }
    }

    fn mend_actions(&mut self, actions: Option<&mut Value>) {
        let Some(actions) = actions else { return };
        let before = actions.clone();
        let mut more = Vec::new();
        for entry in entries_mut(actions) {
            let at = entry.at;
            let Kind::String(action) = &mut entry.kind else { continue };
            let place = Place::in_statement(at, self.index);
            if let Some((c, better)) = invisible(action) {
                let detail = format!("`{action}` has an invisible character in it: U+{:04X}.", c as u32);
                self.findings.add_with(Code::InvisibleCharacter, place, detail, format!("Write `{better}`."));
                *action = better;
            }
            if action.trim() != action {
                self.findings.add(Code::ArnBlank, place, format!("`{action}` has a blank that does not belong to it."));
                *action = action.trim().to_owned();
            }
            match actions::instead(action) {
                Some(Instead::Request(names)) => {
                    let listed = names.join("` and `");
                    let detail = format!("`{action}` is a request, and no action of IAM: `{listed}` permits it.");
                    self.findings.add_with(Code::UnknownAction, place, detail, format!("Write `{listed}`."));
                    names[0].clone_into(action);
                    more.extend(names[1..].iter().map(|name| text(at, *name)));
                }
                Some(Instead::Misspelt(name)) => {
                    let detail = format!("There is no action `{action}`; AWS takes it, and it grants nothing.");
                    self.findings.add_with(Code::UnknownAction, place, detail, format!("Write `{name}`."));
                    *action = name;
                }
                Some(Instead::WithoutService(name)) => {
                    let detail = format!("`{action}` does not name the service of the action.");
                    self.findings.add_with(Code::ActionWithoutService, place, detail, format!("Write `{name}`."));
                    *action = name;
                }
                None => {}
            }
        }
        let mut known: HashSet<String> = HashSet::new();
        let is_twice = |action: &Value| action.as_str().is_some_and(|text| !known.insert(text.to_owned()));
        if *actions != before || entries_mut(actions).iter().any(is_twice) {
            let mut known: HashSet<String> = HashSet::new();
            let all: Vec<Value> = entries_mut(actions)
                .iter()
                .cloned()
                .chain(more)
                .filter(|action| action.as_str().is_none_or(|text| known.insert(text.to_owned())))
                .collect();
            actions.kind = if let [only] = all.as_slice() { only.kind.clone() } else { Kind::Array(all) };
        }
    }

    fn mend_resources(&mut self, resources: Option<&mut Value>) {
        let Some(resources) = resources else { return };
        // Where the wanted prefix begins with a slash, so do the keys.
        let scopes = self.want.grant.iter().flat_map(|grant| &grant.buckets);
        let with_slash =
            scopes.filter_map(|scope| scope.prefix.as_ref()).any(|prefix| prefix.as_str().starts_with('/'));
        for entry in entries_mut(resources) {
            let place = Place::in_statement(entry.at, self.index);
            let Kind::String(resource) = &mut entry.kind else { continue };
            for mend in arns::mend_resource(resource, self.want.partition) {
                if mend.code == Code::LeadingSlash && with_slash {
                    break;
                }
                self.findings.add_with(mend.code, place, mend.detail, format!("Write `{}`.", mend.better));
                *resource = mend.better;
            }
            if let Some((c, better)) = invisible(resource) {
                let detail = format!("`{resource}` has an invisible character in it: U+{:04X}.", c as u32);
                self.findings.add_with(Code::InvisibleCharacter, place, detail, format!("Write `{better}`."));
                *resource = better;
            }
            let bucket = resource.split(['/', ' ']).next().unwrap_or_default();
            let name = bucket.strip_prefix("arn:").and_then(|rest| rest.split(":::").nth(1)).unwrap_or_default();
            if name.contains(|c: char| c.is_ascii_uppercase()) {
                let better = resource.replacen(name, &name.to_ascii_lowercase(), 1);
                let detail = format!("The names of buckets have no capitals, as `{name}` does.");
                self.findings.add_with(Code::WrongCapitals, place, detail, format!("Write `{better}`."));
                *resource = better;
            }
            let bucket = resource.split(['/', ' ']).next().unwrap_or_default();
            if bucket.contains(['<', '>']) || bucket.contains("YOUR") {
                self.findings.add(
                    Code::Placeholder,
                    place,
                    format!("`{bucket}` looks like something to be filled in."),
                );
            }
            if resource != "*" && !resource.starts_with("arn:") && !resource.is_empty() {
                self.findings.add(Code::NotAnArn, place, format!("`{resource}` is neither an ARN nor `*`."));
                self.broken = true;
            }
        }
    }

    fn mend_condition(&mut self, condition: &mut Value) {
        let Kind::Object(operators) = &mut condition.kind else { return };
        for operator in operators {
            let place = Place::in_statement(operator.at, self.index);
            let names = OPERATORS.map(|(name, ..)| name);
            let name = &operator.key;
            if Operator::parse(name).is_none()
                && let Some(meant) = nearest(name, &names)
            {
                let detail = format!("There is no condition operator `{name}`.");
                self.findings.add_with(Code::WrongName, place, detail, format!("Write `{meant}`."));
                meant.clone_into(&mut operator.key);
            }
            let is_exact = is_exact(&operator.key);
            let negated = operator.key.contains("Not") || operator.key.starts_with("ForAllValues:");
            let Kind::Object(keys) = &mut operator.value.kind else { continue };
            for key in keys {
                for value in key.value.entries().iter().filter(|_| is_exact) {
                    if let Some(text) = value.as_str().filter(|text| text.replace("${*}", "").contains('*')) {
                        let detail =
                            format!("`{}` takes the `*` of `{text}` for a star, and not for any text.", operator.key);
                        self.findings.add(Code::WildcardIsLiteral, Place::in_statement(value.at, self.index), detail);
                    }
                }
                if !negated && matches!(&key.value.kind, Kind::Array(values) if values.is_empty()) {
                    let detail = format!("`{}` is compared with an empty list, which nothing is equal to.", key.key);
                    let place = Place::in_statement(key.at, self.index);
                    self.findings.add_with(
                        Code::ConditionNeverMet,
                        place,
                        detail,
                        "Put the value in, or remove the key.",
                    );
                }
                if key.key.starts_with("s3:")
                    && !KEYS_OF_S3.iter().any(|known| known.eq_ignore_ascii_case(&key.key))
                    && let Some(meant) = nearest(&key.key, &KEYS_OF_S3)
                {
                    let detail =
                        format!("There is no condition key `{}`, so that the condition is never met.", key.key);
                    let place = Place::in_statement(key.at, self.index);
                    self.findings.add_with(Code::WrongName, place, detail, format!("Write `{meant}`."));
                    meant.clone_into(&mut key.key);
                }
                let letters: String = key.key.chars().filter(char::is_ascii_alphanumeric).collect();
                let letters = letters.to_ascii_lowercase();
                let is_external_id = letters.ends_with("externalid") || letters.ends_with("externalids");
                if self.kind == PolicyKind::Trust && is_external_id && !key.key.eq_ignore_ascii_case("sts:ExternalId") {
                    let detail = format!("There is no condition key `{}`.", key.key);
                    self.findings.add(Code::WrongConditionKey, Place::in_statement(key.at, self.index), detail);
                    "sts:ExternalId".clone_into(&mut key.key);
                }
            }
        }
    }

    fn find_missing(&mut self, statement: &Value) {
        for (element, or) in NEEDED {
            let elsewhere = match element {
                "Principal" => self.kind != PolicyKind::Trust,
                "Resource" => self.kind == PolicyKind::Trust,
                _ => false,
            };
            if !elsewhere && statement.get(element).is_none() && statement.get(or).is_none() {
                let detail = format!("The statement has no `{element}`.");
                self.findings.add(Code::MissingElement, Place::in_statement(statement.at, self.index), detail);
                self.broken = true;
            }
        }
    }
}

/// The condition keys of S3 whose names do not hold another name.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys>.
const KEYS_OF_S3: [&str; 24] = [
    "s3:AccessPointNetworkOrigin",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
    "s3:ResourceAccount",
    "s3:TlsVersion",
    "s3:authType",
    "s3:delimiter",
    "s3:if-match",
    "s3:if-none-match",
    "s3:max-keys",
    "s3:object-lock-mode",
    "s3:prefix",
    "s3:signatureAge",
    "s3:signatureversion",
    "s3:versionid",
    "s3:x-amz-acl",
    "s3:x-amz-content-sha256",
    "s3:x-amz-copy-source",
    "s3:x-amz-metadata-directive",
    "s3:x-amz-object-ownership",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-server-side-encryption-customer-algorithm",
    "s3:x-amz-storage-class",
];

/// A character that nobody sees, and the text without it.
fn invisible(text: &str) -> Option<(char, String)> {
    let is_invisible = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}');
    let found = text.chars().find(|c| is_invisible(*c))?;
    Some((found, text.chars().filter(|c| !is_invisible(*c)).collect()))
}
