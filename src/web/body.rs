//! Reads bodies from anybody without holding more than is bounded for all of them together.
//!
//! Room is taken as bytes arrive and not as they are announced: who announces much and sends little takes nothing from
//! others. Bytes are copied together, because a frame of one byte may keep a whole read buffer alive.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Problem;

/// The longest body that is taken, in bytes: GitHub's and Jira's own limit.
pub const MAX_BODY: usize = 25 * 1024 * 1024;

/// How long a sender may take for its body; GitHub gives up on an answer after ten seconds.
pub(super) const BODY_WITHIN: Duration = Duration::from_secs(10);

/// How much of long bodies is held at once, in bytes: anybody can send one, and its signature is known only at its end.
const ROOM: usize = 128 * 1024 * 1024;

/// What every body may hold without asking for room, in bytes: most deliveries fit in, and so never wait for others. The
/// number of connections bounds the sum.
const FREE: usize = 64 * 1024;

/// Room for bodies, in bytes, shared by all requests.
#[derive(Clone)]
pub(super) struct BodyBudget(Arc<Semaphore>);

impl BodyBudget {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(ROOM)))
    }

    async fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Problem> {
        let bytes = u32::try_from(bytes).map_err(|_| busy())?;
        Arc::clone(&self.0).acquire_many_owned(bytes).await.map_err(|_| busy())
    }
}

/// A body that was read; it keeps its room until it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) bytes: Bytes,
    _room: Vec<OwnedSemaphorePermit>,
}

/// The length that the sender announces; more than the limit is refused unread.
pub(super) fn announced(headers: &HeaderMap) -> Result<Option<usize>, Problem> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match length.map(usize::try_from) {
        None => Ok(None),
        Some(Ok(length)) if length <= MAX_BODY => Ok(Some(length)),
        Some(_) => Err(too_long()),
    }
}

/// Reads the body, waiting for bytes and for room until `within` is over; one that turns out longer than the limit is
/// cut off.
pub(super) async fn read(
    mut body: Body,
    announced: Option<usize>,
    budget: &BodyBudget,
    within: Duration,
) -> Result<Held, Problem> {
    let mut late = pin!(tokio::time::sleep(within));
    let mut bytes = Vec::new();
    let mut room = Vec::new();
    loop {
        let frame = tokio::select! {
            // Most bodies are here already: the timer is only set for those that are not.
            biased;
            frame = body.frame() => frame,
            () = &mut late => {
                return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time"));
            }
        };
        let Some(frame) = frame else { return Ok(Held { bytes: bytes.into(), _room: room }) };
        let frame = frame.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body could not be read"))?;
        let Ok(data) = frame.into_data() else { continue };
        let capacity = capacity_for(&bytes, data.len(), announced)?;
        let more = capacity.saturating_sub(bytes.capacity().max(FREE));
        if more > 0 {
            room.push(tokio::select! {
                more = budget.take(more) => more?,
                () = &mut late => return Err(busy()),
            });
        }
        bytes.reserve_exact(capacity.saturating_sub(bytes.len()));
        bytes.extend_from_slice(&data);
    }
}

/// How much to hold when so many bytes come to these: it doubles, so that copying costs little, up to what may come.
fn capacity_for(bytes: &Vec<u8>, more: usize, announced: Option<usize>) -> Result<usize, Problem> {
    let needed = bytes.len().saturating_add(more);
    if needed > MAX_BODY {
        return Err(too_long());
    }
    if needed <= bytes.capacity() {
        return Ok(bytes.capacity());
    }
    let all = announced.unwrap_or(MAX_BODY);
    Ok(bytes.capacity().saturating_mul(2).min(all).max(needed))
}

fn too_long() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "a webhook's body may have 25 MiB at most")
}

fn busy() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too much is arriving at once; send it again")
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::response::IntoResponse as _;
    use futures_util::stream;
    use proptest::prelude::*;

    use super::*;

    const SHORT: Duration = Duration::from_millis(10);

    fn in_frames(frames: Vec<Vec<u8>>) -> Body {
        Body::from_stream(stream::iter(frames.into_iter().map(Ok::<_, Infallible>)))
    }

    fn with_room(bytes: usize) -> BodyBudget {
        BodyBudget(Arc::new(Semaphore::new(bytes)))
    }

    async fn status(body: Body, budget: &BodyBudget) -> StatusCode {
        read(body, None, budget, SHORT).await.unwrap_err().into_response().status()
    }

    proptest! {
        #[test]
        fn what_is_held_is_what_was_sent_and_counts_what_is_beyond_the_free_portion(
            frames in prop::collection::vec((0..90_000_usize, any::<u8>()), 0..6),
            announce: bool,
        ) {
            let frames: Vec<Vec<u8>> = frames.into_iter().map(|(length, byte)| vec![byte; length]).collect();
            let sent = frames.concat();
            let budget = with_room(ROOM);
            let announced = announce.then_some(sent.len());
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let held = runtime.block_on(read(in_frames(frames), announced, &budget, BODY_WITHIN)).unwrap();
            prop_assert!(held.bytes == sent);
            let taken = ROOM - budget.0.available_permits();
            prop_assert!(taken >= sent.len().saturating_sub(FREE), "{taken} for {}", sent.len());
            prop_assert!(taken <= (2 * sent.len()).saturating_sub(FREE), "{taken} for {}", sent.len());
            drop(held);
            prop_assert_eq!(budget.0.available_permits(), ROOM);
        }
    }

    #[tokio::test]
    async fn a_long_body_that_finds_no_room_is_told_to_come_again_and_a_short_one_needs_none() {
        let none = with_room(0);
        assert_eq!(status(in_frames(vec![vec![0; FREE + 1]]), &none).await, StatusCode::SERVICE_UNAVAILABLE);
        assert!(read(in_frames(vec![vec![0; FREE]]), None, &none, BODY_WITHIN).await.is_ok());
    }

    #[tokio::test]
    async fn room_that_becomes_free_is_taken_by_who_waits() {
        let budget = with_room(FREE);
        let long = || in_frames(vec![vec![0; 2 * FREE]]);
        let first = read(long(), None, &budget, BODY_WITHIN).await.unwrap();
        let mut second = pin!(read(long(), None, &budget, BODY_WITHIN));
        assert!(futures_util::poll!(second.as_mut()).is_pending());
        drop(first);
        assert_eq!(second.await.unwrap().bytes.len(), 2 * FREE);
    }

    #[tokio::test]
    async fn a_body_that_stops_coming_is_given_up() {
        let silent = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        assert_eq!(status(silent, &with_room(ROOM)).await, StatusCode::REQUEST_TIMEOUT);
    }

    #[tokio::test]
    async fn a_byte_over_the_limit_is_too_long() {
        let budget = with_room(ROOM);
        assert_eq!(status(in_frames(vec![vec![0; MAX_BODY], vec![0]]), &budget).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(budget.0.available_permits(), ROOM);
    }
}
