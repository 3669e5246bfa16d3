//! Who the platform is for AWS, and whom customers trust.

use axum::{extract::State, response::Response};
use byob_core::{
    integration::settings::PrincipalKind,
    operator::{Identity, OfferedPrincipal, PlatformFacts},
    organization::accounts::SignedIn,
};
use maud::{Markup, html};

use super::configured_by;
use crate::{
    console::{
        Answer,
        frame::{Frame, Place},
        here::Operator,
        parts::{self, prose},
    },
    router::App,
};

pub async fn page(Operator(operator): Operator, State(app): State<App>) -> Answer {
    Ok(view(&operator, &app.core.platform_facts().await?))
}

fn view(operator: &SignedIn, facts: &PlatformFacts) -> Response {
    Frame::of_platform(operator, Place::Platform, "AWS identity").scripts(&["copy.js"]).page(&html! {
        (identity(&facts.identity))
        section .card {
            h2 { "Who the platform is" }
            dl .facts {
                @if let Identity::Known { arn, account } = &facts.identity {
                    dt { "Identity" } dd { (parts::copyable("identity", arn)) }
                    dt { "Account" } dd { (parts::copyable("account", account)) }
                }
                dt { "Region of STS" } dd { (facts.region) }
                @if let Some(url) = &facts.sts_endpoint_url { dt { "STS endpoint" } dd { code { (url) } } }
                @if let Some(url) = &facts.iam_endpoint_url { dt { "Another IAM" } dd { code { (url) } } }
            }
            (configured_by(&["aws.region", "aws.access_key_id", "aws.sts_endpoint_url"]))
        }
        section .card {
            h2 { "Whom customers trust" }
            @if facts.principals.is_empty() && facts.principal_role_path.is_none() {
                div .note .warn { p { "No principal is configured, so no customer can be told whom to trust. Set " code { "aws.shared_principal_arn" } "." } }
            }
            dl .facts {
                @for offered in &facts.principals { (principal(offered)) }
                @if let Some(path) = &facts.principal_role_path {
                    dt { code { "per_integration" } }
                    dd {
                        "A role of its own for each integration, below " code { (path) } @if let Some(arn) = &facts.principal_role_boundary_arn { ", bounded by " code { (arn) } } "."
                        p {
                            span .badge .good { (facts.principal_roles.settled) " in place" }
                            @if facts.principal_roles.unsettled > 0 { " " span .badge .warn { (facts.principal_roles.unsettled) " being made, changed or removed" } }
                        }
                    }
                }
            }
            (configured_by(&["aws.shared_principal_arn", "aws.account_id", "aws.principal_role_path"]))
        }
        section .card {
            h2 { "Quick-create links" }
            @match &facts.quick_create_template_url {
                Some(url) => p { "Customers make the role in one click, from the template at " code { (url) } "." },
                None => p { "Not offered. With a template in a bucket of yours, customers make the role in one click: " code { "byob admin quick-create-template" } " prints it." },
            }
            (configured_by(&["aws.quick_create_template_url"]))
        }
    })
}

fn identity(identity: &Identity) -> Markup {
    html! {
        @match identity {
            Identity::Known { .. } => div .note .good { p { "The platform’s AWS credentials work: STS has just said who it is." } },
            Identity::NotTold => div .note { p { "The STS that is configured does not tell who asks, so the credentials show only when a role is assumed." } },
            Identity::Unknown { detail, hint, request_id } => div .note .bad {
                p { (prose(detail)) }
                p { (prose(hint)) }
                @if let Some(id) = request_id { p .small { "AWS request ID: " code { (id) } } }
            },
        }
    }
}

fn principal(offered: &OfferedPrincipal) -> Markup {
    let (kind, meaning) = match offered.kind {
        PrincipalKind::Shared => ("shared", "One role or user for all integrations."),
        PrincipalKind::Account => ("account", "The whole account: its own policies decide who of it may come."),
        PrincipalKind::PerIntegration => ("per_integration", "A role of its own for each integration."),
    };
    html! {
        dt { code { (kind) } }
        dd {
            (parts::copyable(kind, &offered.arn))
            p { (meaning) }
            @match offered.is_identity {
                Some(true) => p { span .badge .good { "This is who the platform is" } },
                Some(false) => p { span .badge .bad { "The platform is somebody else" } " Customers who trust this ARN do not let the platform in. Give the service its credentials, or correct the setting." },
                None => {},
            }
        }
    }
}
