//! What can be changed of an integration.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use byob_core::{
    id::IntegrationId,
    integration::{Record, settings::Delivery},
};
use maud::html;
use serde_json::{Map, Value, json};

use super::{One, Tab};
use crate::{
    console::{
        Answer,
        form::{Faults, Form, Line},
        here::{Admin, Here},
        then,
    },
    router::App,
};

pub async fn page(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    let integration = app.core.get_integration(&here.reach(), &IntegrationId::parse(&id)?).await?;
    let form = typed(&integration);
    Ok(view(&here, &integration, &form, &Faults::default()))
}

/// Changes what the form has.
pub async fn change(
    Admin(here): Admin,
    State(app): State<App>,
    Path((_, id)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let id = IntegrationId::parse(&id)?;
    let wrong = NUMBERS.into_iter().filter(|name| form.get(name).trim().parse::<u32>().is_err());
    let wrong = Faults::no_number(wrong);
    if !wrong.is_empty() {
        let integration = app.core.get_integration(&here.reach(), &id).await?;
        let page = view(&here, &integration, &form, &wrong);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    if form.has(ROLE, "") {
        let integration = app.core.get_integration(&here.reach(), &id).await?;
        let page = view(&here, &integration, &form, &Faults::missing([ROLE]));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let changes = wanted(&form);
    match app.core.update_integration(here.organization(), &here.by, &id, None, changes).await {
        Ok(_) => Ok(then(&super::path(&here, &id, ""))),
        Err(error) => {
            let integration = app.core.get_integration(&here.reach(), &id).await?;
            let page = view(&here, &integration, &form, &Faults::of(error)?);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Turns it on or off.
pub async fn turn(
    Admin(here): Admin,
    State(app): State<App>,
    Path((_, id)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let id = IntegrationId::parse(&id)?;
    let on = form.has("enabled", "yes");
    app.core.update_integration(here.organization(), &here.by, &id, Some(on), Map::new()).await?;
    Ok(then(&super::path(&here, &id, "")))
}

fn typed(integration: &Record) -> Form {
    let settings = &integration.settings;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Form::of([
        ("name", text(&settings.name)),
        ("region", text(&settings.region)),
        (ROLE, settings.role_arn().unwrap_or_default().to_owned()),
        ("longest_url_lifetime", settings.longest_url_lifetime.to_string()),
        ("session_duration", settings.session_duration.to_string()),
        ("lifecycle_days", settings.lifecycle_days.to_string()),
        ("stable_urls", if settings.stable_urls { "yes" } else { "" }.to_owned()),
        ("delivery", if settings.delivery == Delivery::Proxy { "proxy" } else { "direct" }.to_owned()),
        ("requester_pays", if settings.requester_pays { "yes" } else { "" }.to_owned()),
    ])
}

fn wanted(form: &Form) -> Map<String, Value> {
    let number = |name: &str| json!(form.get(name).trim().parse::<u32>().unwrap_or_default());
    let mut changes = Map::new();
    changes.insert("name".into(), json!(form.get("name")));
    changes.insert("region".into(), json!(form.get("region")));
    if !form.get(ROLE).is_empty() {
        changes.insert("authentication".into(), json!({"type": "role", "role_arn": form.get(ROLE).trim()}));
    }
    changes.insert("longest_url_lifetime".into(), number("longest_url_lifetime"));
    changes.insert("session_duration".into(), number("session_duration"));
    changes.insert("lifecycle_days".into(), number("lifecycle_days"));
    changes.insert("stable_urls".into(), json!(form.has("stable_urls", "yes")));
    if !form.get("delivery").is_empty() {
        changes.insert("delivery".into(), json!(form.get("delivery")));
    }
    changes.insert("requester_pays".into(), json!(form.has("requester_pays", "yes")));
    changes
}

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

const ROLE: &str = "authentication.role_arn";

const NUMBERS: [&str; 3] = ["longest_url_lifetime", "session_duration", "lifecycle_days"];

const SHOWN: [&str; 6] = ["name", "region", ROLE, "longest_url_lifetime", "session_duration", "lifecycle_days"];

fn view(here: &Here, integration: &Record, form: &Form, faults: &Faults) -> Response {
    let one = One { here, integration };
    let line = |name, label, kind, hint| {
        Line { name, label, kind, hint, autocomplete: "off", required: false }.field(form, faults)
    };
    let by_role = !form.get(ROLE).is_empty() || integration.settings.role_arn().is_some();
    let proxied = integration.settings.delivery == Delivery::Proxy;
    one.part("Settings", &html! {}).page(&html! {
        (one.tabs(Tab::Settings))
        (faults.summary(&SHOWN))
        form method="post" .card {
            (line("name", "Name", "text", html! {}))
            (line("region", "Region of the bucket", "text", html! { "Such as " code { "eu-central-1" } "." }))
            @if by_role {
                (line(ROLE, "ARN of the role", "text", html! { "IAM shows it at the top of the role’s page. A role that lets in somebody without the external ID is not saved; whether it works, a check says." }))
            }
            (line("longest_url_lifetime", "Longest life of a URL, in seconds", "number", html! { "1 to 604800. URLs die with the role’s session at the latest." }))
            (line("session_duration", "Length of the role’s sessions, in seconds", "number", html! { "900 to 43200, and not above the role’s own maximum." }))
            (line("lifecycle_days", "Days until files below temp/ and export/ expire", "number", html! { "1 to 3650. The lifecycle configuration under “Documents” says so, and has to be applied to the bucket again." }))
            label .choice {
                input type="checkbox" name="stable_urls" value="yes" checked[form.has("stable_urls", "yes")];
                span { b { "Hand out the same URL for a while" } span { "Browsers can keep what they have loaded. Turn it off for buckets that deny old signatures." } }
            }
            label .choice {
                input type="checkbox" name="requester_pays" value="yes" checked[form.has("requester_pays", "yes")];
                span { b { "Requester pays" } span { "The bucket demands that who asks pays for requests and traffic." } }
            }
            fieldset {
                legend { "How files get to browsers" }
                @for (value, title, what) in DELIVERIES {
                    label .choice {
                        input type="radio" name="delivery" value=(value) checked[form.has("delivery", value)];
                        span { b { (title) } span { (what) } }
                    }
                }
            }
            button .primary { "Save changes" }
        }
        section .card {
            h2 { @if integration.row.enabled { "Turn off" } @else { "Turn on" } }
            p { @if integration.row.enabled { "No file is served any more, within two seconds. " @if proxied { "URLs that are out stop working, too." } @else { "URLs that are out go on working until they expire." } } @else { "Files are served again." } }
            form method="post" action=(one.path("/enabled")) {
                input type="hidden" name="enabled" value=(if integration.row.enabled { "no" } else { "yes" });
                button { @if integration.row.enabled { "Turn off" } @else { "Turn on" } }
            }
        }
        section .card {
            h2 { "Remove" }
            p { "The integration and its external ID are gone for good. Nothing is deleted in your AWS account." }
            a .button .danger href=(one.path("/remove")) { "Remove…" }
        }
    })
}
