//! Connected buckets: the list, and the pages of each.

mod activity;
mod changes;
mod checks;
pub mod documents;
mod list;
mod overview;
mod remove;
mod settings;

use axum::{
    Router,
    routing::{get, post},
};
use byob_core::{check::report::Health, id::IntegrationId, integration::Record};
use maud::{Markup, html};

use super::{
    files::{folder_path, places, serves_any},
    frame::{Frame, Place},
    here::Here,
    parts,
};
use crate::router::App;

/// All of them, but for the check itself, which takes longer than other requests.
pub fn router() -> Router<App> {
    const ONE: &str = "/o/{organization}/integrations/{id}";
    Router::new()
        .route("/o/{organization}/integrations", get(list::page))
        .route(ONE, get(overview::page))
        .route(&format!("{ONE}/documents"), get(documents::page))
        .route(&format!("{ONE}/documents/{{file}}"), get(documents::download))
        .route(&format!("{ONE}/checks"), get(checks::page))
        .route(&format!("{ONE}/checks/{{check}}"), get(checks::one))
        .route(&format!("{ONE}/checks/{{check}}/apply"), post(checks::apply))
        .route(&format!("{ONE}/activity"), get(activity::page))
        .route(&format!("{ONE}/settings"), get(settings::page).post(settings::change))
        .route(&format!("{ONE}/enabled"), post(settings::turn))
        .route(&format!("{ONE}/remove"), get(remove::page).post(remove::remove))
}

/// Making a check.
pub fn checks_router() -> Router<App> {
    Router::new().route("/o/{organization}/integrations/{id}/check", post(checks::check))
}

/// What each of them has at its top.
struct One<'a> {
    here: &'a Here,
    integration: &'a Record,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Overview,
    Documents,
    Checks,
    Activity,
    Settings,
}

impl<'a> One<'a> {
    fn path(&self, rest: &str) -> String {
        path(self.here, &self.integration.id, rest)
    }

    fn name(&self) -> &'a str {
        name(self.integration)
    }

    /// The page around one of several about it.
    fn part(&self, part: &'static str, actions: &Markup) -> Frame<'a> {
        Frame::new(self.here, Place::Integrations, self.name())
            .part(part)
            .below(self.here.path("integrations"), "Integrations")
            .actions(html! { (parts::health(self.integration.health(), self.integration.row.enabled)) (actions) })
    }

    fn tabs(&self, current: Tab) -> Markup {
        let tabs = [
            (Tab::Overview, "", "Overview"),
            (Tab::Documents, "/documents", "Documents"),
            (Tab::Checks, "/checks", "Checks"),
            (Tab::Activity, "/activity", "Activity"),
            (Tab::Settings, "/settings", "Settings"),
        ];
        html! {
            nav aria-label="About this integration" {
                ul .tabs {
                    @for (tab, rest, name) in tabs {
                        li { a href=(self.path(rest)) aria-current=[(tab == current).then_some("page")] { (name) } }
                    }
                }
            }
        }
    }

    /// What it serves, with the ways there.
    fn serves(&self) -> Markup {
        serves(self.here, self.integration)
    }

    /// The button that starts a check.
    fn check_button(&self, style: &str) -> Markup {
        html! { form method="post" action=(self.path("/check")) data-check { button class=(style) { "Check connection" } } }
    }
}

/// The path of an integration's page; `rest` begins with a slash.
fn path(here: &Here, id: &IntegrationId, rest: &str) -> String {
    here.path(&format!("integrations/{id}{rest}"))
}

/// What an integration serves: its buckets, which lead to their files unless it is turned off.
fn serves(here: &Here, integration: &Record) -> Markup {
    let places = if integration.row.enabled { places(integration) } else { Vec::new() };
    html! {
        @if integration.row.enabled && serves_any(integration) {
            a href=(folder_path(here, &integration.id, "", "")) { (parts::scope(&integration.settings)) }
        } @else if places.is_empty() { (parts::scope(&integration.settings)) }
        @for (number, (_, bucket, prefix)) in places.iter().enumerate() {
            @if number > 0 { ", " }
            a href=(folder_path(here, &integration.id, bucket, prefix)) { code { "s3://" (bucket) "/" (parts::name(prefix)) } }
        }
    }
}

/// What people call it.
fn name(integration: &Record) -> &str {
    integration.settings.name.as_deref().unwrap_or("Unnamed")
}

/// Whether a check has passed of the settings that it has now.
fn works_as_it_is(integration: &Record) -> bool {
    matches!(integration.health(), Health::Healthy | Health::Degraded) && !changed_since_check(integration)
}

/// Whether its health is of other settings than those that it has now.
fn changed_since_check(integration: &Record) -> bool {
    integration.row.checked_at.is_some_and(|at| at < integration.row.updated_at)
}
