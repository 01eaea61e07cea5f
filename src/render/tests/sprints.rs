//! Whole comments for a dozen realistic sprints.

use jiff::civil::date;

use super::world::*;
use crate::allocation::{Baseline, Certainty, Exact, ItemKind, Measure, PlannedBy, Report, SprintItem, SprintSnapshot};
use crate::backlog::{CloseReason, ItemState};
use crate::render::{LONGEST_COMMENT, json, note_key, overview_body, plain_text, read_state, sprint_comment, svg};

fn comment(snapshot: &SprintSnapshot, agreed: &str) -> String {
    sprint_comment(&snapshot.report(Some(&agreement(agreed))))
}

fn work() -> Vec<SprintItem> {
    shop_work().into_iter().chain(technical_work()).collect()
}

#[test]
fn healthy() {
    let mut snapshot = sprint(work());
    snapshot.earlier = past();
    insta::assert_snapshot!(comment(&snapshot, "{ share: 20%..30% }"));
}

#[test]
fn starved() {
    let mut snapshot = sprint(shop_work().into_iter().chain(technical_work().into_iter().skip(1)).collect());
    snapshot.candidates = backlog();
    snapshot.earlier = past();
    insta::assert_snapshot!(comment(&snapshot, "{ share: 20% }"));
}

#[test]
fn over() {
    let mut snapshot = sprint(work().into_iter().chain(backlog()).collect());
    snapshot.earlier = past();
    insta::assert_snapshot!(comment(&snapshot, "{ share: 20%..30% }"));
}

#[test]
fn empty() {
    insta::assert_snapshot!(comment(&sprint(Vec::new()), "{ share: 20% }"));
    insta::assert_snapshot!(comment(&sprint(vec![unclear(1, "Shoes", None)]), "{ share: 20% }"));
}

#[test]
fn unestimated() {
    let some = sprint(vec![
        item(101, "Pay with Apple Pay", "feature", 8.0),
        item(102, "Search suggests products", "feature", 5.0),
        SprintItem { points: None, ..item(202, "Split the god class", "refactoring", 0.0) },
        SprintItem {
            certainty: Certainty::Bot(0.81),
            evidence: "looks like performance (81 % sure): “slow” in the title".to_owned(),
            ..item(203, "Basket is slow", "performance", 2.0)
        },
        SprintItem { is_vague: true, ..unclear(401, "Shoes", None) },
        SprintItem {
            kind: ItemKind::Draft,
            reference: String::new(),
            url: None,
            ..item(0, "Talk to the bank", "feature", 1.0)
        },
    ]);
    insta::assert_snapshot!(comment(&some, "{ share: 20% }"));
    let none = sprint(work().into_iter().map(|item| SprintItem { points: None, ..item }).collect());
    insta::assert_snapshot!(comment(&none, "{ share: 20% }"));
}

#[test]
fn dedicated() {
    let mut snapshot = sprint(work());
    snapshot.candidates = backlog();
    insta::assert_snapshot!(comment(
        &snapshot,
        "{ share: 20%, dedicated: { every: 6 sprints, counted_from: 2026-01-05, share: 40% } }"
    ));
}

#[test]
fn driven_by_an_outcome() {
    let agreed = "{ share: 10%, outcomes: [{ when: deployments_per_week < 5, share: 20%..30% }] }";
    let mut snapshot = sprint(work());
    insta::assert_snapshot!(comment(&snapshot, agreed));
    snapshot.measures = vec![Measure {
        name: "deployments_per_week".to_owned(),
        value: 3.5,
        date: date(2026, 1, 2),
        source: "set by hand".to_owned(),
    }];
    insta::assert_snapshot!(comment(&snapshot, agreed));
}

#[test]
fn a_threshold_is_missed_and_the_average_is_low() {
    let mut snapshot = sprint(work());
    snapshot.candidates = backlog();
    snapshot.earlier = past();
    insta::assert_snapshot!(comment(
        &snapshot,
        "{ share: 25%, average_over: 3 sprints, thresholds: [{ label: severity-high, category: security }] }"
    ));
}

