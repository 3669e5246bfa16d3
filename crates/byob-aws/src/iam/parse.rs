//! From JSON to a policy, refusing what AWS refuses.
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html> and the errors of
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>.

use std::collections::HashSet;

use super::{
    condition::{Condition, Operator},
    document::{Patterns, Policy, PolicyKind, Principals, Statement, Version},
    json::{self, Fault, Kind, Member, Value},
    principal::Principal,
};
use crate::Partition;

/// Reads a policy.
pub(crate) fn policy(text: &str, kind: PolicyKind) -> Result<Policy, Fault> {
    let root = json::read(text)?;
    let members = object(&root, "A policy")?;
    known(members, &["Version", "Id", "Statement"], "a policy")?;
    if let Some(id) = get(members, "Id") {
        // The grammar has `Id` for policies of resources only.
        if !kind.has_principals() {
            return Err(Fault::new(id.at, "Only policies of resources have an `Id`."));
        }
        string(&id.value, "`Id`")?;
    }
    let version = match get(members, "Version") {
        None => Version::V2008,
        Some(member) => match string(&member.value, "`Version`")? {
            "2012-10-17" => Version::V2012,
            "2008-10-17" => Version::V2008,
            other => {
                let detail = format!("There is no version `{other}` of the policy language; use `2012-10-17`.");
                return Err(Fault::new(member.value.at, detail));
            }
        },
    };
    let Some(statement) = get(members, "Statement") else {
        return Err(Fault::new(root.at, "The policy has no `Statement`."));
    };
    let values = statement.value.entries();
    if values.is_empty() {
        return Err(Fault::new(statement.value.at, "The policy has no statement."));
    }
    let mut sids = HashSet::new();
    let statements = values.iter().map(|value| read_statement(value, kind, &mut sids)).collect::<Result<_, _>>()?;
    Ok(Policy { kind, version, statements })
}

const ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// Reads a statement, whose name must not be among those of the statements before it.
pub(crate) fn read_statement(value: &Value, kind: PolicyKind, sids: &mut HashSet<String>) -> Result<Statement, Fault> {
    let members = object(value, "A statement")?;
    known(members, &ELEMENTS, "a statement")?;
    let sid = match sid(members, kind)? {
        Some((sid, at)) if !sids.insert(sid.clone()) => {
            return Err(Fault::new(at, format!("Two statements have the `Sid` `{sid}`.")));
        }
        found => found.map(|(sid, _)| sid),
    };
    let Some(effect) = get(members, "Effect") else {
        return Err(Fault::new(value.at, "The statement has no `Effect`."));
    };
    // Capitals matter here:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html
    let allows = match string(&effect.value, "`Effect`")? {
        "Allow" => true,
        "Deny" => false,
        other => {
            let detail = format!("`Effect` is `Allow` or `Deny`, not `{other}`.");
            return Err(Fault::new(effect.value.at, detail));
        }
    };
    let principals = principals(value, members, kind, allows)?;
    let Some((action, not)) = either(members, "Action", "NotAction")? else {
        return Err(Fault::new(value.at, "The statement has neither `Action` nor `NotAction`."));
    };
    let actions = patterns(action, not, |text| check_action(text, kind))?;
    let resources = match either(members, "Resource", "NotResource")? {
        // A trust policy is about the role that it is attached to.
        Some((member, _)) if kind == PolicyKind::Trust => {
            return Err(Fault::new(member.at, format!("A trust policy has no `{}`.", member.key)));
        }
        Some((member, not)) => Some(patterns(member, not, check_resource)?),
        None if kind.has_principals() => None,
        None => return Err(Fault::new(value.at, "The statement has neither `Resource` nor `NotResource`.")),
    };
    let conditions = match get(members, "Condition") {
        Some(member) => read_conditions(&member.value)?,
        None => Vec::new(),
    };
    Ok(Statement { sid, allows, principals, actions, resources, conditions })
}

/// The name of a statement and its place; an empty one is none. IAM takes names of ASCII letters and digits only. Other
/// services, whose resources have policies, take other ones too.
fn sid(members: &[Member], kind: PolicyKind) -> Result<Option<(String, usize)>, Fault> {
    let Some(member) = get(members, "Sid") else { return Ok(None) };
    let sid = string(&member.value, "`Sid`")?;
    if kind != PolicyKind::Resource && !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
        let detail = format!("A `Sid` has letters and digits only, not `{sid}`.");
        return Err(Fault::new(member.value.at, detail));
    }
    Ok((!sid.is_empty()).then(|| (sid.to_owned(), member.value.at)))
}

