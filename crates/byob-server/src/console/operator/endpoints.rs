//! Where the service connects to, and which buckets are everybody's.

use axum::{extract::State, response::Response};
use byob_core::{integration::Settings, operator::PlatformFacts, organization::accounts::SignedIn};
use maud::{Markup, html};

use super::configured_by;
use crate::{
    console::{
        Answer,
        frame::{Frame, Place},
        here::Operator,
        parts,
    },
    router::App,
};

pub async fn page(Operator(operator): Operator, State(app): State<App>) -> Answer {
    Ok(view(&operator, &app.core.platform_facts().await?))
}

fn view(operator: &SignedIn, facts: &PlatformFacts) -> Response {
    Frame::of_platform(operator, Place::Endpoints, "Buckets and endpoints").page(&html! {
        section .card {
            h2 { "Public buckets" }
            p { "Everybody on the platform reads these without an integration of their own. An organization’s own integrations come first." }
            @if facts.public_buckets.is_empty() { p .quiet { "None." } } @else { (public_buckets(&facts.public_buckets)) }
            (configured_by(&["public_buckets"]))
        }
        section .card {
            h2 { "Where the service connects to" }
            p { "Customers choose the endpoints of their stores. So that none of them leads the service into your network, it connects to no private, loopback, link-local or otherwise special address: names are judged by the addresses that they resolve to at the moment of connecting, redirects are not followed, and no proxy is used." }
            @if facts.allowed_addresses.is_empty() { p { "There is no exception." } }
            @else {
                p { "Exceptions, each for one host and port:" }
                ul { @for address in &facts.allowed_addresses { li { code { (address) } } } }
            }
            (configured_by(&["outbound.allow"]))
        }
        section .card {
            h2 { "Pages that load files" }
            p { "The CORS documents for customers’ buckets name these origins; the first is this console’s." }
            ul { @for origin in &facts.origins { li { code { (origin) } } } }
            (configured_by(&["public_url", "origins"]))
        }
    })
}

fn public_buckets(buckets: &[Settings]) -> Markup {
    html! {
        table .table .stack {
            thead { tr { th { "Name" } th { "Serves" } th { "Region" } th { "Endpoint" } } }
            tbody {
                @for settings in buckets {
                    tr {
                        th scope="row" { (settings.name.as_deref().unwrap_or("Unnamed")) }
                        td { (parts::scope(settings)) }
                        td { (settings.region.as_deref().unwrap_or_default()) }
                        td { @match &settings.endpoint_url { Some(url) => code { (url) }, None => "AWS" } }
                    }
                }
            }
        }
    }
}
