//! IAM's own words on why it denied something.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>.

/// What the sentence of a denial says. Stores other than AWS, and AWS across accounts, say less.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Denial {
    /// The action, such as `kms:Decrypt`: not always the one that was asked for.
    pub action: Option<String>,
    /// On what.
    pub resource: Option<String>,
    /// Which policy is to blame.
    pub by: Option<By>,
}

/// Which policy denied, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// No policy of the role allows it.
    RoleLacks,
    /// A policy of the role denies it.
    RoleDenies,
    /// The session policy does not allow it: it is not declared.
    SessionLacks,
    /// The role's permissions boundary does not allow it, or denies it.
    Boundary,
    /// The policy of the bucket or key denies it.
    ResourceDenies,
    /// The policy of the bucket or key does not allow it, where it has to.
    ResourceLacks,
    /// A policy of the customer's organization at AWS denies it.
    Organization,
    /// The policy of a VPC endpoint denies it.
    VpcEndpoint,
}

/// The ends of IAM's sentences.
const ENDS: [(&str, By); 14] = [
    ("no identity-based policy allows", By::RoleLacks),
    ("explicit deny in an identity-based policy", By::RoleDenies),
    ("no session policy allows", By::SessionLacks),
    ("explicit deny in a session policy", By::SessionLacks),
    ("no permissions boundary allows", By::Boundary),
    ("explicit deny in a permissions boundary", By::Boundary),
    ("explicit deny in a resource-based policy", By::ResourceDenies),
    ("no resource-based policy allows", By::ResourceLacks),
    ("no service control policy allows", By::Organization),
    ("explicit deny in a service control policy", By::Organization),
    ("no resource control policy allows", By::Organization),
    ("explicit deny in a resource control policy", By::Organization),
    ("no VPC endpoint policy allows", By::VpcEndpoint),
    ("explicit deny in a VPC endpoint policy", By::VpcEndpoint),
];

impl Denial {
    /// Reads the sentence.
    pub fn read(message: &str) -> Self {
        let after = |mark: &str| message.split_once(mark).map(|(_, rest)| rest);
        let action = after("is not authorized to perform: ").and_then(|rest| rest.split_whitespace().next());
        let resource = after("on resource: ").map(|rest| match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or_default(),
            None => rest.split_whitespace().next().unwrap_or_default(),
        });
        Self {
            action: action.map(str::to_owned),
            resource: resource.filter(|text| !text.is_empty()).map(str::to_owned),
            by: ENDS.iter().find(|(end, _)| message.contains(end)).map(|(_, by)| *by),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn action_resource_and_policy_are_read() {
        let message = "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: s3:GetObject on resource: \
                       \"arn:aws:s3:::b/a b\" because no identity-based policy allows the s3:GetObject action";
        let denial = Denial::read(message);
        assert_eq!(denial.action.as_deref(), Some("s3:GetObject"));
        assert_eq!(denial.resource.as_deref(), Some("arn:aws:s3:::b/a b"));
        assert_eq!(denial.by, Some(By::RoleLacks));
    }

    #[test]
    fn a_bare_denial_says_nothing() {
        assert_eq!(Denial::read("Access Denied"), Denial::default());
    }
}