fn principals(
    statement: &Value,
    members: &[Member],
    kind: PolicyKind,
    allows: bool,
) -> Result<Option<Principals>, Fault> {
    let (member, not) = match either(members, "Principal", "NotPrincipal")? {
        Some((member, _)) if !kind.has_principals() => {
            let (what, about) = match kind {
                PolicyKind::Session => ("A session policy", "the session that it is passed to"),
                PolicyKind::Boundary => ("A permissions boundary", "the identity that it is attached to"),
                _ => ("An identity policy", "the identity that it is attached to"),
            };
            return Err(Fault::new(member.at, format!("{what} has no `{}`: it is about {about}.", member.key)));
        }
        Some(found) => found,
        None if !kind.has_principals() => return Ok(None),
        None => return Err(Fault::new(statement.at, "The statement has no `Principal`.")),
    };
    // Both from https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    if not && kind == PolicyKind::Trust {
        return Err(Fault::new(member.at, "A trust policy has no `NotPrincipal`."));
    }
    if not && allows {
        return Err(Fault::new(member.at, "`NotPrincipal` goes with `Deny` only: it would allow everybody else."));
    }
    let entries = match &member.value.kind {
        Kind::String(text) if text == "*" => vec![Principal::Everybody],
        Kind::Object(kinds) if !kinds.is_empty() => {
            let mut entries = Vec::new();
            for kind in kinds {
                for (at, text) in strings(&kind.value, &format!("`{}`", kind.key))? {
                    entries.push(Principal::parse(&kind.key, text).map_err(|detail| Fault::new(at, detail))?);
                }
            }
            entries
        }
        _ => {
            let detail = format!("`{}` is `\"*\"`, or an object such as `{{\"AWS\": \"111122223333\"}}`.", member.key);
            return Err(Fault::new(member.value.at, detail));
        }
    };
    Ok(Some(Principals { not, entries }))
}

fn patterns(member: &Member, not: bool, check: impl Fn(&str) -> Result<(), String>) -> Result<Patterns, Fault> {
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
fn check_action(action: &str, kind: PolicyKind) -> Result<(), String> {
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
fn check_resource(resource: &str) -> Result<(), String> {
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

fn read_conditions(value: &Value) -> Result<Vec<Condition>, Fault> {
    let mut conditions = Vec::new();
    let mut seen = HashSet::new();
    for operator_member in object(value, "`Condition`")? {
        let name = &operator_member.key;
        let Some(operator) = Operator::parse(name) else {
            return Err(Fault::new(operator_member.at, format!("There is no condition operator `{name}`.")));
        };
        for key_member in object(&operator_member.value, &format!("`{name}`"))? {
            let key = &key_member.key;
            if key.is_empty() {
                return Err(Fault::new(key_member.at, "The name of a condition key is missing."));
            }
            // The same key with other capitals is the same key. Access Analyzer calls it an error.
            if !seen.insert((name.to_lowercase(), key.to_lowercase())) {
                return Err(Fault::new(
                    key_member.at,
                    format!("The condition key `{key}` is given twice for `{name}`."),
                ));
            }
            let mut values = Vec::new();
            for value in key_member.value.entries() {
                let text = scalar(value, key)?;
                if !operator.takes(&text) {
                    return Err(Fault::new(value.at, format!("`{text}` is no date that `{name}` could compare with.")));
                }
                values.push(text);
            }
            conditions.push(Condition { operator, key: key.clone(), values });
        }
    }
    Ok(conditions)
}

/// Numbers and booleans may stand without quotation marks.
fn scalar(value: &Value, key: &str) -> Result<String, Fault> {
    match &value.kind {
        Kind::String(text) | Kind::Number(text) => Ok(text.clone()),
        Kind::Bool(b) => Ok(b.to_string()),
        _ => {
            let detail = format!("`{key}` is compared with strings, numbers or booleans, not with {}.", value.name());
            Err(Fault::new(value.at, detail))
        }
    }
}

fn get<'v>(members: &'v [Member], key: &str) -> Option<&'v Member> {
    members.iter().find(|member| member.key == key)
}

/// One of two elements that exclude each other, and whether it is the negative one.
fn either<'v>(members: &'v [Member], key: &str, not: &str) -> Result<Option<(&'v Member, bool)>, Fault> {
    match (get(members, key), get(members, not)) {
        (Some(_), Some(second)) => Err(Fault::new(second.at, format!("A statement has `{key}` or `{not}`, not both."))),
        (Some(member), None) => Ok(Some((member, false))),
        (None, Some(member)) => Ok(Some((member, true))),
        (None, None) => Ok(None),
    }
}

