//! The page of the settings.

use axum::response::Response;
use byob_core::integration::{
    Record,
    settings::{Authentication, Delivery},
};
use maud::{Markup, html};

use super::{
    super::{One, Tab},
    BOXES, NUMBERS, saved_form,
};
use crate::console::{
    connection::{
        ROLE,
        fields::{self, Asked},
        made_of,
    },
    form::{Faults, Form},
    here::Here,
};

const DELIVERIES: [(&str, &str, &str); 2] = [
    (
        "direct",
        "Straight from the bucket",
        "The fastest way. The bucket needs a CORS configuration for pages that read files by script.",
    ),
    (
        "proxy",
        "Through this service",
        "For buckets whose CORS configuration cannot be set. Each file passes this service, in its full size.",
    ),
];

pub fn view(here: &Here, integration: &Record, form: &Form, faults: &Faults) -> Response {
    let one = One { here, integration };
    let asked = Asked { form, faults };
    let elsewhere =
        ["endpoint_url", "browser_endpoint_url", "force_path_style"].iter().any(|name| !form.get(name).is_empty());
    one.part("Settings", &html! {}).page(&html! {
        (one.tabs(Tab::Settings))
        (faults.summary(&[&fields::SHOWN[..], &NUMBERS, &[ROLE]].concat()))
        form method="post" {
            (made_of::field(&saved_form(&integration.settings)))
            @for name in ["access", "force_path_style", "stable_urls", "requester_pays"] { input type="hidden" name=(BOXES) value=(name); }
            section .card {
                (asked.name())
                (asked.scope())
                (asked.region())
            }
            section .card {
                (asked.access())
                (asked.kms_keys())
                p .hint {
                    "What it serves and what BYOB may do stand in the policies, too. Where you change that, the documents change with it, and your account needs the change as well: see "
                    a href=(one.path("/documents")) { "Documents" } " once it is saved."
                }
            }
            (way_in(integration, &asked))
            details .more open[elsewhere] {
                summary { "A store that is not AWS" }
                (asked.endpoints())
            }
            (urls(&asked))
            button .primary { "Save changes" }
        }
        (turn(&one))
        section .card {
            h2 { "Remove" }
            p { "The integration and its external ID are gone for good. Nothing is deleted in your AWS account." }
            a .button .danger href=(one.path("/remove")) { "Remove…" }
        }
    })
}

/// Its role, or its key.
fn way_in(integration: &Record, asked: &Asked<'_>) -> Markup {
    html! {
        @match &integration.settings.authentication {
            Some(Authentication::Role { .. }) => section .card {
                (asked.line(ROLE, "ARN of the role", "text", html! { "IAM shows it at the top of the role’s page. A role that lets in somebody without the external ID is not saved; whether it works, a check says." }))
            },
            Some(Authentication::AccessKey { .. }) => section .card {
                (asked.line("authentication.access_key_id", "Access key ID", "text", html! { "Another key has another secret." }))
                (asked.line("authentication.secret_access_key", "Secret access key", "password", html! { "It is stored encrypted, and never shown again. Leave this empty to keep the one that is stored." }))
            },
            Some(Authentication::Anonymous {}) | None => {},
        }
    }
}

/// What its URLs are like, and how files get to browsers.
fn urls(asked: &Asked<'_>) -> Markup {
    html! {
        section .card {
            (asked.line("longest_url_lifetime", "Longest life of a URL, in seconds", "number", html! { "1 to 604800. URLs die with the role’s session at the latest." }))
            (asked.line("session_duration", "Length of the role’s sessions, in seconds", "number", html! { "900 to 43200, and not above the role’s own maximum." }))
            (asked.line("lifecycle_days", "Days until files below temp/ and export/ expire", "number", html! { "1 to 3650. The lifecycle configuration under “Documents” says so, and has to be applied to the bucket again." }))
            (asked.tick("stable_urls", "yes", "Hand out the same URL for a while", &html! { "Browsers can keep what they have loaded. Turn it off for buckets that deny old signatures." }))
            (asked.tick("requester_pays", "yes", "Requester pays", &html! { "The bucket demands that who asks pays for requests and traffic." }))
            fieldset {
                legend { "How files get to browsers" }
                @for (value, title, what) in DELIVERIES { (asked.radio("delivery", value, title, what)) }
            }
        }
    }
}

/// Turning it off and on.
fn turn(one: &One<'_>) -> Markup {
    let enabled = one.integration.row.enabled;
    let proxied = one.integration.settings.delivery == Delivery::Proxy;
    html! {
        section .card {
            h2 { @if enabled { "Turn off" } @else { "Turn on" } }
            p { @if enabled { "No file is served any more, within two seconds. " @if proxied { "URLs that are out stop working, too." } @else { "URLs that are out go on working until they expire." } } @else { "Files are served again." } }
            form method="post" action=(one.path("/enabled")) {
                input type="hidden" name="enabled" value=(if enabled { "no" } else { "yes" });
                button { @if enabled { "Turn off" } @else { "Turn on" } }
            }
        }
    }
}
