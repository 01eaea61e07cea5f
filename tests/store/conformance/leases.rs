//! One subject, one worker.

use std::collections::HashSet;

use futures_util::future::join_all;
use jiff::SignedDuration;
use plimsoll::store::{ClaimRequest, Disposition, Ending, Finished, Lease, Store};

use crate::fixtures::*;

pub(crate) async fn a_leased_subject_is_nobody_elses(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    claim_one(store, at(0)).await;
    assert_eq!(names(&claim(store, at(59), 10).await), [""; 0]);
}

pub(crate) async fn one_subject_is_claimed_by_name(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    receive(store, "d1", at(0), vec![label_signal("acme", 2, "a")]).await;
    let request = |seconds| ClaimRequest {
        lease: Lease(77),
        now: at(seconds),
        lease_for: SignedDuration::from_mins(1),
        limit: 1,
    };
    let claim = store.claim_subject(&item("acme", 2), request(0)).await.unwrap().unwrap();
    assert_eq!((claim.subject.clone(), labels(&claim)), (item("acme", 2), vec!["a"]));
    assert!(store.claim_subject(&item("acme", 2), request(1)).await.unwrap().is_none(), "it is in hand");
    assert!(store.claim_subject(&item("acme", 3), request(1)).await.unwrap().is_none(), "there is no such work");
    assert_eq!(names(&self::claim(store, at(1), 10).await), ["item:acme/1"], "the others can be had");
    finish(store, &claim, Disposition::Later { until: at(50), why: "limit".into() }, at(2)).await;
    let row = store.work_on(&item("acme", 2)).await.unwrap().unwrap();
    assert_eq!((row.due_at, row.note.as_deref()), (at(50), Some("limit")));
    assert!(store.claim_subject(&item("acme", 2), request(49)).await.unwrap().is_none(), "it is not due");
    store.pause(&claim.place.tracker, &claim.place.installation, at(60), "limit").await.unwrap();
    assert!(store.claim_subject(&item("acme", 2), request(59)).await.unwrap().is_none(), "its installation rests");
    let claim = store.claim_subject(&item("acme", 2), request(60)).await.unwrap().unwrap();
    assert_eq!(finish(store, &claim, Disposition::Done, at(61)).await, Finished::Clean);
    assert_eq!(store.work_on(&item("acme", 2)).await.unwrap(), None);
}

pub(crate) async fn concurrent_claims_share_nothing(store: &dyn Store) {
    for number in 0..60 {
        store.enqueue(signal("acme", number), at(0)).await.unwrap();
    }
    let claims = join_all((0..10).map(|_| claim(store, at(0), 7))).await.concat();
    let subjects: HashSet<_> = claims.iter().map(|claim| claim.subject.clone()).collect();
    assert_eq!((claims.len(), subjects.len()), (60, 60));
}

pub(crate) async fn what_arrives_meanwhile_makes_it_dirty_again(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    let first = claim_one(store, at(0)).await;
    receive(store, "d2", at(1), vec![label_signal("acme", 1, "b")]).await;
    assert_eq!(names(&claim(store, at(1), 10).await), [""; 0], "the running one goes first");
    assert_eq!(finish(store, &first, Disposition::Done, at(2)).await, Finished::Pending);
    let second = claim_one(store, at(2)).await;
    assert_eq!((labels(&second), second.deliveries.len()), (vec!["b"], 1));
    assert_eq!(finish(store, &second, Disposition::Done, at(2)).await, Finished::Clean);
}

pub(crate) async fn a_lease_that_ran_out_may_be_taken(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    let crashed = claim_one(store, at(0)).await;
    let next = claim_one(store, at(60)).await;
    assert_eq!((labels(&next), next.attempts), (vec!["a"], 0), "a crash is no failure of the subject");
    assert_ne!(next.lease, crashed.lease);
}

