//! Deliveries.

use futures_util::future::join_all;
use plimsoll::backlog::{Repository, TrackerName};
use plimsoll::store::{Arrival, Disposition, FailedDelivery, Intake, Receipt, Signal, Store};

use crate::fixtures::*;

pub(crate) async fn a_new_delivery_makes_its_subjects_dirty(store: &dyn Store) {
    receive(store, "d1", at(0), vec![signal("acme", 1), signal("acme", 2)]).await;
    let claims = claim(store, at(0), 10).await;
    assert_eq!(names(&claims), ["item:acme/1", "item:acme/2"]);
    assert_eq!(claims[0].place, place("acme"));
    assert_eq!(claims[0].deliveries, ["d1"]);
    assert_eq!((claims[0].revision, claims[0].attempts, claims[0].missing_since), (1, 0, None));
}

pub(crate) async fn a_delivery_seen_before_changes_nothing(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "debt")]).await;
    let first = claim_one(store, at(0)).await;
    finish(store, &first, Disposition::Done, at(0)).await;
    let again = arrival("d1", at(1), vec![label_signal("acme", 2, "other")]);
    assert_eq!(store.receive(again).await.unwrap(), Receipt::Duplicate);
    assert_eq!(store.work(10).await.unwrap(), []);
    assert_eq!(store.deliveries(10).await.unwrap().len(), 1);
}

pub(crate) async fn two_trackers_may_use_the_same_delivery_id(store: &dyn Store) {
    receive(store, "d1", at(0), vec![signal("acme", 1)]).await;
    let jira = Arrival { tracker: TrackerName::new("jira"), ..arrival("d1", at(0), vec![signal("acme", 2)]) };
    assert_eq!(store.receive(jira).await.unwrap(), Receipt::New);
    assert_eq!(store.work(10).await.unwrap().len(), 2);
}

pub(crate) async fn the_same_delivery_at_the_same_time_counts_once(store: &dyn Store) {
    let same = || store.receive(arrival("d1", at(0), vec![label_signal("acme", 1, "debt")]));
    let receipts = join_all((0..40).map(|_| same())).await;
    let new = receipts.into_iter().filter(|receipt| *receipt.as_ref().unwrap() == Receipt::New).count();
    assert_eq!(new, 1);
    let claim = claim_one(store, at(0)).await;
    assert_eq!((labels(&claim), claim.revision), (vec!["debt"], 1));
}

pub(crate) async fn concurrent_deliveries_all_count(store: &dyn Store) {
    let receipts =
        join_all((0..200).map(|n| store.receive(arrival(&format!("d{n}"), at(n), vec![signal("acme", 1)])))).await;
    assert!(receipts.into_iter().all(|receipt| receipt.unwrap() == Receipt::New));
    let claim = claim_one(store, at(500)).await;
    assert_eq!(claim.deliveries.len(), 200);
    finish(store, &claim, Disposition::Done, at(500)).await;
    assert_eq!(store.work(10).await.unwrap(), []);
}

pub(crate) async fn an_ignored_delivery_is_recorded_and_makes_no_work(store: &dyn Store) {
    let ignored = Arrival {
        intake: Intake::Ignored("nothing to do for `star`".into()),
        action: None,
        ..arrival("d1", at(3), Vec::new())
    };
    assert_eq!(store.receive(ignored.clone()).await.unwrap(), Receipt::New);
    assert_eq!(store.receive(ignored).await.unwrap(), Receipt::Duplicate);
    assert_eq!(store.work(10).await.unwrap(), []);
    let row = store.deliveries(10).await.unwrap().remove(0);
    assert_eq!(row.ignored.as_deref(), Some("nothing to do for `star`"));
    assert_eq!((row.tracker, row.event.as_str(), row.action, row.received_at), (GITHUB, "issues", None, at(3)));
}

pub(crate) async fn deliveries_come_newest_first_and_remember_their_subjects(store: &dyn Store) {
    for (n, name) in ["d1", "d2", "d3"].into_iter().enumerate() {
        receive(store, name, at(0), vec![signal("acme", u32::try_from(n).unwrap())]).await;
    }
    for claim in claim(store, at(0), 10).await {
        finish(store, &claim, Disposition::Done, at(0)).await;
    }
    let rows = store.deliveries(2).await.unwrap();
    let shown: Vec<_> = rows.iter().map(|row| (row.delivery.as_str(), row.subjects.clone())).collect();
    assert_eq!(shown, [("d3", vec![item("acme", 2)]), ("d2", vec![item("acme", 1)])]);
}

