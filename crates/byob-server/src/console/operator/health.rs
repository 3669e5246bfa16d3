//! How the platform does, over all organizations.

use axum::{extract::State, response::Response};
use byob_core::{
    operator::{PlatformHealth, Unwell},
    organization::accounts::SignedIn,
    store::JobCounts,
};
use maud::{Markup, html};

use super::{by_health, organization_path};
use crate::{
    console::{
        Answer,
        frame::{Frame, Place},
        here::Operator,
    },
    router::App,
};

pub async fn page(Operator(operator): Operator, State(app): State<App>) -> Answer {
    Ok(view(&operator, &app.core.platform_health().await?))
}

fn view(operator: &SignedIn, health: &PlatformHealth) -> Response {
    Frame::of_platform(operator, Place::Health, "Health").page(&html! {
        section .card {
            h2 { "Integrations" }
            p { (by_health(&health.integrations, 0)) }
            @if health.unwell.is_empty() { p .quiet { "No organization has one that does not work." } } @else { (unwell(&health.unwell)) }
            p .hint { "Those that are turned off are not counted. What is wrong stands on the organizations’ own pages, for their admins." }
        }
        section .card {
            h2 { "Checks on schedule" }
            @if health.check_interval_seconds == 0 {
                p { "They are turned off (" code { "check.interval_seconds" } " is 0), so health is what the last check by hand found." }
            } @else { (jobs(&health.jobs, health.check_interval_seconds)) }
        }
        section .card {
            h2 { "The service" }
            dl .facts {
                dt { "Version" } dd { (env!("CARGO_PKG_VERSION")) }
                dt { "Database" } dd { (if health.database == "postgres" { "PostgreSQL" } else { "SQLite" }) " " span .badge .good { "Answers" } }
            }
            p .hint { code { "/readyz" } " says for load balancers whether the database answers, and " code { "/metrics" } " has these numbers for Prometheus." }
        }
    })
}

fn unwell(organizations: &[Unwell]) -> Markup {
    html! {
        table .table .stack {
            thead { tr { th { "Organization" } th .number { "Not working" } th .number { "Unsafe" } } }
            tbody {
                @for one in organizations {
                    tr {
                        th scope="row" { a href=(organization_path(&one.organization_id)) { (one.name) } }
                        td .number { span .narrow { "Not working: " } (one.unhealthy) }
                        td .number { span .narrow { "Unsafe: " } (one.r#unsafe) }
                    }
                }
            }
        }
    }
}

/// A length of time, as people say it.
fn length(seconds: i64) -> String {
    let (count, unit) = match seconds {
        seconds if seconds % 3600 == 0 => (seconds / 3600, "hour"),
        seconds if seconds % 60 == 0 => (seconds / 60, "minute"),
        seconds => (seconds, "second"),
    };
    if count == 1 { unit.to_owned() } else { format!("{count} {unit}s") }
}

fn jobs(jobs: &JobCounts, interval: i64) -> Markup {
    let JobCounts { waiting, running, overdue, failing } = jobs;
    html! {
        @if *overdue > 0 {
            div .note .bad { p { (overdue) " should have begun more than a minute ago, and nobody has begun them. Either no replica works, or all are busy: look at the log of the service." } }
        }
        dl .facts {
            dt { "Every integration" } dd { "every " (length(interval)) ", sooner where something is not well" }
            dt { "Waiting for their time" } dd { (waiting) }
            dt { "Under way" } dd { (running) }
            dt { "Overdue" } dd { (overdue) }
            dt { "Did not go well the last time" } dd { (failing) " " span .quiet { "(tried again after ever longer times)" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_told_in_the_largest_unit_that_fits() {
        assert_eq!(
            [3600, 7200, 90, 60, 1, 86400].map(length),
            ["hour", "2 hours", "90 seconds", "minute", "second", "24 hours"]
        );
    }
}
