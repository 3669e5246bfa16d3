//! Who makes a request.

use std::fmt;

use super::context::Context;
use crate::{Arn, Invalid};

/// Who makes a request: a user, a session of a role, a service, anybody at all.
///
/// Source: the table of principals in
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable> and
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.
///
/// ```
/// use byob_aws::iam::Caller;
/// let caller = Caller::parse("arn:aws:sts::111122223333:assumed-role/reader/ana")?;
/// assert_eq!(caller.account(), Some("111122223333"));
/// assert_eq!(caller.to_string(), "arn:aws:sts::111122223333:assumed-role/reader/ana");
/// # Ok::<(), byob_aws::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub(crate) Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    User {
        arn: String,
        account: String,
    },
    /// A session of a role; its ARN is unknown where only the role was named.
    Role {
        role_arn: String,
        account: String,
        session_arn: Option<String>,
    },
    /// A session from `GetFederationToken`.
    FederatedUser {
        arn: String,
        account: String,
        name: String,
    },
    Root {
        arn: String,
        account: String,
    },
    Service(String),
    /// Somebody with the token of an identity provider, who has no AWS credentials yet.
    Provider(String),
    CanonicalUser(String),
    Anonymous,
}

const CODE: &str = "invalid_principal";
const HINT: &str = "Name a user, a role, an assumed-role session, a federated user or an account by its ARN, a service such as \
    `ec2.amazonaws.com`, or `anonymous`.";

/// The identity providers that have no ARN.
const WEB_PROVIDERS: [&str; 4] =
    ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];

