//! Takes webhooks: size, signature, form, one transaction, 202. Nothing slow happens here.
//!
//! Known race: a sender that gives up waiting may send the same delivery again while the first is being committed; the
//! store knows it by its id and takes it once.

use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{Request, StatusCode};

use crate::store::{Intake, Receipt};
use crate::tracker::{Connection, Incoming, Refusal};

use super::body::{self, BODY_WITHIN, BodyBudget};
use super::deliveries::DeliveryResult;
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
    let begun = Instant::now();
    let taken = take(&web, connection, &budget, request).await;
    let result = taken.as_ref().map_or_else(result_of, |(result, _)| *result);
    web.deliveries.count(&tracker, result, begun.elapsed());
    taken.map(|(_, response)| response)
}

async fn take(
    web: &Web,
    connection: &Connection,
    budget: &BodyBudget,
    request: Request<Body>,
) -> Result<(DeliveryResult, Response), Problem> {
    let (parts, body) = request.into_parts();
    let announced = body::announced(&parts.headers)?;
    let webhooks = &connection.webhooks;
    if !webhooks.may_be_signed(&parts.headers) {
        return Err(refused(&Refusal::Unsigned));
    }
    let body = body::read(body, announced, budget, BODY_WITHIN).await?;
    webhooks.authenticate(&parts.headers, &body.bytes).map_err(|refusal| refused(&refusal))?;
    match webhooks.read(&parts.headers, body.bytes.clone(), web.clock.now()).map_err(|refusal| refused(&refusal))? {
        Incoming::Ping => Ok((DeliveryResult::Ping, (StatusCode::OK, "pong\n").into_response())),
        Incoming::Delivery(arrival) => {
            let delivery = arrival.delivery.clone();
            let arrival = connection.without_echoes(arrival);
            let makes_work = matches!(arrival.intake, Intake::Work(_));
            let receipt = web.store.receive(arrival).await.map_err(|error| {
                tracing::error!(%error, delivery, "a delivery could not be stored");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the delivery could not be stored; send it again")
            })?;
            tracing::debug!(delivery, ?receipt, "received");
            if receipt == Receipt::New {
                web.wake.notify_one();
            }
            let result = match receipt {
                Receipt::Duplicate => DeliveryResult::Duplicate,
                Receipt::New if makes_work => DeliveryResult::Accepted,
                Receipt::New => DeliveryResult::Ignored,
            };
            Ok((result, (StatusCode::ACCEPTED, "accepted\n").into_response()))
        }
    }
}

/// What became of a request that was answered with a problem.
fn result_of(problem: &Problem) -> DeliveryResult {
    match problem.status() {
        StatusCode::UNAUTHORIZED => DeliveryResult::Unsigned,
        StatusCode::SERVICE_UNAVAILABLE => DeliveryResult::Failed,
        _ => DeliveryResult::Refused,
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
