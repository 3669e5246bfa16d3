//! The `Principal` element, and whom it means.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use super::{
    caller::{Caller, Kind, is_account},
    context::Context,
};
use crate::Arn;

/// One entry of a `Principal` or `NotPrincipal` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    /// `"*"`, which is everybody.
    Everybody,
    /// `{"AWS": "*"}`: everybody too, but for those who come with the token of an identity provider.
    EveryAws,
    /// An account, by its ID or as `arn:aws:iam::ID:root`.
    Account(String),
    /// A user, role, session or federated user.
    Arn(String),
    /// The unique ID of a user or role. AWS keeps it in the place of an ARN, and shows it once the user or role was deleted;
    /// another of the same name, which has another ID, is not meant.
    UniqueId(String),
    Service(String),
    Federated(String),
    CanonicalUser(String),
}

/// How a policy's statement means a caller, from the loosest to the closest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Means {
    /// The account, whose own policies decide which of its identities may.
    Account,
    /// The role whose session the caller is: what limits the role limits this.
    Role,
    /// The caller itself.
    Itself,
}

impl Principal {
    /// Reads an entry of the map under `AWS`, `Service`, `Federated` or `CanonicalUser`, or says what is wrong with it.
    pub fn parse(key: &str, value: &str) -> Result<Self, String> {
        let no_wildcard = |what: &str| {
            if value.is_empty() {
                return Err("This names nobody.".to_owned());
            }
            if value.contains(['*', '?']) {
                return Err(format!("A wildcard cannot stand for {what} or a part of it: `{value}`."));
            }
            Ok(value.to_owned())
        };
        match key {
            "AWS" => Self::parse_aws(value),
            "Service" => no_wildcard("a service's name").map(Self::Service),
            // AWS's pages show "*" for nobody but `AWS`; trust policies of identity providers name them.
            "Federated" => no_wildcard("an identity provider's name").map(Self::Federated),
            "CanonicalUser" => no_wildcard("a canonical user ID").map(Self::CanonicalUser),
            _ => Err(format!(
                "`{key}` is no kind of principal; there are `AWS`, `Service`, `Federated` and `CanonicalUser`."
            )),
        }
    }

    fn parse_aws(value: &str) -> Result<Self, String> {
        if value == "*" {
            return Ok(Self::EveryAws);
        }
        if is_account(value) {
            return Ok(Self::Account(value.to_owned()));
        }
        if value.contains(['*', '?']) {
            return Err(format!("A wildcard cannot stand for a part of a principal: `{value}`."));
        }
        if is_unique_id(value) {
            return Ok(Self::UniqueId(value.to_owned()));
        }
        let not_one =
            || format!("`{value}` is not a principal: use an account's ID, or the ARN of a user, role or session.");
        let arn = Arn::parse(value).map_err(|error| format!("{} {}", error.detail(), not_one()))?;
        // CloudFront's origin access identities are users of the account `cloudfront`.
        let account_ok = arn.has_account_id() || (arn.account() == "cloudfront" && arn.service() == "iam");
        if !account_ok || !arn.region().is_empty() {
            return Err(not_one());
        }
        let (kind, name) = arn.resource().split_once('/').unwrap_or((arn.resource(), ""));
        match (arn.service(), kind) {
            ("iam", "root") if name.is_empty() => Ok(Self::Account(arn.account().to_owned())),
            ("iam", "user" | "role") | ("sts", "federated-user") if !name.is_empty() => Ok(Self::Arn(value.to_owned())),
            ("sts", "assumed-role") if name.split('/').filter(|part| !part.is_empty()).count() == 2 => {
                Ok(Self::Arn(value.to_owned()))
            }
            // Roles of AWS's own services appear as `arn:aws:iam::ID:role/…` only; groups and policies are no
            // principals.
            _ => Err(not_one()),
        }
    }

