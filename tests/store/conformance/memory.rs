//! What is remembered.

use plimsoll::backlog::{Actor, CategoryName, CloseReason, Decision, ItemState, Place, Repository, Word};
use plimsoll::decide::{ItemMemory, Verdict};
use plimsoll::store::{CorrectionsOf, Disposition, Ending, PolicyRow, PolicyStatus, Store};

use crate::fixtures::*;

pub(crate) async fn items_of_one_repository_stay_apart(store: &dyn Store) {
    for (repository, title, opened) in [("acme", "old", 1), ("other", "theirs", 2), ("acme", "new", 3)] {
        store.enqueue(signal(repository, u32::try_from(opened).unwrap()), at(0)).await.unwrap();
        let claim = claim_one(store, at(0)).await;
        let memory = Some(memory(title, Some(at(opened))));
        let ending = Ending { disposition: Disposition::Done, memory, records: Vec::new() };
        store.finish(&claim, ending, at(0)).await.unwrap();
    }
    let titles = |items: Vec<ItemMemory>| items.into_iter().map(|memory| memory.item.title).collect::<Vec<_>>();
    assert_eq!(titles(store.items_in(&place("acme"), 10).await.unwrap()), ["new", "old"]);
    assert_eq!(titles(store.items_in(&place("acme"), 1).await.unwrap()), ["new"]);
    assert_eq!(titles(store.items_in(&place("nobody"), 10).await.unwrap()), Vec::<String>::new());
}

pub(crate) async fn a_repository_that_is_lost_begins_anew(store: &dyn Store) {
    let named = Repository { place: place("acme"), name: "acme/shop".into() };
    store.save_repository(&named, at(0)).await.unwrap();
    store.save_swept(&place("acme"), at(1)).await.unwrap();
    let swept = async || store.repository(&place("acme")).await.unwrap().and_then(|row| row.swept_until);
    assert_eq!(swept().await, None, "nobody saw it for the first time yet");
    store.begin_sweeps(&place("acme"), at(2)).await.unwrap();
    store.begin_sweeps(&place("acme"), at(3)).await.unwrap();
    assert_eq!(swept().await, Some(at(2)));
    store.save_swept(&place("acme"), at(4)).await.unwrap();
    assert_eq!(swept().await, Some(at(4)));

    store
        .enqueue_all(vec![label_signal("acme", 1, "debt"), signal("acme", 2), signal("other", 1)], at(4))
        .await
        .unwrap();
    let in_hand = claim(store, at(4), 1).await.remove(0);
    store.lose_repository(&place("acme")).await.unwrap();
    assert_eq!(store.repository(&place("acme")).await.unwrap(), None);
    let left: Vec<String> = store.work(10).await.unwrap().iter().map(|row| row.subject.to_string()).collect();
    assert_eq!(left.len(), 2, "what somebody has in hand ends by itself: {left:?}");
    assert!(left.contains(&in_hand.subject.to_string()) && left.contains(&"github:item:other/1".to_owned()));

    store.save_repository(&named, at(9)).await.unwrap();
    store.begin_sweeps(&place("acme"), at(9)).await.unwrap();
    assert_eq!(swept().await, Some(at(9)));
}

pub(crate) async fn a_repository_under_another_installation_goes_on_where_it_was(store: &dyn Store) {
    let elsewhere = Place { installation: "2".into(), ..place("acme") };
    for (place, name) in [(place("acme"), "acme/shop"), (elsewhere.clone(), "other/shop")] {
        store.save_repository(&Repository { place, name: name.into() }, at(0)).await.unwrap();
    }
    let policy = PolicyRow {
        good: Some("version: 1\n".into()),
        base: None,
        status: PolicyStatus::Good,
        revision: Some("abc".into()),
        checked_at: at(2),
        active_since: Some(at(2)),
    };
    store.save_policy(&place("acme"), &policy).await.unwrap();
    store.begin_sweeps(&place("acme"), at(2)).await.unwrap();
    store.enqueue(label_signal("acme", 1, "debt"), at(3)).await.unwrap();
    store.begin_sweeps(&elsewhere, at(8)).await.unwrap();
    let claim = claim_one(store, at(8)).await;
    assert_eq!((claim.place, claim.events.len()), (elsewhere.clone(), 1), "what is to be done goes along");
    let row = store.repository_named(&GITHUB, "2", "Other/SHOP").await.unwrap().unwrap();
    assert_eq!((row.repository.place, row.swept_until), (elsewhere, Some(at(2))));
    let taken_along = row.policy.unwrap();
    assert_eq!((taken_along.active_since, taken_along.good), (policy.active_since, policy.good));
    assert!(taken_along.checked_at < at(0), "it is to be looked at again");
    let names = store.repositories(&GITHUB).await.unwrap().into_iter().map(|row| row.repository.name);
    assert_eq!(names.collect::<Vec<_>>(), ["acme/shop", "other/shop"]);
    assert_eq!(store.repository_named(&GITHUB, "1", "other/shop").await.unwrap(), None);
}

