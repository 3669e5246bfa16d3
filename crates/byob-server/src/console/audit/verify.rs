//! Whether the log is whole.

use axum::{extract::State, response::Response};
use byob_core::audit::Verified;
use maud::html;

use crate::{
    console::{
        Answer,
        frame::{Frame, Place},
        here::{Admin, Here},
        parts,
    },
    router::App,
};

pub async fn page(Admin(here): Admin, State(app): State<App>) -> Answer {
    let verified = app.core.verify_audit(here.organization()).await?;
    Ok(view(&here, &verified))
}

fn view(here: &Here, verified: &Verified) -> Response {
    let entries = if verified.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", verified.entries) };
    Frame::new(here, Place::Audit, "Is the log whole?").below(here.path("audit"), "Audit log").scripts(&["copy.js"]).page(&html! {
        @match &verified.broken {
            None => div .note .good role="status" { p { b { "The log is whole." } " " (entries) " from the first to the last are as they were written." } },
            Some(broken) => div .note .bad role="alert" {
                p { b { "The log is broken at entry " (broken.number) "." } " " (broken.flaw.detail()) }
                p { (entries) " before it are as they were written. Keep an export, and ask whoever runs this service who can write to its database." }
            },
        }
        @if !verified.hash.is_empty() {
            section .card {
                h2 { "Note this down" }
                p { "Whoever can write to the database could make all hashes anew. So keep the last one elsewhere: as long as entry " (verified.entries) " still has it, nothing up to there was changed." }
                dl .facts {
                    dt { "Entry" } dd { (verified.entries) }
                    dt { "Hash" } dd { (parts::copyable("hash", &verified.hash)) }
                }
            }
        }
        p { a .button href=(here.path("audit")) { "Back to the log" } }
    })
}
