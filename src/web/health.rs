//! Whether the service lives and can work.

use axum::extract::State;
use http::StatusCode;

use super::{Problem, Web};

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The process and its store answer: it may be sent work.
pub(super) async fn ready(State(web): State<Web>) -> Result<&'static str, Problem> {
    web.store.ping().await.map(|()| "ready\n").map_err(|error| {
        tracing::error!(%error, "not ready: the store does not answer");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer")
    })
}
