//! `byob serve`

use std::{io::IsTerminal, net::SocketAddr, process::ExitCode};

use anyhow::Context;
use byob_server::{
    App,
    config::{Log, LogFormat},
};
use clap::Args;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tracing::Level;
use tracing_subscriber::{EnvFilter, Layer, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt};

use super::{ConfigArgs, block_on, explained, start};

/// Run the service.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    config: ConfigArgs,
    /// Where to listen, such as `127.0.0.1:8080`.
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<SocketAddr>,
}

impl Serve {
    /// Runs until SIGTERM or Ctrl-C.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.config.load(self.listen)?;
        log_to_stderr(&config.log)?;
        block_on(async {
            let metrics = record_metrics()?;
            let core = start(&config).await?;
            let listener = TcpListener::bind(config.listen)
                .await
                .with_context(|| format!("cannot listen on {}", config.listen))?;
            tracing::info!(address = %listener.local_addr()?, "listening");
            let store = core.store().clone();
            if store.organization_list("", 1).await.map_err(explained)?.is_empty() {
                tracing::info!(
                    "there is no organization yet: `byob admin create-organization` makes one, with a token"
                );
            }
            let working = core.worker().start();
            let served = byob_server::serve(listener, byob_server::router(App { core, metrics: Some(metrics) })).await;
            working.stop().await;
            store.close().await;
            served?;
            tracing::info!("stopped");
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// Durations of requests, in seconds.
const BUCKETS: [f64; 8] = [0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 30.0];

/// Durations of checks, in seconds.
const CHECK_BUCKETS: [f64; 8] = [0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 180.0];

/// Records what `/metrics` shows, from now on and in the whole process.
pub fn record_metrics() -> anyhow::Result<PrometheusHandle> {
    let checks = Matcher::Full("byob_check_duration_seconds".to_owned());
    PrometheusBuilder::new()
        .set_buckets(&BUCKETS)
        .and_then(|recorder| recorder.set_buckets_for_metric(checks, &CHECK_BUCKETS))
        .and_then(PrometheusBuilder::install_recorder)
        .context("metrics cannot be recorded")
}

/// Our own log as configured; of the libraries, warnings only, whatever is configured: at finer levels some of them log requests
/// with their headers, and so secrets.
pub fn log_to_stderr(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.filter).context("the setting `log.filter` is wrong")?;
    let ours = filter_fn(|event| event.target().starts_with("byob") || *event.level() <= Level::WARN);
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let lines = match log.format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(ours)).with(filter).init();
    Ok(())
}
