//! What answers HTTP: the intake of webhooks, health, metrics, and the demo's page.

mod body;
mod deliveries;
mod health;
mod intake;
mod metrics;
mod problem;
mod serve;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Extension, Router};
use tokio::sync::Notify;
use tower_http::catch_panic::CatchPanicLayer;

use crate::clock::Clock;
use crate::engine::{Engine, Tally};
use crate::store::Store;
use crate::tracker::Connection;

use body::BodyBudget;
pub use body::MAX_BODY;
use deliveries::Deliveries;
pub use health::Health;
pub use problem::Problem;
pub(crate) use serve::serve;

/// What the routes work with.
#[derive(Clone)]
pub struct Web {
    /// Where deliveries go.
    pub store: Arc<dyn Store>,
    /// The trackers, by the name in the path.
    pub connections: Arc<BTreeMap<String, Connection>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Notified after new work was committed.
    pub wake: Arc<Notify>,
    /// What the engine has counted.
    pub tally: Arc<Tally>,
    /// Whether all parts of the service still run.
    pub health: Health,
    deliveries: Deliveries,
}

impl Web {
    /// What the routes work with; nothing has been delivered yet.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        connections: BTreeMap<String, Connection>,
        clock: Arc<dyn Clock>,
        engine: &Engine,
    ) -> Self {
        Self {
            store,
            connections: Arc::new(connections),
            clock,
            wake: engine.wake(),
            tally: engine.tally(),
            health: Health::default(),
            deliveries: Deliveries::default(),
        }
    }
}

/// The routes of the service, without metrics.
pub fn router(web: Web) -> Router {
    finished(Router::new().route("/webhooks/{tracker}", post(intake::receive)), web)
}

/// The routes of the service, with metrics for who asks directly and not through a proxy.
pub fn router_with_metrics(web: Web) -> Router {
    let routes = Router::new().route("/webhooks/{tracker}", post(intake::receive));
    finished(routes.route("/metrics", get(metrics::scrape_directly)), web)
}

/// The routes of an address that is for metrics alone.
pub fn metrics_router(web: Web) -> Router {
    finished(Router::new().route("/metrics", get(metrics::scrape)), web)
}

/// What every address has.
fn finished(routes: Router<Web>, web: Web) -> Router {
    routes
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(Extension(BodyBudget::new()))
        .with_state(web)
}
