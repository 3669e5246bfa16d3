//! Removing an integration, after asking once more.

use axum::{
    extract::{Path, State},
    response::Response,
};
use byob_core::{id::IntegrationId, integration::Record};
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

pub async fn page(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    let integration = app.core.get_integration(&here.reach(), &IntegrationId::parse(&id)?).await?;
    Ok(view(&here, &integration))
}

pub async fn remove(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    app.core.delete_integration(here.organization(), &here.by, &IntegrationId::parse(&id)?).await?;
    Ok(then(&here.path("integrations")))
}

fn view(here: &Here, integration: &Record) -> Response {
    let one = One { here, integration };
    one.frame(&html! {}).page(&html! {
        section .card {
            h2 { "Remove this integration?" }
            p { "It serves " (parts::scope(&integration.settings)) ". Locators of it stop working at once; addresses that are out go on until they expire." }
            p { "Its external ID is never used again: to connect the bucket once more, the role needs a new trust policy. In your AWS account, delete the role if nothing else uses it." }
            div .row {
                form method="post" { button .danger { "Remove for good" } }
                a .button href=(one.path("/settings")) { "Keep it" }
            }
        }
    })
}
