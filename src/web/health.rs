//! Whether the service lives and can work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::State;
use http::StatusCode;

use super::{Problem, Web};

/// Whether all parts of the service still run.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<AtomicBool>);

impl Health {
    /// A part of the service ended although nobody asked it to.
    pub fn broken(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_broken(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The process, its parts and its store answer: it may be sent work.
pub(super) async fn ready(State(web): State<Web>) -> Result<&'static str, Problem> {
    match why_not_ready(&web).await {
        None => Ok("ready\n"),
        Some(why) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, why)),
    }
}

/// Why the service cannot work; none when it can.
pub(super) async fn why_not_ready(web: &Web) -> Option<&'static str> {
    if web.health.is_broken() {
        return Some("a part of the service has ended; its log says more");
    }
    let error = web.store.ping().await.err()?;
    tracing::error!(%error, "not ready: the store does not answer");
    Some("the store does not answer")
}