fn known(members: &[Member], names: &[&str], what: &str) -> Result<(), Fault> {
    let Some(unknown) = members.iter().find(|member| !names.contains(&member.key.as_str())) else { return Ok(()) };
    let key = &unknown.key;
    let meant = names.iter().find(|name| name.eq_ignore_ascii_case(key));
    let hint = meant.map(|name| format!(" Write `{name}`.")).unwrap_or_default();
    Err(Fault::new(unknown.at, format!("`{key}` is no element of {what}.{hint}")))
}

fn object<'v>(value: &'v Value, what: &str) -> Result<&'v [Member], Fault> {
    match &value.kind {
        Kind::Object(members) => Ok(members),
        _ => Err(Fault::new(value.at, format!("{what} is an object, not {}.", value.name()))),
    }
}

fn string<'v>(value: &'v Value, what: &str) -> Result<&'v str, Fault> {
    match &value.kind {
        Kind::String(text) => Ok(text),
        _ => Err(Fault::new(value.at, format!("{what} is a string, not {}.", value.name()))),
    }
}

/// One string or several, with their places. None at all is a mistake.
fn strings<'v>(value: &'v Value, what: &str) -> Result<Vec<(usize, &'v str)>, Fault> {
    let values = value.entries();
    if values.is_empty() {
        return Err(Fault::new(value.at, format!("{what} is empty.")));
    }
    values.iter().map(|value| Ok((value.at, string(value, &format!("Each entry of {what}"))?))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A policy with one statement, to whose elements some are added.
    fn with(more: &str) -> String {
        format!(r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {more}}}]}}"#)
    }

    const ACTION: &str = r#""Action": "s3:GetObject", "Resource": "*""#;

    #[test]
    fn every_kind_takes_what_it_must_have() {
        for (kind, text) in [
            (PolicyKind::Identity, with(ACTION)),
            (PolicyKind::Session, with(ACTION)),
            (PolicyKind::Boundary, with(ACTION)),
            (PolicyKind::Resource, with(&format!(r#""Principal": "*", {ACTION}"#))),
            (PolicyKind::Resource, with(r#""Principal": {"AWS": "111122223333"}, "Action": "sns:*""#)),
            (PolicyKind::Trust, with(r#""Principal": {"Service": ["ec2.amazonaws.com"]}, "Action": "sts:AssumeRole""#)),
            (
                PolicyKind::Identity,
                r#"{"Statement": {"Effect": "Deny", "NotAction": ["s3:*"], "NotResource": ["*"]}}"#.into(),
            ),
            (
                PolicyKind::Resource,
                format!(
                    r#"{{"Id": "a b", "Statement": [{{"Sid": "a b", "Effect": "Allow", "Principal": {{"AWS": "*"}}, {ACTION}}}]}}"#
                ),
            ),
            (PolicyKind::Identity, with(&format!(r#"{ACTION}, "Condition": {{}}"#))),
            (
                PolicyKind::Identity,
                with(&format!(
                    r#"{ACTION}, "Condition": {{"Bool": {{"aws:SecureTransport": true}}, "NumericLessThan": {{"s3:max-keys": 10}}, "StringLike": {{"k": []}}}}"#
                )),
            ),
        ] {
            policy(&text, kind).unwrap_or_else(|fault| panic!("{kind:?} {text}: {fault:?}"));
        }
    }

    /// Each text is refused at its `@`, which is not part of it.
    fn refused(kind: PolicyKind, whole: impl Fn(&str) -> String, cases: &[(&str, &str)]) {
        for (marked, says) in cases {
            let marked = whole(marked);
            let at = marked.find('@').unwrap();
            let text = marked.replacen('@', "", 1);
            let fault = policy(&text, kind).expect_err(&text);
            assert!(fault.detail.contains(says), "{text}: {fault:?}");
            assert_eq!(fault.at, at, "{text}: {fault:?}");
        }
    }

    #[test]
    fn what_is_no_policy_is_refused_where_it_fails() {
        let cases = [
            ("@[]", "A policy is an object"),
            (r#"{"Version": "2012-10-17", "Statement": []@,}"#, "comma after the last entry"),
            (r#"@{"Version": "2012-10-17"}"#, "no `Statement`"),
            (r#"{"Statement": @[]}"#, "no statement"),
            (r#"{"Statement": [@"x"]}"#, "A statement is an object"),
            (r#"{"Version": @"2012-10-18", "Statement": []}"#, "no version `2012-10-18`"),
            (r#"{"Version": @2012, "Statement": []}"#, "is a string, not a number"),
            (r#"{@"version": "2012-10-17", "Statement": []}"#, "Write `Version`"),
            (r#"{@"Id": "x", "Statement": []}"#, "Only policies of resources"),
            (r#"{"Statement": @{"Action": "*", "Resource": "*"}}"#, "no `Effect`"),
            (r#"{"Statement": {"Effect": @"allow", "Action": "*", "Resource": "*"}}"#, "`Allow` or `Deny`"),
            (r#"{"Statement": [@{"Effect": "Allow", "Resource": "*"}]}"#, "neither `Action`"),
            (r#"{"Statement": [@{"Effect": "Allow", "Action": "*"}]}"#, "neither `Resource`"),
        ];
        refused(PolicyKind::Identity, str::to_owned, &cases);
        let cases = [
            (r#"{"Id": @[], "Statement": []}"#, "is a string, not a list"),
            (r#"{"Statement": [@{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#, "no `Principal`"),
        ];
        refused(PolicyKind::Resource, str::to_owned, &cases);
    }

    #[test]
    fn actions_and_resources_that_are_none_are_refused() {
        let cases = [
            (r#""Action": "*", "Resource": "*", @"Extra": 1"#, "no element of a statement"),
            (r#""Action": "*", "Resource": "*", @"Action": "*""#, "twice"),
            (r#""Action": "*", @"NotAction": "*", "Resource": "*""#, "not both"),
            (r#""Action": "*", "Resource": "*", @"NotResource": "*""#, "not both"),
            (r#""Sid": @"a b", "Action": "*", "Resource": "*""#, "letters and digits"),
            (r#""Action": @[], "Resource": "*""#, "is empty"),
            (r#""Action": ["s3:*", @1], "Resource": "*""#, "is a string"),
            (r#""Action": @"GetObject", "Resource": "*""#, "name the service"),
            (r#""Action": @"", "Resource": "*""#, "`Action` is empty"),
            (r#""NotAction": ["s3:*", @""], "Resource": "*""#, "An entry of `NotAction` is empty"),
            (r#""Action": @"s3:${aws:username}", "Resource": "*""#, "actions take none"),
            (r#""Action": @"${aws:username}", "Resource": "*""#, "actions take none"),
            (r#""Action": @"s3:", "Resource": "*""#, "names no action"),
            (r#""Action": @"s3:Get:Object", "Resource": "*""#, "more than one colon"),
            (r#""Action": @"a a:List", "Resource": "*""#, "not the name of a service"),
            (r#""Action": @"s*:List", "Resource": "*""#, "not the name of a service"),
            (r#""Action": "*", "Resource": @[]"#, "is empty"),
            (r#""Action": "*", "Resource": @"bucket""#, "neither an ARN"),
            (r#""Action": "*", "Resource": @"""#, "`Resource` is empty"),
            (r#""Action": "*", "Resource": @"arn:awz:s3:::b""#, "no AWS partition"),
            (r#""Action": "*", "Resource": @"arn:aws:s3::b""#, "fewer than the six"),
            (r#""Action": "*", "Resource": @"arn:aws::::b""#, "must name a service"),
            (r#""Action": "*", "Resource": @"arn:aws:*:::b""#, "without wildcards"),
            (r#""Action": "*", "Resource": @"arn:aws:s3:::""#, "names no resource"),
            (r#""Action": "*", "Resource": @"arn:aws:iam:eu-west-1:111122223333:user/a""#, "region"),
            (r#""Action": "*", "Resource": @"arn:aws:s3:eu-west-1::b""#, "region"),
        ];
        refused(PolicyKind::Identity, with, &cases);
    }

    #[test]
    fn principals_are_refused_where_there_are_none_and_where_they_mean_nobody() {
        let in_front = |principal: &str| with(&format!("{principal}, {ACTION}"));
        let identity = "An identity policy has no `Principal`: it is about the identity that it is attached to.";
        refused(PolicyKind::Identity, in_front, &[(r#"@"Principal": "*""#, identity)]);
        let session = "A session policy has no `NotPrincipal`: it is about the session that it is passed to.";
        refused(PolicyKind::Session, in_front, &[(r#"@"NotPrincipal": "*""#, session)]);
        let boundary = "A permissions boundary has no `Principal`: it is about the identity that it is attached to.";
        refused(PolicyKind::Boundary, in_front, &[(r#"@"Principal": "*""#, boundary)]);
        let cases = [
            (r#""Principal": "*", @"NotPrincipal": "*""#, "not both"),
            (r#"@"NotPrincipal": {"AWS": "111122223333"}"#, "`Deny` only"),
            (r#""Principal": @"111122223333""#, "or an object"),
            (r#""Principal": @{}"#, "or an object"),
            (r#""Principal": {"AWS": @[]}"#, "is empty"),
            (r#""Principal": {"AWS": ["*", @"x"]}"#, "not a principal"),
            (r#""Principal": {"Aws": @"*"}"#, "no kind of principal"),
        ];
        refused(PolicyKind::Resource, in_front, &cases);
        let cases = [
            (r#""Principal": "*", "Action": "sts:AssumeRole", @"Resource": "*""#, "A trust policy has no `Resource`"),
            (r#""Principal": "*", "Action": @"s3:GetObject""#, "about actions of `sts`"),
            (r#"@"NotPrincipal": "*", "Action": "sts:AssumeRole""#, "A trust policy has no `NotPrincipal`"),
        ];
        refused(PolicyKind::Trust, with, &cases);
    }

    #[test]
    fn conditions_that_cannot_be_read_are_refused() {
        let cases = [
            ("@[]", "is an object"),
            (r#"{@"StringIs": {"k": "v"}}"#, "no condition operator `StringIs`"),
            (r#"{@"NullIfExists": {"k": "true"}}"#, "no condition operator"),
            (r#"{@"ForSome:StringLike": {"k": "v"}}"#, "no condition operator"),
            (r#"{"StringLike": @"v"}"#, "is an object"),
            (r#"{"StringLike": {"k": @{}}}"#, "not with an object"),
            (r#"{"StringLike": {"k": ["a", @null]}}"#, "not with null"),
            (r#"{"StringLike": {"k": "v", @"K": "v"}}"#, "twice"),
            (r#"{"StringLike": {@"": "v"}}"#, "is missing"),
            (r#"{"DateLessThan": {"k": @"soon"}}"#, "no date"),
        ];
        refused(PolicyKind::Identity, |condition| with(&format!(r#"{ACTION}, "Condition": {condition}"#)), &cases);
    }

    #[test]
    fn names_of_statements_are_unique() {
        let statement = |sid: &str| format!(r#"{{"Sid": "{sid}", "Effect": "Allow", {ACTION}}}"#);
        let two = |a, b| format!(r#"{{"Statement": [{}, {}]}}"#, statement(a), statement(b));
        let fault = policy(&two("A", "A"), PolicyKind::Identity).unwrap_err();
        assert!(fault.detail.contains("Two statements have the `Sid` `A`"));
        assert_eq!(fault.at, two("A", "A").rfind(r#""A""#).unwrap());
        for (a, b) in [("A", "a"), ("A", "B"), ("", "")] {
            assert!(policy(&two(a, b), PolicyKind::Identity).is_ok());
        }
    }

    #[test]
    fn the_version_is_the_older_one_if_none_is_given() {
        let version = |text: &str| policy(text, PolicyKind::Identity).unwrap().version;
        let statement = format!(r#""Statement": {{"Effect": "Allow", {ACTION}}}"#);
        assert_eq!(version(&format!("{{{statement}}}")), Version::V2008);
        assert_eq!(version(&format!(r#"{{"Version": "2008-10-17", {statement}}}"#)), Version::V2008);
        assert_eq!(version(&format!(r#"{{{statement}, "Version": "2012-10-17"}}"#)), Version::V2012);
    }

    proptest! {
        /// A good policy with a piece cut out or put in is read or refused, never worse.
        #[test]
        fn damage_is_survived(from in 0usize..200, length in 0usize..20, piece in "[\\[\\]{}:,\"a*$é ]{0,4}") {
            let mut text = with(&format!(r#""Sid": "A", {ACTION}, "Condition": {{"StringLike": {{"aws:username": ["a", "${{k}}"]}}}}"#));
            let from = text.floor_char_boundary(from);
            let to = text.floor_char_boundary((from + length).min(text.len()));
            text.replace_range(from..to, &piece);
            if let Err(fault) = policy(&text, PolicyKind::Identity) {
                prop_assert!(fault.at <= text.len() && text.is_char_boundary(fault.at));
            }
        }
    }
}
