//! Users, roles and policies.

mod inline;
mod keys;
mod permissions;
mod policies;
mod policy;
mod policy_new;
mod role;
mod role_new;
mod roles;
mod user;
mod users;

use axum::{
    Router,
    routing::{get, post},
};

use super::{link::Link, visit::Visit};
use crate::{Sandbox, iam::identities::Who};

/// `…/iam`.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_console/{account}/iam/roles", get(roles::page))
        .route("/_console/{account}/iam/roles/create", get(role_new::page).post(role_new::create))
        .route("/_console/{account}/iam/role", get(role::page))
        .route("/_console/{account}/iam/role/trust", post(role::save_trust))
        .route("/_console/{account}/iam/role/settings", post(role::save_settings))
        .route("/_console/{account}/iam/role/delete", post(role::delete))
        .route("/_console/{account}/iam/users", get(users::page).post(users::create))
        .route("/_console/{account}/iam/user", get(user::page))
        .route("/_console/{account}/iam/user/delete", post(user::delete))
        .route("/_console/{account}/iam/user/keys", post(keys::create))
        .route("/_console/{account}/iam/user/keys/switch", post(keys::switch))
        .route("/_console/{account}/iam/user/keys/delete", post(keys::delete))
        .route("/_console/{account}/iam/attach", post(permissions::attach))
        .route("/_console/{account}/iam/detach", post(permissions::detach))
        .route("/_console/{account}/iam/inline", get(inline::page).post(inline::save))
        .route("/_console/{account}/iam/inline/delete", post(inline::delete))
        .route("/_console/{account}/iam/policies", get(policies::page))
        .route("/_console/{account}/iam/policies/create", get(policy_new::page).post(policy_new::create))
        .route("/_console/{account}/iam/policy", get(policy::page).post(policy::edit))
        .route("/_console/{account}/iam/policy/version", post(policy::set_version))
        .route("/_console/{account}/iam/policy/version/delete", post(policy::delete_version))
        .route("/_console/{account}/iam/policy/delete", post(policy::delete))
}

/// The role or user that the query names.
fn who(visit: &Visit) -> Who<'_> {
    match visit.param("role") {
        "" => Who::User(visit.param("user")),
        role => Who::Role(role),
    }
}

/// A page about a role or user.
fn about(visit: &Visit, page: &str, who: Who<'_>) -> Link {
    visit.link(page).with(who.kind(), who.name())
}

/// The page of a role or user.
fn home(visit: &Visit, who: Who<'_>) -> Link {
    about(visit, &format!("iam/{}", who.kind()), who)
}
