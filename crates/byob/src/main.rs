//! The `byob` command: serves, administers, and answers questions about locators and URLs.

mod commands;
mod jsonl;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{admin, check, config, demo, locator, openapi, policy, presign, resolve, sandbox, serve};

/// Bring your own bucket: connect your customers' S3 buckets, and hand out URLs that load straight from them.
#[derive(Parser)]
#[command(version, arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service.
    Serve(serve::Serve),
    /// Try everything on this machine: the service, an AWS of its own, and a customer with a connected bucket.
    Demo(demo::Demo),
    /// Run an AWS of its own on this machine: S3, STS, IAM and KMS that enforce, for tests and demos.
    Sandbox(sandbox::Sandbox),
    /// Make organizations and tokens, directly in the database.
    Admin(admin::Admin),
    /// Print every setting with its default and meaning.
    Config,
    /// Print the API's description (OpenAPI 3.1).
    Openapi,
    /// Check whether a draft or an integration works, and learn how to mend what does not.
    Check(check::CheckCommand),
    /// Turn locators into URLs, by asking a running service.
    Resolve(resolve::Resolve),
    /// Presign URLs offline, with credentials at hand.
    Presign(presign::Presign),
    /// Take locators apart.
    Locator(locator::Locate),
    /// Answer questions about AWS policies.
    Policy(policy::PolicyCommand),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(command) => command.run(),
        Command::Demo(command) => command.run(),
        Command::Sandbox(command) => command.run(),
        Command::Admin(command) => command.run(),
        Command::Config => Ok(config::run()),
        Command::Openapi => openapi::run(),
        Command::Check(command) => command.run(),
        Command::Resolve(command) => command.run(),
        Command::Presign(command) => command.run(),
        Command::Locator(command) => command.run(),
        Command::Policy(command) => command.run(),
    };
    done.unwrap_or_else(|error| {
        eprintln!("byob: {error:#}");
        ExitCode::FAILURE
    })
}
