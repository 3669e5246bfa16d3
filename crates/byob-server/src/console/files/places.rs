//! Where files are.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use byob_aws::Invalid;
use byob_core::{
    Error,
    error::FieldFault,
    integration::{Record, settings::Scope},
    organization::Role,
};
use maud::{Markup, html};

use super::{
    bucket::{self, serves_any},
    folder_path,
};
use crate::{
    console::{
        Answer,
        form::refusal,
        frame::{Frame, Place},
        here::{Here, Viewer},
        parts::{self, prose},
    },
    router::App,
};

pub async fn page(Viewer(here): Viewer, State(app): State<App>) -> Answer {
    let integrations = app.core.list_integrations(&here.reach(), "", super::MOST).await?;
    Ok(view(&here, &integrations, &open_form(&here, "", None)))
}

/// The same with what was typed that is no locator, and why.
pub async fn refused(app: &App, here: &Here, typed: &str, invalid: &Invalid) -> Answer {
    let integrations = app.core.list_integrations(&here.reach(), "", super::MOST).await?;
    let form = open_form(here, typed, Some(&FieldFault::new("locator", invalid)));
    Ok((refusal(&Error::field("locator", invalid)), view(here, &integrations, &form)).into_response())
}

fn view(here: &Here, integrations: &[Record], form: &Markup) -> Response {
    let browses = here.membership.role >= Role::Member;
    Frame::new(here, Place::Files, "Files").page(&html! {
        @if !browses { p .lead { "Open a file by its locator: whoever wants you to see it sends you that, or the address of its page." } }
        (form)
        @if browses {
            @let on: Vec<_> = integrations.iter().filter(|one| one.row.enabled).collect();
            @if on.is_empty() && !integrations.is_empty() {
                div .empty {
                    h2 { "No bucket is turned on" }
                    p .lead { "An integration that is turned off serves no files." }
                    @if here.is_admin() { p { a .button .primary href=(here.path("integrations")) { "See the integrations" } } }
                }
            } @else if on.is_empty() {
                div .empty {
                    h2 { "No bucket is connected yet" }
                    @if here.is_admin() { p { a .button .primary href=(here.path("connect")) { "Connect a bucket" } } }
                    @else { p .lead { "An admin of your organization connects one." } }
                }
            } @else { (cards(here, &on)) }
        }
    })
}

/// The ways to the buckets of integrations.
pub fn cards(here: &Here, integrations: &[&Record]) -> Markup {
    html! {
        ul .cards {
            @for integration in integrations {
                @let name = integration.settings.name.as_deref().unwrap_or("Unnamed");
                @for (_, bucket, prefix) in places(integration) {
                    li { a .card href=(folder_path(here, &integration.id, bucket, &prefix)) {
                        b { (name) }
                        code { "s3://" (bucket) "/" (parts::name(&prefix)) }
                    } }
                }
                @if serves_any(integration) {
                    li { div .card { b { (name) } (bucket::form(here, integration, "", None)) } }
                }
            }
        }
    }
}

/// The buckets that an integration names, with the folder that it serves.
pub fn places(integration: &Record) -> Vec<(&Record, &str, String)> {
    match &integration.settings.scope {
        Some(Scope::Bucket { bucket, prefix }) => {
            let prefix = prefix.as_ref().map(|prefix| format!("{prefix}/")).unwrap_or_default();
            vec![(integration, bucket.as_str(), prefix)]
        }
        Some(Scope::AllPermitted { buckets }) => {
            buckets.iter().map(|bucket| (integration, bucket.as_str(), String::new())).collect()
        }
        None => Vec::new(),
    }
}

/// Opens a file by its name.
fn open_form(here: &Here, typed: &str, fault: Option<&FieldFault>) -> Markup {
    html! {
        form .jump role="search" action=(here.path("file")) {
            label .visually-hidden for="search" { "Locator of a file" }
            input #search type="search" name="locator" value=(typed) placeholder="s3://bucket/key" autocomplete="off" spellcheck="false" autocapitalize="off" required
                aria-invalid=[fault.map(|_| "true")] aria-describedby=[fault.map(|_| "locator-fault")];
            button { "Open" }
            @if let Some(fault) = fault { p #locator-fault .fault role="alert" { (prose(&fault.detail)) " " (prose(&fault.hint)) } }
        }
    }
}
