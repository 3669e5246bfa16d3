//! Managed policies: an account's own, and those of AWS, which can only be read.

use std::collections::BTreeMap;

use time::{OffsetDateTime, macros::datetime};

use super::{account, account_mut, already_exists, delete_conflict, documents, limit_exceeded, names, no_such_entity};
use crate::{
    random,
    refusal::Refusal,
    state::{
        Iam, ManagedPolicy,
        iam::{AWS_MANAGED, PolicyVersion},
    },
};

/// The most versions that a policy can have.
const MOST_VERSIONS: usize = 5;
/// What ARNs of AWS's own policies begin with.
const OF_AWS: &str = "arn:aws:iam::aws:policy/";

/// A policy to be made.
#[derive(Default)]
pub struct NewPolicy<'a> {
    /// Unique in the account.
    pub name: &'a str,
    /// `/` where nothing else is said.
    pub path: Option<&'a str>,
    /// For people.
    pub description: &'a str,
    /// The document.
    pub text: &'a str,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// Makes a policy and gives its ARN, too.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>.
pub fn create(
    iam: &mut Iam,
    account: &str,
    ask: NewPolicy<'_>,
    now: OffsetDateTime,
) -> Result<(String, ManagedPolicy), Refusal> {
    let path = ask.path.unwrap_or("/");
    names::check("policyName", ask.name, names::POLICY)?;
    names::check_path(path)?;
    names::check_description(ask.description)?;
    documents::check_managed(ask.text)?;
    let account = account_mut(iam, account)?;
    if account.policies.keys().any(|other| other.eq_ignore_ascii_case(ask.name)) {
        let message = format!("A policy called {} already exists. Duplicate names are not allowed.", ask.name);
        return Err(already_exists(message));
    }
    let policy = ManagedPolicy {
        id: random::unique_id("ANPA"),
        name: ask.name.to_owned(),
        path: path.to_owned(),
        description: ask.description.to_owned(),
        created: now,
        updated: now,
        versions: vec![PolicyVersion { id: "v1".to_owned(), text: ask.text.to_owned(), created: now }],
        default_version: "v1".to_owned(),
        last_version: 1,
        tags: ask.tags,
    };
    account.policies.insert(policy.name.clone(), policy.clone());
    Ok((account.policy_arn(&policy), policy))
}

/// A policy of an account or of AWS.
pub fn get(iam: &Iam, arn: &str) -> Result<ManagedPolicy, Refusal> {
    if let Some(name) = arn.strip_prefix(OF_AWS) {
        return of_aws().find(|(_, policy)| policy.name == name).map(|(_, policy)| policy).ok_or_else(|| missing(arn));
    }
    let account = account(iam, owner(arn)).map_err(|_| missing(arn))?;
    let policy = account.policies.get(arn.rsplit('/').next().unwrap_or_default());
    policy.filter(|policy| account.policy_arn(policy) == arn).cloned().ok_or_else(|| missing(arn))
}

/// AWS's own policies with their ARNs. Their IDs and dates are the sandbox's.
pub fn of_aws() -> impl Iterator<Item = (String, ManagedPolicy)> {
    AWS_MANAGED.iter().map(|(name, text)| {
        let created = datetime!(2015-02-06 18:40:00 UTC);
        let letters = name.bytes().filter(u8::is_ascii_alphabetic).map(|b| char::from(b.to_ascii_uppercase()));
        let policy = ManagedPolicy {
            id: letters.cycle().take(16).fold("ANPA".to_owned(), |id, letter| format!("{id}{letter}")),
            name: (*name).to_owned(),
            path: "/".to_owned(),
            description: String::new(),
            created,
            updated: created,
            versions: vec![PolicyVersion { id: "v1".to_owned(), text: (*text).to_owned(), created }],
            default_version: "v1".to_owned(),
            last_version: 1,
            tags: BTreeMap::new(),
        };
        (format!("{OF_AWS}{name}"), policy)
    })
}

