//! `byob demo`

mod connect;
mod customer;
mod files;
mod greeting;

use std::{
    fs::DirBuilder,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, anyhow};
use byob_core::{
    Core,
    runtime::{Clock, Rng},
};
use byob_sandbox::{Credentials, Sandbox};
use byob_server::{App, Config, config::Flags};
use clap::Args;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot};

use super::{
    block_on, explained,
    serve::{log_to_stderr, record_metrics},
};
use customer::Customer;

/// Try everything on this machine: the service, an AWS of its own, and a customer with a connected bucket.
#[derive(Args)]
pub struct Demo {
    /// The port of the service; another is taken if it is in use.
    #[arg(long, default_value_t = 8080, value_name = "PORT")]
    port: u16,
    /// The port of the AWS that the demo brings; another is taken if it is in use.
    #[arg(long, default_value_t = 9444, value_name = "PORT")]
    sandbox_port: u16,
    /// Keep everything in this folder, and go on from there at the next start.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Print what there is as one line of JSON instead of a page for people.
    #[arg(long)]
    json: bool,
}

impl Demo {
    /// Runs until SIGTERM or Ctrl-C; without `--keep` nothing is left.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        // The pictures are drawn by threads of their own while everything else starts.
        let frames = files::images();
        let folder = Folder::open(self.keep.clone())?;
        block_on(async {
            let sandbox = folder.sandbox()?;
            let service = listen(self.port).await?;
            let aws = listen(self.sandbox_port).await?;
            let (service_url, aws_url) = (url(&service)?, url(&aws)?);
            let customer = Customer::move_in(&sandbox)?;
            let metrics = record_metrics()?;
            let core = core(folder.path(), &service_url, &aws_url, &customer.platform).await?;
            let (stop, stopped) = oneshot::channel::<()>();
            let mut serving = tokio::spawn({
                let sandbox = sandbox.clone();
                async move { sandbox.serve(aws, async { drop(stopped.await) }).await }
            });
            let store = core.store().clone();
            // Signals are heard from here on, also while the buckets are filled.
            let mut service = tokio::spawn(byob_server::serve(
                service,
                byob_server::router(App { core: core.clone(), metrics: Some(metrics) }),
            ));
            let connected = connect::connect(&core, &sandbox, &aws_url).await?;
            customer::fill(&sandbox, frames)?;
            let welcome = greeting::Greeting::new(&service_url, &aws_url, &connected, &customer);
            let text = if self.json { serde_json::to_string(&welcome)? } else { welcome.to_string() };
            // Who has read enough may close the pipe; the demo goes on.
            let _ = writeln!(io::stdout(), "{text}");
            let working = core.worker().start();

            tokio::select! {
                served = &mut service => served??,
                // Without its AWS the demo is worth nothing.
                ended = &mut serving => return Err(anyhow!("the sandbox had to stop: {ended:?}")),
            }
            working.stop().await;
            store.close().await;
            drop(stop);
            serving.await?.context("the sandbox had to stop")?;
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// Where the database lies.
enum Folder {
    Kept(PathBuf),
    /// Removed when the demo stops.
    Temporary(TempDir),
}

impl Folder {
    fn open(keep: Option<PathBuf>) -> anyhow::Result<Self> {
        match keep {
            Some(path) => {
                DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(&path)
                    .with_context(|| format!("the folder {} cannot be made", path.display()))?;
                Ok(Self::Kept(path))
            }
            None => Ok(Self::Temporary(
                tempfile::Builder::new().prefix("byob-demo-").tempdir().context("there is no temporary folder")?,
            )),
        }
    }

    fn sandbox(&self) -> anyhow::Result<Sandbox> {
        let clock = byob_sandbox::clock::Clock::system();
        match self {
            Self::Kept(path) => Sandbox::in_folder(path.join("sandbox"), clock)
                .with_context(|| format!("the folder {} cannot be used", path.display())),
            Self::Temporary(_) => Ok(Sandbox::in_memory(clock)),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

/// The service as it would be configured for AWS, but for the addresses.
async fn core(folder: &Path, service_url: &str, aws_url: &str, platform: &Credentials) -> anyhow::Result<Core> {
    let database_url = format!("sqlite:{}", folder.join("byob.db").display());
    let flags = Flags { listen: None, database_url: Some(database_url) };
    let mut config = Config::defaults(&flags).map_err(explained)?;
    service_url.clone_into(&mut config.public_url);
    // Visitors may type either name, and browsers tell them apart.
    config.origins = vec![service_url.replace("127.0.0.1", "localhost")];
    config.encryption_key_file = folder.join("encryption.key");
    "warn".clone_into(&mut config.log.filter);
    config.aws.access_key_id = Some(platform.access_key_id.clone());
    config.aws.secret_access_key = Some(platform.secret_access_key.clone().into());
    config.aws.shared_principal_arn = Some(customer::PLATFORM_ARN.to_owned());
    config.aws.sts_endpoint_url = Some(aws_url.to_owned());
    config.outbound.allow = vec![aws_url.trim_start_matches("http://").to_owned()];
    log_to_stderr(&config.log)?;
    Core::start(config.core().map_err(explained)?, Clock::system(), Rng).await.map_err(explained)
}

/// Listens on the port, or on a free one where it is taken.
async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    let address = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    match TcpListener::bind(address(port)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(address(0)).await.context("no port is free"),
    }
}

fn url(listener: &TcpListener) -> anyhow::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}
