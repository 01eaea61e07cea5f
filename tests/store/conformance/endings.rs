//! How claims end.

use plimsoll::store::{Disposition, Ending, Finished, Store, WorkState};

use crate::fixtures::*;

pub(crate) async fn done_takes_the_subject_out_of_the_table(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    let claim = claim_one(store, at(0)).await;
    assert_eq!(finish(store, &claim, Disposition::Done, at(0)).await, Finished::Clean);
    assert_eq!(store.work(10).await.unwrap(), []);
    receive(store, "d2", at(1), vec![label_signal("acme", 1, "b")]).await;
    assert_eq!(labels(&claim_one(store, at(1)).await), ["b"]);
}

pub(crate) async fn later_is_no_attempt_and_keeps_its_events(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    let mut now = at(0);
    for n in 1..=10 {
        let claim = claim_one(store, now).await;
        assert_eq!((claim.attempts, labels(&claim)), (0, vec!["a"]));
        let later = Disposition::Later { until: at(n * 100), why: "the limit is used up".into() };
        assert_eq!(finish(store, &claim, later, now).await, Finished::Pending);
        assert_eq!(names(&claim_before(store, n * 100).await), [""; 0]);
        now = at(n * 100);
    }
    let row = only_row(store).await;
    assert_eq!((row.note.as_deref(), row.due_at, row.attempts), (Some("the limit is used up"), at(1000), 0));
}

async fn claim_before(store: &dyn Store, seconds: i64) -> Vec<plimsoll::store::Claim> {
    claim(store, at(seconds - 1), 10).await
}

pub(crate) async fn later_means_later_even_if_something_arrived(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    let claim = claim_one(store, at(0)).await;
    receive(store, "d2", at(1), vec![label_signal("acme", 1, "b")]).await;
    finish(store, &claim, Disposition::Later { until: at(100), why: "limit".into() }, at(2)).await;
    assert_eq!(only_row(store).await.due_at, at(100));
    assert_eq!(labels(&claim_one(store, at(100)).await), ["a", "b"]);
}

pub(crate) async fn failures_count_until_it_is_dead(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    for n in 0..2 {
        let claim = claim_one(store, at(n * 10)).await;
        assert_eq!(i64::from(claim.attempts), n);
        assert_eq!(finish(store, &claim, failed(at(n * 10 + 10)), at(n * 10)).await, Finished::Pending);
        assert_eq!(only_row(store).await.due_at, at(n * 10 + 10));
    }
    let third = claim_one(store, at(20)).await;
    assert_eq!(finish(store, &third, failed(at(30)), at(20)).await, Finished::Dead);
    let row = only_row(store).await;
    assert_eq!((row.state, row.attempts, row.note.as_deref()), (WorkState::Dead, 3, Some("the tracker broke off")));
    assert_eq!(names(&claim(store, at(100_000), 10).await), [""; 0]);
    assert_eq!(store.next_due().await.unwrap(), None);
}

pub(crate) async fn a_new_event_revives_the_dead(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    let first = claim_one(store, at(0)).await;
    let dead = Disposition::Failed { error: "no".into(), retry_at: at(30), max_attempts: 1 };
    assert_eq!(finish(store, &first, dead, at(0)).await, Finished::Dead);
    receive(store, "d2", at(5), vec![label_signal("acme", 1, "b")]).await;
    let revived = claim_one(store, at(5)).await;
    assert_eq!((revived.attempts, labels(&revived)), (0, vec!["a", "b"]));
}

pub(crate) async fn an_event_meanwhile_forgives_the_failure(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    for n in 0..2 {
        let claim = claim_one(store, at(n)).await;
        finish(store, &claim, failed(at(n + 1)), at(n)).await;
    }
    let third = claim_one(store, at(2)).await;
    receive(store, "d1", at(3), vec![signal("acme", 1)]).await;
    assert_eq!(finish(store, &third, failed(at(50)), at(4)).await, Finished::Pending);
    let row = only_row(store).await;
    assert_eq!((row.state, row.attempts, row.due_at), (WorkState::Waiting, 0, at(50)));
}

pub(crate) async fn looking_again_remembers_since_when(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    let first = claim_one(store, at(0)).await;
    assert_eq!(first.missing_since, None);
    assert_eq!(finish(store, &first, Disposition::LookAgain { at: at(30) }, at(1)).await, Finished::Pending);
    assert_eq!(names(&claim(store, at(29), 10).await), [""; 0]);
    let second = claim_one(store, at(30)).await;
    assert_eq!((second.missing_since, second.attempts, labels(&second)), (Some(at(1)), 0, vec!["a"]));
    finish(store, &second, Disposition::Later { until: at(40), why: "limit".into() }, at(31)).await;
    let third = claim_one(store, at(40)).await;
    assert_eq!(third.missing_since, Some(at(1)), "a limit in between does not start it anew");
    finish(store, &third, Disposition::LookAgain { at: at(60) }, at(41)).await;
    assert_eq!(claim_one(store, at(60)).await.missing_since, Some(at(1)));
}

pub(crate) async fn an_event_makes_what_was_missing_present(store: &dyn Store) {
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    let first = claim_one(store, at(0)).await;
    finish(store, &first, Disposition::LookAgain { at: at(30) }, at(1)).await;
    receive(store, "d1", at(2), vec![signal("acme", 1)]).await;
    assert_eq!(claim_one(store, at(2)).await.missing_since, None);
}

pub(crate) async fn released_work_is_due_now(store: &dyn Store) {
    receive(store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    let first = claim_one(store, at(0)).await;
    finish(store, &first, failed(at(10)), at(0)).await;
    let second = claim_one(store, at(10)).await;
    assert_eq!(finish(store, &second, Disposition::Released, at(11)).await, Finished::Pending);
    let third = claim_one(store, at(11)).await;
    assert_eq!((third.attempts, labels(&third)), (1, vec!["a"]));
}

pub(crate) async fn every_ending_keeps_memory_and_records(store: &dyn Store) {
    for (number, disposition) in (1..).zip([
        Disposition::Done,
        Disposition::Released,
        failed(at(500)),
        Disposition::Later { until: at(500), why: "limit".into() },
        Disposition::LookAgain { at: at(500) },
    ]) {
        let subject = item("acme", number);
        store.enqueue(signal("acme", number), at(0)).await.unwrap();
        let claims = claim(store, at(0), 10).await;
        let claim = claims.iter().find(|claim| claim.subject == subject).expect("the newest");
        let memory = memory(&format!("item {number}"), Some(at(0)));
        let records = vec![record(&subject, "add_label debt"), record(&subject, "comment")];
        let ending = Ending { disposition, memory: Some(memory.clone()), records: records.clone() };
        store.finish(claim, ending, at(1)).await.unwrap();
        assert_eq!(store.item(&subject).await.unwrap(), Some(memory));
        let newest_first: Vec<_> = records.into_iter().rev().collect();
        assert_eq!(store.records(Some(&subject), 10).await.unwrap(), newest_first);
    }
}
