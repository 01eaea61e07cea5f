//! When work is due, rests, ticks, retries, and what people see of the work table.

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use plimsoll::backlog::{Lane, Place, TrackerName};
use plimsoll::store::{Disposition, LaneDepth, QueueDepth, Signal, Store, WorkState, WritePace};

use crate::fixtures::*;

pub(crate) async fn work_waits_for_its_due_time(store: &dyn Store) {
    assert_eq!(store.next_due().await.unwrap(), None);
    store.enqueue(signal("acme", 1), at(10)).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(10)));
    assert_eq!(names(&claim(store, at(9), 10).await), [""; 0]);
    assert_eq!(names(&claim(store, at(10), 10).await), ["item:acme/1"]);
}

pub(crate) async fn a_new_event_makes_waiting_work_due(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(100)).await.unwrap();
    receive(store, "d1", at(1), vec![signal("acme", 1)]).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(1)));
    assert_eq!(claim_one(store, at(1)).await.revision, 2);
}

pub(crate) async fn the_most_urgent_lane_counts(store: &dyn Store) {
    let in_lane = |lane| Signal { lane, ..signal("acme", 1) };
    for (lane, expected) in [(Lane::Sweeps, Lane::Sweeps), (Lane::People, Lane::People), (Lane::Events, Lane::People)] {
        store.enqueue(in_lane(lane), at(0)).await.unwrap();
        assert_eq!(only_row(store).await.lane, expected);
    }
    assert_eq!(claim_one(store, at(0)).await.lane, Lane::People);
}

pub(crate) async fn a_later_due_time_does_not_delay_what_is_due(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(10)).await.unwrap();
    store.enqueue(signal("acme", 1), at(90)).await.unwrap();
    assert_eq!(only_row(store).await.due_at, at(10));
}

pub(crate) async fn enqueued_events_are_shown(store: &dyn Store) {
    store.enqueue(label_signal("acme", 1, "debt"), at(0)).await.unwrap();
    let claim = claim_one(store, at(0)).await;
    assert_eq!(labels(&claim), ["debt"]);
    assert_eq!(claim.deliveries, [""; 0]);
}

pub(crate) async fn a_subject_follows_its_newest_place(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    let moved = Place { installation: "2".into(), ..place("acme") };
    store.enqueue(Signal { place: moved.clone(), ..signal("acme", 1) }, at(0)).await.unwrap();
    assert_eq!(claim_one(store, at(0)).await.place, moved);
}

pub(crate) async fn nothing_of_a_resting_installation_is_claimed(store: &dyn Store) {
    let elsewhere = |tracker: TrackerName, installation: &str, number| Signal {
        place: Place { tracker, installation: installation.into(), repository: "other".into() },
        ..signal("other", number)
    };
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    store.enqueue(elsewhere(GITHUB, "2", 2), at(0)).await.unwrap();
    store.enqueue(elsewhere(TrackerName::new("jira"), "1", 3), at(0)).await.unwrap();
    store.pause(&GITHUB, "1", at(60), "secondary rate limit").await.unwrap();
    assert_eq!(names(&claim(store, at(59), 10).await), ["item:other/2", "item:other/3"]);
    assert_eq!(names(&claim(store, at(60), 10).await), ["item:acme/1"]);
}

pub(crate) async fn a_rest_is_never_shortened(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    store.pause(&GITHUB, "1", at(60), "limit").await.unwrap();
    store.pause(&GITHUB, "1", at(30), "limit").await.unwrap();
    assert_eq!(names(&claim(store, at(59), 10).await), [""; 0]);
    store.pause(&GITHUB, "1", at(90), "limit").await.unwrap();
    assert_eq!(names(&claim(store, at(89), 10).await), [""; 0]);
    claim_one(store, at(90)).await;
}

pub(crate) async fn a_new_event_does_not_wake_a_resting_installation(store: &dyn Store) {
    store.pause(&GITHUB, "1", at(60), "limit").await.unwrap();
    receive(store, "d1", at(1), vec![Signal { lane: Lane::People, ..signal("acme", 1) }]).await;
    assert_eq!(names(&claim(store, at(59), 10).await), [""; 0]);
    assert_eq!(store.next_due().await.unwrap(), Some(at(60)));
}

