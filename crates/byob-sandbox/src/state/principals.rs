//! Where a policy names principals, so that they can be looked up and replaced without touching the rest of its text.

use std::ops::Range;

use super::Iam;

/// One principal that a policy names.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// `AWS`, `Service`, `Federated` or `CanonicalUser`; empty for a bare `"*"`.
    pub kind: String,
    /// Such as `arn:aws:iam::123456789012:role/name`.
    pub value: String,
    /// Where its string stands in the text, quotes included.
    pub at: Range<usize>,
}

/// The principals of all statements, in the order of the text, which has to be JSON. ARNs elsewhere, such as those of conditions, are
/// none: AWS leaves them as they are.
pub fn named(text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    // For each object that is open, the key that is being read.
    let mut path: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'{' => path.push(String::new()),
            b'}' => drop(path.pop()),
            b'"' => {
                let end = end_of_string(text, at);
                let string = text.get(at..end).and_then(|quoted| serde_json::from_str::<String>(quoted).ok());
                let string = string.unwrap_or_default();
                if text[end..].trim_start().starts_with(':') {
                    if let Some(key) = path.last_mut() {
                        *key = string;
                    }
                } else if let Some(kind) = kind_of(&path) {
                    found.push(Named { kind, value: string, at: at..end });
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The kind of principal that stands at this path; none where no principal stands.
fn kind_of(path: &[String]) -> Option<String> {
    match path {
        [statement, element, kind @ ..]
            if statement == "Statement" && matches!(element.as_str(), "Principal" | "NotPrincipal") =>
        {
            Some(kind.first().cloned().unwrap_or_default())
        }
        _ => None,
    }
}

/// The end of the string that begins at a quote.
fn end_of_string(text: &str, start: usize) -> usize {
    let mut escaped = false;
    let mut rest = text.bytes().enumerate().skip(start + 1);
    let end = rest.find(|(_, byte)| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

/// The first principal that AWS would not save a policy with, because there is nobody of that name. Services are known by their
/// domain, identity providers are taken as they are.
///
/// Source: "Invalid principal in policy" in <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html>.
pub fn unknown(text: &str, iam: &Iam) -> Option<Named> {
    named(text).into_iter().find(|principal| match principal.kind.as_str() {
        "AWS" => !is_known(&principal.value, iam),
        "Service" => !principal.value.ends_with(".amazonaws.com") && !principal.value.ends_with(".amazonaws.com.cn"),
        "CanonicalUser" => !iam.accounts.values().any(|account| account.canonical_id == principal.value),
        _ => false,
    })
}

fn is_known(principal: &str, iam: &Iam) -> bool {
    if principal == "*" || iam.accounts.contains_key(principal) {
        return true;
    }
    let parts: Vec<&str> = principal.splitn(6, ':').collect();
    let ["arn", "aws", service, "", account, resource] = parts[..] else { return false };
    let Some(account) = iam.accounts.get(account) else { return false };
    match (service, resource.split_once('/')) {
        ("iam", None) => resource == "root",
        ("iam", Some(_)) => iam.unique_id(principal).is_some(),
        ("sts", Some(("assumed-role", session))) => {
            session.split_once('/').is_some_and(|(role, _)| account.roles.contains_key(role))
        }
        ("sts", Some((kind, _))) => kind == "federated-user",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Account;

    fn values(text: &str) -> Vec<(String, String)> {
        named(text).into_iter().map(|principal| (principal.kind, principal.value)).collect()
    }

    #[test]
    fn principals_are_found_wherever_a_statement_names_them() {
        let text = r#"{"Version": "2012-10-17", "Statement": [
            {"Sid": "a \" quote", "Principal": "*", "Action": "sts:AssumeRole"},
            {"Principal": {"AWS": ["arn:one", "arn:\u0074wo"], "Service" : "ec2.amazonaws.com"}},
            {"NotPrincipal": {"AWS": "arn:three"}, "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:one"}}}]}"#;
        let found = values(text);
        let found: Vec<(&str, &str)> = found.iter().map(|(kind, value)| (kind.as_str(), value.as_str())).collect();
        let services = ("Service", "ec2.amazonaws.com");
        assert_eq!(found, [("", "*"), ("AWS", "arn:one"), ("AWS", "arn:two"), services, ("AWS", "arn:three")]);
        assert!(named(text).iter().all(|principal| text[principal.at.clone()].starts_with('"')));
    }

    #[test]
    fn a_statement_need_not_be_in_a_list() {
        assert_eq!(values(r#"{"Statement": {"Principal": {"AWS": "1"}}}"#), [("AWS".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn text_that_is_no_json_does_no_harm() {
        for text in ["", "\"", "{\"a", "}}}", "{\"Statement\": \"\\", "é\"é"] {
            assert!(named(text).is_empty());
        }
    }

    #[test]
    fn only_accounts_and_identities_of_this_world_are_known() {
        let mut iam = Iam::default();
        iam.accounts.insert("111111111111".to_owned(), Account::new("111111111111", "one"));
        for (principal, known) in [
            ("*", true),
            ("111111111111", true),
            ("arn:aws:iam::111111111111:root", true),
            ("222222222222", false),
            ("arn:aws:iam::222222222222:root", false),
            ("arn:aws:iam::111111111111:role/none", false),
            ("arn:aws:iam::111111111111:group/none", false),
            ("arn:aws:sts::111111111111:assumed-role/none/session", false),
            ("AROAEXAMPLEEXAMPLE", false),
        ] {
            assert_eq!(is_known(principal, &iam), known, "{principal}");
        }
        let service = r#"{"Statement": {"Principal": {"Service": "ec2.example.com"}}}"#;
        assert_eq!(unknown(service, &iam).unwrap().value, "ec2.example.com");
    }
}
