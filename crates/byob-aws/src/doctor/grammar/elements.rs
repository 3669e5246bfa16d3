//! The elements of one statement.

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
        if *actions != before {
            let mut all: Vec<Value> = Vec::new();
            for action in entries_mut(actions).iter().cloned().chain(more) {
                if !all.iter().any(|known| known.kind == action.kind) {
                    all.push(action);
                }
            }
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
            let Kind::Object(keys) = &mut operator.value.kind else { continue };
            for key in keys {
                for value in key.value.entries().iter().filter(|_| is_exact) {
                    if let Some(text) = value.as_str().filter(|text| text.replace("${*}", "").contains('*')) {
                        let detail =
                            format!("`{}` takes the `*` of `{text}` for a star, and not for any text.", operator.key);
                        self.findings.add(Code::WildcardIsLiteral, Place::in_statement(value.at, self.index), detail);
                    }
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