pub(crate) async fn a_late_worker_changes_nothing(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    let late = claim_one(store, at(0)).await;
    let next = claim_one(store, at(60)).await;
    let before = store.work(10).await.unwrap();
    for disposition in [
        Disposition::Done,
        Disposition::Released,
        failed(at(99)),
        Disposition::Later { until: at(99), why: "limit".into() },
        Disposition::LookAgain { at: at(99) },
        Disposition::Rekeyed { to: item("other", 1), place: place("other") },
    ] {
        let ending = Ending {
            disposition,
            memory: Some(memory("late", None)),
            records: vec![record(&item("acme", 1), "add_label debt")],
        };
        assert_eq!(store.finish(&late, ending, at(61)).await.unwrap(), Finished::LeaseLost);
    }
    assert_eq!(store.work(10).await.unwrap(), before);
    assert_eq!(store.records(None, 10).await.unwrap(), []);
    assert_eq!(store.item(&item("acme", 1)).await.unwrap(), None);
    finish(store, &next, Disposition::Released, at(62)).await;
    assert_eq!(labels(&claim_one(store, at(62)).await), ["a"], "its events are still there");
}

pub(crate) async fn a_lease_that_nobody_took_is_still_ours(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    let slow = claim_one(store, at(0)).await;
    assert_eq!(finish(store, &slow, Disposition::Done, at(1000)).await, Finished::Clean);
}

pub(crate) async fn a_renewed_lease_lasts(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    let ours = claim_one(store, at(0)).await;
    let held = [(ours.subject.clone(), ours.lease)];
    assert_eq!(store.renew(&held, at(120)).await.unwrap(), []);
    assert_eq!(store.renew(&held, at(30)).await.unwrap(), [], "never shortened");
    assert_eq!(names(&claim(store, at(119), 10).await), [""; 0]);
    claim_one(store, at(120)).await;
}

pub(crate) async fn a_lost_lease_is_not_renewed(store: &dyn Store) {
    for number in 1..=3 {
        store.enqueue(signal("acme", number), at(0)).await.unwrap();
    }
    let claims = claim(store, at(0), 3).await;
    let held: Vec<_> = claims.iter().map(|claim| (claim.subject.clone(), claim.lease)).collect();
    finish(store, &claims[1], Disposition::Done, at(1)).await;
    assert_eq!(store.renew(&held, at(50)).await.unwrap(), [held[1].clone()]);
    let strangers: Vec<_> = held.iter().map(|(subject, _)| (subject.clone(), Lease(-7))).collect();
    assert_eq!(store.renew(&strangers, at(500)).await.unwrap().len(), 3);
    assert_eq!(claim(store, at(60), 10).await.len(), 2);
    assert_eq!(store.renew(&held, at(500)).await.unwrap().len(), 3, "others have them now");
}

pub(crate) async fn a_lost_lease_is_told_from_a_later_one_of_the_same_subject(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    let ended = claim_one(store, at(0)).await;
    finish(store, &ended, Disposition::Released, at(1)).await;
    let running = claim_one(store, at(1)).await;
    let [ended, running] = [ended, running].map(|claim| (claim.subject, claim.lease));
    assert_eq!(store.renew(&[ended.clone(), running], at(500)).await.unwrap(), [ended]);
    assert_eq!(names(&claim(store, at(499), 10).await), [""; 0], "the later one is renewed");
}

pub(crate) async fn an_ended_claim_cannot_be_ended_again(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    let claim = claim_one(store, at(0)).await;
    assert_eq!(finish(store, &claim, Disposition::Released, at(0)).await, Finished::Pending);
    assert_eq!(finish(store, &claim, Disposition::Done, at(0)).await, Finished::LeaseLost);
    only_row(store).await;
}

pub(crate) async fn what_a_dead_process_had_in_hand_is_taken_back(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    store.enqueue(signal("acme", 2), at(30)).await.unwrap();
    let before = claim_one(store, at(0)).await;
    assert_eq!(store.take_back_leases().await.unwrap(), 1);
    let after = claim_one(store, at(1)).await;
    assert_eq!(after.subject, before.subject);
    assert_eq!(finish(store, &before, Disposition::Done, at(2)).await, Finished::LeaseLost);
    assert_eq!(finish(store, &after, Disposition::Done, at(2)).await, Finished::Clean);
    assert_eq!(store.next_due().await.unwrap(), Some(at(30)), "what only waited still waits");
}
