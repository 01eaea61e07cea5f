//! Takes webhooks: size, signature, form, one transaction, 202. Nothing slow happens here.
//!
//! Known race: a sender that gives up waiting may send the same delivery again while the first is being committed; the
//! store knows it by its id and takes it once.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::Receipt;
use crate::tracker::{Incoming, Refusal};

use super::{Problem, Web};

/// The longest body that is taken, in bytes: GitHub's and Jira's own limit.
pub const MAX_BODY: usize = 25 * 1024 * 1024;

/// How long a sender may take for its body; GitHub gives up on an answer after ten seconds.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// Room for bodies, in KiB, shared by all requests.
#[derive(Clone)]
pub(super) struct BodyBudget(pub(super) Arc<Semaphore>);

pub(super) async fn receive(
    State(web): State<Web>,
    Extension(budget): Extension<BodyBudget>,
    Path(tracker): Path<String>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let Some(connection) = web.connections.get(&tracker) else {
        return Err(Problem::new(StatusCode::NOT_FOUND, "no tracker of this name is configured"));
    };
    let (parts, body) = request.into_parts();
    let announced = announced(&parts.headers)?;
    let _room = room(&budget, announced).await?;
    let body = read(body).await?;
    let webhooks = &connection.webhooks;
    webhooks.authenticate(&parts.headers, &body).map_err(|refusal| refused(&refusal))?;
    match webhooks.read(&parts.headers, body, web.clock.now()).map_err(|refusal| refused(&refusal))? {
        Incoming::Ping => Ok((StatusCode::OK, "pong\n").into_response()),
        Incoming::Delivery(arrival) => {
            let delivery = arrival.delivery.clone();
            let receipt = web.store.receive(connection.without_echoes(arrival)).await.map_err(|error| {
                tracing::error!(%error, delivery, "a delivery could not be stored");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the delivery could not be stored; send it again")
            })?;
            tracing::debug!(delivery, ?receipt, "received");
            if receipt == Receipt::New {
                web.wake.notify_one();
            }
            Ok((StatusCode::ACCEPTED, "accepted\n").into_response())
        }
    }
}

/// The length that the sender announces; more than the limit is refused unread.
fn announced(headers: &HeaderMap) -> Result<Option<usize>, Problem> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match length.map(usize::try_from) {
        None => Ok(None),
        Some(Ok(length)) if length <= MAX_BODY => Ok(Some(length)),
        Some(_) => Err(too_long()),
    }
}

/// Waits for room for the body; one that announces no length may need all that is allowed.
async fn room(budget: &BodyBudget, announced: Option<usize>) -> Result<OwnedSemaphorePermit, Problem> {
    let kibibytes = u32::try_from(announced.unwrap_or(MAX_BODY) / 1024 + 1).unwrap_or(u32::MAX);
    let busy = || Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too much is arriving at once; send it again");
    match tokio::time::timeout(BODY_WITHIN, Arc::clone(&budget.0).acquire_many_owned(kibibytes)).await {
        Ok(Ok(room)) => Ok(room),
        Ok(Err(_)) | Err(_) => Err(busy()),
    }
}

/// Reads the body; one that turns out longer than the limit is cut off.
async fn read(body: Body) -> Result<Bytes, Problem> {
    match tokio::time::timeout(BODY_WITHIN, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_long()),
        Ok(Err(_)) => Err(Problem::new(StatusCode::BAD_REQUEST, "the body could not be read")),
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")),
    }
}

fn too_long() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "a webhook's body may have 25 MiB at most")
}

fn refused(refusal: &Refusal) -> Problem {
    let status = match refusal {
        Refusal::Unsigned => StatusCode::UNAUTHORIZED,
        Refusal::UnsupportedMediaType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Refusal::Malformed(_) => StatusCode::BAD_REQUEST,
    };
    Problem::new(status, refusal.to_string())
}
