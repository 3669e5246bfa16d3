//! The documents of a principal role: a role in the platform's own account that stands between the platform and one customer's role.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining>.

use crate::{
    PrincipalArn, RoleArn,
    policies::document::{Conditions, PolicyDocument, Principal, Statement, escape},
};

/// A session that one role opens of another lasts no longer, in seconds.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
pub const LONGEST_CHAINED_SESSION: u32 = 3_600;

/// Who may assume the principal role: the platform, and nobody else.
pub fn principal_role_trust_policy(platform: &PrincipalArn) -> PolicyDocument {
    PolicyDocument::new(vec![Statement {
        sid: None,
        effect: "Allow",
        principal: Some(Principal { aws: platform.to_string() }),
        action: vec!["sts:AssumeRole"],
        resource: Vec::new(),
        condition: Conditions::new(),
    }])
}

/// What the principal role may do: assume these roles, and nothing else. `None` where there are none, for IAM takes no policy that says
/// nothing.
///
/// ```
/// use byob_aws::{RoleArn, arn::Dialect, policies::principal_role::principal_role_access_policy};
/// let role = RoleArn::parse("arn:aws:iam::444455556666:role/byob", Dialect::Aws)?;
/// assert_eq!(
///     principal_role_access_policy(&[role]).unwrap().to_compact_json(),
///     r#"{"Version":"2012-10-17","Statement":[{"Sid":"AssumeCustomerRole","Effect":"Allow","Action":["sts:AssumeRole"],"Resource":["arn:aws:iam::444455556666:role/byob"]}]}"#);
/// assert_eq!(principal_role_access_policy(&[]), None);
/// # Ok::<(), byob_aws::Invalid>(())
/// ```
pub fn principal_role_access_policy(roles: &[RoleArn]) -> Option<PolicyDocument> {
    // A role's path may hold what IAM would read as a pattern.
    let resource: Vec<String> = roles.iter().map(|role| escape(&role.to_string())).collect();
    let statement = || Statement::allow("AssumeCustomerRole", vec!["sts:AssumeRole"], resource.clone());
    (!roles.is_empty()).then(|| PolicyDocument::new(vec![statement()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::Dialect;

    #[test]
    fn what_looks_like_a_pattern_in_a_path_is_taken_literally() {
        let role = RoleArn::parse("arn:aws:iam::444455556666:role/*/byob", Dialect::Aws).unwrap();
        let document = principal_role_access_policy(&[role]).unwrap().to_compact_json();
        assert!(document.contains(r#"["arn:aws:iam::444455556666:role/${*}/byob"]"#), "{document}");
    }

    #[test]
    fn only_the_platform_is_trusted() {
        let platform = PrincipalArn::parse("arn:aws:iam::111122223333:role/byob", Dialect::Aws).unwrap();
        assert_eq!(
            principal_role_trust_policy(&platform).to_compact_json(),
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/byob"},"Action":["sts:AssumeRole"]}]}"#
        );
    }
}
