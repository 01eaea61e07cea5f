//! What Prometheus may know: the one list of all metrics, gathered anew for each scrape.
//!
//! Labels take only values that the code or the operator names, never what users, policies or trackers do: neither the
//! number of series nor what they tell can be driven from outside. A request that a proxy has forwarded finds nothing
//! here: the address that webhooks need is public, the numbers are not.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::store::QueueDepth;

use super::health::why_not_ready;
use super::{Problem, Web, problem};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What proxies add to what they forward.
const ADDED_BY_PROXIES: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTracker {
    tracker: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    tracker: String,
    kind: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfLane {
    lane: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WorkLabels {
    lane: &'static str,
    state: &'static str,
}

/// On the address of the webhooks: only for who asks directly.
pub(super) async fn scrape_directly(web: State<Web>, headers: HeaderMap) -> Result<Response, Problem> {
    if ADDED_BY_PROXIES.iter().any(|name| headers.contains_key(*name)) {
        return Err(problem::not_found().await);
    }
    scrape(web).await
}

/// All metrics in the text format of `OpenMetrics`.
pub(super) async fn scrape(State(web): State<Web>) -> Result<Response, Problem> {
    let mut registry = Registry::with_prefix("plimsoll");
    let not_ready = why_not_ready(&web).await;
    let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
    registry.register("build", "The build that runs", version);
    let ready = Gauge::<i64>::default();
    ready.set(i64::from(not_ready.is_none()));
    registry.register("ready", "Whether the service can work: 1 or 0, as /readyz", ready);
    register_counts(&mut registry, &web);
    register_traffic(&mut registry, &web);
    // Without an answer of the store its metrics are missing, and `plimsoll_ready` says so.
    let now = web.clock.now();
    if let Ok(depth) = web.store.queue_depth(now).await {
        register_queue(&mut registry, &depth, now);
    }
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|_| problem::internal())?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

fn register_counts(registry: &mut Registry, web: &Web) {
    let (tally, deliveries) = (&web.tally, &web.deliveries);
    registry.register("deliveries", "Webhook requests by what became of them", deliveries.results.clone());
    registry.register_with_unit(
        "delivery_acknowledgement",
        "From a request's head to the acknowledgement of a delivery that is on disk",
        Unit::Seconds,
        deliveries.acknowledged_after.clone(),
    );
    registry.register("runs", "Runs of subjects by how they ended", tally.runs.clone());
    registry.register(
        "decisions",
        "Items whose category was decided, or otherwise than before",
        tally.decisions.clone(),
    );
    registry.register("corrections", "Decisions of the bot that people put right", tally.corrections.clone());
    registry.register("writes", "What the bot wrote to trackers", tally.writes.clone());
}

fn register_traffic(registry: &mut Registry, web: &Web) {
    let calls = Family::<CallLabels, Counter>::default();
    let limit = Family::<OfTracker, Gauge>::default();
    let remaining = Family::<OfTracker, Gauge>::default();
    for (tracker, connection) in web.connections.iter() {
        let traffic = connection.tracker.traffic(web.clock.now());
        for (kind, result, count) in traffic.calls {
            let labels = CallLabels { tracker: tracker.clone(), kind: kind.name(), result: result.name() };
            calls.get_or_create(&labels).inc_by(count);
        }
        if let Some(quota) = traffic.quota {
            let labels = OfTracker { tracker: tracker.clone() };
            limit.get_or_create(&labels).set(signed(quota.limit));
            remaining.get_or_create(&labels).set(signed(quota.remaining));
        }
    }
    registry.register("tracker_calls", "Calls of the trackers' interfaces; tokens left out", calls);
    registry.register("tracker_limit", "The hourly limit of the installation that has least left", limit);
    registry.register("tracker_limit_remaining", "What is left of that limit", remaining);
}

fn register_queue(registry: &mut Registry, depth: &QueueDepth, now: Timestamp) {
    let work = Family::<WorkLabels, Gauge>::default();
    let oldest = Family::<OfLane, Gauge>::default();
    for lane in &depth.lanes {
        let name = lane.lane.name();
        let states = [("waiting", lane.waiting), ("due", lane.due), ("in_hand", lane.leased), ("dead", lane.dead)];
        for (state, count) in states {
            work.get_or_create(&WorkLabels { lane: name, state }).set(signed(count));
        }
        let age = lane.due_since.map_or(0, |since| now.duration_since(since).as_secs().max(0));
        oldest.get_or_create(&OfLane { lane: name }).set(age);
    }
    registry.register("work", "Subjects in the work table", work);
    registry.register_with_unit(
        "work_oldest_due",
        "How long the longest due subject has been due",
        Unit::Seconds,
        oldest,
    );
    let resting = Gauge::<i64>::default();
    resting.set(signed(depth.resting));
    registry.register("installations_resting", "Installations whose tracker said later", resting);
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
