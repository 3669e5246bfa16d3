//! Amazon Resource Names, and the three kinds that people paste: roles, principals and KMS keys.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html> and, for the characters of IAM names,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.

use std::fmt;

use crate::{Invalid, Partition};

/// `arn:partition:service:region:account:resource`, split and otherwise unjudged.
///
/// ```
/// let arn = byob_aws::Arn::parse("arn:aws:s3:us-west-2:123456789012:accesspoint/my-ap")?;
/// assert_eq!((arn.service(), arn.account(), arn.resource()), ("s3", "123456789012", "accesspoint/my-ap"));
/// # Ok::<(), byob_aws::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Arn {
    partition: Partition,
    service: String,
    region: String,
    account: String,
    resource: String,
}

impl Arn {
    /// Splits an ARN and checks that its partition exists and nothing is missing.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::parse_as(
            text,
            "invalid_arn",
            "Copy the ARN from the AWS console; it reads `arn:aws:service:region:account:resource`.",
        )
    }

    fn parse_as(text: &str, code: &'static str, hint: &str) -> Result<Self, Invalid> {
        let invalid = |detail: String| Invalid::new(code, detail, hint);
        if let Some(position) = text.find(char::is_whitespace) {
            return Err(invalid(format!("The ARN has a blank at position {}.", position + 1)).at(position));
        }
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        if next() != Some("arn") {
            return Err(invalid(format!("`{text}` does not start with `arn:`.")).at(0));
        }
        let (Some(partition), Some(service), Some(region), Some(account), Some(resource)) =
            (next(), next(), next(), next(), next())
        else {
            return Err(invalid(format!("`{text}` has fewer than the six parts of an ARN.")).at(text.len()));
        };
        let Some(partition) = Partition::from_name(partition) else {
            return Err(invalid(format!("There is no AWS partition `{partition}`.")).at(4));
        };
        if service.is_empty() || resource.is_empty() {
            return Err(invalid(format!("`{text}` names no service or no resource.")).at(text.len()));
        }
        Ok(Self {
            partition,
            service: service.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            resource: resource.to_owned(),
        })
    }

    /// The cloud it lies in.
    pub fn partition(&self) -> Partition {
        self.partition
    }

    /// Such as `iam` or `s3`.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Empty for global services.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Twelve digits, or empty for resources whose names are global.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// All that follows the account, colons and slashes included.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    pub(crate) fn has_account_id(&self) -> bool {
        self.account.len() == 12 && self.account.bytes().all(|b| b.is_ascii_digit())
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

/// Whose rules an ARN follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// AWS: an account is twelve digits.
    Aws,
    /// An S3-compatible store behind its own endpoint URL: the account may be empty or a tenant's name.
    Compatible,
}

/// The ARN of an IAM role: `arn:aws:iam::123456789012:role/path/name`.
///
/// ```
/// use byob_aws::{RoleArn, arn::Dialect};
/// let role = RoleArn::parse("arn:aws:iam::123456789012:role/team/byob", Dialect::Aws)?;
/// assert_eq!((role.name(), role.account()), ("byob", "123456789012"));
/// assert!(RoleArn::parse("arn:aws:iam:::role/byob", Dialect::Aws).is_err());
/// assert!(RoleArn::parse("arn:aws:iam:::role/byob", Dialect::Compatible).is_ok());
/// # Ok::<(), byob_aws::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RoleArn(Arn);