pub(crate) async fn the_next_due_time_knows_leases_and_rests(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    let leased = claim_one(store, at(5)).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(65)), "when the lease runs out");
    let elsewhere = Place { installation: "2".into(), ..place("other") };
    store.enqueue(Signal { place: elsewhere, ..signal("other", 2) }, at(20)).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(20)));
    store.pause(&GITHUB, "2", at(40), "limit").await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(40)));
    store.pause(&GITHUB, "2", at(400), "limit").await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(65)));
    let dead = Disposition::Failed { error: "no".into(), retry_at: at(6), max_attempts: 1 };
    finish(store, &leased, dead, at(6)).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(400)), "the dead are never due");
}

pub(crate) async fn the_pace_of_each_installation_is_kept(store: &dyn Store) {
    let pace =
        |seconds| WritePace { as_of: at(seconds), changes_full_at: at(seconds + 1), content_full_at: at(seconds + 2) };
    assert_eq!(store.paces(&GITHUB).await.unwrap(), []);
    store.save_pace(&GITHUB, "1", pace(10)).await.unwrap();
    store.save_pace(&GITHUB, "2", pace(20)).await.unwrap();
    store.save_pace(&GITHUB, "1", pace(5)).await.unwrap();
    let expected = [("1".to_owned(), pace(5)), ("2".to_owned(), pace(20))];
    assert_eq!(store.paces(&GITHUB).await.unwrap(), expected, "what was noted last, also where a clock was set back");
    assert_eq!(store.paces(&TrackerName::new("jira")).await.unwrap(), []);
}

pub(crate) async fn a_tick_is_taken_once(store: &dyn Store) {
    let sweep = || vec![label_signal("acme", 1, "x"), signal("acme", 2)];
    assert!(store.tick("sweep", at(0), sweep()).await.unwrap());
    assert!(!store.tick("sweep", at(0), sweep()).await.unwrap());
    assert!(store.tick("sweep", at(60), Vec::new()).await.unwrap());
    assert!(store.tick("prune", at(0), Vec::new()).await.unwrap());
    let claims = claim(store, at(0), 10).await;
    assert_eq!(names(&claims), ["item:acme/1", "item:acme/2"]);
    assert_eq!((claims[0].revision, labels(&claims[0])), (1, vec!["x"]));
}

pub(crate) async fn old_ticks_are_forgotten(store: &dyn Store) {
    for seconds in [0, 10, 20] {
        assert!(store.tick("sweep", at(seconds), Vec::new()).await.unwrap());
    }
    assert_eq!(store.prune_ticks(at(20)).await.unwrap(), 2);
    assert!(!store.tick("sweep", at(20), Vec::new()).await.unwrap());
}

pub(crate) async fn concurrent_ticks_are_taken_once(store: &dyn Store) {
    let taken = join_all((0..8).map(|_| store.tick("sweep", at(0), vec![signal("acme", 1)]))).await;
    assert_eq!(taken.into_iter().filter(|taken| *taken.as_ref().unwrap()).count(), 1);
    assert_eq!(claim_one(store, at(0)).await.revision, 1);
}

pub(crate) async fn the_work_table_shows_dead_rows_first(store: &dyn Store) {
    for (number, due) in [(1, 10), (2, 0), (3, 20), (4, 5)] {
        store.enqueue(signal("acme", number), at(due)).await.unwrap();
    }
    let claims = claim(store, at(5), 10).await;
    assert_eq!(names(&claims), ["item:acme/2", "item:acme/4"]);
    let dead = Disposition::Failed { error: "it has no body".into(), retry_at: at(30), max_attempts: 1 };
    finish(store, &claims[1], dead, at(6)).await;
    let rows = store.work(10).await.unwrap();
    let shown: Vec<_> = rows.iter().map(|row| (row.subject.id.as_str(), row.state)).collect();
    assert_eq!(
        shown,
        [
            ("acme/4", WorkState::Dead),
            ("acme/2", WorkState::Leased),
            ("acme/1", WorkState::Waiting),
            ("acme/3", WorkState::Waiting)
        ]
    );
    assert_eq!((rows[0].note.as_deref(), rows[0].attempts), (Some("it has no body"), 1));
    assert_eq!((rows[2].due_at, &rows[2].place, rows[2].lane), (at(10), &place("acme"), Lane::Events));
    assert_eq!(store.work(2).await.unwrap().len(), 2);
}

