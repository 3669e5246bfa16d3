//! Runs the service until it is told to stop.

use std::{io, time::Duration};

use axum::Router;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
    time::sleep,
};

/// How long requests may take once the service is told to stop. Orchestrators commonly kill after 30 seconds.
const LAST_CALL: Duration = Duration::from_secs(20);

/// Serves until SIGTERM or Ctrl-C, then finishes what is under way.
pub async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let (stop, stopping) = oneshot::channel::<()>();
    let server = axum::serve(listener, router).with_graceful_shutdown(async {
        let _ = stopping.await;
    });
    let last_call = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("stopping: no new requests, those under way are finished");
        drop(stop);
        sleep(LAST_CALL).await;
    };
    tokio::select! {
        done = server => done,
        () = last_call => {
            tracing::warn!("stopped with requests still under way");
            Ok(())
        }
    }
}