impl Caller {
    /// Reads an ARN, an account ID (its root user), the name of a service or identity provider, or `anonymous`, for
    /// which an empty text and `*` stand too.
    ///
    /// The ARN of a role stands for a session of that role whose name is unknown. The ARN of a session does not tell
    /// the path of its role; where it has one, use [`Caller::role_session`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if matches!(text, "" | "*" | "anonymous" | "Anonymous") {
            return Ok(Self::anonymous());
        }
        if is_account(text) {
            let arn = format!("arn:aws:iam::{text}:root");
            return Ok(Self(Kind::Root { arn, account: text.to_owned() }));
        }
        if text.starts_with("arn:") {
            return Self::parse_arn(text);
        }
        if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Self(Kind::CanonicalUser(text.to_owned())));
        }
        let name = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.') && text.contains('.');
        if !name {
            return Err(Invalid::new(CODE, format!("`{text}` is nobody that IAM knows."), HINT));
        }
        let kind = if WEB_PROVIDERS.contains(&text) { Kind::Provider } else { Kind::Service };
        Ok(Self(kind(text.to_owned())))
    }

    fn parse_arn(text: &str) -> Result<Self, Invalid> {
        let invalid = |detail: String| Invalid::new(CODE, detail, HINT);
        let arn = Arn::parse(text).map_err(|error| invalid(error.detail().to_owned()))?;
        let account = arn.account().to_owned();
        if !arn.has_account_id() || !arn.region().is_empty() || text.contains(['*', '?']) {
            return Err(invalid(format!("`{text}` is not the ARN of one caller in one account.")));
        }
        let (kind, name) = arn.resource().split_once('/').unwrap_or((arn.resource(), ""));
        let text = text.to_owned();
        let caller = match (arn.service(), kind) {
            ("iam", "root") if name.is_empty() => Kind::Root { arn: text, account },
            _ if name.is_empty() => return Err(invalid(format!("`{text}` names nobody."))),
            ("iam", "user") => Kind::User { arn: text, account },
            ("iam", "role") => Kind::Role { role_arn: text, account, session_arn: None },
            ("iam", "saml-provider" | "oidc-provider") => Kind::Provider(text),
            ("sts", "federated-user") => Kind::FederatedUser { arn: text, account, name: name.to_owned() },
            ("sts", "assumed-role") => {
                let Some((role, session)) = name.split_once('/').filter(|(role, _)| !role.is_empty()) else {
                    return Err(invalid(format!("`{text}` lacks the name of the session.")));
                };
                if session.is_empty() || session.contains('/') {
                    return Err(invalid(format!("`{text}` is not the ARN of a session.")));
                }
                let role_arn = format!("arn:{}:iam::{account}:role/{role}", arn.partition());
                Kind::Role { role_arn, account, session_arn: Some(text) }
            }
            _ => return Err(invalid(format!("`{text}` is the ARN of something that makes no requests."))),
        };
        Ok(Self(caller))
    }

    /// Somebody who did not sign the request.
    pub fn anonymous() -> Self {
        Self(Kind::Anonymous)
    }

    /// A session of a role whose path is known.
    pub fn role_session(role_arn: &str, session_name: &str) -> Result<Self, Invalid> {
        let caller = Self::parse(role_arn)?;
        let Kind::Role { role_arn, account, session_arn: None } = caller.0 else {
            return Err(Invalid::new(CODE, format!("`{role_arn}` is not the ARN of a role."), HINT));
        };
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
        if session_name.is_empty() || !session_name.bytes().all(allowed) {
            let detail = format!("`{session_name}` cannot be the name of a session.");
            return Err(Invalid::new(CODE, detail, "It has letters, digits and `_+=,.@-`."));
        }
        let partition = role_arn.split(':').nth(1).unwrap_or_default();
        let role = role_arn.rsplit('/').next().unwrap_or_default();
        let session_arn = Some(format!("arn:{partition}:sts::{account}:assumed-role/{role}/{session_name}"));
        Ok(Self(Kind::Role { role_arn, account, session_arn }))
    }

    /// The same caller, with the path of its role taken from the ARN of a role: if that names the role of this very
    /// session.
    #[must_use]
    pub fn with_role_arn(mut self, arn: &str) -> Self {
        if let Kind::Role { role_arn, session_arn: Some(_), .. } = &mut self.0 {
            let parts = |arn: &str| {
                let (head, name) = arn.split_once(":role/")?;
                Some((head.to_owned(), name.rsplit('/').next()?.to_owned()))
            };
            if parts(arn).is_some() && parts(arn) == parts(role_arn) {
                arn.clone_into(role_arn);
            }
        }
        self
    }

    /// The account that the caller belongs to; services, identity providers and the anonymous belong to none.
    pub fn account(&self) -> Option<&str> {
        match &self.0 {
            Kind::User { account, .. }
            | Kind::Role { account, .. }
            | Kind::FederatedUser { account, .. }
            | Kind::Root { account, .. } => Some(account),
            Kind::Service(_) | Kind::Provider(_) | Kind::CanonicalUser(_) | Kind::Anonymous => None,
        }
    }

    pub(crate) fn is_root(&self) -> bool {
        matches!(self.0, Kind::Root { .. })
    }

    /// The condition keys that follow from who calls, where the request does not give them itself.
    ///
    /// Sources: the table of principals named above, and each key's availability in
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.
    pub(crate) fn fill(&self, context: &mut Context) {
        if let Some(account) = self.account() {
            context.fill("aws:PrincipalAccount", account);
        }
        let signed_by_an_account = match &self.0 {
            Kind::User { arn, .. } => {
                context.fill("aws:PrincipalType", "User");
                context.fill("aws:username", arn.rsplit('/').next().unwrap_or_default());
                Some(arn)
            }
            Kind::Role { role_arn, .. } => {
                context.fill("aws:PrincipalType", "AssumedRole");
                // Of a session, the key holds the ARN of the role.
                Some(role_arn)
            }
            Kind::FederatedUser { arn, account, name } => {
                context.fill("aws:PrincipalType", "FederatedUser");
                context.fill("aws:userid", format!("{account}:{name}"));
                Some(arn)
            }
            Kind::Root { arn, account } => {
                context.fill("aws:PrincipalType", "Account");
                context.fill("aws:userid", account.clone());
                Some(arn)
            }
            Kind::Service(name) => {
                context.fill("aws:PrincipalIsAWSService", "true");
                context.fill("aws:PrincipalServiceName", name.clone());
                None
            }
            Kind::Anonymous => {
                // Services, whose requests no account signs either, have no such key.
                context.fill("aws:PrincipalAccount", "anonymous");
                context.fill("aws:PrincipalType", "Anonymous");
                context.fill("aws:userid", "anonymous");
                None
            }
            Kind::Provider(_) | Kind::CanonicalUser(_) => None,
        };
        if let Some(arn) = signed_by_an_account {
            context.fill("aws:PrincipalArn", arn.clone());
            context.fill("aws:PrincipalIsAWSService", "false");
        }
    }
}

