//! Which path leads to which room.

use std::time::Duration;

use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware};
use byob_core::Core;
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};
use utoipa_axum::router::OpenApiRouter;

use crate::{api, body, boundary, console, content, openapi};

/// What every handler can reach.
#[derive(Clone)]
pub struct App {
    /// The rules.
    pub core: Core,
    /// What `/metrics` shows.
    pub metrics: Option<PrometheusHandle>,
}

/// No answer takes longer but a check's: the slowest is a resolve that waits for STS.
const DEADLINE: Duration = Duration::from_secs(30);

/// The whole service.
pub fn router(app: App) -> Router {
    let (api, _) = described().split_for_parts();
    api.merge(api::operations::router())
        .route("/api/v1/openapi.json", axum::routing::get(openapi::serve))
        .merge(console::router())
        .merge(content::router())
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, DEADLINE))
        // Each step of a check has a deadline of its own.
        .merge(checks().split_for_parts().0)
        .merge(console::checks())
        .layer(console::csrf(app.core.origin()))
        .layer(CatchPanicLayer::custom(boundary::panicked))
        .layer(DefaultBodyLimit::max(body::LARGEST))
        .layer(middleware::from_fn_with_state(app.clone(), boundary::boundary))
        .with_state(app)
}

/// The API, with its description.
pub fn api() -> OpenApiRouter<App> {
    described().merge(checks())
}

/// Checks, which may wait for minutes until changes have spread through IAM.
fn checks() -> OpenApiRouter<App> {
    OpenApiRouter::new().nest("/api/v1", api::checks::router())
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::base()).nest(
        "/api/v1",
        OpenApiRouter::new()
            .merge(api::organizations::router())
            .merge(api::organization::router())
            .merge(api::platform::router())
            .merge(api::members::router())
            .merge(api::tokens::router())
            .merge(api::drafts::router())
            .merge(api::integrations::router())
            .merge(api::history::router())
            .merge(api::events::router())
            .merge(api::audit::router())
            .merge(api::objects::router())
            .merge(api::files::router())
            .merge(api::policies::router())
            .merge(api::resolve::router())
            .merge(api::compact::router())
            .merge(api::diagnose::router()),
    )
}