    /// How this entry means a caller, if it does. Of the context, the key `aws:userid` tells who is meant by a unique ID.
    pub fn means(&self, caller: &Caller, context: &Context) -> Option<Means> {
        let itself = |is: bool| is.then_some(Means::Itself);
        match (self, &caller.0) {
            (Self::Everybody, _) => Some(Means::Itself),
            (Self::EveryAws, kind) => itself(!matches!(kind, Kind::Provider(_))),
            // The root user is the account.
            (Self::Account(id), Kind::Root { account, .. }) => itself(id == account),
            (Self::Account(id), _) => (caller.account() == Some(id)).then_some(Means::Account),
            (Self::Arn(named), Kind::User { arn, .. }) => itself(named == arn),
            (Self::Arn(named), Kind::Role { session_arn: Some(arn), .. }) if named == arn => Some(Means::Itself),
            (Self::Arn(named), Kind::Role { role_arn, .. }) => (named == role_arn).then_some(Means::Role),
            (Self::Arn(named), Kind::FederatedUser { arn, .. }) if named == arn => Some(Means::Itself),
            // What is granted to the user who began the session is limited as the session is. The session is named
            // after its user:
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
            (Self::Arn(named), Kind::FederatedUser { account, name, .. }) => {
                let user = named.split_once(&format!(":iam::{account}:user/")).map(|(_, path)| path);
                (user == Some(name)).then_some(Means::Role)
            }
            (Self::UniqueId(id), Kind::User { .. }) => itself(is_id(id, context)),
            (Self::UniqueId(id), Kind::Role { .. }) => is_id(id, context).then_some(Means::Role),
            (Self::Service(named), Kind::Service(name)) => itself(named.eq_ignore_ascii_case(name)),
            (Self::Federated(named), Kind::Provider(name))
            | (Self::CanonicalUser(named), Kind::CanonicalUser(name)) => itself(named == name),
            _ => None,
        }
    }

    /// Whether this entry of a `NotPrincipal` element excepts the caller: its user, its session, the role of that, its
    /// service.
    ///
    /// The account alone does not. The page has an example that names a user and the user's account, and says that all
    /// principals but this user are denied, so that others of the account are denied although it is named:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>. (It also says
    /// that AWS may deny the user if the account is not named. What may be is not assumed here.)
    pub fn excepts(&self, caller: &Caller, context: &Context) -> bool {
        self.means(caller, context).is_some_and(|means| means >= Means::Role)
    }
}