#[test]
fn a_threshold_is_missed_although_the_share_is_as_agreed() {
    let mut snapshot = sprint(work());
    snapshot.candidates = backlog();
    snapshot.planned_by = PlannedBy::Milestone;
    let shown = comment(&snapshot, "{ share: 20%..30%, thresholds: [{ label: severity-high }] }");
    let told: Vec<&str> = shown.lines().filter(|line| line.starts_with("**")).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    **Technical work is as agreed: 22 % of 37 points; agreed are 20 % to 30 %.**
    **1 item must be planned within a sprint, by the agreement, and is in none:**
    **The technical work in it**: for 1 item nobody has said why it matters. A comment `/impact …` on the item says it here.
    **What to do:** Plan what the agreement demands: set the milestone to Sprint 14.
    ");
}

#[test]
fn how_an_item_comes_into_a_sprint_follows_the_board() {
    let mut snapshot = sprint(shop_work());
    snapshot.candidates = backlog();
    let mut how = |planned_by: PlannedBy, share: &str, items: Vec<SprintItem>| {
        snapshot.planned_by = planned_by;
        snapshot.items = items;
        let shown = comment(&snapshot, &format!("{{ share: {share} }}"));
        shown.lines().find(|line| line.starts_with("**How:**")).unwrap().to_owned()
    };
    insta::assert_snapshot!(how(PlannedBy::Label, "20%", shop_work()), @"**How:** put the label Sprint 14; other technical items from the backlog do as well. This comment follows. If the sprint is full, exchange 5.3 points of product work for technical work instead.");
    insta::assert_snapshot!(how(PlannedBy::Milestone, "20%", shop_work()), @"**How:** set the milestone to Sprint 14; other technical items from the backlog do as well. This comment follows. If the sprint is full, exchange 5.3 points of product work for technical work instead.");
    insta::assert_snapshot!(how(PlannedBy::Board, "20%", shop_work()), @"**How:** put these into Sprint 14 on the board; other technical items from the backlog do as well. This comment follows. If the sprint is full, exchange 5.3 points of product work for technical work instead.");
    insta::assert_snapshot!(how(PlannedBy::Label, "5%..10%", work()), @"**How:** take the label Sprint 14 off. This comment follows. Or add 43 points of product work.");
    insta::assert_snapshot!(how(PlannedBy::Field("`It`\n@bob".to_owned()), "5%..10%", work()), @"**How:** on the board acme/7 empty `'It'@bob`, or set it to a later sprint. This comment follows. Or add 43 points of product work.");
}

#[test]
fn two_repositories_with_parts_and_embedded_work() {
    let elsewhere = |number: u64, item: SprintItem| SprintItem {
        id: format!("I_api_{number}"),
        reference: format!("acme/api#{number}"),
        url: Some(format!("https://github.com/acme/api/issues/{number}")),
        ..item
    };
    let epic = item(110, "Faster checkout", "feature", 21.0);
    let part = |item: SprintItem| SprintItem { parent: Some("I_110".to_owned()), ..item };
    let snapshot = sprint(vec![
        epic,
        part(SprintItem { share: Exact::ratio(3, 10), ..item(111, "Checkout on one page", "feature", 8.0) }),
        elsewhere(12, part(item(0, "Checkout in one request", "feature", 5.0))),
        elsewhere(13, item(0, "Remove the old basket tables", "technical-debt", 2.0)),
        SprintItem {
            state: ItemState::Closed(Some(CloseReason::NotPlanned)),
            ..elsewhere(14, item(0, "GraphQL", "feature", 13.0))
        },
        SprintItem { kind: ItemKind::PullRequest, ..item(115, "Add Apple Pay", "feature", 0.0) },
    ]);
    insta::assert_snapshot!(comment(&snapshot, "{ share: 20%..35% }"));
}

