//! The list of users, and a new one.

use axum::response::Response;
use maud::{Markup, html};

use super::super::{
    Answer,
    done::Done,
    form::Form,
    parts::{Field, moment, table},
    problem::Problem,
    trial::Trial,
    visit::Visit,
};
use crate::{
    iam::users::{self, NewUser},
    state::{Account, User},
};

/// The list.
pub async fn page(visit: Visit) -> Answer {
    show(&visit, &Trial::default())
}

/// Makes a user without any permission.
pub async fn create(visit: Visit, form: Form) -> Answer {
    let ask = NewUser { name: form.get("name").trim(), ..NewUser::default() };
    match visit.sandbox.change_iam(|iam| users::create(iam, &visit.account, ask, visit.now())) {
        Ok(user) => Ok(visit.link("iam/user").with("user", &user.name).after(Done::USER_CREATED)),
        Err(refusal) => show(&visit, &Trial::refused(form, "name", refusal.into())),
    }
}

fn show(visit: &Visit, trial: &Trial) -> Result<Response, Problem> {
    let iam = visit.iam();
    Ok(visit.show_form("Users", trial, &view(visit, visit.of(&iam)?, trial)))
}

fn view(visit: &Visit, account: &Account, trial: &Trial) -> Markup {
    let name = Field {
        name: "name",
        label: "User name",
        hint: "Letters, digits and +=,.@_-; up to 64.",
        value: trial.value("name", ""),
        kind: "text",
        optional: false,
    };
    let rows = html! { @for user in account.users.values() { (row(visit, user)) } };
    html! {
        p.lead { "A user has access keys that do not end. To let a platform in, create a role instead." }
        (table("Users", &["Name", "Access keys", "Policies", "Created"], &rows))
        h2 { "Create a user" }
        form.stack method="post" action=(visit.link("iam/users")) {
            (name.view(trial.mistake("name")))
            p.actions { button.primary type="submit" { "Create user" } }
        }
    }
}

fn row(visit: &Visit, user: &User) -> Markup {
    html! {
        tr {
            th scope="row" { a href=(visit.link("iam/user").with("user", &user.name)) { (user.name) } }
            td.number { (user.access_keys.len()) }
            td.number { (user.attached.len() + user.inline.len()) }
            td { (moment(user.created)) }
        }
    }
}
