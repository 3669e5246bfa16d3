//! For those who run the service: is it alive, is it ready, how does it do. No token is needed, and no tenant is named.

use axum::{Router, extract::State, http::StatusCode, routing::get};

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
    app.metrics.map(|metrics| metrics.render()).ok_or(StatusCode::NOT_FOUND)
}
