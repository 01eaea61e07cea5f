//! What is remembered of boards, their sprints, and who was in them.

use jiff::civil::date;
use plimsoll::allocation::{Baseline, Exact, Measure, Member, SprintRecord};
use plimsoll::backlog::{ItemState, Repository, Side, Subject, SubjectKind};
use plimsoll::store::{BoardConflict, BoardState, DeclaredBoard, Disposition, Ending, SprintRow, Stay, Store};

use crate::fixtures::*;

fn board(name: &str) -> Subject {
    Subject { tracker: place("acme").tracker, kind: SubjectKind::Board, id: name.into() }
}

fn declared(name: &str) -> DeclaredBoard {
    DeclaredBoard { subject: board(name), name: name.into() }
}

async fn declare(store: &dyn Store, repository: &str, names: &[&str]) -> Vec<BoardConflict> {
    let boards: Vec<DeclaredBoard> = names.iter().map(|name| declared(name)).collect();
    store.declare_boards(&place(repository), &boards).await.unwrap()
}

fn member(id: &str) -> Member {
    Member {
        id: id.into(),
        reference: "#1".into(),
        title: "a".into(),
        weight: Some(Exact::of(5)),
        technical: Exact::ratio(5, 2),
        done: false,
    }
}

fn stay(item: &Subject, came: i64, left: Option<i64>) -> Stay {
    let item = item.to_string();
    Stay { member: member(&item), item, came_at: at(came), left_at: left.map(at) }
}

fn sprint() -> SprintRow {
    SprintRow {
        start: date(2026, 3, 2),
        last: date(2026, 3, 15),
        name: "Sprint <!-- 1 -->".into(),
        baseline: None,
        note: None,
        ended: false,
        record: None,
    }
}

pub(crate) async fn a_board_belongs_to_the_file_that_declared_it_first(store: &dyn Store) {
    store.save_repository(&Repository { place: place("acme"), name: "acme/shop".into() }, at(0)).await.unwrap();
    assert_eq!(declare(store, "acme", &["acme/7"]).await, []);
    assert_eq!(declare(store, "acme", &["acme/7", "acme/8"]).await, []);
    let conflict = BoardConflict { name: "acme/7".into(), repository: "acme/shop".into() };
    assert_eq!(declare(store, "other", &["acme/7", "acme/9"]).await, [conflict]);
    let owners: Vec<(String, String)> =
        store.boards().await.unwrap().into_iter().map(|row| (row.name, row.place.repository)).collect();
    let owner = |name: &str, place: &str| (name.to_owned(), place.to_owned());
    assert_eq!(owners, [owner("acme/7", "acme"), owner("acme/8", "acme"), owner("acme/9", "other")]);
}

pub(crate) async fn a_board_that_is_no_longer_declared_keeps_its_history(store: &dyn Store) {
    declare(store, "acme", &["acme/7"]).await;
    store.save_sprint(&board("acme/7"), &sprint(), &[]).await.unwrap();
    declare(store, "acme", &[]).await;
    assert_eq!(store.board(&board("acme/7")).await.unwrap(), None);
    assert_eq!(store.boards().await.unwrap(), []);
    assert_eq!(declare(store, "other", &["acme/7"]).await, [], "anybody may take it up");
    assert_eq!(store.sprints(&board("acme/7"), 10).await.unwrap(), [sprint()]);
}

pub(crate) async fn a_board_of_a_repository_out_of_reach_is_free(store: &dyn Store) {
    store.save_repository(&Repository { place: place("acme"), name: "acme/shop".into() }, at(0)).await.unwrap();
    declare(store, "acme", &["acme/7"]).await;
    store.lose_repository(&place("acme")).await.unwrap();
    assert_eq!(store.boards().await.unwrap(), []);
    assert_eq!(declare(store, "other", &["acme/7"]).await, []);
}

pub(crate) async fn a_board_is_found_by_what_events_call_it(store: &dyn Store) {
    declare(store, "acme", &["acme/7", "acme/8"]).await;
    let state = BoardState { tracker_id: Some("PVT_1".into()), report: Some("17".into()), look_at: Some(at(5)) };
    store.save_board(&board("acme/7"), &state).await.unwrap();
    let found = store.boards_called(&place("acme").tracker, "PVT_1").await.unwrap();
    assert_eq!(found.iter().map(|row| &row.subject).collect::<Vec<_>>(), [&board("acme/7")]);
    assert_eq!(found[0].state, state);
    assert_eq!(store.boards_called(&place("acme").tracker, "PVT_2").await.unwrap(), []);
}

pub(crate) async fn sprints_are_remembered_with_who_was_in_them(store: &dyn Store) {
    declare(store, "acme", &["acme/7"]).await;
    let (one, two) = (item("acme", 1), item("acme", 2));
    let stays = [stay(&one, 1, None), stay(&two, 2, None)];
    store.save_sprint(&board("acme/7"), &sprint(), &stays).await.unwrap();
    assert_eq!(store.boards_of(&two, "").await.unwrap().len(), 1);
    let state = BoardState { tracker_id: Some("PVT_1".into()), ..BoardState::default() };
    store.save_board(&board("acme/7"), &state).await.unwrap();
    assert_eq!(store.boards_of(&two, "PVT_1").await.unwrap().len(), 1, "once, although it is found both ways");
    assert_eq!(store.boards_of(&item("acme", 3), "PVT_1").await.unwrap().len(), 1);

    let baseline = Baseline { taken_at: at(1), is_late: true, members: vec![member("a")] };
    let record = SprintRecord { members: vec![member("b")], counted: Exact::of(7), ..SprintRecord::default() };
    let later = SprintRow { baseline: Some(baseline), note: Some("99".into()), record: Some(record), ..sprint() };
    let gone = stay(&two, 2, Some(3));
    store.save_sprint(&board("acme/7"), &later, std::slice::from_ref(&gone)).await.unwrap();
    assert_eq!(store.boards_of(&two, "").await.unwrap(), []);
    let earlier = SprintRow { start: date(2026, 2, 16), ..sprint() };
    store.save_sprint(&board("acme/7"), &earlier, &[]).await.unwrap();
    assert_eq!(store.sprints(&board("acme/7"), 10).await.unwrap(), [earlier, later.clone()]);
    assert_eq!(store.sprints(&board("acme/7"), 1).await.unwrap(), std::slice::from_ref(&later));
    let all = store.stays(&board("acme/7"), later.start).await.unwrap();
    assert_eq!(all, [stays[0].clone(), gone]);

    store.save_sprint(&board("acme/7"), &SprintRow { ended: true, ..later }, &[]).await.unwrap();
    assert_eq!(store.boards_of(&one, "").await.unwrap(), [], "it is over");
}

