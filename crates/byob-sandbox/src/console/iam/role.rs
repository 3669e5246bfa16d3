//! One role: its ARN, who may assume it, what it may do.

use axum::response::Response;
use byob_aws::iam::PolicyKind;
use maud::{Markup, html};

use super::{
    super::{
        Answer,
        done::Done,
        form::Form,
        link::Link,
        mistake::Mistake,
        parts::{Editor, Field, copyable, dangerous, facts, mistake, moment},
        problem::Problem,
        trial::Trial,
        visit::Visit,
    },
    permissions::{self, Permissions},
};
use crate::{
    iam::{identities::Who, roles},
    state::Role,
};

/// What the page shows.
struct View<'a> {
    role: &'a Role,
    arn: String,
    /// The trust policy as it holds now: whoever is gone is named by an ID.
    trust: String,
    permissions: Permissions,
}

/// The page.
pub async fn page(visit: Visit) -> Answer {
    show(&visit, &Trial::default())
}

/// Saves the trust policy.
pub async fn save_trust(visit: Visit, form: Form) -> Answer {
    let text = form.get("trust");
    let saved = visit.sandbox.change_iam(|iam| roles::set_trust(iam, &visit.account, visit.param("role"), text));
    let Err(refusal) = saved else { return Ok(here(&visit).after(Done::TRUST_SAVED)) };
    let mistake = Mistake::of_policy(refusal, text, PolicyKind::Trust, &visit.iam());
    show(&visit, &Trial::refused(form, "trust", mistake))
}

/// Saves the description and how long sessions may last.
pub async fn save_settings(visit: Visit, form: Form) -> Answer {
    let Ok(seconds) = form.get("session").trim().parse::<i64>() else {
        return show(&visit, &Trial::refused(form, "session", Mistake::here("This is not a number of seconds.")));
    };
    let saved = visit.sandbox.change_iam(|iam| {
        roles::update(iam, &visit.account, visit.param("role"), Some(form.get("description")), Some(seconds))
    });
    let Err(refusal) = saved else { return Ok(here(&visit).after(Done::ROLE_SAVED)) };
    let field = if refusal.message.contains("maxSessionDuration") { "session" } else { "description" };
    show(&visit, &Trial::refused(form, field, refusal.into()))
}

/// Deletes the role, which must have no policies any more.
pub async fn delete(visit: Visit, form: Form) -> Answer {
    match visit.sandbox.change_iam(|iam| roles::delete(iam, &visit.account, visit.param("role"))) {
        Ok(()) => Ok(visit.link("iam/roles").after(Done::ROLE_DELETED)),
        Err(refusal) => show(&visit, &Trial::refused(form, "delete", refusal.into())),
    }
}

fn here(visit: &Visit) -> Link {
    visit.link("iam/role").with("role", visit.param("role"))
}

fn show(visit: &Visit, trial: &Trial) -> Result<Response, Problem> {
    let (iam, name) = (visit.iam(), visit.param("role"));
    let account = visit.of(&iam)?;
    let role = account.roles.get(name);
    let role = role.ok_or_else(|| Problem::missing("role", name).back(visit.link("iam/roles"), "the roles"))?;
    let model = View {
        role,
        arn: account.role_arn(role),
        trust: role.trust.in_force(&iam),
        permissions: Permissions::of(&iam, &visit.account, Who::Role(name))?,
    };
    Ok(visit.show_form(name, trial, &view(visit, &model, trial)))
}

fn view(visit: &Visit, model: &View<'_>, trial: &Trial) -> Markup {
    html! {
        (facts(&[
            ("ARN, to paste into BYOB", copyable(&model.arn)),
            ("Unique ID", html! { code { (model.role.id) } }),
            ("Created", moment(model.role.created)),
        ]))
        (trust_form(visit, &model.trust, trial))
        (permissions::view(visit, Who::Role(&model.role.name), &model.permissions))
        (settings_form(visit, model.role, trial))
        h2 { "Delete this role" }
        (mistake(trial, "delete"))
        (dangerous(
            &visit.link("iam/role/delete").with("role", &model.role.name),
            "Delete role",
            "Whoever uses it is refused from then on. Detach and delete its policies first.",
        ))
    }
}

fn trust_form(visit: &Visit, trust: &str, trial: &Trial) -> Markup {
    let editor = Editor {
        name: "trust",
        label: "Trust policy",
        hint: "Who may assume this role, and under which condition: the external ID belongs here.",
        text: trial.value("trust", trust),
        optional: false,
    };
    html! {
        h2 { "Trust relationships" }
        form.stack method="post" action=(visit.link("iam/role/trust").with("role", visit.param("role"))) {
            (editor.view(trial.mistake("trust")))
            p.actions { button.primary type="submit" { "Save trust policy" } }
        }
    }
}

/// The field for the longest session, which the page for a new role has, too.
pub fn session_field(value: &str) -> Field<'_> {
    Field {
        name: "session",
        label: "Maximum session duration, in seconds",
        hint: "From 3600 (one hour) to 43200 (twelve hours).",
        value,
        kind: "number",
        optional: false,
    }
}

/// The field for the description, which the page for a new role has, too.
pub fn description_field(value: &str) -> Field<'_> {
    Field {
        name: "description",
        label: "Description",
        hint: "What this role is for.",
        value,
        kind: "text",
        optional: true,
    }
}

fn settings_form(visit: &Visit, role: &Role, trial: &Trial) -> Markup {
    let seconds = role.max_session_duration.to_string();
    html! {
        h2 { "Settings" }
        form.stack method="post" action=(visit.link("iam/role/settings").with("role", &role.name)) {
            (session_field(trial.value("session", &seconds)).view(trial.mistake("session")))
            (description_field(trial.value("description", &role.description)).view(trial.mistake("description")))
            p.actions { button type="submit" { "Save settings" } }
        }
    }
}
