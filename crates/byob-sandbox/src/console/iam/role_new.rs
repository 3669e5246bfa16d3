//! Making a role, in the order in which AWS asks: whom to trust, what to allow, what to call it.

use axum::response::Response;
use byob_aws::iam::PolicyKind;
use maud::{Markup, html};

use super::{
    super::{
        Answer,
        done::Done,
        form::Form,
        mistake::Mistake,
        parts::{Editor, Field, mistake},
        trial::Trial,
        visit::Visit,
    },
    permissions::{attachable, is_of_aws, short},
    role::{description_field, session_field},
};
use crate::{
    iam::{
        documents,
        identities::{self, Who},
        names,
        roles::{self, NewRole},
    },
    refusal::Refusal,
    state::Iam,
};

/// What an inline policy is called where no name is given.
const INLINE: &str = "permissions";

/// The form.
pub async fn page(visit: Visit) -> Answer {
    Ok(show(&visit, &Trial::default()))
}

/// Makes the role with its policies, or nothing at all.
pub async fn create(visit: Visit, form: Form) -> Answer {
    let name = form.get("name").trim().to_owned();
    let now = visit.now();
    match visit.sandbox.change_iam(|iam| make(iam, &visit.account, &name, &form, now)) {
        Ok(()) => Ok(visit.link("iam/role").with("role", &name).after(Done::ROLE_CREATED)),
        Err((field, refusal)) => {
            let iam = visit.iam();
            let mistake = match field {
                "trust" => Mistake::of_policy(refusal, form.get("trust"), PolicyKind::Trust, &iam),
                "inline" => Mistake::of_policy(refusal, form.get("inline"), PolicyKind::Identity, &iam),
                _ => Mistake::from(refusal),
            };
            Ok(show(&visit, &Trial::refused(form, field, mistake)))
        }
    }
}

/// The order of the form is the order of the refusals, so that the first mistake on the page is named first.
fn make(
    iam: &mut Iam,
    account: &str,
    name: &str,
    form: &Form,
    now: time::OffsetDateTime,
) -> Result<(), (&'static str, Refusal)> {
    let at = |field| move |refusal| (field, refusal);
    documents::trust(form.get("trust"), iam).map_err(at("trust"))?;
    let inline = form.get("inline");
    if !inline.trim().is_empty() {
        documents::check(inline, PolicyKind::Identity).map_err(at("inline"))?;
    }
    let seconds = form.get("session").trim().parse::<i64>();
    let seconds = seconds.map_err(|_| ("session", Refusal::new(400, "", "This is not a number of seconds.")))?;
    names::check_description(form.get("description")).map_err(at("description"))?;
    let ask = NewRole {
        name,
        trust: form.get("trust"),
        description: form.get("description"),
        max_session_duration: Some(seconds),
        ..NewRole::default()
    };
    roles::create(iam, account, ask, now).map_err(|refusal| {
        let field = if refusal.message.contains("maxSessionDuration") { "session" } else { "name" };
        (field, refusal)
    })?;
    for arn in form.all("policy") {
        identities::attach(iam, account, Who::Role(name), arn).map_err(at("policy"))?;
    }
    if !inline.trim().is_empty() {
        identities::put_inline(iam, account, Who::Role(name), INLINE, inline).map_err(at("inline"))?;
    }
    Ok(())
}

fn show(visit: &Visit, trial: &Trial) -> Response {
    let policies = attachable(&visit.iam(), &visit.account);
    visit.show_form("Create role", trial, &view(visit, &policies, trial))
}

fn view(visit: &Visit, policies: &[String], trial: &Trial) -> Markup {
    let trust = Editor {
        name: "trust",
        label: "Custom trust policy",
        hint: "Paste the trust policy that BYOB shows: its principal, and the external ID as a condition.",
        text: trial.value("trust", ""),
        optional: false,
    };
    let inline = Editor {
        name: "inline",
        label: "Or paste a policy for this role alone",
        hint: "It is written into the role as an inline policy.",
        text: trial.value("inline", ""),
        optional: true,
    };
    let name = Field {
        name: "name",
        label: "Role name",
        hint: "Letters, digits and +=,.@_-; up to 64.",
        value: trial.value("name", ""),
        kind: "text",
        optional: false,
    };
    html! {
        form.stack method="post" action=(visit.link("iam/roles/create")) {
            h2 { "1. Select trusted entity" }
            (trust.view(trial.mistake("trust")))
            h2 { "2. Add permissions" }
            (choices(policies, trial))
            (inline.view(trial.mistake("inline")))
            h2 { "3. Name and create" }
            (name.view(trial.mistake("name")))
            (description_field(trial.value("description", "")).view(trial.mistake("description")))
            (session_field(trial.value("session", "3600")).view(trial.mistake("session")))
            p.actions {
                button.primary type="submit" { "Create role" }
                a.button href=(visit.link("iam/roles")) { "Cancel" }
            }
        }
    }
}

/// The policies of the account, and those of AWS behind a click.
fn choices(policies: &[String], trial: &Trial) -> Markup {
    let choice = |arn: &String| {
        html! {
            label.check {
                input type="checkbox" name="policy" value=(arn) checked[trial.chose("policy", arn)];
                " " (short(arn))
            }
        }
    };
    html! {
        fieldset {
            legend { "Permissions policies" }
            (mistake(trial, "policy"))
            @if policies.iter().all(|arn| is_of_aws(arn)) { p.hint { "This account has no policies of its own yet." } }
            @for arn in policies.iter().filter(|arn| !is_of_aws(arn)) { (choice(arn)) }
            details {
                summary { "Policies managed by AWS" }
                @for arn in policies.iter().filter(|arn| is_of_aws(arn)) { (choice(arn)) }
            }
        }
    }
}