pub(crate) async fn old_records_are_forgotten(store: &dyn Store) {
    for (number, seconds) in [(1, 10), (2, 20), (3, 30)] {
        store.enqueue(signal("acme", number), at(0)).await.unwrap();
        let claim = claim_one(store, at(0)).await;
        let mut record = record(&item("acme", number), "add_label debt");
        record.at = at(seconds);
        let ending = Ending { disposition: Disposition::Done, memory: None, records: vec![record] };
        store.finish(&claim, ending, at(0)).await.unwrap();
    }
    assert_eq!(store.prune_records(at(20)).await.unwrap(), 1);
    assert_eq!(store.prune_records(at(20)).await.unwrap(), 0);
    assert_eq!(store.records(None, 10).await.unwrap().len(), 2);
}

async fn remember(store: &dyn Store, number: u32, memory: &ItemMemory) {
    store.enqueue(signal("acme", number), at(0)).await.unwrap();
    let claim = claim_one(store, at(0)).await;
    let ending = Ending { disposition: Disposition::Done, memory: Some(memory.clone()), records: Vec::new() };
    store.finish(&claim, ending, at(0)).await.unwrap();
}

pub(crate) async fn nothing_is_known_at_first(store: &dyn Store) {
    assert_eq!(store.repository(&place("acme")).await.unwrap(), None);
    assert_eq!(store.item(&item("acme", 1)).await.unwrap(), None);
    assert_eq!(store.items(10).await.unwrap(), []);
    assert_eq!(store.records(None, 10).await.unwrap(), []);
    assert_eq!(store.deliveries(10).await.unwrap(), []);
    store.ping().await.unwrap();
}

pub(crate) async fn a_repository_is_known_by_its_name(store: &dyn Store) {
    let named = |name: &str| Repository { place: place("acme"), name: name.into() };
    store.save_repository(&named("acme/shop"), at(0)).await.unwrap();
    store.save_repository(&named("acme/store"), at(1)).await.unwrap();
    assert_eq!(store.repository(&place("acme")).await.unwrap().unwrap().repository, named("acme/store"));
    let elsewhere = Place { installation: "2".into(), ..place("acme") };
    assert_eq!(store.repository(&elsewhere).await.unwrap(), None);
}

pub(crate) async fn a_policy_is_kept_as_it_was_found(store: &dyn Store) {
    store.save_repository(&Repository { place: place("acme"), name: "acme/shop".into() }, at(0)).await.unwrap();
    let missing = PolicyRow {
        good: None,
        base: None,
        status: PolicyStatus::Missing,
        revision: None,
        checked_at: at(1),
        active_since: None,
    };
    let good = PolicyRow {
        good: Some("version: 1\n".into()),
        base: Some("version: 1\nmode: act\n".into()),
        status: PolicyStatus::Good,
        revision: Some("abc".into()),
        checked_at: at(2),
        active_since: Some(at(2)),
    };
    let broken = PolicyRow { status: PolicyStatus::Broken("line 3".into()), checked_at: at(3), ..good.clone() };
    for policy in [missing, good, broken] {
        store.save_policy(&place("acme"), &policy).await.unwrap();
        let row = store.repository(&place("acme")).await.unwrap().unwrap();
        assert_eq!((row.repository.name.as_str(), row.policy), ("acme/shop", Some(policy)));
    }
}

pub(crate) async fn an_item_is_remembered_as_it_was(store: &dyn Store) {
    let category = CategoryName::new("security").unwrap();
    let mut memory = memory("a", Some(at(1)));
    remember(store, 1, &memory).await;
    memory.item.state = ItemState::Closed(Some(CloseReason::NotPlanned));
    memory.verdict = Verdict::Person { category: category.clone(), by: Actor::person("octocat") };
    memory.decisions = vec![Decision {
        word: Word::Is(category),
        by: Actor::person("octocat"),
        at: at(2),
        source: "label security".into(),
    }];
    memory.side = None;
    remember(store, 1, &memory).await;
    assert_eq!(store.item(&item("acme", 1)).await.unwrap(), Some(memory.clone()));
    assert_eq!(store.items(10).await.unwrap(), [(item("acme", 1), memory)]);
}

