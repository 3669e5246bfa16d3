//! The documents for the customer's account: one to copy on each page, or all at once in another form.

use axum::{
    extract::{Path, State},
    response::Response,
};
use byob_aws::policies::Access;
use byob_core::integration::{documents::Documents, settings::Scope};
use maud::{Markup, html};

use super::{
    Draft, in_aws, path,
    steps::{Order, Step},
};
use crate::{
    console::{
        Answer,
        integrations::documents::{self as offered, CORS_FOR_CLI},
        parts::{self, Pasted},
    },
    router::App,
};

pub async fn access_policy(State(app): State<App>, draft: Draft) -> Answer {
    let documents = app.core.documents(&draft.record)?;
    let (step, title) = (Step::AccessPolicy, "What the role may do");
    if documents.access_policy.is_none() {
        return Ok(not_yet(&draft, step, title));
    }
    let by_hand = html! {
        @if draft.has_role() {
            (in_aws(&["IAM", "Roles", "your role", "Permissions", "Add permissions", "Create inline policy", "JSON"],
                &html! { "Replace what stands there with this, name it " code { "byob" } ", and create it. If the role has a policy for BYOB already, edit that one." }))
        } @else {
            (in_aws(&["IAM", "Policies", "Create policy", "JSON"],
                &html! { "Replace what stands there with this, choose “Next”, name it " code { (suggested(&draft)) } ", and create it." }))
        }
        (document(&draft, &documents, "access-policy.json"))
    };
    Ok(shown(&draft, step, title, &documents, &draft.form, &by_hand))
}

pub async fn trust_policy(State(app): State<App>, draft: Draft) -> Answer {
    let documents = app.core.documents(&draft.record)?;
    let (step, title) = (Step::TrustPolicy, "Who may use the role");
    if documents.trust_policy.is_none() {
        return Ok(not_yet(&draft, step, title));
    }
    let by_hand = html! {
        @if draft.has_role() {
            (in_aws(&["IAM", "Roles", "your role", "Trust relationships", "Edit trust policy"],
                &html! { "Replace what stands there with this, and update the policy." }))
        } @else {
            (in_aws(&["IAM", "Roles", "Create role", "Custom trust policy"],
                &html! { "Replace what stands there with this and choose “Next”; tick the policy of the step before and choose “Next”; name the role " code { (suggested(&draft)) } ", and create it." }))
        }
        (document(&draft, &documents, "trust-policy.json"))
        p .lead { "It lets in BYOB alone, and only with the external ID " code { (draft.record.external_id.as_str()) } ". That ID was made for this connection, is never given to anybody else, and never changes." }
    };
    Ok(shown(&draft, step, title, &documents, &draft.form, &by_hand))
}

/// What browsers need of the bucket, and what keeps it tidy.
pub async fn pages(State(app): State<App>, draft: Draft) -> Answer {
    let documents = app.core.documents(&draft.record)?;
    let settings = &draft.record.settings;
    let (bucket, below) = match &settings.scope {
        Some(Scope::Bucket { bucket, prefix: Some(prefix) }) => (bucket.as_str(), format!("{prefix}/")),
        Some(Scope::Bucket { bucket, prefix: None }) => (bucket.as_str(), String::new()),
        _ => ("YOUR-BUCKET", String::new()),
    };
    let writes = settings.access.iter().any(|access| access.0 == Access::Write);
    Ok(draft.page(Step::Pages, "What browsers need", &["copy.js"], &html! {
        (in_aws(&["S3", "your bucket", "Permissions", "Cross-origin resource sharing (CORS)", "Edit"],
            &html! { "Pictures and films show without it; tables, documents and text are read by scripts, and those need it. Add the rule to those that are there already." }))
        (document(&draft, &documents, "cors.json"))
        @if let Some(endpoint) = &settings.endpoint_url {
            details .more {
                summary { "A store without such a page" }
                p .hint { "The AWS CLI puts it on the bucket, in place of what is there:" }
                pre tabindex="0" { code { "aws s3api put-bucket-cors --endpoint-url " (endpoint) " --bucket " (bucket) " --cors-configuration file://" (CORS_FOR_CLI) } }
                (document(&draft, &documents, CORS_FOR_CLI))
            }
        }
        @if writes {
            h2 { "So that nothing is left lying about" }
            (in_aws(&["S3", "your bucket", "Management", "Create lifecycle rule"],
                &html! { "Optional: scratch files below " code { (below) "temp/" } " and exports below " code { (below) "export/" } " expire after " (settings.lifecycle_days) " days. As a file, for the AWS CLI:" }))
            (document(&draft, &documents, "lifecycle.json"))
        }
        (draft.next_button(Step::Pages))
    }))
}