/// How many users and roles of an account a policy is attached to, and how many it bounds.
pub fn uses(iam: &Iam, id: &str, arn: &str) -> (usize, usize) {
    let Ok(account) = account(iam, id) else { return (0, 0) };
    let users = account.users.values().map(|user| (&user.attached, &user.boundary));
    let roles = account.roles.values().map(|role| (&role.attached, &role.boundary));
    users.chain(roles).fold((0, 0), |(attached, bounds), (has, boundary)| {
        (attached + usize::from(has.contains(arn)), bounds + usize::from(boundary.as_deref() == Some(arn)))
    })
}

/// Removes a policy that nobody uses and that has no other versions.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html>.
pub fn delete(iam: &mut Iam, arn: &str) -> Result<(), Refusal> {
    let policy = get(iam, arn)?;
    if uses(iam, owner(arn), arn) != (0, 0) {
        return Err(delete_conflict("Cannot delete a policy attached to entities."));
    }
    if policy.versions.len() > 1 {
        return Err(delete_conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The \
             default version is deleted with the policy.",
        ));
    }
    get_mut(iam, arn)?;
    account_mut(iam, owner(arn))?.policies.remove(&policy.name);
    Ok(())
}

/// Adds a version, and puts it in force if asked to.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html>.
pub fn create_version(
    iam: &mut Iam,
    arn: &str,
    text: &str,
    as_default: bool,
    now: OffsetDateTime,
) -> Result<PolicyVersion, Refusal> {
    let policy = get_mut(iam, arn)?;
    documents::check_managed(text)?;
    if policy.versions.len() >= MOST_VERSIONS {
        return Err(limit_exceeded(format!(
            "A managed policy can have up to {MOST_VERSIONS} versions. Before you create a new version, you must delete an \
             existing version."
        )));
    }
    policy.last_version += 1;
    policy.updated = now;
    let version = PolicyVersion { id: format!("v{}", policy.last_version), text: text.to_owned(), created: now };
    policy.versions.push(version.clone());
    if as_default {
        policy.default_version.clone_from(&version.id);
    }
    Ok(version)
}

/// One version of a policy.
pub fn version<'a>(policy: &'a ManagedPolicy, arn: &str, id: &str) -> Result<&'a PolicyVersion, Refusal> {
    policy.versions.iter().find(|version| version.id == id).ok_or_else(|| no_version(arn, id))
}

/// Puts a version in force.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html>.
pub fn set_default_version(iam: &mut Iam, arn: &str, id: &str, now: OffsetDateTime) -> Result<(), Refusal> {
    let policy = get_mut(iam, arn)?;
    version(policy, arn, id)?;
    id.clone_into(&mut policy.default_version);
    policy.updated = now;
    Ok(())
}

/// Removes a version that is not in force.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html>.
pub fn delete_version(iam: &mut Iam, arn: &str, id: &str) -> Result<(), Refusal> {
    let policy = get_mut(iam, arn)?;
    version(policy, arn, id)?;
    if policy.default_version == id {
        return Err(delete_conflict("Cannot delete the default version of a policy."));
    }
    policy.versions.retain(|version| version.id != id);
    Ok(())
}

/// Adds tags.
pub fn tag(iam: &mut Iam, arn: &str, tags: BTreeMap<String, String>) -> Result<(), Refusal> {
    names::add_tags(&mut get_mut(iam, arn)?.tags, tags)
}

/// Takes tags away.
pub fn untag(iam: &mut Iam, arn: &str, keys: &[&str]) -> Result<(), Refusal> {
    names::remove_tags(&mut get_mut(iam, arn)?.tags, keys);
    Ok(())
}

/// A policy that can be changed: not one of AWS.
fn get_mut<'a>(iam: &'a mut Iam, arn: &str) -> Result<&'a mut ManagedPolicy, Refusal> {
    if arn.starts_with(OF_AWS) {
        return Err(Refusal::new(403, "AccessDenied", format!("{arn} belongs to AWS and cannot be changed.")));
    }
    let policy = get(iam, arn)?;
    account_mut(iam, owner(arn))?.policies.get_mut(&policy.name).ok_or_else(|| missing(arn))
}

