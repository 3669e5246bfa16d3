//! Which bucket of an integration: one that it lists, or, where it serves any that its role permits, one whose name somebody types.

use axum::response::{IntoResponse, Response};
use byob_aws::Invalid;
use byob_core::{
    Error,
    error::FieldFault,
    integration::{Record, settings::Scope},
};
use maud::{Markup, html};

use super::{folder_path, places::cards};
use crate::console::{
    form::refusal,
    frame::{Frame, Place},
    here::Here,
    parts::prose,
};

/// Whether an integration serves any bucket that its role permits. Which these are, nobody can list.
pub fn serves_any(integration: &Record) -> bool {
    matches!(&integration.settings.scope, Some(Scope::AllPermitted { buckets }) if buckets.is_empty())
}

/// The name of a bucket, of what somebody types or pastes for one.
pub fn name(typed: &str) -> &str {
    let typed = typed.trim();
    typed.strip_prefix("s3://").unwrap_or(typed).trim_end_matches('/')
}

/// In place of a folder, while it is not known of which bucket.
pub fn page(here: &Here, integration: &Record) -> Response {
    view(here, integration, &cards(here, &[integration]))
}

/// The same with what was typed that is no name of a bucket, and why.
pub fn refused(here: &Here, integration: &Record, typed: &str, invalid: &Invalid) -> Response {
    let form = form(here, integration, typed, Some(&FieldFault::new("bucket", invalid)));
    (refusal(&Error::field("bucket", invalid)), view(here, integration, &form)).into_response()
}

fn view(here: &Here, integration: &Record, content: &Markup) -> Response {
    let title = integration.settings.name.as_deref().unwrap_or("Unnamed");
    Frame::new(here, Place::Files, title).below(here.path("files"), "Files").page(content)
}

/// Asks for the name of a bucket.
pub fn form(here: &Here, integration: &Record, typed: &str, fault: Option<&FieldFault>) -> Markup {
    html! {
        form .jump action=(folder_path(here, &integration.id, "", "")) {
            label .visually-hidden for="bucket" { "Name of a bucket" }
            input #bucket .mono type="text" name="bucket" value=(typed) placeholder="Name of a bucket" autocomplete="off" spellcheck="false" autocapitalize="off" required
                aria-invalid=[fault.map(|_| "true")] aria-describedby=[fault.map(|_| "bucket-fault")];
            button { "Open" }
            @if let Some(fault) = fault { p #bucket-fault .fault role="alert" { (prose(&fault.detail)) " " (prose(&fault.hint)) } }
        }
    }
}
