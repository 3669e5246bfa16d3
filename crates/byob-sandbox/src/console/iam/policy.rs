//! One managed policy: its text, its versions, who uses it.

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
        parts::{Editor, button, copyable, dangerous, facts, mistake, moment, table},
        problem::Problem,
        trial::Trial,
        visit::Visit,
    },
    home,
    permissions::is_of_aws,
};
use crate::{
    iam::{identities::Who, policies},
    state::{Account, ManagedPolicy, iam::PolicyVersion},
};

/// The page.
pub async fn page(visit: Visit) -> Answer {
    show(&visit, &Trial::default())
}

/// Saves another version and puts it in force.
pub async fn edit(visit: Visit, form: Form) -> Answer {
    let (arn, text) = (own(&visit)?, form.get("text"));
    match visit.sandbox.change_iam(|iam| policies::create_version(iam, arn, text, true, visit.now())) {
        Ok(_) => Ok(here(&visit).after(Done::POLICY_EDITED)),
        Err(refusal) => {
            let mistake = Mistake::of_policy(refusal, text, PolicyKind::Identity, &visit.iam());
            show(&visit, &Trial::refused(form, "text", mistake))
        }
    }
}

/// Puts a version in force.
pub async fn set_version(visit: Visit, form: Form) -> Answer {
    let arn = own(&visit)?;
    let set =
        visit.sandbox.change_iam(|iam| policies::set_default_version(iam, arn, visit.param("version"), visit.now()));
    finish(&visit, form, set.map(|()| here(&visit).after(Done::POLICY_VERSION_SET)))
}

/// Deletes a version that is not in force.
pub async fn delete_version(visit: Visit, form: Form) -> Answer {
    let arn = own(&visit)?;
    let deleted = visit.sandbox.change_iam(|iam| policies::delete_version(iam, arn, visit.param("version")));
    finish(&visit, form, deleted.map(|()| here(&visit).after(Done::POLICY_VERSION_DELETED)))
}

/// Deletes the policy, which nobody must use any more.
pub async fn delete(visit: Visit, form: Form) -> Answer {
    let arn = own(&visit)?;
    let deleted = visit.sandbox.change_iam(|iam| policies::delete(iam, arn));
    finish(&visit, form, deleted.map(|()| visit.link("iam/policies").after(Done::POLICY_DELETED)))
}

/// The ARN in the query, unless the policy is another account's.
fn own(visit: &Visit) -> Result<&str, Problem> {
    let arn = visit.param("arn");
    if policies::owner(arn) == visit.account || is_of_aws(arn) {
        return Ok(arn);
    }
    Err(Problem::missing("policy", arn).back(visit.link("iam/policies"), "the policies"))
}

fn finish(visit: &Visit, form: Form, done: Result<Response, crate::refusal::Refusal>) -> Answer {
    done.or_else(|refusal| show(visit, &Trial::refused(form, "policy", refusal.into())))
}

fn here(visit: &Visit) -> Link {
    visit.link("iam/policy").with("arn", visit.param("arn"))
}

fn show(visit: &Visit, trial: &Trial) -> Result<Response, Problem> {
    let (iam, arn) = (visit.iam(), own(visit)?);
    let policy = policies::get(&iam, arn);
    let policy =
        policy.map_err(|_| Problem::missing("policy", arn).back(visit.link("iam/policies"), "the policies"))?;
    let users = users_of(visit.of(&iam)?, arn);
    Ok(visit.show_form(&policy.name, trial, &view(visit, &policy, &users, trial)))
}

/// Who a policy is attached to.
fn users_of<'a>(account: &'a Account, arn: &str) -> Vec<Who<'a>> {
    let roles = account.roles.values().filter(|role| role.attached.contains(arn)).map(|role| Who::Role(&role.name));
    let users = account.users.values().filter(|user| user.attached.contains(arn)).map(|user| Who::User(&user.name));
    roles.chain(users).collect()
}

fn view(visit: &Visit, policy: &ManagedPolicy, users: &[Who<'_>], trial: &Trial) -> Markup {
    let arn = visit.param("arn");
    html! {
        (facts(&[
            ("ARN", copyable(arn)),
            ("Attached to", html! {
                @if users.is_empty() { "Nobody. Attach it on the page of a role or user." }
                @for (n, who) in users.iter().enumerate() {
                    @if n > 0 { ", " }
                    a href=(home(visit, *who)) { (who.name()) }
                }
            }),
        ]))
        (mistake(trial, "policy"))
        @if is_of_aws(arn) {
            h2 { "Policy document" }
            p { "AWS manages this policy. It can be attached, but not changed." }
            pre.document tabindex="0" { (policy.text()) }
        } @else {
            (editor(visit, policy, trial))
            h2 { "Versions" }
            p { "A policy keeps up to five versions. One is in force." }
            (table("Versions", &["Version", "Created", ""], &versions(visit, policy)))
            h2 { "Delete this policy" }
            (dangerous(
                &visit.link("iam/policy/delete").with("arn", arn),
                "Delete policy",
                "Detach it everywhere and delete its other versions first.",
            ))
        }
    }
}

fn editor(visit: &Visit, policy: &ManagedPolicy, trial: &Trial) -> Markup {
    let editor = Editor {
        name: "text",
        label: "Policy document",
        hint: "Saving makes a new version and puts it in force.",
        text: trial.value("text", policy.text()),
        optional: false,
    };
    html! {
        form.stack method="post" action=(here(visit)) {
            (editor.view(trial.mistake("text")))
            p.actions { button.primary type="submit" { "Save new version" } }
        }
    }
}

/// The newest first.
fn versions(visit: &Visit, policy: &ManagedPolicy) -> Markup {
    let link = |page: &str, version: &PolicyVersion| {
        visit.link(page).with("arn", visit.param("arn")).with("version", &version.id)
    };
    html! {
        @for version in policy.versions.iter().rev() {
            tr {
                th scope="row" {
                    (version.id)
                    @if version.id == policy.default_version { " " span.badge.good { "In force" } }
                }
                td { (moment(version.created)) }
                td.buttons {
                    @if version.id != policy.default_version {
                        (button(&link("iam/policy/version", version), "Put in force"))
                        (button(&link("iam/policy/version/delete", version), "Delete"))
                    }
                }
            }
        }
    }
}
