//! The whole service: store, trackers, engine and web put together; `serve`, the demo and the tests all run this one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, Entropy};
use crate::engine::{Engine, EngineOptions};
use crate::store::Store;
use crate::tracker::Connection;
use crate::web::{self, Web};

/// How long requests that have begun may take to end after the signal to stop: a head and a body have ten seconds each.
const GRACE: Duration = Duration::from_secs(20);

/// A service that is ready to run.
pub struct Service {
    engine: Arc<Engine>,
    web: Web,
    grace: Duration,
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
        let web = Web { store, connections: Arc::new(connections), clock, wake: engine.wake() };
        Self { engine: Arc::new(engine), web, grace: GRACE }
    }

    /// The same, but requests that have begun when it stops have `grace` to end.
    #[must_use]
    pub fn with_grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// The engine, for those who step it themselves.
    #[must_use]
    pub fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.engine)
    }

    /// The routes.
    pub fn router(&self) -> Router {
        web::router(self.web.clone())
    }

    /// Runs until `stop` is cancelled: then it stops accepting, and finishes or gives back what it has.
    pub async fn run(self, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
        let router = self.router();
        let working = tokio::spawn(Arc::clone(&self.engine).run(stop.clone()));
        let scheduling = tokio::spawn(Arc::clone(&self.engine).keep_schedules(stop.clone()));
        web::serve(listener, router, stop, self.grace).await;
        for task in [working, scheduling] {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of the service ended otherwise than asked");
            }
        }
        Ok(())
    }
}
