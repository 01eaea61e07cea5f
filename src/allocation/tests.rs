//! The laws of a sprint's figures, for any sprint.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::backlog::{CategoryName, CloseReason, ItemState, Side};
use crate::policy::{self, Agreement};

/// Reading a policy takes its time: for laws that are tried on many sprints it is done once.
static AGREED: LazyLock<Vec<Agreement>> = LazyLock::new(|| {
    ["20%", "1%..2%", "20%..30%", "33%..34%", "50%..99%", "0%..10%"]
        .iter()
        .map(|share| agreement(&format!("{{ share: {share} }}")))
        .collect()
});

fn agreement(text: &str) -> Agreement {
    let policy = policy::parse(&format!("version: 1\nsprints: {{ project: acme/7 }}\nagreement: {text}\n")).unwrap();
    policy.boards[0].agreement.clone().unwrap()
}

fn exact(numerator: i64, denominator: i64) -> Exact {
    Exact::ratio(numerator, denominator).unwrap()
}

fn snapshot(items: Vec<SprintItem>) -> SprintSnapshot {
    SprintSnapshot {
        board: "acme/7".to_owned(),
        planned_by: PlannedBy::Board,
        sprint: Sprint { name: "14".to_owned(), ..Sprint::default() },
        items,
        parents: std::collections::BTreeMap::new(),
        baseline: None,
        earlier: Vec::new(),
        candidates: Vec::new(),
        measures: Vec::new(),
        backlog: None,
        now: Timestamp::UNIX_EPOCH,
        today: date(2026, 1, 12),
    }
}

fn item(id: &str, side: Option<Side>, points: Option<i64>) -> SprintItem {
    SprintItem { id: id.to_owned(), side, points: points.map(Exact::of), ..SprintItem::default() }
}

fn technical(id: &str, points: i64) -> SprintItem {
    item(id, Some(Side::Technical), Some(points))
}

fn product(id: &str, points: i64) -> SprintItem {
    item(id, Some(Side::Product), Some(points))
}

fn record(name: &str, start: Date, technical: i64, counted: i64) -> SprintRecord {
    SprintRecord {
        sprint: Sprint {
            name: name.to_owned(),
            start: Some(start),
            end: Some(start.checked_add(jiff::Span::new().days(13)).unwrap()),
            dedicated: None,
        },
        technical: Exact::of(technical),
        counted: Exact::of(counted),
        ..SprintRecord::default()
    }
}

fn side() -> impl Strategy<Value = Option<Side>> {
    prop_oneof![
        3 => Just(Some(Side::Technical)),
        3 => Just(Some(Side::Product)),
        1 => Just(Some(Side::Neutral)),
        2 => Just(None),
    ]
}

fn items(most: usize) -> impl Strategy<Value = Vec<SprintItem>> {
    let state = prop_oneof![
        6 => Just(ItemState::Open),
        2 => Just(ItemState::Closed(Some(CloseReason::Completed))),
        1 => Just(ItemState::Closed(Some(CloseReason::NotPlanned))),
    ];
    let points = prop_oneof![3 => (0i64..=26).prop_map(|halves| Some(exact(halves, 2))), 1 => Just(None)];
    let share = prop_oneof![5 => Just(None), 1 => (0i64..=20).prop_map(|part| Some(exact(part, 20)))];
    let category = prop_oneof![Just(None), "[a-c]".prop_map(|name| Some(CategoryName::new(&name).unwrap()))];
    let parent = prop_oneof![4 => Just(None), 1 => (0..most).prop_map(Some)];
    let one = (side(), points, state, share, category, parent);
    prop::collection::vec(one, 0..most).prop_map(|items| {
        let item =
            |(index, (side, points, state, share, category, parent)): (usize, (_, _, _, _, _, Option<usize>))| {
                let (id, parent) = (index.to_string(), parent.map(|parent| parent.to_string()));
                SprintItem { id, side, category, points, state, parent, share, ..SprintItem::default() }
            };
        items.into_iter().enumerate().map(item).collect()
    })
}

