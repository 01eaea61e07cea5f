//! Who goes first.

use plimsoll::backlog::Lane;
use plimsoll::store::{Disposition, Signal, Store};

use crate::fixtures::*;

fn in_lane(lane: Lane, repository: &str, number: u32) -> Signal {
    Signal { lane, ..signal(repository, number) }
}

async fn enqueue(store: &dyn Store, repository: &str, numbers: std::ops::Range<u32>) {
    let signals = numbers.map(|number| signal(repository, number)).collect();
    assert!(store.tick(repository, at(0), signals).await.unwrap());
}

pub(crate) async fn lanes_are_served_in_order(store: &dyn Store) {
    store.enqueue(in_lane(Lane::Sweeps, "a", 1), at(0)).await.unwrap();
    store.enqueue(in_lane(Lane::Events, "a", 2), at(1)).await.unwrap();
    store.enqueue(in_lane(Lane::People, "a", 3), at(2)).await.unwrap();
    store.enqueue(in_lane(Lane::People, "a", 4), at(99)).await.unwrap();
    assert_eq!(names(&claim(store, at(5), 2).await), ["item:a/3", "item:a/2"]);
    assert_eq!(names(&claim(store, at(5), 2).await), ["item:a/1"]);
}

pub(crate) async fn repositories_take_turns(store: &dyn Store) {
    for repository in ["a", "b", "c"] {
        enqueue(store, repository, 0..4).await;
    }
    let mut served = Vec::new();
    for _ in 0..12 {
        let next = claim(store, at(0), 1).await;
        served.push(next[0].place.repository.clone());
        finish(store, &next[0], Disposition::Done, at(0)).await;
    }
    assert_eq!(served.concat(), "abcabcabcabc");
}

pub(crate) async fn one_of_each_then_a_second_of_each(store: &dyn Store) {
    enqueue(store, "a", 0..9).await;
    enqueue(store, "b", 0..2).await;
    enqueue(store, "c", 0..1).await;
    let first = claim(store, at(0), 6).await;
    assert_eq!(names(&first), ["item:a/0", "item:b/0", "item:c/0", "item:a/1", "item:b/1", "item:a/2"]);
    enqueue_more(store, "b").await;
    assert_eq!(names(&claim(store, at(0), 2).await), ["item:b/7", "item:a/3"], "a was served last");
}

async fn enqueue_more(store: &dyn Store, repository: &str) {
    store.enqueue(signal(repository, 7), at(0)).await.unwrap();
}

pub(crate) async fn the_longest_due_goes_first_within_a_repository(store: &dyn Store) {
    for (number, due) in [(1, 30), (2, 10), (3, 20)] {
        store.enqueue(signal("a", number), at(due)).await.unwrap();
    }
    assert_eq!(names(&claim(store, at(40), 10).await), ["item:a/2", "item:a/3", "item:a/1"]);
}

pub(crate) async fn a_noisy_repository_delays_others_by_one_turn(store: &dyn Store) {
    enqueue(store, "noisy", 0..3000).await;
    for n in 0..20 {
        claim(store, at(n), 8).await;
    }
    store.enqueue(signal("quiet", 1), at(20)).await.unwrap();
    assert!(names(&claim(store, at(20), 2).await).contains(&"item:quiet/1".to_owned()));
}

pub(crate) async fn turns_are_kept_per_lane(store: &dyn Store) {
    enqueue(store, "a", 0..3).await;
    enqueue(store, "b", 0..3).await;
    let mut events = Vec::new();
    for n in 0..4 {
        store.enqueue(in_lane(Lane::People, "a", 100 + n), at(0)).await.unwrap();
        let claims = claim(store, at(0), 2).await;
        assert_eq!(claims[0].lane, Lane::People);
        events.push(claims[1].place.repository.clone());
    }
    assert_eq!(events.concat(), "abab", "being served in one lane costs no turn in another");
}
