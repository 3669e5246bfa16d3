//! Access keys of a user.

use maud::{Markup, html};

use super::{
    super::{
        Answer,
        done::Done,
        form::Form,
        parts::{button, copyable, dangerous, empty, facts, mistake, moment, table},
        trial::Trial,
        visit::Visit,
    },
    home, user,
};
use crate::{
    iam::{access_keys, identities::Who},
    refusal::Refusal,
    state::{AccessKey, User},
};

/// Makes a key and shows its secret on this page only: an address with it would stay in the browser's history.
pub async fn create(visit: Visit, form: Form) -> Answer {
    match visit.sandbox.change_iam(|iam| access_keys::create(iam, &visit.account, visit.param("user"), visit.now())) {
        Ok(key) => user::show(&visit, Some(&key), &Trial::default()),
        Err(refusal) => user::show(&visit, None, &Trial::refused(form, "keys", refusal.into())),
    }
}

/// Switches a key on or off.
pub async fn switch(visit: Visit, form: Form) -> Answer {
    let active = visit.param("active") == "true";
    let done = if active { Done::KEY_ACTIVATED } else { Done::KEY_DEACTIVATED };
    let switched = visit.sandbox.change_iam(|iam| {
        access_keys::set_active(iam, &visit.account, visit.param("user"), visit.param("key"), active)
    });
    finish(&visit, form, switched, done)
}

/// Deletes a key.
pub async fn delete(visit: Visit, form: Form) -> Answer {
    let deleted = visit
        .sandbox
        .change_iam(|iam| access_keys::delete(iam, &visit.account, visit.param("user"), visit.param("key")));
    finish(&visit, form, deleted, Done::KEY_DELETED)
}

fn finish(visit: &Visit, form: Form, changed: Result<(), Refusal>, done: Done) -> Answer {
    match changed {
        Ok(()) => Ok(home(visit, Who::User(visit.param("user"))).after(done)),
        Err(refusal) => user::show(visit, None, &Trial::refused(form, "keys", refusal.into())),
    }
}

/// A key that was just made.
pub fn shown_once(key: &AccessKey) -> Markup {
    html! {
        section.once role="status" {
            p { strong { "The access key was created." } " Copy the secret now: it is not shown again." }
            (facts(&[("Access key ID", copyable(&key.id)), ("Secret access key", copyable(&key.secret))]))
        }
    }
}

/// The part of the user's page.
pub fn view(visit: &Visit, user: &User, trial: &Trial) -> Markup {
    let rows = html! { @for key in &user.access_keys { (row(visit, user, key)) } };
    html! {
        h2 { "Access keys" }
        (mistake(trial, "keys"))
        @if user.access_keys.is_empty() {
            (empty("This user has no access keys.", &html! {}))
        } @else {
            (table("Access keys", &["Access key ID", "Status", "Created", ""], &rows))
        }
        (button(&visit.link("iam/user/keys").with("user", &user.name), "Create access key"))
    }
}

fn row(visit: &Visit, user: &User, key: &AccessKey) -> Markup {
    let link = |page: &str| visit.link(page).with("user", &user.name).with("key", &key.id);
    let (status, switched, switch) =
        if key.active { ("Active", "false", "Deactivate") } else { ("Inactive", "true", "Activate") };
    html! {
        tr {
            th scope="row" { (copyable(&key.id)) }
            td { span.badge.good[key.active] { (status) } }
            td { (moment(key.created)) }
            td.buttons {
                (button(&link("iam/user/keys/switch").with("active", switched), switch))
                (dangerous(&link("iam/user/keys/delete"), "Delete", "Whoever signs with this key is refused from then on."))
            }
        }
    }
}
