//! Policy documents: read, measured, and written as IAM's answers have them.

use byob_aws::{
    encode,
    iam::{Policy, PolicyKind},
};

use super::limit_exceeded;
use crate::{
    query::invalid,
    refusal::Refusal,
    state::{Iam, iam::BoundPolicy, principals},
};

/// The largest trust policy, without its blanks.
const TRUST: usize = 2_048;
/// The largest managed policy, without its blanks.
const MANAGED: usize = 6_144;

/// Refuses what is no policy, and says what is wrong and where.
pub fn check(text: &str, kind: PolicyKind) -> Result<(), Refusal> {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    if text.is_empty() || !text.chars().all(allowed) {
        return Err(invalid(
            "The specified value for policyDocument is invalid. It must contain only printable ASCII characters.",
        ));
    }
    match Policy::parse(text, kind) {
        Ok(_) => Ok(()),
        Err(error) => Err(malformed(error.to_string())),
    }
}

/// `MalformedPolicyDocument`.
pub fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "MalformedPolicyDocument", message)
}

/// Refuses what is no managed policy.
pub fn check_managed(text: &str) -> Result<(), Refusal> {
    check(text, PolicyKind::Identity)?;
    if size(text) > MANAGED {
        return Err(limit_exceeded(format!("Cannot exceed quota for PolicySize: {MANAGED}")));
    }
    Ok(())
}

/// A trust policy, bound to the users and roles that it names, who must exist.
pub fn trust(text: &str, iam: &Iam) -> Result<BoundPolicy, Refusal> {
    check(text, PolicyKind::Trust)?;
    if size(text) > TRUST {
        return Err(limit_exceeded(format!("Cannot exceed quota for ACLSizePerRole: {TRUST}")));
    }
    if let Some(unknown) = principals::unknown(text, iam) {
        let kind = unknown.kind.to_ascii_uppercase();
        return Err(malformed(format!("Invalid principal in policy: \"{kind}\":\"{}\"", unknown.value)));
    }
    Ok(BoundPolicy::bind(text.to_owned(), iam))
}

/// The size that quotas are about. "IAM does not count white space when calculating the size of a policy against these quotas":
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
pub fn size(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// A document as answers hold it: "URL-encoded compliant with RFC 3986".
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>.
pub fn encoded(text: &str) -> String {
    encode::query(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::testing::{ACCOUNT, trust as trusting, world};

    #[test]
    fn documents_come_encoded_as_in_rfc_3986() {
        assert_eq!(encoded("{\"a b\": \"*~-_.\"}"), "%7B%22a%20b%22%3A%20%22%2A~-_.%22%7D");
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let text = "{\"Version\": \"2012-10-17\",\n \"Statement\": [],}";
        let refusal = check(text, PolicyKind::Identity).unwrap_err();
        assert_eq!((refusal.code.as_str(), refusal.status.as_u16()), ("MalformedPolicyDocument", 400));
        assert!(refusal.message.contains("line 2"), "{}", refusal.message);
    }

    #[test]
    fn a_trust_policy_names_only_who_exists() {
        let iam = world();
        assert!(trust(&trusting(&format!("arn:aws:iam::{ACCOUNT}:root")), &iam).is_ok());
        assert!(trust(&trusting(&format!("arn:aws:iam::{ACCOUNT}:user/admin")), &iam).is_ok());
        for nobody in [format!("arn:aws:iam::{ACCOUNT}:role/gone"), "999999999999".to_owned()] {
            let refusal = trust(&trusting(&nobody), &iam).err().unwrap();
            assert_eq!(refusal.code, "MalformedPolicyDocument");
            assert_eq!(refusal.message, format!("Invalid principal in policy: \"AWS\":\"{nobody}\""));
        }
    }

    #[test]
    fn blanks_do_not_count() {
        let iam = world();
        let text = trusting(&format!("arn:aws:iam::{ACCOUNT}:root"));
        assert!(trust(&text.replace(':', &format!(":{}", " ".repeat(3_000))).replace(": ", ":"), &iam).is_err());
        assert!(trust(&format!("{text}{}", " ".repeat(3_000)), &iam).is_ok());
        let long = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::{}"}}}}"#,
            "a".repeat(6_144)
        );
        assert_eq!(check_managed(&long).unwrap_err().message, "Cannot exceed quota for PolicySize: 6144");
    }
}