impl RoleArn {
    /// Checks that the text is a role's ARN; the error tells what was pasted instead, where that can be seen.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, Invalid> {
        const CODE: &str = "invalid_role_arn";
        const HINT: &str =
            "Copy the ARN from the role's summary in the IAM console; it reads `arn:aws:iam::123456789012:role/NAME`.";
        let invalid = |detail: String, hint: &str| Err(Invalid::new(CODE, detail, hint));
        let arn = Arn::parse_as(text, CODE, HINT)?;
        let kind = arn.resource.split(['/', ':']).next().unwrap_or_default();
        if arn.service == "sts" && kind == "assumed-role" {
            let role = arn.resource.split('/').nth(1).unwrap_or("NAME");
            let hint = format!(
                "Use the role itself: `arn:{}:iam::{}:role/{role}` (with its path, if it has one).",
                arn.partition, arn.account
            );
            return invalid("That is a session of a role, not the role.".to_owned(), &hint);
        }
        if arn.service != "iam" {
            return invalid(
                format!("That ARN belongs to the service `{}`; a role belongs to `iam`.", arn.service),
                HINT,
            );
        }
        if kind != "role" {
            return invalid(format!("That ARN is of the kind `{kind}`, not of a role."), HINT);
        }
        if !arn.region.is_empty() {
            return invalid(
                format!("IAM is global, but the ARN names the region `{}`.", arn.region),
                "Leave the region empty: `arn:aws:iam::…`.",
            );
        }
        if dialect == Dialect::Aws && !arn.has_account_id() {
            return invalid(
                format!("`{}` is not an AWS account ID.", arn.account),
                "An account ID has twelve digits. (It may be empty only with an endpoint URL of an S3-compatible store.)",
            );
        }
        let Some(path_and_name) = arn.resource.strip_prefix("role/").filter(|rest| rest.len() <= 512 + 64) else {
            return invalid("The ARN names no role.".to_owned(), HINT);
        };
        let (path, name) = path_and_name.rsplit_once('/').unwrap_or(("", path_and_name));
        let name_ok = (1..=64).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b));
        if !name_ok || !path.bytes().all(|b| b.is_ascii_graphic()) {
            return invalid(
                format!("`{path_and_name}` cannot be a role's name."),
                "A role's name has 1 to 64 letters, digits and `+=,.@_-`, without `*`.",
            );
        }
        Ok(Self(arn))
    }

    /// The role's name, without its path.
    pub fn name(&self) -> &str {
        self.0.resource.rsplit('/').next().unwrap_or_default()
    }

    /// The account that owns it; empty for some S3-compatible stores.
    pub fn account(&self) -> &str {
        self.0.account()
    }

    /// The cloud it lies in.
    pub fn partition(&self) -> Partition {
        self.0.partition
    }
}

/// Who may be named as principal of a trust policy: a user, a role, or a whole account (`arn:aws:iam::123456789012:root`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PrincipalArn(Arn);

impl PrincipalArn {
    /// Checks that the text names a user, a role or an account.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, Invalid> {
        const CODE: &str = "invalid_principal_arn";
        const HINT: &str =
            "Use the ARN of an IAM role or user of the platform, such as `arn:aws:iam::123456789012:role/byob`.";
        let arn = Arn::parse_as(text, CODE, HINT)?;
        let named = |kind: &str| {
            arn.resource.strip_prefix(kind).is_some_and(|name| !name.is_empty() && !name.contains(['*', '?']))
        };
        let who = arn.resource == "root" || named("role/") || named("user/");
        if arn.service != "iam" || !who || (dialect == Dialect::Aws && !arn.has_account_id()) {
            return Err(Invalid::new(CODE, format!("`{text}` names no role, user or account."), HINT));
        }
        Ok(Self(arn))
    }

    /// The account that it belongs to; empty for some S3-compatible stores.
    pub fn account(&self) -> &str {
        self.0.account()
    }

    /// The cloud it lies in.
    pub fn partition(&self) -> Partition {
        self.0.partition
    }

    /// Whether it is a whole account, not one role or user of it.
    pub fn is_account(&self) -> bool {
        self.0.resource == "root"
    }

    /// A whole account: its own IAM policies decide which of its identities may come.
    pub fn account_root(partition: Partition, account: &str) -> Result<Self, Invalid> {
        Self::parse(&format!("arn:{partition}:iam::{account}:root"), Dialect::Aws)
    }
}

/// The ARN of a KMS key (not an alias): `arn:aws:kms:eu-central-1:123456789012:key/…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KmsKeyArn(Arn);

