//! `byob config`

use std::process::ExitCode;

/// Prints the annotated defaults, ready to be saved as `byob.toml`.
pub fn run() -> ExitCode {
    print!("{}", byob_server::config::DEFAULT_FILE);
    ExitCode::SUCCESS
}
