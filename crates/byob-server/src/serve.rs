//! Runs the service until it is told to stop.

use axum::Router;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// Serves until SIGTERM or Ctrl-C, then finishes what is under way.
pub async fn serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("stopping: no new requests, those under way are finished");
    };
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}