pub(crate) async fn events_are_shown_oldest_first_with_their_deliveries(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a"), label_signal("acme", 1, "b")]).await;
    receive(store, "d2", at(1), vec![signal("acme", 1)]).await;
    receive(store, "d3", at(2), vec![label_signal("acme", 1, "c")]).await;
    let claim = claim_one(store, at(2)).await;
    assert_eq!(labels(&claim), ["a", "b", "c"]);
    assert_eq!(claim.deliveries, ["d1", "d2", "d3"]);
    assert_eq!(claim.events[0], labelled("a"));
}

pub(crate) async fn a_flood_of_events_is_shown_in_portions_and_none_is_lost(store: &dyn Store) {
    let flood: Vec<Signal> = (0..2500).map(|n| label_signal("acme", 1, &n.to_string())).collect();
    receive(store, "d1", at(0), flood).await;
    let mut seen = Vec::new();
    loop {
        let claims = claim(store, at(0), 1).await;
        let Some(claim) = claims.first() else { break };
        assert!(claim.events.len() <= 1000, "{} events in one claim", claim.events.len());
        seen.extend(labels(claim).into_iter().map(str::to_owned));
        finish(store, claim, Disposition::Done, at(0)).await;
    }
    assert_eq!(seen, (0..2500).map(|n| n.to_string()).collect::<Vec<_>>());
}

pub(crate) async fn a_lost_delivery_is_asked_for_ever_more_seldom(store: &dyn Store) {
    let failed = |delivery: &str, attempt: &str| FailedDelivery { delivery: delivery.into(), attempt: attempt.into() };
    store.receive(arrival("came", at(0), vec![])).await.unwrap();
    let asked = async |attempt: &str, seconds: i64| {
        let all = vec![failed("came", "1"), failed("lost", attempt)];
        store.to_ask_again(&GITHUB, all, at(seconds)).await.unwrap()
    };
    assert_eq!(asked("2", 0).await, [failed("lost", "2")], "what came needs no asking");
    store.note_asked(&GITHUB, &failed("lost", "2"), at(0)).await.unwrap();
    assert_eq!(asked("2", 9_999).await, [], "that attempt was asked for: its answer is awaited");
    assert_eq!(asked("3", 599).await, []);
    assert_eq!(asked("3", 600).await, [failed("lost", "3")], "it failed again");
    store.note_asked(&GITHUB, &failed("lost", "3"), at(600)).await.unwrap();
    assert_eq!(asked("4", 1_799).await, []);
    assert_eq!(asked("4", 1_800).await, [failed("lost", "4")]);
    assert_eq!(store.prune_ticks(at(601)).await.unwrap(), 1);
    assert_eq!(asked("3", 602).await, [failed("lost", "3")]);
}

pub(crate) async fn a_delivery_is_forgotten_when_it_is_worked_off(store: &dyn Store) {
    let come = async |numbers: std::ops::Range<i64>, item| {
        for n in numbers {
            receive(store, &format!("d{n}"), at(n), vec![label_signal("acme", item, "x")]).await;
        }
    };
    come(0..440, 0).await;
    assert_eq!(store.prune_deliveries(at(500)).await.unwrap(), 0, "all wait");
    let claim = claim_one(store, at(500)).await;
    finish(store, &claim, Disposition::Done, at(500)).await;
    assert_eq!(store.prune_deliveries(at(430)).await.unwrap(), 430);
    come(440..450, 1).await;
    assert_eq!(store.prune_deliveries(at(600)).await.unwrap(), 10, "the others wait");
    assert_eq!(store.deliveries(1000).await.unwrap().len(), 10);
    assert_eq!(claim_one(store, at(600)).await.deliveries.len(), 10);
    assert_eq!(store.receive(arrival("d449", at(900), vec![])).await.unwrap(), Receipt::Duplicate);
}

pub(crate) async fn a_delivery_tells_the_name_of_its_repository(store: &dyn Store) {
    let named = |name: &str| Signal { repository_name: Some(name.into()), ..signal("acme", 1) };
    receive(store, "d1", at(0), vec![named("acme/shop")]).await;
    receive(store, "d2", at(1), vec![signal("acme", 1)]).await;
    let known = store.repository(&place("acme")).await.unwrap().unwrap();
    assert_eq!(known.repository, Repository { place: place("acme"), name: "acme/shop".into() });
    assert_eq!(known.policy, None);
    receive(store, "d3", at(2), vec![named("acme/store")]).await;
    assert_eq!(store.repository(&place("acme")).await.unwrap().unwrap().repository.name, "acme/store");
}
