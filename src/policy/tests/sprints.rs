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
    insta::assert_snapshot!(told("{}"), @"line 2, column 10: where the sprints live is missing: add `project: OWNER/NUMBER`, `milestones: true`, or a cadence: `length: 14d, starts: 2026-01-05, label: sprint-{number}`");
    insta::assert_snapshot!(told("{ project: acme/7, milestones: true }"), @"line 2, column 29: `milestones` stands beside `project`: keep one of the two; a board's sprints live in one place");
    insta::assert_snapshot!(told("{ label: 'sprint-{number}' }"), @"
    line 2, column 19: the cadence lacks `length`: add `length: 14d`
    line 2, column 19: the cadence lacks `starts`: add `starts: 2026-01-05`, the first day of a sprint
    ");
    insta::assert_snapshot!(told("{ length: 14d, label: 'sprint-{number}' }"), @"line 2, column 32: the cadence lacks `starts`: add `starts: 2026-01-05`, the first day of a sprint");
    insta::assert_snapshot!(told("{ length: 14d, starts: 2026-01-05 }"), @"line 2, column 10: the sprints' items have no mark: add e.g. `label: sprint-{number}` or `milestone: Sprint {number}`");
    insta::assert_snapshot!(told("{ milestones: true, length: 14d }"), @"line 2, column 38: the cadence lacks `starts`: add `starts: 2026-01-05`, the first day of a sprint");
    insta::assert_snapshot!(told("{ project: acme/7, length: 14d }"), @"line 2, column 29: `length` does nothing here: a project has its own calendar: leave it out");
    insta::assert_snapshot!(told("{ milestones: true, points_field: Size }"), @"line 2, column 30: `points_field` does nothing here: only a project has fields: leave it out");
    insta::assert_snapshot!(told("{ length: 14d, starts: 2026-01-05, label: sprint }"), @"line 2, column 52: `sprint` is the same for every sprint: put `{number}` or `{start}` (its first day) into it, e.g. `sprint-{number}`");
    insta::assert_snapshot!(told("{ milestones: false }"), @"line 2, column 24: `false` chooses no milestone: write `true`, or a name such as `Sprint *`, or leave `milestones` out");
}
