//! What an integration is, and how it does.

use axum::{
    extract::{Path, State},
    response::Response,
};
use byob_core::{
    check::{
        past::PastCheck,
        report::{Conclusion, Health, Outcome},
        steps::StepName,
    },
    id::IntegrationId,
    integration::{Record, documents::Documents, settings::Authentication},
};
use maud::{Markup, html};

use super::{One, Tab, changed_since_check, changes, checks, works_as_it_is};
use crate::{
    console::{
        Answer,
        files::{folder_path, places, serves_any},
        here::{Admin, Here},
        live, parts,
    },
    router::App,
};

pub async fn page(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    let id = IntegrationId::parse(&id)?;
    let integration = app.core.get_integration(&here.reach(), &id).await?;
    let checks = app.core.list_checks(&here.reach(), &id, "", 5).await?;
    let documents = app.core.documents(&integration)?;
    Ok(view(&here, &integration, &checks, &documents))
}

fn view(here: &Here, integration: &Record, checks: &[PastCheck], documents: &Documents) -> Response {
    let one = One { here, integration };
    one.part("Overview", &html! { (files(&one)) (one.check_button("primary")) }).scripts(&["copy.js", "check.js"]).page(&html! {
        (one.tabs(Tab::Overview))
        (live::place())
        @if !integration.row.enabled {
            div .note .warn { p { "This integration is turned off: it serves no files. Turn it on under " a href=(one.path("/settings")) { "Settings" } "." } }
        }
        @if !works(integration) && (integration.row.enabled || integration.health() == Health::Unsafe) { (why(&one, checks)) }
        @if changed_since_check(integration) {
            div .note { p { "It was changed after the last check. The next one comes about a minute after a change, where checks are scheduled; or check now." } }
        }
        @if let Some(changed) = documents.changes.as_ref().filter(|_| !works_as_it_is(integration)) { (changes::note(&one, changed)) }
        @if integration.row.enabled && integration.row.last_used_at.is_none() && works(integration) { (next(&one)) }
        section .card {
            h2 { "What it is" }
            (facts(&one))
        }
        h2 { "Last checks" }
        @if checks.is_empty() { p .lead { "There was no check yet. The first one comes about a minute after saving; or check now." } }
        @else { (checks::table(&one, checks)) p { a href=(one.path("/checks")) { "All checks" } } }
    })
}

/// The way to its files: to all places if it has several.
fn files(one: &One<'_>) -> Markup {
    let places = if one.integration.row.enabled { places(one.integration) } else { Vec::new() };
    html! {
        @match places.as_slice() {
            [] if one.integration.row.enabled && serves_any(one.integration) => {
                a .button href=(folder_path(one.here, &one.integration.id, "", "")) { "See its files" }
            },
            [] => {},
            [(_, bucket, prefix)] => a .button href=(folder_path(one.here, &one.integration.id, bucket, prefix)) { "See its files" },
            _ => a .button href=(one.here.path("files")) { "See its files" },
        }
    }
}

/// What there is to do with one that nobody has used yet.
fn next(one: &One<'_>) -> Markup {
    let here = one.here;
    html! {
        section .card {
            h2 { "What to do next" }
            ul {
                li { a href=(here.path("files")) { "Look at the files" } "." }
                li { a href=(here.path("tokens")) { "Make an API token" } ", with which your programs turn locators into URLs." }
                li { a href=(here.path("members")) { "Invite those who work with them" } "." }
            }
        }
    }
}

/// Why it does not work, and what to do: the last check says it that saw it so. A role may also have been seen to be unsafe when it was to be used.
fn why(one: &One<'_>, checks: &[PastCheck]) -> Markup {
    let health = one.integration.health();
    let seen = checks.iter().find(|check| check.health == health);
    let (_, sentence) = live::report::verdict(Conclusion::Failed, health);
    html! {
        div .note .bad {
            p { b { (sentence) } }
            @if let Some(check) = seen {
                @let report = one.path(&format!("/checks/{}", check.id));
                @match failed(check) {
                    Some(step) => p { "Failed: " (step.info().claim) " " a href={ (report) "#" (step.as_str()) } { "What to do" } },
                    None => p { a href=(report) { "See the check" } },
                }
            } @else { p { "A check says what to do." } }
        }
    }
}

/// The first step that failed, if there is still one of its name.
fn failed(check: &PastCheck) -> Option<StepName> {
    let step = check.steps.iter().find(|step| step.standing.outcome == Outcome::Failed)?;
    StepName::ALL.into_iter().find(|name| name.as_str() == step.name)
}

/// As far as is known.
fn works(integration: &Record) -> bool {
    !matches!(integration.health(), Health::Unhealthy | Health::Unsafe)
}

fn facts(one: &One<'_>) -> Markup {
    let integration = one.integration;
    let settings = &integration.settings;
    html! {
        dl .facts {
            dt { "Serves" } dd { (one.serves()) }
            dt { "Access" } dd { (parts::access(settings)) }
            dt { "Region" } dd { (settings.region.as_deref().unwrap_or("Not set")) }
            @if let Some(url) = &settings.endpoint_url { dt { "Endpoint" } dd { code { (url) } } }
            @match &settings.authentication {
                Some(Authentication::Role { role_arn }) => {
                    dt { "Role" } dd { (parts::copyable("role-arn", role_arn.as_deref().unwrap_or("not set"))) }
                    dt { "External ID" } dd { (parts::copyable("external-id", integration.external_id.as_str())) }
                    @if let Some(principal) = &integration.principal {
                        dt { "Trusts" } dd { (parts::copyable("principal", &principal.to_string())) }
                    }
                },
                Some(Authentication::AccessKey { access_key_id, .. }) => { dt { "Access key" } dd { code { (access_key_id) } } },
                Some(Authentication::Anonymous {}) => { dt { "Credentials" } dd { "None: the bucket is open to everybody" } },
                None => {},
            }
            dt { "ID" } dd { (parts::copyable("integration-id", integration.id.as_str())) }
            dt { "Created" } dd { (parts::moment_of(integration.row.created_at)) }
            dt { "Last used" } dd { (parts::once(integration.row.last_used_at)) }
        }
    }
}
