//! Counts what became of webhook requests.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

/// Bounds of the histogram, in seconds: GitHub gives up after ten.
const BOUNDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0, 10.0];

/// What became of webhook requests since the process began.
#[derive(Clone, Debug)]
pub(super) struct Deliveries {
    pub(super) results: Family<DeliveryLabels, Counter>,
    pub(super) acknowledged_after: Histogram,
}

impl Default for Deliveries {
    fn default() -> Self {
        Self { results: Family::default(), acknowledged_after: Histogram::new(BOUNDS) }
    }
}

/// A request: to which of the configured trackers, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct DeliveryLabels {
    tracker: String,
    result: DeliveryResult,
}

/// What became of a webhook request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum DeliveryResult {
    /// It is new and made work.
    Accepted,
    /// It is new and nothing follows from it.
    Ignored,
    /// It was here before.
    Duplicate,
    /// The tracker's test.
    Ping,
    /// Its signature is missing or wrong.
    Unsigned,
    /// It is signed, or may be, but is not as expected: too long, no JSON, cut off.
    Refused,
    /// It could not be stored, or there was no room for it.
    Failed,
}

impl prometheus_client::encoding::EncodeLabelValue for DeliveryResult {
    fn encode(&self, encoder: &mut prometheus_client::encoding::LabelValueEncoder<'_>) -> std::fmt::Result {
        let name = match self {
            Self::Accepted => "accepted",
            Self::Ignored => "ignored",
            Self::Duplicate => "duplicate",
            Self::Ping => "ping",
            Self::Unsigned => "unsigned",
            Self::Refused => "refused",
            Self::Failed => "failed",
        };
        prometheus_client::encoding::EncodeLabelValue::encode(&name, encoder)
    }
}

impl Deliveries {
    /// Counts a request. What is on disk now was acknowledged after so long.
    pub(super) fn count(&self, tracker: &str, result: DeliveryResult, after: Duration) {
        let labels = DeliveryLabels { tracker: tracker.to_owned(), result };
        self.results.get_or_create(&labels).inc();
        if matches!(result, DeliveryResult::Accepted | DeliveryResult::Ignored | DeliveryResult::Duplicate) {
            self.acknowledged_after.observe(after.as_secs_f64());
        }
    }
}