/// Twelve digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Kind::User { arn, .. }
            | Kind::FederatedUser { arn, .. }
            | Kind::Root { arn, .. }
            | Kind::Role { session_arn: Some(arn), .. }
            | Kind::Role { role_arn: arn, session_arn: None, .. } => arn,
            Kind::Service(name) | Kind::Provider(name) | Kind::CanonicalUser(name) => name,
            Kind::Anonymous => "anonymous",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_round_trip_and_know_their_account() {
        let one = Some("111122223333");
        for (text, account) in [
            ("arn:aws:iam::111122223333:user/team/ana", one),
            ("arn:aws:iam::111122223333:role/a/b/reader", one),
            ("arn:aws:sts::111122223333:assumed-role/reader/ana@example.com", one),
            ("arn:aws-cn:sts::111122223333:federated-user/ana", one),
            ("arn:aws:iam::111122223333:root", one),
            ("ec2.amazonaws.com", None),
            ("accounts.google.com", None),
            ("arn:aws:iam::111122223333:saml-provider/corp", None),
            ("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", None),
            ("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", None),
            ("anonymous", None),
        ] {
            let caller = Caller::parse(text).unwrap();
            assert_eq!((caller.to_string().as_str(), caller.account()), (text, account));
        }
        assert_eq!(Caller::parse("111122223333").unwrap().to_string(), "arn:aws:iam::111122223333:root");
        for anybody in ["", "*", "Anonymous"] {
            assert_eq!(Caller::parse(anybody).unwrap(), Caller::anonymous());
        }
    }

    #[test]
    fn what_makes_no_requests_is_refused() {
        for text in [
            "ana",
            "1111",
            "arn:aws:iam::111122223333:user",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::111122223333:user/*",
            "arn:aws:iam:eu-west-1:111122223333:user/ana",
            "arn:aws:iam:::user/ana",
            "arn:aws:iam::111122223333:group/team",
            "arn:aws:iam::111122223333:policy/team",
            "arn:aws:sts::111122223333:assumed-role/reader",
            "arn:aws:sts::111122223333:assumed-role//ana",
            "arn:aws:sts::111122223333:assumed-role/a/reader/ana",
            "arn:aws:s3:::bucket",
            "arn:aws:iam::111122223333",
            "arn:awz:iam::111122223333:user/ana",
        ] {
            assert_eq!(Caller::parse(text).unwrap_err().code(), "invalid_principal", "{text}");
        }
    }

    #[test]
    fn a_session_can_learn_the_path_of_its_role() {
        let with_path = "arn:aws:iam::111122223333:role/team/reader";
        let session = Caller::role_session(with_path, "ana").unwrap();
        assert_eq!(session.to_string(), "arn:aws:sts::111122223333:assumed-role/reader/ana");
        let parsed = Caller::parse(&session.to_string()).unwrap();
        assert_ne!(parsed, session);
        assert_eq!(parsed.clone().with_role_arn(with_path), session);
        for other in ["arn:aws:iam::111122223333:role/team/writer", "arn:aws:iam::444455556666:role/reader", "reader"] {
            assert_eq!(parsed.clone().with_role_arn(other), parsed);
        }
        assert!(Caller::role_session("arn:aws:iam::111122223333:user/ana", "ana").is_err());
        assert!(Caller::role_session(with_path, "a b").is_err());
    }

    #[test]
    fn keys_follow_from_the_caller_as_in_aws_table() {
        let keys = ["aws:username", "aws:userid", "aws:PrincipalType", "aws:PrincipalArn", "aws:PrincipalAccount"];
        for (caller, expected) in [
            (
                "arn:aws:iam::111122223333:user/team/ana",
                ["ana", "-", "User", "arn:aws:iam::111122223333:user/team/ana", "111122223333"],
            ),
            (
                "arn:aws:sts::111122223333:assumed-role/reader/ana",
                ["-", "-", "AssumedRole", "arn:aws:iam::111122223333:role/reader", "111122223333"],
            ),
            (
                "arn:aws:sts::111122223333:federated-user/ana",
                [
                    "-",
                    "111122223333:ana",
                    "FederatedUser",
                    "arn:aws:sts::111122223333:federated-user/ana",
                    "111122223333",
                ],
            ),
            ("111122223333", ["-", "111122223333", "Account", "arn:aws:iam::111122223333:root", "111122223333"]),
            ("anonymous", ["-", "anonymous", "Anonymous", "-", "anonymous"]),
            ("ec2.amazonaws.com", ["-"; 5]),
            ("accounts.google.com", ["-"; 5]),
            ("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", ["-"; 5]),
        ] {
            let mut context = Context::new();
            Caller::parse(caller).unwrap().fill(&mut context);
            let got = keys.map(|key| context.get(key).map_or("-", |values| values[0].as_str()));
            assert_eq!(got, expected, "{caller}");
        }
    }

    #[test]
    fn what_the_request_says_itself_stays() {
        let mut context = Context::new().with("aws:PrincipalType", "Something");
        Caller::anonymous().fill(&mut context);
        assert_eq!(context.get("aws:principaltype"), Some(&["Something".to_owned()][..]));
    }
}
