//! One user: its access keys and what it may do.

use axum::response::Response;
use maud::{Markup, html};

use super::{
    super::{
        Answer,
        done::Done,
        form::Form,
        parts::{copyable, dangerous, facts, mistake, moment},
        problem::Problem,
        trial::Trial,
        visit::Visit,
    },
    keys,
    permissions::{self, Permissions},
};
use crate::{
    iam::{identities::Who, users},
    state::{AccessKey, User},
};

/// What the page shows.
struct View<'a> {
    user: &'a User,
    arn: String,
    permissions: Permissions,
    /// A key that was just made: its secret is shown this once.
    new_key: Option<&'a AccessKey>,
}

/// The page.
pub async fn page(visit: Visit) -> Answer {
    show(&visit, None, &Trial::default())
}

/// Deletes the user, who must have no keys and policies any more.
pub async fn delete(visit: Visit, form: Form) -> Answer {
    match visit.sandbox.change_iam(|iam| users::delete(iam, &visit.account, visit.param("user"))) {
        Ok(()) => Ok(visit.link("iam/users").after(Done::USER_DELETED)),
        Err(refusal) => show(&visit, None, &Trial::refused(form, "delete", refusal.into())),
    }
}

/// The page, with a key that was just made or with a form that was refused.
pub fn show(visit: &Visit, new_key: Option<&AccessKey>, trial: &Trial) -> Result<Response, Problem> {
    let (iam, name) = (visit.iam(), visit.param("user"));
    let account = visit.of(&iam)?;
    let user = account.users.get(name);
    let user = user.ok_or_else(|| Problem::missing("user", name).back(visit.link("iam/users"), "the users"))?;
    let permissions = Permissions::of(&iam, &visit.account, Who::User(name))?;
    let model = View { user, arn: account.user_arn(user), permissions, new_key };
    Ok(visit.show_form(name, trial, &view(visit, &model, trial)))
}

fn view(visit: &Visit, model: &View<'_>, trial: &Trial) -> Markup {
    let user = model.user;
    html! {
        @if let Some(key) = model.new_key { (keys::shown_once(key)) }
        (facts(&[
            ("ARN", copyable(&model.arn)),
            ("Unique ID", html! { code { (user.id) } }),
            ("Created", moment(user.created)),
        ]))
        (keys::view(visit, user, trial))
        (permissions::view(visit, Who::User(&user.name), &model.permissions))
        h2 { "Delete this user" }
        (mistake(trial, "delete"))
        (dangerous(
            &visit.link("iam/user/delete").with("user", &user.name),
            "Delete user",
            "Delete its access keys and policies first.",
        ))
    }
}
