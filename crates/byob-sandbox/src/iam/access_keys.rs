//! Access keys of users.

use time::OffsetDateTime;

use super::{limit_exceeded, no_such_entity, users};
use crate::{
    refusal::Refusal,
    state::{AccessKey, Iam},
};

/// The most that a user can have.
const MOST: usize = 2;

/// Gives a user another key.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html>.
pub fn create(iam: &mut Iam, account: &str, user: &str, now: OffsetDateTime) -> Result<AccessKey, Refusal> {
    let user = users::get_mut(iam, account, user)?;
    if user.access_keys.len() >= MOST {
        return Err(limit_exceeded(format!("Cannot exceed quota for AccessKeysPerUser: {MOST}")));
    }
    let key = users::new_access_key(now);
    user.access_keys.push(key.clone());
    Ok(key)
}

/// Switches a key on or off.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html>.
pub fn set_active(iam: &mut Iam, account: &str, user: &str, id: &str, active: bool) -> Result<(), Refusal> {
    let keys = &mut users::get_mut(iam, account, user)?.access_keys;
    keys.iter_mut().find(|key| key.id == id).ok_or_else(|| missing(id))?.active = active;
    Ok(())
}

/// Removes a key.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html>.
pub fn delete(iam: &mut Iam, account: &str, user: &str, id: &str) -> Result<(), Refusal> {
    let keys = &mut users::get_mut(iam, account, user)?.access_keys;
    let at = keys.iter().position(|key| key.id == id).ok_or_else(|| missing(id))?;
    keys.remove(at);
    Ok(())
}

fn missing(id: &str) -> Refusal {
    no_such_entity(format!("The Access Key with id {id} cannot be found."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::testing::{ACCOUNT, NOW, world};

    #[test]
    fn a_user_has_at_most_two_keys() {
        let mut iam = world();
        let first = create(&mut iam, ACCOUNT, "admin", NOW).unwrap();
        assert!(first.id.starts_with("AKIA") && first.active);
        create(&mut iam, ACCOUNT, "admin", NOW).unwrap();
        let third = create(&mut iam, ACCOUNT, "admin", NOW).err().unwrap();
        assert_eq!((third.code.as_str(), third.status.as_u16()), ("LimitExceeded", 409));
        assert_eq!(third.message, "Cannot exceed quota for AccessKeysPerUser: 2");
        delete(&mut iam, ACCOUNT, "admin", &first.id).unwrap();
        assert!(create(&mut iam, ACCOUNT, "admin", NOW).is_ok());
        assert_eq!(delete(&mut iam, ACCOUNT, "admin", &first.id).unwrap_err().code, "NoSuchEntity");
    }

    #[test]
    fn a_key_can_be_switched_off() {
        let mut iam = world();
        let key = create(&mut iam, ACCOUNT, "admin", NOW).unwrap();
        set_active(&mut iam, ACCOUNT, "admin", &key.id, false).unwrap();
        assert!(!iam.access_key(&key.id).unwrap().2.active);
        assert!(set_active(&mut iam, ACCOUNT, "admin", "AKIANONE", true).is_err());
    }
}