/// `AIDA…` for users, `AROA…` for roles: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>.
fn is_unique_id(text: &str) -> bool {
    (text.starts_with("AIDA") || text.starts_with("AROA"))
        && text.len() >= 16
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Whether a request comes from the user or role with a unique ID. `aws:userid` is the ID of a user, and `ID:SESSION` of a
/// role's session: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>.
fn is_id(id: &str, context: &Context) -> bool {
    let Some([user_id]) = context.get("aws:userid") else { return false };
    user_id.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "arn:aws:iam::111122223333:user/ana";
    const ROLE: &str = "arn:aws:iam::111122223333:role/team/reader";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/reader/ana";
    const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/ana";
    const ROOT: &str = "arn:aws:iam::111122223333:root";

    fn session() -> Caller {
        Caller::role_session(ROLE, "ana").unwrap()
    }

    #[test]
    fn entries_mean_callers_closely_or_loosely() {
        let caller = |text| Caller::parse(text).unwrap();
        let (user, federated, root) = (caller(USER), caller(FEDERATED), caller(ROOT));
        let (service, provider) = (caller("ec2.amazonaws.com"), caller("accounts.google.com"));
        let (itself, role, account) = (Some(Means::Itself), Some(Means::Role), Some(Means::Account));
        for (key, value, caller, expected) in [
            ("AWS", USER, &user, itself),
            ("AWS", "arn:aws:iam::111122223333:user/Ana", &user, None),
            ("AWS", "111122223333", &user, account),
            ("AWS", ROOT, &user, account),
            ("AWS", ROOT, &root, itself),
            ("AWS", "111122223333", &root, itself),
            ("AWS", "444455556666", &user, None),
            ("AWS", "*", &user, itself),
            ("AWS", "*", &Caller::anonymous(), itself),
            ("AWS", "*", &service, itself),
            ("AWS", "*", &provider, None),
            ("AWS", ROOT, &Caller::anonymous(), None),
            ("AWS", SESSION, &session(), itself),
            ("AWS", ROLE, &session(), role),
            ("AWS", ROOT, &session(), account),
            // The path belongs to the role's name.
            ("AWS", "arn:aws:iam::111122223333:role/reader", &session(), None),
            ("AWS", "arn:aws:sts::111122223333:assumed-role/reader/bob", &session(), None),
            ("AWS", FEDERATED, &federated, itself),
            ("AWS", USER, &federated, role),
            ("AWS", "arn:aws:iam::111122223333:user/bob", &federated, None),
            ("AWS", ROOT, &federated, account),
            ("AWS", "AIDAQ2XZEXAMPLE4ABCDE", &user, None),
            ("Service", "ec2.amazonaws.com", &service, itself),
            ("Service", "s3.amazonaws.com", &service, None),
            ("Service", "ec2.amazonaws.com", &user, None),
            ("Federated", "accounts.google.com", &provider, itself),
            ("Federated", "www.amazon.com", &provider, None),
            ("CanonicalUser", "79a59df9", &user, None),
        ] {
            let entry = Principal::parse(key, value).unwrap();
            assert_eq!(entry.means(caller, &Context::new()), expected, "{key} {value} {caller}");
        }
        for caller in [user, federated, root, service, provider, session(), Caller::anonymous()] {
            assert_eq!(Principal::Everybody.means(&caller, &Context::new()), itself);
        }
    }

    #[test]
    fn a_unique_id_means_whom_the_request_says_it_is() {
        let (user, anonymous) = (Caller::parse(USER).unwrap(), Caller::anonymous());
        let (user_id, role_id) = ("AIDAQ2XZEXAMPLE4ABCDE", "AROAQ2XZEXAMPLE4ABCDE");
        for (id, caller, given, expected) in [
            (user_id, &user, Some("AIDAQ2XZEXAMPLE4ABCDE"), Some(Means::Itself)),
            (user_id, &user, Some("AIDAQ2XZEXAMPLE4ABCDEF"), None),
            (user_id, &user, Some("AIDAQ2XZEXAMPLE4ABCD"), None),
            (user_id, &user, None, None),
            (role_id, &session(), Some("AROAQ2XZEXAMPLE4ABCDE:ana"), Some(Means::Role)),
            (role_id, &session(), Some("AROAQ2XZEXAMPLE4ABCDE"), Some(Means::Role)),
            (role_id, &session(), Some("AROAQ2XZEXAMPLE4ABCDEF:ana"), None),
            (role_id, &session(), Some("ana:AROAQ2XZEXAMPLE4ABCDE"), None),
            (role_id, &session(), None, None),
            (user_id, &anonymous, Some("AIDAQ2XZEXAMPLE4ABCDE"), None),
        ] {
            let context = given.map_or_else(Context::new, |given| Context::new().with("aws:userid", given));
            let entry = Principal::parse("AWS", id).unwrap();
            assert_eq!(entry.means(caller, &context), expected, "{id} {caller} {given:?}");
            assert_eq!(entry.excepts(caller, &context), expected.is_some(), "{id} {caller} {given:?}");
        }
    }

    #[test]
    fn an_account_that_is_named_excepts_its_root_user_only() {
        let excepts = |value, caller: &Caller| Principal::parse("AWS", value).unwrap().excepts(caller, &Context::new());
        assert!(excepts(USER, &Caller::parse(USER).unwrap()));
        assert!(excepts(ROLE, &session()));
        assert!(excepts(SESSION, &session()));
        assert!(!excepts(ROOT, &session()));
        assert!(excepts(ROOT, &Caller::parse(ROOT).unwrap()));
    }

    #[test]
    fn what_is_no_principal_is_refused() {
        for (key, value) in [
            ("AWS", ""),
            ("AWS", "1111"),
            ("AWS", "ana"),
            ("AWS", "arn:aws:iam::111122223333:user/*"),
            ("AWS", "arn:aws:iam::111122223333:user/a?a"),
            ("AWS", "arn:aws:iam::*:root"),
            ("AWS", "arn:aws:iam::111122223333:user"),
            ("AWS", "arn:aws:iam::111122223333:group/team"),
            ("AWS", "arn:aws:iam::1111:user/ana"),
            ("AWS", "arn:aws:iam:eu-west-1:111122223333:user/ana"),
            ("AWS", "arn:aws:sts::111122223333:assumed-role/reader"),
            ("AWS", "arn:aws:sts::111122223333:assumed-role/reader/*"),
            ("AWS", "arn:aws:s3:::bucket"),
            ("AWS", "ec2.amazonaws.com"),
            ("Service", "*"),
            ("Service", ""),
            ("Federated", "*"),
            ("CanonicalUser", "*"),
            ("aws", USER),
            ("User", USER),
        ] {
            assert!(Principal::parse(key, value).is_err(), "{key} {value}");
        }
    }
}
