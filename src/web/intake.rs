//! Takes webhooks: size, signature, form, one transaction, 202. Nothing slow happens here.
//!
//! Known race: a sender that gives up waiting may send the same delivery again while the first is being committed; the
//! store knows it by its id and takes it once.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{Request, StatusCode};

use crate::store::Receipt;
use crate::tracker::{Incoming, Refusal};

use super::body::{self, BODY_WITHIN, BodyBudget};
use super::{Problem, Web};

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
    let announced = body::announced(&parts.headers)?;
    let webhooks = &connection.webhooks;
    if !webhooks.may_be_signed(&parts.headers) {
        return Err(refused(&Refusal::Unsigned));
    }
    let body = body::read(body, announced, &budget, BODY_WITHIN).await?;
    webhooks.authenticate(&parts.headers, &body.bytes).map_err(|refusal| refused(&refusal))?;
    match webhooks.read(&parts.headers, body.bytes.clone(), web.clock.now()).map_err(|refusal| refused(&refusal))? {
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

fn refused(refusal: &Refusal) -> Problem {
    let status = match refusal {
        Refusal::Unsigned => StatusCode::UNAUTHORIZED,
        Refusal::UnsupportedMediaType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Refusal::Malformed(_) => StatusCode::BAD_REQUEST,
    };
    Problem::new(status, refusal.to_string())
}
