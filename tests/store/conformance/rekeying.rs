//! A subject that is called otherwise now.

use plimsoll::backlog::{Lane, Place};
use plimsoll::store::{Claim, Disposition, Ending, Finished, Signal, Store};

use crate::fixtures::*;

fn to_other() -> Disposition {
    Disposition::Rekeyed { to: item("other", 9), place: place("other") }
}

async fn remember(store: &dyn Store, claim: &Claim, title: &str) {
    let ending = Ending { disposition: Disposition::Released, memory: Some(memory(title, None)), records: Vec::new() };
    store.finish(claim, ending, at(0)).await.unwrap();
}

pub(crate) async fn a_rekeyed_subject_takes_its_events_along(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    receive(store, "d2", at(0), vec![label_signal("acme", 1, "b")]).await;
    let old = claim_one(store, at(0)).await;
    assert_eq!(finish(store, &old, to_other(), at(1)).await, Finished::Clean);
    let new = claim_one(store, at(1)).await;
    assert_eq!((&new.subject, &new.place), (&item("other", 9), &place("other")));
    assert_eq!((labels(&new), new.deliveries.as_slice()), (vec!["a", "b"], &["d1".to_owned(), "d2".to_owned()][..]));
    assert_eq!(finish(store, &new, Disposition::Done, at(1)).await, Finished::Clean);
    assert_eq!(store.work(10).await.unwrap(), []);
}

pub(crate) async fn the_most_urgent_lane_of_both_counts(store: &dyn Store) {
    for (from, there, expected) in [
        (Lane::People, Some(Lane::Sweeps), Lane::People),
        (Lane::Sweeps, Some(Lane::People), Lane::People),
        (Lane::People, None, Lane::People),
    ] {
        store.enqueue(Signal { lane: from, ..signal("acme", 1) }, at(0)).await.unwrap();
        if let Some(lane) = there {
            store.enqueue(Signal { lane, ..signal("other", 9) }, at(500)).await.unwrap();
        }
        let old = claim_one(store, at(0)).await;
        finish(store, &old, to_other(), at(1)).await;
        let new = claim_one(store, at(1)).await;
        assert_eq!((&new.subject, new.lane), (&item("other", 9), expected));
        finish(store, &new, Disposition::Done, at(1)).await;
    }
}

pub(crate) async fn memory_moves_along_unless_the_new_one_has_its_own(store: &dyn Store) {
    for expected in ["old", "its own"] {
        store.enqueue(signal("acme", 1), at(0)).await.unwrap();
        remember(store, &claim_one(store, at(0)).await, "old").await;
        let old = claim_one(store, at(0)).await;
        finish(store, &old, to_other(), at(1)).await;
        assert_eq!(store.item(&item("acme", 1)).await.unwrap(), None);
        assert_eq!(store.item(&item("other", 9)).await.unwrap().unwrap().item.title, expected);
        let new = claim_one(store, at(1)).await;
        remember(store, &new, "its own").await;
        finish(store, &claim_one(store, at(1)).await, Disposition::Done, at(1)).await;
    }
}

pub(crate) async fn a_running_claim_does_not_consume_what_was_moved_to_it(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "moved")]).await;
    receive(store, "d2", at(1), vec![label_signal("other", 9, "seen")]).await;
    let claims = claim(store, at(1), 10).await;
    let [old, running] = claims.as_slice() else { panic!("{:?}", names(&claims)) };
    finish(store, old, to_other(), at(2)).await;
    assert_eq!(finish(store, running, Disposition::Done, at(3)).await, Finished::Pending);
    assert_eq!(labels(&claim_one(store, at(3)).await), ["moved"]);
}

pub(crate) async fn what_arrived_meanwhile_stays_with_the_old_name(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    let old = claim_one(store, at(0)).await;
    receive(store, "d2", at(1), vec![label_signal("acme", 1, "b")]).await;
    assert_eq!(finish(store, &old, to_other(), at(2)).await, Finished::Pending);
    let claims = claim(store, at(2), 10).await;
    assert_eq!(names(&claims), ["item:other/9", "item:acme/1"], "acme has had its turn");
    assert_eq!((labels(&claims[0]), labels(&claims[1])), (vec!["a"], vec!["b"]));
}

pub(crate) async fn a_subject_may_keep_its_id_in_another_place(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    remember(store, &claim_one(store, at(0)).await, "kept").await;
    let claim = claim_one(store, at(0)).await;
    let moved = Place { installation: "2".into(), ..place("acme") };
    let same = Disposition::Rekeyed { to: item("acme", 1), place: moved.clone() };
    assert_eq!(finish(store, &claim, same, at(1)).await, Finished::Pending);
    let again = claim_one(store, at(1)).await;
    assert_eq!((&again.place, labels(&again)), (&moved, vec!["a"]));
    assert_eq!(store.item(&item("acme", 1)).await.unwrap().unwrap().item.title, "kept");
}
