//! Roles.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

use super::{account, account_mut, already_exists, documents, identities, names, no_such_entity};
use crate::{
    random,
    refusal::Refusal,
    state::{Iam, Role},
};

/// How long sessions of a role may last where nothing else is said, in seconds.
pub const SESSION: i64 = 3_600;
/// How long sessions of any role may last, in seconds.
const LONGEST_SESSION: i64 = 43_200;

/// A role to be made.
#[derive(Default)]
pub struct NewRole<'a> {
    /// Unique in the account.
    pub name: &'a str,
    /// `/` where nothing else is said.
    pub path: Option<&'a str>,
    /// The trust policy.
    pub trust: &'a str,
    /// For people.
    pub description: &'a str,
    /// In seconds.
    pub max_session_duration: Option<i64>,
    /// The ARN of the managed policy that bounds it.
    pub boundary: Option<&'a str>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// Makes a role.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>.
pub fn create(iam: &mut Iam, account: &str, ask: NewRole<'_>, now: OffsetDateTime) -> Result<Role, Refusal> {
    let path = ask.path.unwrap_or("/");
    names::check("roleName", ask.name, names::IDENTITY)?;
    names::check_path(path)?;
    names::check_description(ask.description)?;
    let max_session_duration = ask.max_session_duration.unwrap_or(SESSION);
    check_duration(max_session_duration)?;
    let trust = documents::trust(ask.trust, iam)?;
    identities::check_boundary(iam, account, ask.boundary)?;
    let account = account_mut(iam, account)?;
    if account.roles.keys().any(|other| other.eq_ignore_ascii_case(ask.name)) {
        return Err(already_exists(format!("Role with name {} already exists.", ask.name)));
    }
    let role = Role {
        id: random::unique_id("AROA"),
        name: ask.name.to_owned(),
        path: path.to_owned(),
        description: ask.description.to_owned(),
        created: now,
        trust,
        max_session_duration,
        inline: BTreeMap::new(),
        attached: BTreeSet::new(),
        boundary: ask.boundary.map(str::to_owned),
        tags: ask.tags,
    };
    account.roles.insert(role.name.clone(), role.clone());
    Ok(role)
}

/// A role of an account.
pub fn get<'a>(iam: &'a Iam, id: &str, name: &str) -> Result<&'a Role, Refusal> {
    account(iam, id)?.roles.get(name).ok_or_else(|| missing(name))
}

/// The same, to be changed.
pub fn get_mut<'a>(iam: &'a mut Iam, account: &str, name: &str) -> Result<&'a mut Role, Refusal> {
    account_mut(iam, account)?.roles.get_mut(name).ok_or_else(|| missing(name))
}

/// Changes who may assume a role.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html>.
pub fn set_trust(iam: &mut Iam, account: &str, name: &str, text: &str) -> Result<(), Refusal> {
    get(iam, account, name)?;
    let trust = documents::trust(text, iam)?;
    get_mut(iam, account, name)?.trust = trust;
    Ok(())
}

/// Changes what a role says of itself, and how long its sessions may last.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html>.
pub fn update(
    iam: &mut Iam,
    account: &str,
    name: &str,
    description: Option<&str>,
    max_session_duration: Option<i64>,
) -> Result<(), Refusal> {
    let role = get_mut(iam, account, name)?;
    if let Some(description) = description {
        names::check_description(description)?;
        description.clone_into(&mut role.description);
    }
    if let Some(seconds) = max_session_duration {
        check_duration(seconds)?;
        role.max_session_duration = seconds;
    }
    Ok(())
}

/// Removes a role that has no policies any more.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html>.
pub fn delete(iam: &mut Iam, account: &str, name: &str) -> Result<(), Refusal> {
    identities::is_bare(get(iam, account, name)?)?;
    account_mut(iam, account)?.roles.remove(name);
    Ok(())
}

fn check_duration(seconds: i64) -> Result<(), Refusal> {
    names::range("maxSessionDuration", seconds, SESSION, LONGEST_SESSION)
}

fn missing(name: &str) -> Refusal {
    no_such_entity(format!("The role with name {name} cannot be found."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{
        identities::Who,
        testing::{ACCOUNT, NOW, trust, world},
    };

    fn reader(trust: &str) -> NewRole<'_> {
        NewRole { name: "reader", trust, ..NewRole::default() }
    }

    #[test]
    fn a_role_needs_a_trust_policy_that_is_one() {
        let mut iam = world();
        let identity_policy = crate::iam::testing::ALLOW_S3;
        for bad in ["{}", "not JSON", identity_policy] {
            let refusal = create(&mut iam, ACCOUNT, reader(bad), NOW).err().unwrap();
            assert_eq!(refusal.code, "MalformedPolicyDocument", "{bad}");
        }
        let role = create(&mut iam, ACCOUNT, reader(&trust(ACCOUNT)), NOW).unwrap();
        assert!(role.id.starts_with("AROA"));
        let again = create(&mut iam, ACCOUNT, reader(&trust(ACCOUNT)), NOW).err().unwrap();
        assert_eq!(again.message, "Role with name reader already exists.");
    }

    #[test]
    fn a_role_with_policies_is_not_removed() {
        let mut iam = world();
        create(&mut iam, ACCOUNT, reader(&trust(ACCOUNT)), NOW).unwrap();
        let who = Who::Role("reader");
        let administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
        identities::attach(&mut iam, ACCOUNT, who, administrator).unwrap();
        let refusal = delete(&mut iam, ACCOUNT, "reader").unwrap_err();
        assert_eq!(refusal.message, "Cannot delete entity, must detach all policies first.");
        identities::detach(&mut iam, ACCOUNT, who, administrator).unwrap();
        delete(&mut iam, ACCOUNT, "reader").unwrap();
        assert_eq!(
            delete(&mut iam, ACCOUNT, "reader").unwrap_err().message,
            "The role with name reader cannot be found."
        );
    }

    #[test]
    fn sessions_last_from_one_to_twelve_hours() {
        let mut iam = world();
        create(&mut iam, ACCOUNT, reader(&trust(ACCOUNT)), NOW).unwrap();
        for (seconds, good) in [(3_599, false), (3_600, true), (43_200, true), (43_201, false)] {
            assert_eq!(update(&mut iam, ACCOUNT, "reader", None, Some(seconds)).is_ok(), good, "{seconds}");
        }
        assert_eq!(get(&iam, ACCOUNT, "reader").unwrap().max_session_duration, 43_200);
    }

    #[test]
    fn a_refused_trust_policy_leaves_the_old_one() {
        let mut iam = world();
        create(&mut iam, ACCOUNT, reader(&trust(ACCOUNT)), NOW).unwrap();
        assert!(set_trust(&mut iam, ACCOUNT, "reader", &trust("999999999999")).is_err());
        assert_eq!(get(&iam, ACCOUNT, "reader").unwrap().trust.text, trust(ACCOUNT));
    }
}