proptest! {
    #[test]
    fn parts_add_up_to_the_whole(items in items(15)) {
        let report = snapshot(items).report(Some(&AGREED[0]));
        let counted: Exact = report.lines.iter().map(Line::counted).sum();
        prop_assert_eq!(&counted, &report.totals.counted());
        prop_assert_eq!(&report.by_category.iter().map(|it| &it.weight).sum::<Exact>(), &counted);
        prop_assert_eq!(&report.by_category.iter().map(|it| &it.technical).sum::<Exact>(), &report.totals.technical);
        let work: Exact = report.lines.iter().filter(|it| it.is_work()).map(|it| &it.weight).sum();
        prop_assert_eq!(work, counted + report.totals.neutral + report.totals.unknown);
    }

    #[test]
    fn more_technical_weight_never_lowers_the_share(items in items(12), points in 0i64..40) {
        // An estimate moves the median of those that have none: that is another question.
        let items: Vec<SprintItem> =
            items.into_iter().map(|item| SprintItem { points: item.points.or(Some(Exact::of(3))), ..item }).collect();
        let before = snapshot(items.clone()).report(Some(&AGREED[0])).share;
        let more = items.into_iter().chain([technical("new", points)]).collect();
        let after = snapshot(more).report(Some(&AGREED[0])).share;
        prop_assert!(before <= after, "{before:?} > {after:?}");
    }

    #[test]
    fn the_interval_contains_every_completion(
        items in items(10),
        sides in prop::collection::vec(any::<bool>(), 10),
        estimates in prop::collection::vec(0i64..=4, 10),
    ) {
        let report = snapshot(items.clone()).report(None);
        let estimated = report.lines.iter().filter(|line| line.is_work()).filter_map(|line| line.item.points.clone());
        let (least, most) = (estimated.clone().min(), estimated.max());
        let complete = |(item, (technical, quarter)): (SprintItem, (bool, i64))| {
            let between = least.clone().zip(most.clone()).map(|(least, most)| {
                least.clone() + (most - least) * exact(quarter, 4)
            });
            let side = item.side.or(Some(if technical { Side::Technical } else { Side::Product }));
            SprintItem { side, points: item.points.or(between), ..item }
        };
        let completed = items.into_iter().zip(sides.into_iter().zip(estimates)).map(complete).collect();
        let completed = snapshot(completed).report(None);
        if let Some(share) = completed.share {
            let interval = report.interval.unwrap();
            prop_assert!(interval.contains(&share), "{share:?} not in {interval:?}");
        }
    }

    #[test]
    fn the_interval_contains_the_share(items in items(15)) {
        let report = snapshot(items).report(None);
        if let (Some(share), Some(interval)) = (report.share, report.interval) {
            prop_assert!(interval.contains(&share), "{share:?} not in {interval:?}");
        }
    }

    #[test]
    fn the_points_to_the_target_lead_to_it(items in items(12), agreed in 0..AGREED.len()) {
        let report = snapshot(items).report(Some(&AGREED[agreed]));
        let Some(points) = report.points_to_target.clone() else { return Ok(()) };
        let (technical, counted) = (report.totals.technical.clone() + points.clone(), report.totals.counted() + points.clone());
        let target = report.target.unwrap().bounds;
        match report.verdict.unwrap() {
            Verdict::Below => {
                prop_assert!(points.is_positive());
                prop_assert_eq!(technical.over(&counted), Some(target.min));
            }
            Verdict::Above if counted.is_zero() => {}
            Verdict::Above => prop_assert_eq!(technical.over(&counted), Some(target.max)),
            Verdict::Within => prop_assert!(points.is_zero()),
            Verdict::Empty => prop_assert!(false, "no points without a share"),
        }
    }

    #[test]
    fn suggestions_reach_the_agreed_share_whenever_that_can_be_done(
        product_points in 1i64..120, technical_points in 0i64..30, weights in prop::collection::vec(1i64..=13, 0..9),
    ) {
        let mut snapshot = snapshot(vec![product("p", product_points), technical("t", technical_points)]);
        snapshot.candidates =
            weights.iter().enumerate().map(|(index, weight)| technical(&format!("c{index}"), *weight)).collect();
        let report = snapshot.report(Some(&AGREED[0]));
        if report.verdict != Some(Verdict::Below) {
            return Ok(());
        }
        let bounds = report.target.unwrap().bounds;
        let fits = |more: i64| bounds.contains(&exact(technical_points + more, technical_points + product_points + more));
        let possible = (0..1usize << weights.len()).any(|bits| {
            fits(weights.iter().enumerate().filter(|(index, _)| bits >> index & 1 == 1).map(|(_, weight)| weight).sum())
        });
        let reached = report.share_after.is_some_and(|share| bounds.contains(&share));
        prop_assert_eq!(reached, possible);
    }
}

