//! The port for what a tracker sends by itself: is a request genuine, and what does it mean?
//!
//! Pure: the web intake calls it with headers and body, and answers by what it says.

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;

use crate::store::Arrival;

/// Why a webhook request is refused. Nothing in it repeats the request's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The signature is missing or wrong: 401.
    #[error(
        "the signature is missing or does not match: the webhook's secret must be one of those that this service knows"
    )]
    Unsigned,
    /// The body is in no content type that is understood: 415.
    #[error("the content type must be {expected}: choose it in the webhook's settings")]
    UnsupportedMediaType {
        /// The ones that are understood, the best first.
        expected: &'static str,
    },
    /// A header is missing or the body cannot be read: 400.
    #[error("{0}")]
    Malformed(String),
}

/// What a genuine webhook request is.
#[derive(Clone, Debug)]
pub enum Incoming {
    /// The tracker only asks whether somebody is there: 200, nothing to store.
    Ping,
    /// To be stored, whatever it means: 202.
    Delivery(Arrival),
}

/// Reads one tracker's webhook requests.
pub trait Webhooks: Send + Sync {
    /// Whether the headers hold a signature that could be genuine. When they do not, the body need not be read:
    /// [`Webhooks::authenticate`] would refuse it whatever it says.
    fn may_be_signed(&self, headers: &HeaderMap) -> bool;

    /// Whether the body comes from somebody who knows a secret; takes the same time whatever the signature.
    ///
    /// # Errors
    /// [`Refusal::Unsigned`].
    fn authenticate(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal>;

    /// What an authenticated request means. `now` is when it came, and stands in where the payload has no time.
    ///
    /// # Errors
    /// [`Refusal::UnsupportedMediaType`], then [`Refusal::Malformed`]; never because of an unknown event or action.
    fn read(&self, headers: &HeaderMap, body: Bytes, now: Timestamp) -> Result<Incoming, Refusal>;
}