#[test]
fn five_hundred_items() {
    let feature = |number: u64| {
        item(number, &format!("Feature {number} with a title of some length, as they are"), "feature", 3.0)
    };
    let debt = |number: u64| {
        because(&"It costs us an hour a day. ".repeat(12), item(number, "A debt of some kind", "technical-debt", 1.5))
    };
    let mut snapshot = sprint((1..=400).map(feature).chain((401..=500).map(debt)).collect());
    snapshot.candidates = (501..=700).map(debt).collect();
    snapshot.baseline =
        Some(Baseline { taken_at: snapshot.now, is_late: false, members: snapshot.items.iter().map(member).collect() });
    let shown = comment(&snapshot, "{ share: 20% }");
    assert!(shown.chars().count() <= LONGEST_COMMENT, "{} characters", shown.chars().count());
    let head: Vec<&str> = shown.lines().take(60).collect();
    insta::assert_snapshot!(head.join("\n"));
    assert!(shown.contains("<summary>How it was counted</summary>"), "the last section is still there");
    assert_eq!(read_state(&shown).unwrap().committed.unwrap().len(), 500);
}

#[test]
fn right_to_left_and_emoji_titles() {
    let snapshot = sprint(vec![
        item(1, "شراء بنقرة واحدة (عاجل!)", "feature", 5.0),
        because(
            "👩‍💻👩‍💻 warten täglich 20 Minuten",
            item(2, "🚀 CI schneller machen — 漢字", "developer-experience", 2.0),
        ),
        item(3, "\u{202e}evil\u{202c} שלום | @bob fixes #1", "bug", 3.0),
    ]);
    insta::assert_snapshot!(comment(&snapshot, "{ share: 20% }"));
}

#[test]
fn a_late_baseline_and_changes_since() {
    let mut snapshot = sprint(work());
    let gone = item(120, "Gift cards", "feature", 8.0);
    let there = snapshot.items.iter().take(5).chain([&gone]).map(member).collect();
    snapshot.baseline = Some(Baseline { taken_at: snapshot.now, is_late: true, members: there });
    insta::assert_snapshot!(comment(&snapshot, "{ share: 20%..30% }"));
}

/// A sprint that is over, with an agreement that changed.
fn ended() -> Report {
    let mut snapshot = sprint(work());
    let gone = item(120, "Gift cards", "feature", 8.0);
    let there = snapshot.items.iter().take(5).chain([&gone]).map(member).collect();
    snapshot.baseline = Some(Baseline { taken_at: snapshot.now, is_late: false, members: there });
    for item in snapshot.items.iter_mut().skip(2) {
        item.state = ItemState::Closed(Some(CloseReason::Completed));
    }
    snapshot.earlier = past();
    snapshot.backlog = Some(figures());
    snapshot.today = date(2026, 1, 19);
    snapshot.report(Some(&agreement("{ share: 25% }")))
}

#[test]
fn at_the_end() {
    let report = ended();
    insta::assert_snapshot!(sprint_comment(&report));
    assert_eq!(note_key(&report), "sprint:acme/7:2026-01-05");
}

#[test]
fn the_same_report_in_every_form() {
    let report = ended();
    insta::assert_snapshot!("text", plain_text(&report));
    insta::assert_snapshot!("overview", overview_body(&report));
    insta::assert_snapshot!("json", format!("{:#}", json(&report, &|id| id.into())));
    insta::assert_snapshot!("svg", svg(&report));
}

#[test]
fn a_history_is_rebuilt_from_comments() {
    let report = ended();
    let read = read_state(&sprint_comment(&report)).unwrap();
    let kept = report.record();
    assert_eq!(
        (&read.sprint, &read.technical, &read.counted, read.verdict),
        (&kept.sprint, &kept.technical, &kept.counted, kept.verdict)
    );
    let left: Vec<&str> = kept.members.iter().filter(|it| !it.done).map(|it| it.id.as_str()).collect();
    assert_eq!(read.members.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), left);
    // What `--format json` prints is a record too.
    let printed: crate::allocation::SprintRecord = serde_json::from_value(json(&report, &|id| id.into())).unwrap();
    assert_eq!(printed, kept);
}
