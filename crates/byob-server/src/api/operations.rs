//! For those who run the service: is it alive, is it ready, how does it do. No token is needed, and no tenant is named.

use axum::{Router, extract::State, http::StatusCode, routing::get};
use byob_core::{check::report::Health, store::JobCounts};
use metrics::gauge;

use crate::{problem::Failure, router::App};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/livez", get(livez)).route("/readyz", get(readyz)).route("/metrics", get(metrics))
}

/// The process answers.
async fn livez() -> &'static str {
    "ok\n"
}

/// The database answers, too.
async fn readyz(State(app): State<App>) -> Result<&'static str, Failure> {
    app.core.store().ping().await?;
    Ok("ok\n")
}

/// In the text format of Prometheus.
async fn metrics(State(app): State<App>) -> Result<String, StatusCode> {
    let metrics = app.metrics.ok_or(StatusCode::NOT_FOUND)?;
    // What cannot be counted is left out: the rest is worth showing, and all the more now.
    match app.core.count_health().await {
        Ok(counts) => {
            for (health, count) in Health::ALL.into_iter().zip(counts) {
                gauge!("byob_integrations", "health" => health.as_str()).set(amount(count));
            }
        }
        Err(error) => tracing::warn!(cause = %error.causes(), "the integrations could not be counted"),
    }
    match app.core.count_jobs().await {
        Ok(JobCounts { waiting, running, overdue, failing }) => {
            for (state, count) in
                [("waiting", waiting), ("running", running), ("overdue", overdue), ("failing", failing)]
            {
                gauge!("byob_jobs", "state" => state).set(amount(count));
            }
        }
        Err(error) => tracing::warn!(cause = %error.causes(), "the jobs could not be counted"),
    }
    Ok(metrics.render())
}

#[allow(clippy::cast_precision_loss)] // Nobody has that many.
fn amount(count: i64) -> f64 {
    count as f64
}
