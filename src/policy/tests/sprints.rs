//! Where sprints live.

use super::*;
use crate::policy::{SprintMark, SprintSource};

fn source(text: &str) -> SprintSource {
    parse(&format!("version: 1\nsprints: {text}\n")).unwrap().boards[0].sprints.clone()
}

#[test]
fn milestones_and_cadences_are_sprints_too() {
    let SprintSource::Milestones { choice, cadence: None } = source("{ milestones: true }") else { panic!() };
    assert!(choice.includes("v2"));
    let SprintSource::Milestones { choice, cadence: Some(cadence) } =
        source("{ milestones: Sprint *, length: 2w, starts: 2026-01-05 }")
    else {
        panic!()
    };
    assert!(choice.includes("Sprint 3") && !choice.includes("v2"));
    assert_eq!((cadence.length.days(), cadence.numbered_from), (14, 1));
    let SprintSource::Cadence { cadence, mark: SprintMark::Label(label) } =
        source("{ length: 14d, starts: 2026-01-05, numbered_from: 40, label: 'sprint-{number}' }")
    else {
        panic!()
    };
    let sprint = cadence.on(jiff::civil::date(2026, 1, 20)).unwrap();
    assert_eq!(label.name(sprint.number, sprint.start), "sprint-41");
}

#[test]
fn what_says_no_place_or_two_is_told() {
    let told = |sprints: &str| errors(&format!("version: 1\nsprints: {sprints}\n"));
    insta::assert_snapshot!(told("{}"), @"");
    insta::assert_snapshot!(told("{ project: acme/7, milestones: true }"), @"");
    insta::assert_snapshot!(told("{ label: 'sprint-{number}' }"), @"");
    insta::assert_snapshot!(told("{ length: 14d, label: 'sprint-{number}' }"), @"");
    insta::assert_snapshot!(told("{ length: 14d, starts: 2026-01-05 }"), @"");
    insta::assert_snapshot!(told("{ milestones: true, length: 14d }"), @"");
    insta::assert_snapshot!(told("{ project: acme/7, length: 14d }"), @"");
    insta::assert_snapshot!(told("{ milestones: true, points_field: Size }"), @"");
    insta::assert_snapshot!(told("{ length: 14d, starts: 2026-01-05, label: sprint }"), @"");
    insta::assert_snapshot!(told("{ milestones: false }"), @"");
}