impl KmsKeyArn {
    /// Checks that the text names one key. Aliases are refused, because IAM grants access to keys.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        const CODE: &str = "invalid_kms_key_arn";
        const HINT: &str =
            "Copy the key's ARN from the KMS console; it reads `arn:aws:kms:eu-central-1:123456789012:key/1234abcd-…`.";
        let arn = Arn::parse_as(text, CODE, HINT)?;
        if arn.resource.starts_with("alias/") {
            return Err(Invalid::new(CODE, "That is the ARN of an alias; IAM grants access to keys.", HINT));
        }
        let key = arn.resource.strip_prefix("key/").unwrap_or_default();
        let key_ok = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if arn.service != "kms" || !key_ok || arn.region.is_empty() || !arn.has_account_id() {
            return Err(Invalid::new(CODE, format!("`{text}` is not the ARN of a KMS key."), HINT));
        }
        Ok(Self(arn))
    }

    /// The region of the key, which is also the bucket's.
    pub fn region(&self) -> &str {
        self.0.region()
    }

    /// The cloud it lies in.
    pub fn partition(&self) -> Partition {
        self.0.partition
    }
}

macro_rules! display_as_arn {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}
display_as_arn!(RoleArn, PrincipalArn, KmsKeyArn);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_of_every_partition_round_trip() {
        for partition in Partition::ALL {
            let text = format!("arn:{partition}:iam::123456789012:role/a/b/name");
            assert_eq!(RoleArn::parse(&text, Dialect::Aws).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_role_says_what_it_is() {
        for (text, says) in [
            ("", "does not start"),
            ("role/x", "does not start"),
            ("arn:aws:iam::123456789012", "six parts"),
            ("arn:aws:iam::123456789012:user/x", "of the kind `user`"),
            ("arn:aws:iam::123456789012:policy/x", "of the kind `policy`"),
            ("arn:aws:iam::123456789012:instance-profile/x", "of the kind `instance-profile`"),
            ("arn:aws:sts::123456789012:assumed-role/x/y", "session of a role"),
            ("arn:aws:s3:::bucket", "service `s3`"),
            ("arn:aws:iam::12345:role/x", "account ID"),
            ("arn:aws:iam:::role/x", "account ID"),
            ("arn:aws:iam:us-east-1:123456789012:role/x", "region"),
            ("arn:awz:iam::123456789012:role/x", "partition"),
            ("arn:aws:iam::123456789012:role/", "cannot be a role's name"),
            ("arn:aws:iam::123456789012:role", "names no role"),
            ("arn:aws:iam::123456789012:role/a*", "cannot be a role's name"),
            (" arn:aws:iam::123456789012:role/a", "blank at position 1"),
        ] {
            let error = RoleArn::parse(text, Dialect::Aws).unwrap_err();
            assert_eq!(error.code(), "invalid_role_arn");
            assert!(error.detail().contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn principals_are_users_roles_and_accounts() {
        for good in [
            "arn:aws:iam::123456789012:root",
            "arn:aws:iam::123456789012:user/p/u",
            "arn:aws-cn:iam::123456789012:role/r",
        ] {
            assert_eq!(PrincipalArn::parse(good, Dialect::Aws).unwrap().to_string(), good);
        }
        for bad in [
            "*",
            "123456789012",
            "arn:aws:iam::123456789012:role/*",
            "arn:aws:iam:::user/u",
            "arn:aws:sts::123456789012:root",
        ] {
            assert!(PrincipalArn::parse(bad, Dialect::Aws).is_err(), "{bad}");
        }
    }

    #[test]
    fn kms_keys_are_told_from_aliases() {
        assert!(KmsKeyArn::parse("arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd").is_ok());
        let alias = KmsKeyArn::parse("arn:aws:kms:eu-west-1:123456789012:alias/x").unwrap_err();
        assert!(alias.detail().contains("alias"));
        assert!(KmsKeyArn::parse("arn:aws:kms::123456789012:key/1234").is_err());
    }
}
