//! Users.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

use super::{account, account_mut, already_exists, delete_conflict, identities, names, no_such_entity};
use crate::{
    random,
    refusal::Refusal,
    state::{AccessKey, Account, Iam, User},
};

/// A user to be made.
#[derive(Default)]
pub struct NewUser<'a> {
    /// Unique in the account.
    pub name: &'a str,
    /// `/` where nothing else is said.
    pub path: Option<&'a str>,
    /// The ARN of the managed policy that bounds it.
    pub boundary: Option<&'a str>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// A user without any permission.
pub fn new(name: &str, path: &str, now: OffsetDateTime) -> User {
    User {
        id: random::unique_id("AIDA"),
        name: name.to_owned(),
        path: path.to_owned(),
        created: now,
        access_keys: Vec::new(),
        inline: BTreeMap::new(),
        attached: BTreeSet::new(),
        boundary: None,
        tags: BTreeMap::new(),
    }
}

/// An access key that nobody has yet.
pub fn new_access_key(now: OffsetDateTime) -> AccessKey {
    AccessKey { id: random::unique_id("AKIA"), secret: random::secret_key(), active: true, created: now }
}

/// Makes a user.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html>.
pub fn create(iam: &mut Iam, account: &str, ask: NewUser<'_>, now: OffsetDateTime) -> Result<User, Refusal> {
    let path = ask.path.unwrap_or("/");
    names::check("userName", ask.name, names::IDENTITY)?;
    names::check_path(path)?;
    identities::check_boundary(iam, account, ask.boundary)?;
    let account = account_mut(iam, account)?;
    is_free(account, ask.name)?;
    let user = User { boundary: ask.boundary.map(str::to_owned), tags: ask.tags, ..new(ask.name, path, now) };
    account.users.insert(user.name.clone(), user.clone());
    Ok(user)
}

/// A user of an account.
pub fn get<'a>(iam: &'a Iam, id: &str, name: &str) -> Result<&'a User, Refusal> {
    account(iam, id)?.users.get(name).ok_or_else(|| missing(name))
}

/// The same, to be changed.
pub fn get_mut<'a>(iam: &'a mut Iam, account: &str, name: &str) -> Result<&'a mut User, Refusal> {
    account_mut(iam, account)?.users.get_mut(name).ok_or_else(|| missing(name))
}

/// Gives a user another name or path; it stays the same user.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html>.
pub fn rename(
    iam: &mut Iam,
    account: &str,
    name: &str,
    new_name: Option<&str>,
    new_path: Option<&str>,
) -> Result<(), Refusal> {
    get(iam, account, name)?;
    let account = account_mut(iam, account)?;
    if let Some(path) = new_path {
        names::check_path(path)?;
    }
    if let Some(new_name) = new_name.filter(|new_name| *new_name != name) {
        names::check("newUserName", new_name, names::IDENTITY)?;
        if !new_name.eq_ignore_ascii_case(name) {
            is_free(account, new_name)?;
        }
    }
    let mut user = account.users.remove(name).ok_or_else(|| missing(name))?;
    if let Some(path) = new_path {
        path.clone_into(&mut user.path);
    }
    new_name.unwrap_or(name).clone_into(&mut user.name);
    account.users.insert(user.name.clone(), user);
    Ok(())
}

/// Removes a user that has nothing any more.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html>.
pub fn delete(iam: &mut Iam, account: &str, name: &str) -> Result<(), Refusal> {
    let user = get(iam, account, name)?;
    if !user.access_keys.is_empty() {
        return Err(delete_conflict("Cannot delete entity, must delete access keys first."));
    }
    identities::is_bare(user)?;
    account_mut(iam, account)?.users.remove(name);
    Ok(())
}

/// Names that differ in case only are the same.
fn is_free(account: &Account, name: &str) -> Result<(), Refusal> {
    if account.users.keys().any(|other| other.eq_ignore_ascii_case(name)) {
        return Err(already_exists(format!("User with name {name} already exists.")));
    }
    Ok(())
}

fn missing(name: &str) -> Refusal {
    no_such_entity(format!("The user with name {name} cannot be found."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        iam::{
            access_keys,
            identities::Who,
            testing::{ACCOUNT, ALLOW_S3, NOW, trust, world},
        },
        state::iam::BoundPolicy,
    };

    fn ana() -> NewUser<'static> {
        NewUser { name: "ana", path: Some("/team/"), ..NewUser::default() }
    }

    #[test]
    fn a_name_is_taken_once_whatever_its_case() {
        let mut iam = world();
        let user = create(&mut iam, ACCOUNT, ana(), NOW).unwrap();
        assert!(user.id.starts_with("AIDA"));
        assert_eq!(iam.accounts[ACCOUNT].user_arn(&user), "arn:aws:iam::111111111111:user/team/ana");
        let again = create(&mut iam, ACCOUNT, NewUser { name: "ANA", ..NewUser::default() }, NOW).err().unwrap();
        assert_eq!((again.code.as_str(), again.status.as_u16()), ("EntityAlreadyExists", 409));
        assert_eq!(again.message, "User with name ANA already exists.");
    }

    #[test]
    fn a_user_that_has_something_is_not_removed() {
        let mut iam = world();
        create(&mut iam, ACCOUNT, ana(), NOW).unwrap();
        let key = access_keys::create(&mut iam, ACCOUNT, "ana", NOW).unwrap();
        identities::put_inline(&mut iam, ACCOUNT, Who::User("ana"), "p", ALLOW_S3).unwrap();
        let refusal = delete(&mut iam, ACCOUNT, "ana").unwrap_err();
        assert_eq!((refusal.code.as_str(), refusal.status.as_u16()), ("DeleteConflict", 409));
        assert!(refusal.message.contains("access keys"));
        access_keys::delete(&mut iam, ACCOUNT, "ana", &key.id).unwrap();
        assert!(delete(&mut iam, ACCOUNT, "ana").unwrap_err().message.contains("must delete policies first"));
        identities::delete_inline(&mut iam, ACCOUNT, Who::User("ana"), "p").unwrap();
        delete(&mut iam, ACCOUNT, "ana").unwrap();
        let gone = delete(&mut iam, ACCOUNT, "ana").unwrap_err();
        assert_eq!((gone.code.as_str(), gone.status.as_u16()), ("NoSuchEntity", 404));
        assert_eq!(gone.message, "The user with name ana cannot be found.");
    }

    #[test]
    fn whoever_is_renamed_stays_trusted_and_whoever_is_made_again_does_not() {
        let mut iam = world();
        let user = create(&mut iam, ACCOUNT, ana(), NOW).unwrap();
        let named = |name: &str| trust(&format!("arn:aws:iam::{ACCOUNT}:user/{name}"));
        let policy = BoundPolicy::bind(named("team/ana"), &iam);
        assert_eq!(policy.in_force(&iam), named("team/ana"));
        rename(&mut iam, ACCOUNT, "ana", Some("anna"), Some("/")).unwrap();
        assert_eq!(policy.in_force(&iam), named("anna"));
        delete(&mut iam, ACCOUNT, "anna").unwrap();
        assert_eq!(policy.in_force(&iam), trust(&user.id));
        create(&mut iam, ACCOUNT, ana(), NOW).unwrap();
        assert_eq!(policy.in_force(&iam), trust(&user.id));
    }
}