#[test]
fn a_neutral_item_is_apart_and_a_part_of_it_may_count() {
    let spike = SprintItem { share: Some(exact(1, 4)), ..item("n", Some(Side::Neutral), Some(8)) };
    let report = snapshot(vec![technical("t", 2), product("p", 6), spike]).report(None);
    assert_eq!((report.totals.technical, report.totals.product), (Exact::of(4), Exact::of(6)));
    assert_eq!(report.totals.neutral, Exact::of(6));
}

#[test]
fn the_parts_of_an_item_count_instead_of_it_however_deep() {
    let mut deep = snapshot(vec![
        technical("epic", 100),
        SprintItem { parent: Some("story".to_owned()), ..technical("task", 2) },
        product("p", 6),
    ]);
    deep.parents.insert("story".to_owned(), "epic".to_owned());
    assert_eq!(deep.report(None).totals.technical, Exact::of(2));
    // Parents that go round in a circle hide nothing.
    let circle = |id: &str, parent: &str| SprintItem { parent: Some(parent.to_owned()), ..technical(id, 1) };
    assert_eq!(snapshot(vec![circle("a", "b"), circle("b", "a")]).report(None).totals.technical, Exact::of(2));
    // A part that will not be done leaves the whole as it is.
    let cancelled = SprintItem { state: ItemState::Closed(Some(CloseReason::NotPlanned)), ..circle("part", "whole") };
    assert_eq!(snapshot(vec![technical("whole", 5), cancelled]).report(None).totals.technical, Exact::of(5));
}

#[test]
fn what_has_no_estimate_counts_with_the_median() {
    let items = vec![
        technical("a", 1),
        product("b", 3),
        product("c", 8),
        product("d", 5),
        item("e", Some(Side::Technical), None),
    ];
    let report = snapshot(items).report(None);
    assert_eq!(report.median, Some(Exact::of(4)));
    assert_eq!(report.share, Some(exact(5, 21)));
    assert_eq!(report.interval.unwrap(), Bounds::new(exact(2, 18), exact(9, 25)));
    let none =
        snapshot(vec![item("a", Some(Side::Technical), None), item("b", Some(Side::Product), None)]).report(None);
    assert!(none.fell_back_to_count && none.share == Some(exact(1, 2)) && none.unit == WeightUnit::Items);
}

#[test]
fn a_fixed_share_has_a_tolerance_and_the_ends_of_a_range_belong_to_it() {
    let verdict = |technical_points, text| {
        snapshot(vec![technical("t", technical_points), product("p", 100 - technical_points)])
            .report(Some(&agreement(text)))
            .verdict
    };
    for (points, text, expected) in [
        (18, "{ share: 20% }", Verdict::Within),
        (17, "{ share: 20% }", Verdict::Below),
        (23, "{ share: 20% }", Verdict::Above),
        (19, "{ share: 20%, tolerance: 0% }", Verdict::Below),
        (20, "{ share: 20%..30% }", Verdict::Within),
        (30, "{ share: 20%..30% }", Verdict::Within),
        (31, "{ share: 20%..30% }", Verdict::Above),
    ] {
        assert_eq!(verdict(points, text), Some(expected), "{points} of 100 under {text}");
    }
    assert_eq!(snapshot(Vec::new()).report(Some(&agreement("{ share: 20% }"))).verdict, Some(Verdict::Empty));
}

#[test]
fn dedicated_sprints_are_counted_or_told_by_their_dates() {
    let text = "{ share: 20%, dedicated: { every: 3 sprints, counted_from: 2026-01-05, share: 80% } }";
    let reason = |start: Date, earlier: Vec<SprintRecord>| {
        let mut snapshot = snapshot(vec![technical("t", 1), product("p", 1)]);
        snapshot.sprint.start = Some(start);
        snapshot.sprint.end = Some(start.checked_add(jiff::Span::new().days(13)).unwrap());
        snapshot.earlier = earlier;
        snapshot.report(Some(&agreement(text))).target.unwrap().reason
    };
    assert_eq!(reason(date(2026, 1, 5), Vec::new()), TargetReason::Dedicated);
    assert_eq!(reason(date(2026, 1, 19), Vec::new()), TargetReason::Base);
    assert_eq!(reason(date(2026, 2, 16), Vec::new()), TargetReason::Dedicated);
    assert_eq!(reason(date(2025, 12, 22), Vec::new()), TargetReason::Base);
    // A holiday between two sprints shifts the days, not the count.
    let known = vec![
        record("1", date(2026, 1, 5), 1, 2),
        record("2", date(2026, 1, 19), 1, 2),
        record("3", date(2026, 2, 9), 1, 2),
    ];
    assert_eq!(reason(date(2026, 2, 23), known), TargetReason::Dedicated);
}