pub async fn download(
    State(app): State<App>,
    Path((_, _, file)): Path<(String, String, String)>,
    draft: Draft,
) -> Answer {
    offered::file(&app.core.documents(&draft.record)?, &file)
}

/// What the policy and the role may be called.
fn suggested(draft: &Draft) -> String {
    let name = draft.record.settings.name.as_deref().unwrap_or_default();
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).take(4).collect();
    format!("byob-{}", if words.is_empty() { "access".to_owned() } else { words.join("-") })
}

fn not_yet(draft: &Draft, step: Step, title: &str) -> Response {
    draft.page(step, title, &[], &bucket_first(draft))
}

fn bucket_first(draft: &Draft) -> Markup {
    html! {
        div .note .warn { p { "First say which bucket it is about." } }
        p { a .button .primary href=(draft.path(Step::Bucket)) { "Name the bucket" } }
    }
}

fn document(draft: &Draft, documents: &Documents, file: &str) -> Markup {
    let found = offered::all(documents).into_iter().find(|document| document.file == file);
    let at = path(&draft.here, &draft.record.id, &format!("/documents/{file}"));
    html! {
        @if let Some(document) = found {
            (Pasted { id: file.split('.').next().unwrap_or_default(), title: document.title, text: &document.text, download: Some(&at) }.show())
        }
    }
}

/// The document by hand, or everything in another form.
fn shown(draft: &Draft, step: Step, title: &str, documents: &Documents, form: &str, by_hand: &Markup) -> Response {
    let forms =
        [("", "AWS console"), ("cloudformation", "CloudFormation"), ("terraform", "Terraform"), ("cli", "AWS CLI")];
    let base = draft.path(step);
    let (file, way, what) = match form {
        "cloudformation" => (
            "cloudformation.json",
            &["CloudFormation", "Create stack", "Upload a template file"][..],
            "The policy and the role in one stack; what browsers need of the bucket comes at the step “Browsers”. It needs the capability to name IAM resources; the role’s ARN stands under “Outputs”.",
        ),
        "terraform" => (
            "byob.tf",
            &[][..],
            "Part of your Terraform configuration: the policy and the role, and with set_cors the bucket’s CORS configuration in place of the one it has. The role’s ARN is an output.",
        ),
        "cli" => (
            "byob.sh",
            &["CloudShell, or a terminal with the AWS CLI"][..],
            "The policy, the role and, unless told otherwise, the bucket’s CORS configuration. It can be run as it stands, more than once, and ends with the role’s ARN.",
        ),
        _ => ("", &[][..], ""),
    };
    draft.page(step, title, &["copy.js"], &html! {
        nav aria-label="In which form" {
            ul .tabs {
                @for (name, label) in forms {
                    @let path = if name.is_empty() { base.clone() } else { format!("{base}?form={name}") };
                    li { a href=(path) aria-current=[(name == form).then_some("page")] { (label) } }
                }
            }
        }
        @if let Some(changed) = &documents.changes { p .lead { "Changed since a check last passed, on " (parts::moment(changed.since)) "." } }
        @if file.is_empty() {
            (by_hand)
            (draft.next_button(step))
        } @else if let Some(fault) = &documents.fault {
            div .note .bad { p { (fault.detail()) } p { (fault.hint()) } }
        } @else if documents.access_policy.is_none() {
            (bucket_first(draft))
        } @else {
            (in_aws(way, &html! { (what) }))
            @if form == "cloudformation" {
                @if let Some(url) = &documents.quick_create_url {
                    p { a .button href=(url) rel="noreferrer" target="_blank" { "Open in CloudFormation, filled in" } }
                }
            }
            (document(draft, documents, file))
            @if draft.has_role() && form != "cli" {
                div .note .warn { p { "A role that was not made by it is not changed by it: it makes another, which needs another name. Give the ARN of that one at the step " a href=(draft.path(Step::Role)) { "Role" } "." } }
            }
            @if draft.notes.began_with == Order::Role { (draft.next_button(step)) }
            @else { p .row { a .button .primary href=(draft.path(Step::Role)) { "Next: Role" } } }
        }
    })
}
