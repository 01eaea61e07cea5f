//! Sprints of an invented shop, for tests.

use jiff::civil::{Date, date};

use crate::allocation::{
    BacklogFigures, Certainty, Exact, Member, PlannedBy, Sprint, SprintItem, SprintRecord, SprintSnapshot, Verdict,
    WeightUnit,
};
use crate::backlog::{CategoryName, Side};
use crate::policy::{self, Agreement};

pub(super) fn agreement(text: &str) -> Agreement {
    let policy = policy::parse(&format!("version: 1\nsprints: {{ project: acme/7 }}\nagreement: {text}\n")).unwrap();
    policy.boards[0].agreement.clone().unwrap()
}

pub(super) fn sprint(items: Vec<SprintItem>) -> SprintSnapshot {
    SprintSnapshot {
        board: "acme/7".to_owned(),
        planned_by: PlannedBy::Field("Iteration".to_owned()),
        sprint: Sprint {
            name: "Sprint 14".to_owned(),
            start: Some(date(2026, 1, 5)),
            end: Some(date(2026, 1, 18)),
            dedicated: None,
        },
        items,
        parents: std::collections::BTreeMap::new(),
        baseline: None,
        earlier: Vec::new(),
        candidates: Vec::new(),
        measures: Vec::new(),
        backlog: None,
        now: "2026-01-06T09:00:00Z".parse().unwrap(),
        today: date(2026, 1, 6),
    }
}

/// An item of the repository `acme/shop` whose category a person decided.
pub(super) fn item(number: u64, title: &str, category: &str, points: f64) -> SprintItem {
    let side = match category {
        "feature" | "bug" => Side::Product,
        "spike" | "documentation" | "question" => Side::Neutral,
        _ => Side::Technical,
    };
    SprintItem {
        id: format!("I_{number}"),
        reference: format!("#{number}"),
        url: Some(format!("https://github.com/acme/shop/issues/{number}")),
        title: title.to_owned(),
        side: Some(side),
        category: Some(CategoryName::new(category).unwrap()),
        certainty: Certainty::Person,
        points: Exact::from_decimal(points),
        created_at: Some("2025-03-01T00:00:00Z".parse().unwrap()),
        ..SprintItem::default()
    }
}

pub(super) fn because(impact: &str, item: SprintItem) -> SprintItem {
    SprintItem { impact: Some(impact.to_owned()), ..item }
}

pub(super) fn unclear(number: u64, title: &str, points: Option<f64>) -> SprintItem {
    SprintItem {
        side: None,
        category: None,
        certainty: Certainty::Nobody,
        points: points.and_then(Exact::from_decimal),
        ..item(number, title, "feature", 0.0)
    }
}

pub(super) fn shop_work() -> Vec<SprintItem> {
    vec![
        item(101, "Pay with Apple Pay", "feature", 13.0),
        item(102, "Search suggests products", "feature", 8.0),
        item(103, "Vouchers are subtracted twice", "bug", 3.0),
        item(104, "Order history as PDF", "feature", 5.0),
        item(105, "Which courier for Norway?", "spike", 2.0),
    ]
}

pub(super) fn technical_work() -> Vec<SprintItem> {
    vec![
        because(
            "Support ends in November; no security fixes after that",
            item(201, "Upgrade to PostgreSQL 17", "platform-upgrade", 5.0),
        ),
        item(202, "Split the checkout service's god class", "refactoring", 3.0),
    ]
}

pub(super) fn backlog() -> Vec<SprintItem> {
    vec![
        SprintItem {
            due: Some(date(2026, 2, 1)),
            ..because(
                "The shop goes dark when one runs out",
                item(301, "Renew certificates by machine", "infrastructure", 3.0),
            )
        },
        SprintItem {
            labels: vec!["severity: high".to_owned()],
            blocks: 2,
            ..item(302, "Session tokens never expire", "security", 5.0)
        },
        SprintItem { reactions: 7, ..item(303, "Checkout tests fail at random", "test-coverage", 2.0) },
        item(304, "Drop the old order API", "technical-debt", 8.0),
    ]
}

pub(super) fn record(
    number: u32,
    start: Date,
    technical: i64,
    counted: i64,
    agreed: &str,
    verdict: Verdict,
) -> SprintRecord {
    let percent = |numerator| Exact::ratio(numerator, 100).unwrap();
    SprintRecord {
        sprint: Sprint {
            name: format!("Sprint {number}"),
            start: Some(start),
            end: Some(start.checked_add(jiff::Span::new().days(13)).unwrap()),
            dedicated: None,
        },
        weight: WeightUnit::Points,
        technical: Exact::of(technical),
        counted: Exact::of(counted),
        agreement: Some(agreed.to_owned()),
        agreed: Some(crate::allocation::Bounds::new(percent(18), percent(22))),
        verdict: Some(verdict),
        ..SprintRecord::default()
    }
}

pub(super) fn past() -> Vec<SprintRecord> {
    vec![
        record(11, date(2025, 11, 24), 5, 40, "20%", Verdict::Below),
        record(12, date(2025, 12, 8), 8, 42, "20%", Verdict::Within),
        record(13, date(2025, 12, 22), 9, 38, "20%", Verdict::Above),
    ]
}

pub(super) fn member(item: &SprintItem) -> Member {
    Member {
        id: item.id.clone(),
        reference: item.reference.clone(),
        title: item.title.clone(),
        weight: item.points.clone(),
        technical: None,
        done: false,
    }
}

pub(super) fn figures() -> BacklogFigures {
    BacklogFigures { open: 41, median_age_days: 210, oldest_age_days: 1303, opened: 6, closed: 4, never_scheduled: 29 }
}