pub(crate) async fn the_depth_of_each_lane_is_told(store: &dyn Store) {
    assert_eq!(store.queue_depth(at(0)).await.unwrap(), QueueDepth::default());
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    store.enqueue(signal("acme", 2), at(1)).await.unwrap();
    let leased = claim(store, at(1), 2).await;
    let dead = Disposition::Failed { error: "no".into(), retry_at: at(2), max_attempts: 1 };
    finish(store, &leased[0], dead, at(1)).await;
    for (number, due) in [(3, 5), (4, 6), (5, 100)] {
        store.enqueue(signal("acme", number), at(due)).await.unwrap();
    }
    store.enqueue(Signal { lane: Lane::Sweeps, ..signal("acme", 6) }, at(7)).await.unwrap();
    store.pause(&GITHUB, "1", at(60), "limit").await.unwrap();
    let depth = store.queue_depth(at(10)).await.unwrap();
    let events = LaneDepth { lane: Lane::Events, waiting: 1, due: 2, leased: 1, dead: 1, due_since: Some(at(5)) };
    let sweeps = LaneDepth { lane: Lane::Sweeps, waiting: 0, due: 1, leased: 0, dead: 0, due_since: Some(at(7)) };
    assert_eq!(depth, QueueDepth { lanes: vec![events, sweeps], resting: 1 });
    assert_eq!(store.queue_depth(at(60)).await.unwrap().resting, 0);
}

pub(crate) async fn a_dead_subject_can_be_retried(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "debt")]).await;
    let first = claim_one(store, at(0)).await;
    let dead = Disposition::Failed { error: "no".into(), retry_at: at(30), max_attempts: 1 };
    finish(store, &first, dead, at(0)).await;
    assert_eq!(names(&claim(store, at(1000), 10).await), [""; 0]);
    assert!(store.retry(&item("acme", 1), at(1000)).await.unwrap());
    assert_eq!(only_row(store).await.state, WorkState::Waiting);
    let second = claim_one(store, at(1000)).await;
    assert_eq!((second.attempts, labels(&second)), (0, vec!["debt"]), "with its events and all its attempts");
}

pub(crate) async fn all_that_is_dead_can_be_retried_at_once(store: &dyn Store) {
    assert_eq!(store.retry_dead(at(0)).await.unwrap(), 0);
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "debt")]).await;
    for number in [2, 3] {
        store.enqueue(signal("other", number), at(0)).await.unwrap();
    }
    store.enqueue(signal("acme", 4), at(5000)).await.unwrap();
    for claim in claim(store, at(0), 10).await {
        let attempts = if claim.subject == item("other", 3) { 2 } else { 1 };
        let failed = Disposition::Failed { error: "no".into(), retry_at: at(3000), max_attempts: attempts };
        finish(store, &claim, failed, at(0)).await;
    }
    assert_eq!(store.retry_dead(at(1000)).await.unwrap(), 2);
    assert_eq!(store.retry_dead(at(1000)).await.unwrap(), 0);
    let mut again = claim(store, at(1000), 10).await;
    again.sort_by_key(|claim| claim.subject.to_string());
    assert_eq!(names(&again), ["item:acme/1", "item:other/2"], "what waits still waits");
    assert_eq!((again[0].attempts, labels(&again[0])), (0, vec!["debt"]), "with its events and all its attempts");
    assert_eq!(store.next_due().await.unwrap(), Some(at(1060)), "the leases come first");
    let other = store.work(10).await.unwrap().into_iter().find(|row| row.subject == item("other", 3)).unwrap();
    assert_eq!((other.due_at, other.attempts), (at(3000), 1), "its failures still count");
}

pub(crate) async fn retrying_what_runs_runs_it_once_more(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    let first = claim_one(store, at(0)).await;
    assert!(store.retry(&item("acme", 1), at(1)).await.unwrap());
    assert_eq!(names(&claim(store, at(1), 10).await), [""; 0], "not beside the running one");
    finish(store, &first, Disposition::Done, at(2)).await;
    claim_one(store, at(2)).await;
}

pub(crate) async fn a_subject_that_is_not_there_cannot_be_retried(store: &dyn Store) {
    assert!(!store.retry(&item("acme", 1), at(0)).await.unwrap());
    assert_eq!(store.work(10).await.unwrap(), []);
}

pub(crate) async fn fractions_of_a_millisecond_do_not_matter(store: &dyn Store) {
    let now = Timestamp::from_nanosecond(at(0).as_nanosecond() + 1_700_000).unwrap();
    store.enqueue(signal("acme", 1), now).await.unwrap();
    let claim = claim_one(store, now).await;
    let again = now + SignedDuration::from_micros(900);
    finish(store, &claim, Disposition::Later { until: again, why: "soon".into() }, now).await;
    assert!(store.next_due().await.unwrap().unwrap() <= again);
    claim_one(store, again).await;
}
