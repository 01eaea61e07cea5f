//! What answers HTTP: the intake of webhooks, health, and the demo's page.

mod body;
mod health;
mod intake;
mod problem;
mod serve;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Extension, Router};
use tokio::sync::Notify;
use tower_http::catch_panic::CatchPanicLayer;

use crate::clock::Clock;
use crate::store::Store;
use crate::tracker::Connection;

use body::BodyBudget;
pub use body::MAX_BODY;
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
}

/// The routes of the service.
pub fn router(web: Web) -> Router {
    Router::new()
        .route("/webhooks/{tracker}", post(intake::receive))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(Extension(BodyBudget::new()))
        .with_state(web)
}
