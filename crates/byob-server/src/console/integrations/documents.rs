//! The documents for the customer's account, to be copied or downloaded.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use byob_aws::render;
use byob_core::{
    Error,
    id::IntegrationId,
    integration::{Record, documents::Documents},
};
use maud::html;
use serde::Serialize;

use super::{One, Tab, changes, works_as_it_is};
use crate::{
    console::{
        Answer,
        here::{Admin, Here},
        parts::Pasted,
    },
    router::App,
};

pub async fn page(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    let integration = app.core.get_integration(&here.reach(), &IntegrationId::parse(&id)?).await?;
    let documents = app.core.documents(&integration)?;
    Ok(view(&here, &integration, &documents))
}

/// One document as a file.
pub async fn download(
    Admin(here): Admin,
    State(app): State<App>,
    Path((_, id, file)): Path<(String, String, String)>,
) -> Answer {
    let integration = app.core.get_integration(&here.reach(), &IntegrationId::parse(&id)?).await?;
    self::file(&app.core.documents(&integration)?, &file)
}

/// The document of that name, to be kept.
pub fn file(documents: &Documents, file: &str) -> Answer {
    let found = all(documents).into_iter().find(|document| document.file == file);
    let text = found.ok_or_else(|| Error::not_found("document"))?.text;
    let disposition = format!("attachment; filename=\"{file}\"");
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, text).into_response())
}

/// The CORS configuration as the AWS CLI takes it. S3's console wants the rules alone, and of other stores few have one.
pub const CORS_FOR_CLI: &str = "cors-for-cli.json";

/// A document as people paste it.
pub struct Offered {
    pub file: &'static str,
    pub title: &'static str,
    pub text: String,
}

/// All that there are yet.
pub fn all(documents: &Documents) -> Vec<Offered> {
    let json = |file, title, value: Option<String>| value.map(|text| Offered { file, title, text });
    [
        json("access-policy.json", "Access policy", documents.access_policy.as_ref().map(pretty)),
        json("trust-policy.json", "Trust policy", documents.trust_policy.as_ref().map(pretty)),
        json("cors.json", "CORS configuration", Some(pretty(&documents.cors.cors_rules))),
        json(CORS_FOR_CLI, "CORS configuration for the AWS CLI", Some(pretty(&documents.cors))),
        json("lifecycle.json", "Lifecycle configuration", Some(pretty(&documents.lifecycle))),
        json("cloudformation.json", "CloudFormation template", documents.cloudformation.as_ref().map(pretty)),
        json("byob.tf", "Terraform", documents.terraform.clone()),
        json("byob.sh", "AWS CLI script", documents.aws_cli.clone()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// With escapes where IAM takes nothing else.
fn pretty(value: &impl Serialize) -> String {
    render::json::pasteable(value)
}

fn view(here: &Here, integration: &Record, documents: &Documents) -> Response {
    let one = One { here, integration };
    one.part("Documents", &html! {}).scripts(&["copy.js"]).page(&html! {
        (one.tabs(Tab::Documents))
        @if let Some(changed) = &documents.changes { (changes::details(changed, works_as_it_is(integration))) }
        @if let Some(fault) = &documents.fault {
            div .note .bad { p { (fault.detail()) } p { (fault.hint()) } }
        }
        p .lead { "Least privilege for exactly what is declared. Paste these documents one by one in AWS’s console, or take all at once as CloudFormation, Terraform or a script." }
        @if let Some(url) = &documents.quick_create_url {
            p { a .button href=(url) rel="noreferrer" { "Open in CloudFormation" } }
        }
        @if integration.settings.role_arn().is_some() {
            p .hint { "The script changes the role that is in use. CloudFormation and Terraform change it only if they made it: otherwise they make another, which needs another name, and whose ARN goes into the " a href=(one.path("/settings")) { "settings" } "." }
        }
        // The rules once more as the CLI takes them, where it is not AWS's console that does.
        @for document in all(documents).into_iter().filter(|document| document.file != CORS_FOR_CLI || integration.settings.endpoint_url.is_some()) {
            @let path = one.path(&format!("/documents/{}", document.file));
            (Pasted { id: document.file.split('.').next().unwrap_or_default(), title: document.title, text: &document.text, download: Some(&path) }.show())
        }
    })
}
