//! Removing an integration, after asking once more.

use axum::{
    extract::{Path, State},
    response::Response,
};
use byob_core::{
    id::IntegrationId,
    integration::{Record, settings::Delivery},
    store::TokenRow,
};
use maud::html;

use super::One;
use crate::{
    console::{
        Answer,
        here::{Admin, Here},
        parts, then,
    },
    router::App,
};

/// More than an organization has.
const MOST_TOKENS: i64 = 1000;

pub async fn page(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    let integration = app.core.get_integration(&here.reach(), &IntegrationId::parse(&id)?).await?;
    let tokens = app.core.store().token_list(here.organization(), "", MOST_TOKENS).await?;
    Ok(view(&here, &integration, &tokens))
}

pub async fn remove(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    app.core.delete_integration(here.organization(), &here.by, &IntegrationId::parse(&id)?).await?;
    Ok(then(&here.path("integrations")))
}

/// What becomes of the URLs that were handed out.
fn out(integration: &Record) -> &'static str {
    match integration.settings.delivery {
        Delivery::Direct => "URLs that are out go on working until they expire.",
        Delivery::Proxy => "URLs that are out lead through this service, so they stop as well.",
    }
}

fn view(here: &Here, integration: &Record, tokens: &[TokenRow]) -> Response {
    let one = One { here, integration };
    let restricted: Vec<&str> = tokens
        .iter()
        .filter(|token| token.restricted && token.integration_ids.iter().any(|id| id == integration.id.as_str()))
        .map(|token| token.name.as_str())
        .collect();
    one.part("Remove", &html! {}).page(&html! {
        section .card {
            h2 { "Remove this integration?" }
            p { "It serves " (parts::scope(&integration.settings)) ". Locators of it stop working at once; " (out(integration)) }
            p {
                @match integration.row.last_used_at { Some(at) => { "It was last used on " (parts::moment_of(at)) "." }, None => "It was never used." }
                @if !restricted.is_empty() { " Restricted tokens that reach it: " b { (restricted.join(", ")) } "." }
            }
            p { "Its external ID is never used again: to connect the bucket once more, the role needs a new trust policy. In your AWS account, delete the role if nothing else uses it." }
            div .row {
                form method="post" { button .danger { "Remove for good" } }
                a .button href=(one.path("/settings")) { "Keep it" }
            }
        }
    })
}