async fn remember(store: &dyn Store, repository: &str, number: u32, opened: i64, side: Side, state: ItemState) {
    store.enqueue(signal(repository, number), at(0)).await.unwrap();
    let claim = claim_one(store, at(0)).await;
    let mut memory = memory(&format!("{repository} {number}"), Some(at(opened)));
    memory.side = Some(side);
    memory.item.state = state;
    let ending = Ending { disposition: Disposition::Done, memory: Some(memory), records: Vec::new() };
    store.finish(&claim, ending, at(0)).await.unwrap();
}

pub(crate) async fn candidates_are_open_technical_and_in_no_sprint(store: &dyn Store) {
    declare(store, "acme", &["acme/7"]).await;
    remember(store, "acme", 1, 10, Side::Technical, ItemState::Open).await;
    remember(store, "acme", 2, 5, Side::Technical, ItemState::Open).await;
    remember(store, "acme", 3, 5, Side::Product, ItemState::Open).await;
    remember(store, "acme", 4, 5, Side::Technical, ItemState::Closed(None)).await;
    remember(store, "acme", 5, 1, Side::Technical, ItemState::Open).await;
    remember(store, "other", 6, 1, Side::Technical, ItemState::Open).await;
    let planned = [stay(&item("acme", 5), 1, None)];
    store.save_sprint(&board("acme/7"), &sprint(), &planned).await.unwrap();
    let titles = async |limit: u32| -> Vec<String> {
        let found = store.candidates(&board("acme/7"), &[], limit).await.unwrap();
        found.into_iter().map(|candidate| candidate.memory.item.title).collect()
    };
    assert_eq!(titles(10).await, ["acme 2", "acme 1"], "the oldest first, of this repository");
    assert_eq!(titles(1).await, ["acme 2"]);
    let being_planned = [item("acme", 2).to_string(), item("other", 6).to_string()];
    remember(store, "other", 8, 2, Side::Technical, ItemState::Open).await;
    let found = store.candidates(&board("acme/7"), &being_planned, 10).await.unwrap();
    let found: Vec<String> = found.into_iter().map(|candidate| candidate.memory.item.title).collect();
    assert_eq!(found, ["other 8", "acme 1"], "and so does what is being planned");
    store.save_sprint(&board("acme/7"), &sprint(), &[stay(&item("other", 7), 1, None)]).await.unwrap();
    remember(store, "other", 7, 3, Side::Product, ItemState::Open).await;
    assert_eq!(
        titles(10).await,
        ["other 6", "other 8", "acme 2", "acme 1"],
        "what was in a sprint brings its repository along"
    );

    let figures = store.technical_backlog(&board("acme/7"), &[], at(86_400 * 20)).await.unwrap();
    assert_eq!((figures.open, figures.opened, figures.closed, figures.never_scheduled), (5, 6, 1, 4));
    let planned = [item("acme", 1).to_string()];
    let figures_then = store.technical_backlog(&board("acme/7"), &planned, at(86_400 * 20)).await.unwrap();
    assert_eq!(figures_then.never_scheduled, 3, "what is being planned is scheduled");
    assert_eq!((figures.oldest_age_days, figures.median_age_days), (19, 19));
}

pub(crate) async fn a_measure_keeps_its_history(store: &dyn Store) {
    let measure = |value: f64| Measure {
        name: "deployments_per_week".into(),
        value,
        date: date(2026, 3, 2),
        source: "set by hand".into(),
    };
    assert!(!store.set_measure(&board("acme/7"), &measure(4.0), at(1)).await.unwrap(), "nobody declares the board");
    declare(store, "acme", &["acme/7"]).await;
    for (value, when) in [(4.0, 1), (5.5, 2)] {
        assert!(store.set_measure(&board("acme/7"), &measure(value), at(when)).await.unwrap());
    }
    let kept = store.measures(&board("acme/7")).await.unwrap();
    let kept: Vec<_> = kept.into_iter().map(|row| (row.measure, row.set_at)).collect();
    assert_eq!(kept, [(measure(5.5), at(2)), (measure(4.0), at(1))]);
}

pub(crate) async fn a_moved_item_stays_in_its_sprint(store: &dyn Store) {
    declare(store, "acme", &["acme/7"]).await;
    store.save_sprint(&board("acme/7"), &sprint(), &[stay(&item("acme", 1), 1, None)]).await.unwrap();
    store.enqueue(signal("acme", 1), at(0)).await.unwrap();
    let claim = claim_one(store, at(0)).await;
    let moved = Disposition::Rekeyed { to: item("other", 9), place: place("other") };
    let ending = Ending { disposition: moved, memory: None, records: Vec::new() };
    store.finish(&claim, ending, at(0)).await.unwrap();
    assert_eq!(store.boards_of(&item("other", 9), "").await.unwrap().len(), 1);
}