#[test]
fn an_outcome_needs_a_fresh_measure() {
    let text = "{ share: 20%, outcomes: [{ when: deployments_per_week < 5, share: 30%..40% }] }";
    let target = |measure: Option<(f64, Date)>| {
        let mut snapshot = snapshot(vec![technical("t", 1), product("p", 1)]);
        snapshot.measures = measure
            .map(|(value, date)| Measure {
                name: "deployments_per_week".to_owned(),
                value,
                date,
                source: String::new(),
            })
            .into_iter()
            .collect();
        snapshot.report(Some(&agreement(text))).target.unwrap()
    };
    let holds = target(Some((3.0, date(2026, 1, 1))));
    assert_eq!((holds.share.as_str(), holds.unusable_measures.len()), ("30%..40%", 0));
    assert_eq!(target(Some((5.0, date(2026, 1, 1)))).reason, TargetReason::Base);
    let stale = target(Some((3.0, date(2025, 11, 1))));
    assert_eq!((stale.reason, stale.unusable_measures[0].last), (TargetReason::Base, Some(date(2025, 11, 1))));
    assert_eq!(target(None).unusable_measures[0].last, None);
}

#[test]
fn an_average_raises_the_target_to_at_most_twice() {
    let bounds = |earlier: &[(i64, i64)]| {
        let mut snapshot = snapshot(vec![technical("t", 20), product("p", 80)]);
        snapshot.sprint.start = Some(date(2026, 6, 1));
        snapshot.earlier = earlier
            .iter()
            .zip(1..)
            .map(|((technical, counted), day)| record("x", date(2026, 1, day), *technical, *counted))
            .collect();
        let target = snapshot.report(Some(&agreement("{ share: 20%..30%, average_over: 3 sprints }"))).target.unwrap();
        (target.bounds, target.raised.is_some_and(|raise| raise.capped))
    };
    let percent = |min, max| Bounds::new(exact(min, 100), exact(max, 100));
    assert_eq!(bounds(&[]), (percent(20, 30), false));
    assert_eq!(bounds(&[(0, 100), (25, 100), (10, 100)]), (percent(25, 55), false));
    assert_eq!(bounds(&[(0, 100), (0, 100)]), (percent(40, 60), true));
    assert_eq!(bounds(&[(50, 100), (50, 100)]), (percent(20, 30), false));
}

#[test]
fn what_was_there_before_is_carried_over_and_what_came_later_is_added() {
    let mut now = snapshot(vec![technical("left", 1), technical("new", 1), product("there", 1)]);
    let member = |id: &str, done| Member { id: id.to_owned(), done, ..Member::default() };
    now.baseline = Some(Baseline {
        taken_at: Timestamp::UNIX_EPOCH,
        is_late: true,
        members: vec![member("left", false), member("there", false), member("gone", false)],
    });
    let mut before = record("13", date(2025, 12, 22), 1, 2);
    before.members = vec![member("left", false), member("there", true)];
    before.agreement = Some("15%".to_owned());
    now.earlier = vec![before];
    let report = now.report(Some(&agreement("{ share: 20% }")));
    assert_eq!((report.carried_over, report.changes.added), (vec!["left".to_owned()], vec!["new".to_owned()]));
    assert_eq!(report.changes.removed[0].id, "gone");
    let changed = report.agreement_changed.unwrap();
    assert_eq!((changed.before.as_str(), changed.until.as_str(), changed.since.as_str()), ("15%", "13", "20%"));
}

#[test]
fn a_threshold_names_what_is_in_no_sprint() {
    let text = "{ share: 20%, thresholds: [{ label: severity-high, category: security }, { label: end-of-life }] }";
    let labelled = |id: &str, label: &str, category: &str| SprintItem {
        labels: vec![label.to_owned()],
        category: Some(CategoryName::new(category).unwrap()),
        ..technical(id, 1)
    };
    let mut now = snapshot(vec![technical("t", 2), product("p", 8)]);
    now.candidates = vec![
        labelled("a", "Severity: High", "security"),
        labelled("b", "severity-high", "refactoring"),
        labelled("c", "end of life", "refactoring"),
    ];
    let demanded: Vec<String> = now.report(Some(&agreement(text))).demanded.into_iter().map(|it| it.item.id).collect();
    assert_eq!(demanded, ["a", "c"]);
}
