//! All integrations of an organization, and those that are being set up.

use axum::{extract::State, response::Response};
use byob_core::integration::Record;
use maud::{Markup, html};

use super::{changed_since_check, name, path, serves};
use crate::{
    console::{
        Answer, connect,
        frame::{Frame, Place},
        here::{Admin, Here},
        parts,
    },
    router::App,
};

/// More than an organization has; the API has them by pages.
const MOST: i64 = 1000;

pub async fn page(Admin(here): Admin, State(app): State<App>) -> Answer {
    let integrations = app.core.list_integrations(&here.reach(), "", MOST).await?;
    let drafts = app.core.list_drafts(here.organization(), "", MOST).await?;
    Ok(view(&here, &integrations, &drafts))
}

fn view(here: &Here, integrations: &[Record], drafts: &[Record]) -> Response {
    let connect = html! { a .button .primary href=(here.path("connect")) { "Connect a bucket" } };
    let is_empty = integrations.is_empty() && drafts.is_empty();
    Frame::new(here, Place::Integrations, "Integrations").actions(if is_empty { html! {} } else { connect.clone() }).page(&html! {
        @if is_empty { (empty(&connect)) }
        @if !integrations.is_empty() {
            table .table .stack {
                thead { tr { th { "Name" } th { "State" } th { "Serves" } th { "Last good check" } th { "Last used" } } }
                tbody {
                    @for integration in integrations {
                        tr {
                            th scope="row" { a href=(path(here, &integration.id, "")) { (name(integration)) } }
                            td {
                                (parts::health(integration.health(), integration.row.enabled))
                                @if changed_since_check(integration) { p .hint { "Changed since it was checked" } }
                            }
                            td { (serves(here, integration)) }
                            td .quiet { span .narrow { "Last good check: " } (parts::once(integration.row.good_at)) }
                            td .quiet { span .narrow { "Last used: " } (parts::once(integration.row.last_used_at)) }
                        }
                    }
                }
            }
        }
        @if !drafts.is_empty() {
            h2 { "Being set up" }
            table .table .stack {
                thead { tr { th { "Name" } th { "Serves" } th { "Last touched" } } }
                tbody {
                    @for draft in drafts {
                        tr {
                            th scope="row" { a href=(here.path(&format!("connect/{}", draft.id))) { (connect::called(draft)) } }
                            td { span .narrow { "Serves: " } (parts::scope(&draft.settings)) }
                            td .quiet { span .narrow { "Last touched: " } (parts::moment_of(draft.row.updated_at)) }
                        }
                    }
                }
            }
        }
    })
}

/// The idea, in one picture.
fn empty(connect: &Markup) -> Markup {
    html! {
        div .empty {
            svg .picture viewBox="0 0 320 152" role="img" aria-label="Files go straight from the bucket in your AWS account to the browser; BYOB only signs their addresses." fill="none" stroke="currentColor" stroke-width="1.5" font-size="13" text-anchor="middle" {
                rect x="1" y="58" width="126" height="64" rx="8" {}
                rect x="116" y="1" width="88" height="32" rx="8" {}
                rect x="225" y="58" width="94" height="64" rx="8" {}
                path d="M116 17H64V56M58 49l6 7 6-7" {}
                path d="M204 17H272V56M266 49l6 7 6-7" {}
                path d="M127 90H223M216 84l7 6-7 6" {}
                g fill="currentColor" stroke="none" {
                    text x="160" y="22" font-weight="600" { "BYOB" }
                    text x="64" y="87" font-weight="600" { "Your bucket" } text x="64" y="106" { "and a role" }
                    text x="272" y="95" font-weight="600" { "Browser" }
                    text x="175" y="82" { "files," } text x="175" y="108" { "straight" }
                    text x="64" y="143" { "your AWS account" }
                }
            }
            h2 { "Connect your first bucket" }
            p .lead { "Your files stay in your AWS account. You make a role there that may do exactly what you choose; BYOB uses it to sign short-lived addresses, and browsers load the files straight from your bucket." }
            (connect)
        }
    }
}