pub(crate) async fn items_come_newest_first(store: &dyn Store) {
    for (number, created_at) in [(1, Some(at(20))), (2, Some(at(30))), (3, None), (4, Some(at(10)))] {
        remember(store, number, &memory("x", created_at)).await;
    }
    let subjects = |items: Vec<(_, _)>| items.into_iter().map(|(subject, _)| subject).collect::<Vec<_>>();
    let all = subjects(store.items(10).await.unwrap());
    assert_eq!(all, [item("acme", 2), item("acme", 1), item("acme", 4), item("acme", 3)]);
    assert_eq!(subjects(store.items(1).await.unwrap()), [item("acme", 2)]);
}

pub(crate) async fn records_come_newest_first(store: &dyn Store) {
    let (one, two) = (item("acme", 1), item("acme", 2));
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    let claim = claim_one(store, at(0)).await;
    let records = vec![record(&one, "first"), record(&two, "second"), record(&one, "third")];
    let ending = Ending { disposition: Disposition::Done, memory: None, records: records.clone() };
    store.finish(&claim, ending, at(0)).await.unwrap();
    let newest_first: Vec<_> = records.iter().rev().cloned().collect();
    assert_eq!(store.records(None, 10).await.unwrap(), newest_first);
    assert_eq!(store.records(Some(&one), 10).await.unwrap(), [records[2].clone(), records[0].clone()]);
    assert_eq!(store.records(None, 1).await.unwrap(), [records[2].clone()]);
}

pub(crate) async fn hostile_text_is_kept_as_it_is(store: &dyn Store) {
    let text = "'; DROP TABLE work; -- \"\\ \u{0} {{%s}} \u{202e}💣\r\n";
    let memory = memory(text, None);
    remember(store, 1, &memory).await;
    assert_eq!(store.item(&item("acme", 1)).await.unwrap(), Some(memory));
    receive(store, text, at(0), vec![label_signal(text, 1, text)]).await;
    let claim = claim_one(store, at(0)).await;
    assert_eq!((labels(&claim), claim.deliveries.as_slice()), (vec![text], &[text.to_owned()][..]));
    assert_eq!(claim.place, place(text));
    let records = vec![record(&claim.subject, text)];
    let ending = Ending { disposition: Disposition::Done, memory: None, records: records.clone() };
    store.finish(&claim, ending, at(0)).await.unwrap();
    assert_eq!(store.records(Some(&claim.subject), 10).await.unwrap(), records);
}

pub(crate) async fn corrections_are_kept_and_counted(store: &dyn Store) {
    let name = |name: &str| CategoryName::new(name).unwrap();
    let says = |word: Word, at| Decision { word, by: Actor::person("bob"), at, source: "label x".into() };
    let cases = [
        (1, memory("untouched", None)),
        (2, ItemMemory { decisions: vec![says(Word::Is(name("bug")), at(10))], ..memory("it is a bug", None) }),
        (
            3,
            ItemMemory {
                decisions: vec![says(Word::IsNot(name("technical-debt")), at(20))],
                ..memory("no debt", None)
            },
        ),
        (4, ItemMemory { decisions: vec![says(Word::Is(name("technical-debt")), at(30))], ..memory("agreed", None) }),
        (
            5,
            ItemMemory { own_word: None, decisions: vec![says(Word::Is(name("bug")), at(40))], ..memory("mute", None) },
        ),
    ];
    assert_eq!((store.corrections(10).await.unwrap(), store.correction_counts().await.unwrap()), (vec![], vec![]));
    for (number, memory) in &cases {
        remember(store, *number, memory).await;
    }
    let corrected = |labelled, corrected| vec![CorrectionsOf { repository: "acme/shop".into(), labelled, corrected }];
    store.save_repository(&Repository { place: place("acme"), name: "acme/shop".into() }, at(0)).await.unwrap();
    assert_eq!(store.correction_counts().await.unwrap(), corrected(4, 2));
    let rows = store.corrections(10).await.unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.title.as_str(), row.correction.is.clone())).collect();
    assert_eq!(told, [("no debt", None), ("it is a bug", Some(name("bug")))]);
    assert_eq!(rows[0].correction.by, Actor::person("bob"));
    assert_eq!(store.corrections(1).await.unwrap().len(), 1);
    let given_back = says(Word::Auto, at(50));
    let back =
        ItemMemory { decisions: [cases[1].1.decisions.clone(), vec![given_back]].concat(), ..cases[1].1.clone() };
    remember(store, 2, &back).await;
    assert_eq!(store.correction_counts().await.unwrap(), corrected(4, 1));
}
