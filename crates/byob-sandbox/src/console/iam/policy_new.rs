//! Making a policy.

use axum::response::Response;
use byob_aws::iam::PolicyKind;
use maud::{Markup, html};

use super::super::{
    Answer,
    done::Done,
    form::Form,
    mistake::Mistake,
    parts::{Editor, Field},
    trial::Trial,
    visit::Visit,
};
use crate::iam::{
    documents,
    policies::{self, NewPolicy},
};

/// The form.
pub async fn page(visit: Visit) -> Answer {
    Ok(show(&visit, &Trial::default()))
}

/// Makes the policy.
pub async fn create(visit: Visit, form: Form) -> Answer {
    let text = form.get("text").to_owned();
    if let Err(refusal) = documents::check_managed(&text) {
        let mistake = Mistake::of_policy(refusal, &text, PolicyKind::Identity, &visit.iam());
        return Ok(show(&visit, &Trial::refused(form, "text", mistake)));
    }
    let ask = NewPolicy {
        name: form.get("name").trim(),
        text: &text,
        description: form.get("description"),
        ..NewPolicy::default()
    };
    match visit.sandbox.change_iam(|iam| policies::create(iam, &visit.account, ask, visit.now())) {
        Ok((arn, _)) => Ok(visit.link("iam/policy").with("arn", &arn).after(Done::POLICY_CREATED)),
        Err(refusal) => {
            let field = if refusal.message.contains("'description'") { "description" } else { "name" };
            Ok(show(&visit, &Trial::refused(form, field, refusal.into())))
        }
    }
}

fn show(visit: &Visit, trial: &Trial) -> Response {
    visit.show_form("Create policy", trial, &view(visit, trial))
}

fn view(visit: &Visit, trial: &Trial) -> Markup {
    let editor = Editor {
        name: "text",
        label: "Policy document",
        hint: "Paste the access policy that BYOB shows: JSON with Version and Statement.",
        text: trial.value("text", ""),
        optional: false,
    };
    let field =
        |name, label, hint, optional| Field { name, label, hint, value: trial.value(name, ""), kind: "text", optional };
    html! {
        form.stack method="post" action=(visit.link("iam/policies/create")) {
            (editor.view(trial.mistake("text")))
            (field("name", "Policy name", "Letters, digits and +=,.@_-; up to 128.", false).view(trial.mistake("name")))
            (field("description", "Description", "", true).view(trial.mistake("description")))
            p.actions {
                button.primary type="submit" { "Create policy" }
                a.button href=(visit.link("iam/policies")) { "Cancel" }
            }
        }
    }
}
