//! A small world for the tests beside the rules.

use std::{convert::Infallible, sync::Arc};

use byob_aws::iam::Context;
use bytes::Bytes;
use time::{OffsetDateTime, macros::datetime};

use super::users;
use crate::{
    Sandbox,
    call::{Call, Caller},
    clock::Clock,
    state::{Account, Iam},
};

/// The account that there is.
pub const ACCOUNT: &str = "111111111111";
/// Another one.
pub const OTHER: &str = "222222222222";
/// When everything happens.
pub const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
/// A policy for whatever needs one.
pub const ALLOW_S3: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

/// One account, whose user is `admin`.
pub fn world() -> Iam {
    let mut iam = Iam::default();
    let mut account = Account::new(ACCOUNT, "one");
    account.users.insert("admin".to_owned(), users::new("admin", "/", NOW));
    iam.accounts.insert(ACCOUNT.to_owned(), account);
    iam
}

/// A sandbox of two accounts, in which nobody may do anything yet.
pub fn sandbox() -> Sandbox {
    let sandbox = Sandbox::in_memory(Clock::from_fn(|| NOW));
    change(&sandbox, |iam| {
        *iam = world();
        let mut other = Account::new(OTHER, "two");
        other.users.insert("stranger".to_owned(), users::new("stranger", "/", NOW));
        iam.accounts.insert(OTHER.to_owned(), other);
    });
    sandbox
}

/// Changes what there is.
pub fn change<T>(sandbox: &Sandbox, change: impl FnOnce(&mut Iam) -> T) -> T {
    let changed: Result<T, Infallible> = sandbox.change_iam(|iam| Ok(change(iam)));
    changed.unwrap_or_else(|never| match never {})
}

/// A request of a user, by its account and name.
pub fn call_of_user(sandbox: &Sandbox, account: &str, name: &str) -> Call {
    let iam = sandbox.read().iam.in_force(NOW);
    let account = &iam.accounts[account];
    let user = &account.users[name];
    let caller = Caller::User { account: account.id.clone(), arn: account.user_arn(user), id: user.id.clone() };
    call(sandbox, caller)
}

/// A request of anybody.
pub fn call(sandbox: &Sandbox, caller: Caller) -> Call {
    let now = sandbox.clock().now();
    let iam: Arc<Iam> = sandbox.read().iam.in_force(now);
    let context = Context::new().with("aws:RequestedRegion", "eu-central-1");
    Call { sandbox: sandbox.clone(), request_id: String::new(), now, caller, iam, body: Bytes::new(), context }
}

/// A trust policy for one principal.
pub fn trust(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}]}}"#
    )
}
