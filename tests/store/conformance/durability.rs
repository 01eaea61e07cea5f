//! What survives.

use std::collections::HashSet;

use futures_util::future::{join, join_all};
use plimsoll::backlog::Repository;
use plimsoll::store::{Disposition, Ending, Finished, Receipt, StoreError};

use super::Backend;
use crate::fixtures::*;

pub(crate) async fn what_was_acknowledged_is_there_after_reopening(backend: &dyn Backend) {
    let store = backend.open().await;
    receive(&*store, "d1", at(0), vec![label_signal("acme", 1, "a")]).await;
    store.save_repository(&Repository { place: place("acme"), name: "acme/shop".into() }, at(0)).await.unwrap();
    store.pause(&GITHUB, "7", at(60), "limit").await.unwrap();
    assert!(store.tick("sweep", at(0), Vec::new()).await.unwrap());
    drop(store);

    let store = backend.open().await;
    let again = arrival("d1", at(1), vec![label_signal("acme", 1, "a")]);
    assert_eq!(store.receive(again).await.unwrap(), Receipt::Duplicate);
    assert!(!store.tick("sweep", at(0), Vec::new()).await.unwrap());
    assert!(store.repository(&place("acme")).await.unwrap().is_some());
    let claim = claim_one(&*store, at(1)).await;
    assert_eq!(labels(&claim), ["a"]);
    let records = vec![record(&claim.subject, "add_label debt")];
    let ending = Ending { disposition: Disposition::Done, memory: Some(memory("a", None)), records };
    store.finish(&claim, ending, at(1)).await.unwrap();
    drop(store);

    let store = backend.open().await;
    assert_eq!(store.work(10).await.unwrap(), []);
    assert_eq!(store.records(None, 10).await.unwrap().len(), 1);
    assert_eq!(store.item(&item("acme", 1)).await.unwrap().unwrap().item.title, "a");
}

pub(crate) async fn a_lease_outlives_its_process(backend: &dyn Backend) {
    let store = backend.open().await;
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    let before = claim_one(&*store, at(0)).await;
    drop(store);

    let store = backend.open().await;
    assert_eq!(names(&claim(&*store, at(59), 10).await), [""; 0]);
    let after = claim_one(&*store, at(60)).await;
    assert_eq!(finish(&*store, &before, Disposition::Done, at(61)).await, Finished::LeaseLost);
    assert_eq!(finish(&*store, &after, Disposition::Done, at(61)).await, Finished::Clean);
}

pub(crate) async fn two_stores_on_one_database_share_the_work(backend: &dyn Backend) {
    let (one, two) = join(backend.open(), backend.open()).await;
    let stores = [one, two];
    let receipts = join_all((0..60).map(|n| {
        let signals = vec![label_signal("acme", n, &n.to_string())];
        stores[n as usize % 2].receive(arrival(&format!("d{}", n / 2), at(0), signals))
    }))
    .await;
    let new = receipts.into_iter().filter(|receipt| *receipt.as_ref().unwrap() == Receipt::New).count();
    assert_eq!(new, 30, "each delivery came to both");
    let claims = join_all((0..10).map(|n| claim(&*stores[n % 2], at(0), 4))).await.concat();
    let subjects: HashSet<_> = claims.iter().map(|claim| claim.subject.clone()).collect();
    assert_eq!((claims.len(), subjects.len()), (30, 30));
}

pub(crate) async fn a_closed_store_says_so(backend: &dyn Backend) {
    let store = backend.open().await;
    store.close().await;
    store.close().await;
    assert!(matches!(store.ping().await, Err(StoreError::Closed)));
    assert!(matches!(store.receive(arrival("d1", at(0), Vec::new())).await, Err(StoreError::Closed)));
    assert!(matches!(store.work(10).await, Err(StoreError::Closed)));
}

pub(crate) async fn closing_writes_what_was_asked_for(backend: &dyn Backend) {
    let store = backend.open().await;
    let deliveries = (0..100).map(|n| store.receive(arrival(&format!("d{n}"), at(0), vec![signal("acme", n)])));
    let (receipts, ()) = join(join_all(deliveries), store.close()).await;
    let acknowledged = receipts.iter().filter(|receipt| receipt.is_ok()).count();
    assert!(acknowledged > 0);
    let store = backend.open().await;
    assert_eq!(store.deliveries(1000).await.unwrap().len(), acknowledged);
}
