//! The controls of the sandbox, for tests: break things, move the clock, count calls.
//!
//! They need no signature: who is on this machine may do anything with the sandbox. Pages of other sites may not: only names of this
//! machine are answered, and a PUT with a JSON body is asked for, which browsers do not send across origins without a preflight.

use std::collections::BTreeMap;

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{Sandbox, state::Faults};

/// `/_sandbox/…`.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/faults", get(faults).put(set_faults))
        .route("/clock", get(clock).put(set_clock))
        .route("/calls", get(calls))
}

async fn faults(State(sandbox): State<Sandbox>) -> Json<Faults> {
    Json(sandbox.faults().clone())
}

async fn set_faults(State(sandbox): State<Sandbox>, Json(faults): Json<Faults>) -> Json<Faults> {
    *sandbox.faults() = faults.clone();
    Json(faults)
}

/// What time it is, and how far that is from the machine's clock.
#[derive(Serialize)]
struct Time {
    #[serde(with = "time::serde::rfc3339")]
    now: OffsetDateTime,
    ahead_seconds: i64,
}

/// How far to move the clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    ahead_seconds: i64,
}

/// The clock goes at most a hundred years astray.
const FARTHEST: i64 = 100 * 365 * 86_400;

async fn clock(State(sandbox): State<Sandbox>) -> Json<Time> {
    Json(Time { now: sandbox.clock().now(), ahead_seconds: sandbox.clock().ahead().whole_seconds() })
}

async fn set_clock(
    State(sandbox): State<Sandbox>,
    Json(wanted): Json<Move>,
) -> Result<Json<Time>, (StatusCode, String)> {
    if wanted.ahead_seconds.abs() > FARTHEST {
        return Err((StatusCode::BAD_REQUEST, format!("`ahead_seconds` is from -{FARTHEST} to {FARTHEST}.")));
    }
    sandbox.clock().set_ahead(Duration::seconds(wanted.ahead_seconds));
    Ok(clock(State(sandbox)).await)
}

async fn calls(State(sandbox): State<Sandbox>) -> Json<BTreeMap<String, u64>> {
    Json(sandbox.calls())
}
