//! What can be changed of an integration: all but by what kind of way BYOB gets in and whom the role trusts, for another way in is another connection.

mod view;

use std::collections::BTreeMap;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use byob_core::{
    id::IntegrationId,
    integration::{
        Settings,
        settings::{Authentication, Delivery},
    },
};
use serde_json::{Map, Value, json};

use self::view::view;
use crate::{
    console::{
        Answer,
        connection::{self, ROLE, made_of},
        form::{Faults, Form},
        here::Admin,
        then,
    },
    router::App,
};

/// The field that names the boxes which a form has: one that is not ticked is not sent.
const BOXES: &str = "boxes";

const NUMBERS: [&str; 3] = ["longest_url_lifetime", "session_duration", "lifecycle_days"];

pub async fn page(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    let integration = app.core.get_integration(&here.reach(), &IntegrationId::parse(&id)?).await?;
    let form = saved_form(&integration.settings);
    Ok(view(&here, &integration, &form, &Faults::default()))
}

/// Changes what the form has.
pub async fn change(
    Admin(here): Admin,
    State(app): State<App>,
    Path((_, id)): Path<(String, String)>,
    sent: Form,
) -> Answer {
    let id = IntegrationId::parse(&id)?;
    let integration = app.core.get_integration(&here.reach(), &id).await?;
    let saved = saved_form(&integration.settings);
    let form = laid_over(&saved, &sent);
    let refuse = |status: StatusCode, faults: &Faults| -> Answer {
        Ok((status, view(&here, &integration, &form, faults)).into_response())
    };
    let stale = made_of::stale(&sent, &saved, "These settings were saved");
    if !stale.is_empty() {
        return refuse(StatusCode::CONFLICT, &stale);
    }
    let wrong = NUMBERS.into_iter().filter(|name| form.get(name).trim().parse::<u32>().is_err());
    let wrong = Faults::no_number(wrong);
    if !wrong.is_empty() {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, &wrong);
    }
    let missing = connection::missing(&integration, &form);
    if !missing.is_empty() {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, &missing);
    }
    let changes = wanted(&integration.settings, &saved, &form);
    match app.core.update_integration(here.organization(), &here.by, &id, None, changes).await {
        Ok(_) => Ok(then(&super::path(&here, &id, ""))),
        Err(error) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &Faults::of(error)?),
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

/// The form with the settings as they are.
fn saved_form(settings: &Settings) -> Form {
    let by_role = matches!(settings.authentication, Some(Authentication::Role { .. }));
    let mut fields = vec![
        ("longest_url_lifetime", settings.longest_url_lifetime.to_string()),
        ("session_duration", settings.session_duration.to_string()),
        ("lifecycle_days", settings.lifecycle_days.to_string()),
        ("delivery", if settings.delivery == Delivery::Proxy { "proxy" } else { "direct" }.to_owned()),
    ];
    fields.extend(settings.stable_urls.then(|| ("stable_urls", "yes".to_owned())));
    fields.extend(settings.requester_pays.then(|| ("requester_pays", "yes".to_owned())));
    let connection = connection::form(settings);
    let connection = if by_role { connection.and(connection::role(settings)) } else { connection };
    connection.and(Form::of(fields))
}

/// What was sent, and the settings as they are where the form that was sent has no field for them.
fn laid_over(saved: &Form, sent: &Form) -> Form {
    let names = sent.names().chain(sent.all(BOXES));
    let names = names.filter(|name| ![BOXES, made_of::MADE_OF, "authentication.type"].contains(name));
    let fields = names.map(|name| (name.to_owned(), sent.all(name).map(str::to_owned).collect()));
    saved.with(&fields.collect::<BTreeMap<_, _>>())
}

/// The settings in whose fields something else stands than is saved.
fn wanted(before: &Settings, saved: &Form, form: &Form) -> Map<String, Value> {
    let mut settings = connection::wanted(before.role_arn(), form);
    if form.names().any(|name| name == ROLE) {
        settings.extend(connection::by_role(form));
    }
    for name in NUMBERS {
        settings.insert(name.into(), json!(form.get(name).trim().parse::<u32>().unwrap_or_default()));
    }
    for name in ["stable_urls", "requester_pays"] {
        settings.insert(name.into(), json!(form.has(name, "yes")));
    }
    settings.insert("delivery".into(), json!(form.get("delivery")));
    let differing = form.differing_from(saved);
    settings.retain(|setting, _| differing.keys().any(|field| field.split('.').next() == Some(setting)));
    settings
}
