//! One file for each command.

pub mod admin;
pub mod check;
pub mod config;
pub mod demo;
pub mod locator;
pub mod openapi;
pub mod policy;
pub mod presign;
pub mod resolve;
pub mod sandbox;
pub mod serve;

use std::path::PathBuf;

use anyhow::Context;
use byob_client::Client;
use byob_core::{
    Core,
    runtime::{Clock, Rng},
};
use byob_server::{Config, config::Flags};
use clap::Args;

/// Where the configuration is.
#[derive(Args)]
pub struct ConfigArgs {
    /// The configuration file; `byob.toml` is read if it is there. `byob config` prints all settings.
    #[arg(long, value_name = "FILE", env = "BYOB_CONFIG", global = true)]
    config: Option<PathBuf>,
    /// `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(long, value_name = "URL", global = true)]
    database_url: Option<String>,
}

impl ConfigArgs {
    fn load(&self, listen: Option<std::net::SocketAddr>) -> anyhow::Result<Config> {
        let flags = Flags { listen, database_url: self.database_url.clone() };
        Config::load(self.config.as_deref(), &flags).map_err(explained)
    }
}

/// An error of the core with its hint and cause, as a terminal shows it.
#[allow(clippy::needless_pass_by_value)] // Made for `map_err`.
fn explained(error: byob_core::Error) -> anyhow::Error {
    let hint = error.hint_text().map(|hint| format!(" {hint}")).unwrap_or_default();
    let cause = std::error::Error::source(&error).map(|cause| format!(" ({cause})")).unwrap_or_default();
    anyhow::anyhow!("{error}{hint}{cause}")
}

async fn start(config: &Config) -> anyhow::Result<Core> {
    Core::start(config.core().map_err(explained)?, Clock::system(), Rng).await.map_err(explained)
}

/// A client of the service at this address, with the token that has to be given.
fn client(url: String, token: Option<String>) -> anyhow::Result<Client> {
    // What is set to nothing counts as not set.
    let token = token.filter(|token| !token.is_empty());
    let token = token.context("there is no token: set BYOB_TOKEN in the environment, or give `--token`")?;
    Ok(Client::new(url, token)?)
}

/// Runs a command that waits for the network.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Runtime::new().context("the runtime cannot start")?.block_on(work)
}