/// The account in an ARN.
pub fn owner(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

fn missing(arn: &str) -> Refusal {
    no_such_entity(format!("Policy {arn} was not found."))
}

fn no_version(arn: &str, id: &str) -> Refusal {
    no_such_entity(format!("Policy {arn} version {id} does not exist or is not attachable."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{
        identities::{self, Who},
        testing::{ACCOUNT, ALLOW_S3, NOW, world},
    };

    fn made(iam: &mut Iam) -> String {
        let ask = NewPolicy { name: "read", path: Some("/team/"), text: ALLOW_S3, ..NewPolicy::default() };
        create(iam, ACCOUNT, ask, NOW).unwrap().0
    }

    #[test]
    fn a_policy_has_a_path_but_one_name() {
        let mut iam = world();
        assert_eq!(made(&mut iam), "arn:aws:iam::111111111111:policy/team/read");
        let again = NewPolicy { name: "Read", text: ALLOW_S3, ..NewPolicy::default() };
        let refusal = create(&mut iam, ACCOUNT, again, NOW).err().unwrap();
        assert_eq!(refusal.message, "A policy called Read already exists. Duplicate names are not allowed.");
        assert!(get(&iam, "arn:aws:iam::111111111111:policy/read").is_err());
    }

    #[test]
    fn there_are_five_versions_and_numbers_are_not_used_again() {
        let mut iam = world();
        let arn = made(&mut iam);
        for n in 2..=5 {
            assert_eq!(create_version(&mut iam, &arn, ALLOW_S3, n == 3, NOW).unwrap().id, format!("v{n}"));
        }
        assert_eq!(create_version(&mut iam, &arn, ALLOW_S3, true, NOW).err().unwrap().code, "LimitExceeded");
        let refusal = delete_version(&mut iam, &arn, "v3").unwrap_err();
        assert_eq!(refusal.message, "Cannot delete the default version of a policy.");
        delete_version(&mut iam, &arn, "v5").unwrap();
        assert_eq!(create_version(&mut iam, &arn, ALLOW_S3, false, NOW).unwrap().id, "v6");
        assert_eq!(delete_version(&mut iam, &arn, "v5").unwrap_err().code, "NoSuchEntity");
        set_default_version(&mut iam, &arn, "v6", NOW).unwrap();
        assert!(delete(&mut iam, &arn).unwrap_err().message.starts_with("This policy has more than one version."));
    }

    #[test]
    fn what_is_used_is_not_removed() {
        let mut iam = world();
        let arn = made(&mut iam);
        let who = Who::User("admin");
        identities::set_boundary(&mut iam, ACCOUNT, who, Some(&arn)).unwrap();
        assert_eq!(delete(&mut iam, &arn).unwrap_err().message, "Cannot delete a policy attached to entities.");
        identities::set_boundary(&mut iam, ACCOUNT, who, None).unwrap();
        identities::attach(&mut iam, ACCOUNT, who, &arn).unwrap();
        assert_eq!((uses(&iam, ACCOUNT, &arn), delete(&mut iam, &arn).is_err()), ((1, 0), true));
        identities::detach(&mut iam, ACCOUNT, who, &arn).unwrap();
        delete(&mut iam, &arn).unwrap();
        assert_eq!(get(&iam, &arn).err().unwrap().message, format!("Policy {arn} was not found."));
    }

    #[test]
    fn policies_of_aws_can_be_read_only() {
        let mut iam = world();
        let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
        assert_eq!(get(&iam, arn).unwrap().id, "ANPAADMINISTRATORACC");
        assert_eq!(delete(&mut iam, arn).unwrap_err().code, "AccessDenied");
        assert_eq!(create_version(&mut iam, arn, ALLOW_S3, true, NOW).err().unwrap().code, "AccessDenied");
    }
}
