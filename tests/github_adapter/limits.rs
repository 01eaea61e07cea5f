//! GitHub's limits and the bot's own pace: "later", with a time, and nothing sleeps.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use plimsoll::backlog::Lane;
use plimsoll::clock::ManualClock;
use plimsoll::tracker::github::{GitHub, Settings, WriteLimits, item_subject};
use plimsoll::tracker::{Errand, Later, PauseScope, Tracker as _, TrackerError};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::{NOW, errand, errand_at, now, repository, token_settings, with_token};

const ISSUE: &str = "GET /repos/acme/shop/issues/7";

/// The adapter with a clock that can be moved.
fn with_clock(server: &Server) -> (GitHub, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(now()));
    let settings = Settings { clock: Arc::clone(&clock) as _, ..token_settings(&server.url) };
    (GitHub::new(&settings).unwrap(), clock)
}

fn later(error: TrackerError) -> Later {
    match error {
        TrackerError::Later { later, .. } => later,
        other => panic!("expected later, got {other:?}"),
    }
}

async fn limited(reply: Reply) -> (Option<i64>, PauseScope) {
    let server = Server::start().await;
    server.on(ISSUE, reply);
    let later = later(with_token(&server).read_item(&repository(), &errand(), None).await.unwrap_err());
    (later.until.map(|until| until.as_second() - NOW), later.scope)
}

#[tokio::test]
async fn limits_pause_the_installation_until_github_says() {
    for status in [403, 429] {
        let named = Reply::refusal(status, "slow down").header("retry-after", "17");
        assert_eq!(limited(named).await, (Some(17), PauseScope::Installation));
        let exhausted = Reply::refusal(status, "API rate limit exceeded for installation ID 42.")
            .header("x-ratelimit-remaining", "0")
            .header("x-ratelimit-reset", (NOW + 600).to_string());
        assert_eq!(limited(exhausted).await, (Some(601), PauseScope::Installation));
    }
    assert_eq!(limited(Reply::refusal(429, "")).await, (Some(60), PauseScope::Installation));
    let secondary = Reply::refusal(403, "You have exceeded a secondary rate limit and have been temporarily blocked.")
        .header("x-ratelimit-remaining", "4000")
        .header("x-ratelimit-reset", (NOW + 600).to_string());
    assert_eq!(limited(secondary).await, (Some(60), PauseScope::Installation));
}

/// What GitHub asks to wait counts from its answer, and not from when the work was begun.
#[tokio::test]
async fn a_time_to_wait_counts_from_the_answer() {
    let server = Server::start().await;
    server.on(ISSUE, Reply::refusal(429, "slow down").header("retry-after", "60"));
    let (github, clock) = with_clock(&server);
    clock.advance(SignedDuration::from_secs(59));
    let begun_long_ago = errand_at(now());
    let waits = later(github.read_item(&repository(), &begun_long_ago, None).await.unwrap_err());
    assert_eq!(waits.until, Timestamp::from_second(NOW + 59 + 60).ok());
    let who = later(github.me().await.unwrap_err());
    assert_eq!(who.until, waits.until, "nothing else is asked meanwhile");
    assert_eq!(server.log().lines().count(), 1);
}

#[tokio::test]
async fn an_exhausted_limit_is_not_tried_again_before_its_reset() {
    let server = Server::start().await;
    let last = Reply::refusal(404, "Not Found")
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", (NOW + 600).to_string());
    server.on(ISSUE, last);
    let (github, clock) = with_clock(&server);
    assert!(matches!(github.read_item(&repository(), &errand(), None).await, Err(TrackerError::Missing { .. })));
    let waits = later(github.read_item(&repository(), &errand(), None).await.unwrap_err());
    assert_eq!(waits.until, Timestamp::from_second(NOW + 601).ok());
    assert_eq!(server.log().lines().count(), 1);
    server.on(ISSUE, Reply::refusal(404, "Not Found"));
    clock.advance(SignedDuration::from_secs(601));
    assert!(matches!(github.read_item(&repository(), &errand(), None).await, Err(TrackerError::Missing { .. })));
}

#[tokio::test]
async fn writes_come_back_at_their_own_place_and_reads_are_not_paced() {
    let server = Server::start().await;
    let (github, clock) = with_clock(&server);
    let unmark = |number: u64, seconds: i64| {
        clock.set(now() + SignedDuration::from_secs(seconds));
        server.on(&format!("DELETE /repos/acme/shop/issues/{number}/labels/bug"), Reply::ok(json!([])));
        let errand = Errand { subject: item_subject(5, number), lane: Lane::Events, now: now() };
        let github = &github;
        async move { github.unmark(&repository(), &errand, "bug").await }
    };
    for number in 1..=15 {
        assert_eq!(unmark(number, 0).await, Ok(()));
    }
    for (number, seconds) in [(16, 1), (17, 2)] {
        let waits = later(unmark(number, 0).await.unwrap_err());
        assert_eq!(waits.until, Some(now() + SignedDuration::from_secs(seconds)));
        assert_eq!(waits.scope, PauseScope::Subject);
    }
    server.on(ISSUE, Reply::refusal(404, "Not Found"));
    assert!(matches!(github.read_item(&repository(), &errand(), None).await, Err(TrackerError::Missing { .. })));
    assert_eq!(unmark(17, 2).await, Ok(()));
}

#[tokio::test]
async fn pacing_can_be_switched_off() {
    let server = Server::start().await;
    let unpaced = GitHub::new(&Settings { write_limits: None, ..token_settings(&server.url) }).unwrap();
    for _ in 0..100 {
        server.on("DELETE /repos/acme/shop/issues/7/labels/bug", Reply::ok(json!([])));
        assert_eq!(unpaced.unmark(&repository(), &errand(), "bug").await, Ok(()));
    }
    assert_eq!(WriteLimits::default().burst, 20);
}
