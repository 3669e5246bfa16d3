//! All integrations of an organization, and those that are being set up.

use axum::{extract::State, response::Response};
use byob_core::integration::Record;
use maud::{Markup, html};

use super::{name, path};
use crate::{
    console::{
        Answer,
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
                            td { (parts::health(integration.health(), integration.row.enabled)) }
                            td { (parts::scope(&integration.settings)) }
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
                            th scope="row" { a href=(here.path(&format!("connect/{}", draft.id))) { (name(draft)) } }
                            td { (parts::scope(&draft.settings)) }
                            td .quiet { (parts::moment_of(draft.row.updated_at)) }
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
            svg .picture viewBox="0 0 520 150" role="img" aria-label="Files go straight from the bucket in your AWS account to the browser; BYOB only signs their addresses." fill="none" stroke="currentColor" stroke-width="1.5" font-size="13" text-anchor="middle" {
                rect x="10" y="30" width="150" height="90" rx="10" {}
                rect x="200" y="10" width="130" height="50" rx="10" {}
                rect x="380" y="40" width="130" height="70" rx="10" {}
                path d="M330 35 Q380 30 412 40M406 34l7 6-8 4" {}
                path d="M160 96 H380M372 91l8 5-8 5" {}
                path d="M200 35 Q150 10 120 30M128 22l-8 8 11 2" {}
                g fill="currentColor" stroke="none" {
                    text x="85" y="70" { "Your bucket" } text x="85" y="90" font-size="11" { "and a role, in your AWS account" }
                    text x="265" y="40" { "BYOB" }
                    text x="445" y="80" { "Browser" }
                    text x="270" y="114" font-size="11" { "files, straight from the bucket" }
                }
            }
            h2 { "Connect your first bucket" }
            p .lead { "Your files stay in your AWS account. You make a role there that may do exactly what you choose; BYOB uses it to sign short-lived addresses, and browsers load the files straight from your bucket." }
            (connect)
        }
    }
}
