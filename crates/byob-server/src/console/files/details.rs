//! What S3 knows of a file, and its versions: a page, or what a script puts beside the file.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use byob_aws::Locator;
use byob_core::{
    Error,
    files::{details::Details, versions::Version},
    organization::Role,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{back::Back, locator, places, versions::standing};
use crate::{
    body::Query,
    console::{
        Answer,
        frame::{Frame, Place},
        here::{Here, Viewer},
        parts,
    },
    router::App,
};

#[derive(Deserialize)]
pub struct Which {
    #[serde(default)]
    locator: String,
    /// Only what is new, for a script.
    #[serde(default)]
    bare: bool,
    #[serde(default)]
    view: String,
    #[serde(default)]
    glob: String,
}

pub async fn page(Viewer(here): Viewer, State(app): State<App>, Query(which): Query<Which>) -> Answer {
    let locator = match locator(&which.locator) {
        Ok(locator) => locator,
        Err(invalid) => return places::refused(&app, &here, &which.locator, &invalid).await,
    };
    let back = Back { view: which.view, glob: which.glob };
    let content = match app.core.file_details(&here.reach(), &locator).await {
        Ok(details) => html! {
            (facts(&details))
            @match versions(&app, &here, &locator).await {
                Ok(versions) => (list(&here, &locator, &versions, &back)),
                Err(error) => { h2 { "Versions" } (parts::trouble(&here, &error)) },
            }
        },
        Err(error) => {
            // Of a file that was deleted, older versions may be there. What keeps them from being listed most likely keeps the file, too.
            let versions = versions(&app, &here, &locator).await.unwrap_or_default();
            html! {
                @if !which.bare { (parts::trouble(&here, &error)) }
                // Beside the file, which does not load either and says why.
                @else if versions.is_empty() { p .quiet { "Nothing more is known of it." } }
                (list(&here, &locator, &versions, &back))
            }
        }
    };
    if which.bare {
        return Ok(content.into_response());
    }
    let name = locator.key().file_name();
    let frame = Frame::new(&here, Place::Files, "Details").below(here.path("files"), "Files");
    let response: Response = frame.below(back.file(&here, &locator.to_string()), name).page(&content);
    Ok(response)
}

fn facts(details: &Details) -> Markup {
    html! {
        h2 { "Details" }
        dl .facts {
            dt { "Size" } dd title={ (details.size) " bytes" } { (parts::size(details.size)) }
            @if let Some(at) = details.last_modified { dt { "Changed" } dd { (parts::moment(at)) } }
            @if let Some(class) = &details.storage_class { dt { "Storage class" } dd { (parts::storage_class(class)) } }
            @if let Some(restore) = &details.restore { dt { "Restore" } dd { (restore) } }
            @if let Some(kind) = &details.content_type { dt { "Stored as" } dd { (kind) } }
            @if let Some(encoding) = &details.content_encoding { dt { "Encoding" } dd { (encoding) } }
            @if let Some(control) = &details.cache_control { dt { "Cache-Control" } dd { (control) } }
            @if let Some(kind) = &details.encryption { dt { "Encryption" } dd { (encryption(kind)) } }
            @if let Some(arn) = &details.kms_key_arn { dt { "KMS key" } dd { code { (arn) } } }
            @if let Some(etag) = &details.etag { dt { "ETag" } dd { code { (etag.trim_matches('"')) } } }
            @if let Some(version) = &details.version_id { dt { "Version" } dd { code { (version) } } }
        }
        @if !details.metadata.is_empty() {
            h2 { "Metadata" }
            dl .facts { @for (name, value) in &details.metadata { dt { code { (name) } } dd { (value) } } }
        }
    }
}

fn encryption(kind: &str) -> &str {
    match kind {
        "AES256" => "By S3 (SSE-S3)",
        "aws:kms" => "By KMS (SSE-KMS)",
        "aws:kms:dsse" => "By KMS, twice (DSSE-KMS)",
        other => other,
    }
}

/// The versions, for those who may list them, of an integration that is declared for that.
async fn versions(app: &App, here: &Here, locator: &Locator) -> Result<Vec<Version>, Error> {
    if here.membership.role < Role::Member {
        return Ok(Vec::new());
    }
    match app.core.list_versions_of(&here.reach(), locator).await {
        Err(error) if error.code() == "access_not_declared" => Ok(Vec::new()),
        listed => listed,
    }
}

fn list(here: &Here, locator: &Locator, versions: &[Version], back: &Back) -> Markup {
    html! {
        @if !versions.is_empty() {
            h2 { "Versions" }
            ol .versions { @for version in versions { (row(here, locator, version, back)) } }
        }
    }
}

fn row(here: &Here, looked_at: &Locator, version: &Version, back: &Back) -> Markup {
    let id = version.locator.version_id();
    let is_this = if looked_at.version_id().is_none() { version.is_latest } else { looked_at.version_id() == id };
    let at = html! { @if let Some(at) = version.last_modified { (parts::moment(at)) } @else { "Some time" } };
    html! {
        li {
            @if version.is_delete_marker { span { (at) } }
            @else { a href=(back.file(here, &version.locator.to_string())) aria-current=[is_this.then_some("true")] { (at) } }
            " " (standing(version))
            @if !version.is_delete_marker { span .quiet .small { (parts::size(version.size)) } }
        }
    }
}
