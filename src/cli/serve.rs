//! `plimsoll serve`: the service.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::clock::{Entropy, Random, SystemClock};
use crate::engine::EngineOptions;
use crate::service::{Metrics, Service};
use crate::store;
use crate::tracker::Connection;
use crate::tracker::github::{GitHub, GitHubWebhooks};

use super::Failure;
use super::settings::{GitHubSettings, MetricsAt, Settings};

/// Runs the service until it is told to stop (SIGTERM or Ctrl-C): then it stops accepting, finishes or gives back what
/// it has, and returns.
pub(super) async fn run(settings: Settings) -> Result<(), Failure> {
    let connection = connect(settings.github.as_ref())?;
    let _lock = store::lock_for_serving(&settings.database_url)?;
    let store = store::open(&settings.database_url).await?;
    // The lock says that nobody else serves this database: what is leased belongs to a process that died.
    let taken_back = store.take_back_leases().await?;
    if taken_back > 0 {
        tracing::info!(taken_back, "work that was in hand when the service last ended is taken up again");
    }
    let entropy: Arc<dyn Entropy> = Arc::new(Random::from_system()?);
    let options = EngineOptions {
        deliveries_kept_for: settings.keep_deliveries,
        records_kept_for: settings.keep_records,
        ..EngineOptions::default()
    };
    let service = Service::new(Arc::clone(&store), vec![connection], Arc::new(SystemClock), entropy, options);
    let listener = listen(settings.listen, "PLIMSOLL_LISTEN, listen").await?;
    let service = service.with_metrics(match settings.metrics {
        MetricsAt::Listen => Metrics::BesideWebhooks,
        MetricsAt::Own(address) => Metrics::At(listen(address, "PLIMSOLL_METRICS_LISTEN, metrics_listen").await?),
        MetricsAt::Off => Metrics::Off,
    });
    tracing::info!("serving: {settings}");
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone())?);
    let ended = service.run(listener, stop).await;
    store.close().await;
    ended?;
    tracing::info!("stopped");
    Ok(())
}

async fn listen(address: SocketAddr, setting: &str) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address).await;
    Ok(listener.map_err(|error| format!("cannot listen on {address} ({setting}): {error}"))?)
}

fn connect(github: Option<&GitHubSettings>) -> Result<Connection, Failure> {
    let github = github.ok_or(
        "no tracker is connected: set PLIMSOLL_GITHUB_APP_ID with PLIMSOLL_GITHUB_PRIVATE_KEY_FILE, or PLIMSOLL_GITHUB_TOKEN (`plimsoll demo` needs neither)",
    )?;
    if github.webhook_secrets.is_empty() {
        return Err("there is no webhook secret: set PLIMSOLL_GITHUB_WEBHOOK_SECRETS (github.webhook_secrets) to the secret in the settings of the App or webhook".into());
    }
    Ok(Connection {
        tracker: Arc::new(GitHub::new(&github.adapter)?),
        webhooks: Arc::new(GitHubWebhooks::new(github.webhook_secrets.clone())),
    })
}

/// Cancels `stop` at the first SIGTERM or Ctrl-C.
pub(super) fn stop_on_signal(stop: CancellationToken) -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("told to stop (SIGTERM): finishing what is in hand"),
            _ = interrupt.recv() => tracing::info!("told to stop (Ctrl-C): finishing what is in hand"),
        }
        stop.cancel();
    })
}
