//! The whole service: store, trackers, engine and web put together; `serve`, the demo and the tests all run this one.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, Entropy};
use crate::engine::{Engine, EngineOptions};
use crate::store::{Store, StoreError};
use crate::tracker::Connection;
use crate::web::{self, Health, Web};

/// How long requests that have begun may take to end after the signal to stop: a head and a body have ten seconds each.
const GRACE: Duration = Duration::from_secs(20);

/// Where the metrics are.
#[derive(Debug, Default)]
pub enum Metrics {
    /// On the address of the webhooks, for who asks directly and not through a proxy.
    #[default]
    BesideWebhooks,
    /// On an address of their own.
    At(TcpListener),
    /// Nowhere.
    Off,
}

/// A service that is ready to run.
pub struct Service {
    engine: Arc<Engine>,
    web: Web,
    grace: Duration,
    metrics: Metrics,
}

impl Service {
    /// Puts a service together.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        connections: Vec<Connection>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        options: EngineOptions,
    ) -> Self {
        let trackers = connections.iter().map(|connection| Arc::clone(&connection.tracker)).collect();
        let connections: BTreeMap<String, Connection> =
            connections.into_iter().map(|connection| (connection.tracker.name().to_string(), connection)).collect();
        let engine = Engine::new(Arc::clone(&store), trackers, Arc::clone(&clock), entropy, options);
        let web = Web::new(store, connections, clock, &engine);
        Self { engine: Arc::new(engine), web, grace: GRACE, metrics: Metrics::default() }
    }

    /// The same, but requests that have begun when it stops have `grace` to end.
    #[must_use]
    pub fn with_grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// The same, with its metrics there.
    #[must_use]
    pub fn with_metrics(self, metrics: Metrics) -> Self {
        Self { metrics, ..self }
    }

    /// The engine, for those who step it themselves.
    #[must_use]
    pub fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.engine)
    }

    /// The routes.
    pub fn router(&self) -> Router {
        match self.metrics {
            Metrics::BesideWebhooks => web::router_with_metrics(self.web.clone()),
            Metrics::At(_) | Metrics::Off => web::router(self.web.clone()),
        }
    }

    /// Runs until `stop` is cancelled: then it stops accepting, and finishes or gives back what it has.
    ///
    /// # Errors
    /// When one of its parts ends although nobody asked it to: the rest is stopped too. A service that takes deliveries
    /// and never works on them helps nobody, and whoever watches processes starts it again.
    pub async fn run(self, listener: TcpListener, stop: CancellationToken) -> io::Result<()> {
        let router = self.router();
        let mut parts = JoinSet::new();
        parts.spawn(Arc::clone(&self.engine).run(stop.clone()));
        let (engine, until) = (Arc::clone(&self.engine), stop.clone());
        parts.spawn(async move {
            engine.keep_schedules(until).await;
            Ok(())
        });
        let metrics = async {
            if let Metrics::At(listener) = self.metrics {
                web::serve(listener, web::metrics_router(self.web.clone()), stop.clone(), self.grace).await;
            }
        };
        let webhooks = web::serve(listener, router, stop.clone(), self.grace);
        let ((), (), ended) = tokio::join!(webhooks, metrics, watch(parts, &self.web.health, &stop));
        ended
    }
}

/// Waits for all parts; the first that ends before `stop` stops the others.
async fn watch(
    mut parts: JoinSet<Result<(), StoreError>>,
    health: &Health,
    stop: &CancellationToken,
) -> io::Result<()> {
    let mut outcome = Ok(());
    while let Some(ended) = parts.join_next().await {
        let why = match ended {
            Ok(Ok(())) if stop.is_cancelled() => continue,
            Ok(Ok(())) => "it was not asked to".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        tracing::error!(why, "a part of the service has ended: the service stops");
        health.broken();
        stop.cancel();
        outcome = Err(io::Error::other(format!("a part of the service has ended ({why}); the log says more")));
    }
    outcome
}
