//! An inline policy of a role or user: a new one, or one to be changed.

use axum::response::Response;
use byob_aws::iam::PolicyKind;
use maud::{Markup, html};

use super::{
    super::{
        Answer,
        done::Done,
        form::Form,
        mistake::Mistake,
        parts::{Editor, Field},
        problem::Problem,
        trial::Trial,
        visit::Visit,
    },
    about, home, who,
};
use crate::iam::identities::{self, Who};

/// The editor.
pub async fn page(visit: Visit) -> Answer {
    show(&visit, &Trial::default())
}

/// Writes the policy into the role or user.
pub async fn save(visit: Visit, form: Form) -> Answer {
    let who = who(&visit);
    let name = match visit.param("policy") {
        "" => form.get("name").trim(),
        name => name,
    };
    let saved =
        visit.sandbox.change_iam(|iam| identities::put_inline(iam, &visit.account, who, name, form.get("text")));
    let Err(refusal) = saved else { return Ok(home(&visit, who).after(Done::INLINE_SAVED)) };
    let field = if refusal.message.contains("policyName") { "name" } else { "text" };
    let mistake = match field {
        "text" => Mistake::of_policy(refusal, form.get("text"), PolicyKind::Identity, &visit.iam()),
        _ => refusal.into(),
    };
    show(&visit, &Trial::refused(form, field, mistake))
}

/// Takes the policy away.
pub async fn delete(visit: Visit, _: Form) -> Answer {
    let who = who(&visit);
    let deleted =
        visit.sandbox.change_iam(|iam| identities::delete_inline(iam, &visit.account, who, visit.param("policy")));
    deleted.map_err(|refusal| Problem::from(refusal).back(home(&visit, who), who.name()))?;
    Ok(home(&visit, who).after(Done::INLINE_DELETED))
}

fn show(visit: &Visit, trial: &Trial) -> Result<Response, Problem> {
    let (iam, who, name) = (visit.iam(), who(visit), visit.param("policy"));
    let policies = identities::get(&iam, &visit.account, who)?.inline;
    let text = match name {
        "" => "",
        name => policies
            .get(name)
            .ok_or_else(|| Problem::missing("inline policy", name).back(home(visit, who), who.name()))?,
    };
    let title = if name.is_empty() { "Create inline policy" } else { name };
    Ok(visit.show_form(title, trial, &view(visit, who, text, trial)))
}

fn view(visit: &Visit, who: Who<'_>, text: &str, trial: &Trial) -> Markup {
    let policy = visit.param("policy");
    let name = Field {
        name: "name",
        label: "Policy name",
        hint: "Letters, digits and +=,.@_-",
        value: trial.value("name", ""),
        kind: "text",
        optional: false,
    };
    let editor = Editor {
        name: "text",
        label: "Policy document",
        hint: "JSON with Version and Statement. It names no principal: it is about whoever it is written into.",
        text: trial.value("text", text),
        optional: false,
    };
    let to = about(visit, "iam/inline", who);
    html! {
        form.stack method="post" action=(if policy.is_empty() { to } else { to.with("policy", policy) }) {
            @if policy.is_empty() { (name.view(trial.mistake("name"))) }
            (editor.view(trial.mistake("text")))
            p.actions {
                button.primary type="submit" { "Save inline policy" }
                a.button href=(home(visit, who)) { "Cancel" }
            }
        }
    }
}
