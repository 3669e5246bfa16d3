//! `byob openapi`

use std::process::ExitCode;

/// Prints what a running service has at `/api/v1/openapi.json`.
pub fn run() -> anyhow::Result<ExitCode> {
    println!("{}", serde_json::to_string_pretty(byob_server::openapi())?);
    Ok(ExitCode::SUCCESS)
}
