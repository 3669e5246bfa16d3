//! The list of roles.

use maud::{Markup, html};

use super::super::{
    Answer,
    parts::{empty, moment, table},
    visit::Visit,
};
use crate::state::{Account, Role};

/// The list.
pub async fn page(visit: Visit) -> Answer {
    let iam = visit.iam();
    Ok(visit.show("Roles", &view(&visit, visit.of(&iam)?)))
}

fn view(visit: &Visit, account: &Account) -> Markup {
    let create = html! { a.button.primary href=(visit.link("iam/roles/create")) { "Create role" } };
    let rows = html! { @for role in account.roles.values() { (row(visit, role)) } };
    html! {
        @if account.roles.is_empty() {
            (empty("This account has no roles yet. A role is what you let a platform assume.", &create))
        } @else {
            p.actions { (create) }
            (table("Roles", &["Name", "Description", "Policies", "Created"], &rows))
        }
    }
}

fn row(visit: &Visit, role: &Role) -> Markup {
    html! {
        tr {
            th scope="row" { a href=(visit.link("iam/role").with("role", &role.name)) { (role.name) } }
            td { @if role.description.is_empty() { "—" } @else { (role.description) } }
            td.number { (role.attached.len() + role.inline.len()) }
            td { (moment(role.created)) }
        }
    }
}
