//! What the customer has to change since a check last passed.

use byob_core::integration::changes::Changes;
use maud::{Markup, html};

use super::One;
use crate::console::parts;

/// That there is something to change.
pub fn note(one: &One<'_>, changes: &Changes) -> Markup {
    html! {
        div .note .warn {
            p { "The documents have changed since " (parts::moment(changes.since)) ", when a check last passed. Your account needs the change as well." }
            p { a href=(one.path("/documents")) { "See what to change" } }
        }
    }
}

/// What it is; `seen` says that the last check saw all of it that a check can see.
pub fn details(changes: &Changes, seen: bool) -> Markup {
    html! {
        section .card {
            h2 { "What to change in your account" }
            @if seen {
                p { "What the documents ask for now works, as far as a check can see. These lines differ from those of " (parts::moment(changes.since)) ": no request can tell whether your account has all of them, so compare them by hand." }
            } @else {
                p { "These lines differ from what a check last saw working, on " (parts::moment(changes.since)) ". Apply them, then check again." }
            }
            @if let Some(text) = &changes.access_policy { (parts::diff("Access policy", text)) }
            @if let Some(text) = &changes.trust_policy { (parts::diff("Trust policy", text)) }
            @if let Some(text) = &changes.cors { (parts::diff("CORS", text)) }
        }
    }
}
