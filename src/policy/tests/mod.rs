//! What whole files give: a policy, or the messages that their writer reads.

mod hostile;
mod layers;
mod mistakes;

use super::layer::{Layer, LayerName};
use super::layered::{Reading, read_file, read_over};
use super::*;
use crate::backlog::{Category, CategoryName};

/// Defaults with all categories.
const FULL: &str = include_str!("full.yml");

/// The form that DESIGN.md shows and that teams copy.
const WHOLE_FORM: &str = "\
version: 1
categories:
  infrastructure: { label: infra, aliases: [area/infra, ops], keywords: [terraform, kubernetes] }
hygiene:
  stale: { after: 90d, close_after: never, exempt_labels: [keep] }
  vague: {}
  impact: { required_for: technical }
  duplicates: {}
commands:
  rights: { report: manage, keep: author }     # anyone | author | edit | manage, per command
boards:                                        # each board in exactly one policy file
  - sprints: { project: acme/7, iteration_field: Iteration, points_field: Estimate }
    time_zone: Europe/Vienna                   # default UTC
    agreement:
      share: 20%..30%                          # or 20%
      weight: points                           # points | count
      average_over: 3 sprints
      dedicated: { every: 6 sprints, counted_from: 2026-01-05, share: 80% }
      outcomes:
        - { when: deployments_per_week < 5, share: 30%..40% }
      thresholds:                              # must be planned within a sprint
        - { label: severity-high, category: security }
        - { label: end-of-life }
    report: { issue: auto }                    # one tracking issue, created and pinned; or a number / key
";

/// Files over the defaults with all categories.
fn read_full(layers: &[(LayerName, &str)]) -> Result<Reading, PolicyErrors> {
    let layers: Vec<Layer<'_>> = layers.iter().map(|(name, text)| Layer { name: *name, text }).collect();
    read_over(read_file(LayerName::Defaults, FULL).unwrap(), &layers)
}

/// A repository's file over the defaults with all categories.
fn repository(text: &str) -> Reading {
    read_full(&[(LayerName::Repository, text)]).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The messages for a repository's file, one a line.
fn errors(text: &str) -> String {
    match read_full(&[(LayerName::Repository, text)]) {
        Ok(reading) => format!("no error, {:?}", reading.notes),
        Err(errors) => errors.to_string(),
    }
}

fn category<'a>(policy: &'a Policy, name: &str) -> &'a Category {
    policy.categories.get(&CategoryName::new(name).unwrap()).unwrap()
}

#[test]
fn the_shipped_defaults_are_in_order() {
    let reading = read(&[]).unwrap();
    assert_eq!(reading.notes, []);
    assert_eq!(reading.policy, defaults());
    assert!(reading.policy.categories.iter().len() > 0);
    for category in &reading.policy.categories {
        assert!(!category.description.is_empty(), "{} has no description", category.name);
    }
}

#[test]
fn the_shipped_example_is_in_order() {
    let example = include_str!("../../../config/plimsoll.example.yml");
    let policy = parse(example).unwrap();
    assert_eq!(policy.boards.len(), 1);
    assert!(policy.hygiene.stale.is_some());
}

#[test]
fn a_file_without_content_is_the_defaults() {
    for text in
        ["", "\n", "# only a comment\n", "---\n", "version: 1", "\u{feff}version: 1\r\n", "version: 1\ncategories:\n"]
    {
        assert_eq!(parse(text).as_ref(), Ok(&defaults()), "{text:?}");
    }
}

#[test]
fn the_whole_form_is_read_into_checked_types() {
    let reading = repository(WHOLE_FORM);
    let policy = reading.policy;
    assert_eq!(category(&policy, "infrastructure").label, "infra");
    insta::assert_debug_snapshot!((policy.hygiene, policy.commands), @r#"
    (
        Hygiene {
            stale: Some(
                StalePolicy {
                    after: Period(
                        90,
                    ),
                    close_after: None,
                    exempt_labels: [
                        "keep",
                    ],
                },
            ),
            vague: true,
            impact: Some(
                ImpactPolicy {
                    required_for: Technical,
                },
            ),
            duplicates: true,
            close_duplicates: false,
        },
        Commands {
            rights: {
                "keep": Author,
                "report": Manage,
            },
            people: {},
            teams: {},
            prefix: None,
            only_with_prefix: false,
            aliases: {},
            off: [],
        },
    )
    "#);
    insta::assert_snapshot!(reading.declares.join("\n"), @"
    categories (infrastructure)
    hygiene (stale, vague, impact, duplicates)
    commands (rights)
    boards
    ");
    insta::assert_snapshot!(reading.notes.into_iter().map(|note| note.text).collect::<Vec<_>>().join("\n"), @"
    hygiene: read and checked, takes effect in a later version
    boards: read and checked, takes effect in a later version
    ");
}

#[test]
fn a_board_is_read_into_checked_types() {
    insta::assert_debug_snapshot!(repository(WHOLE_FORM).policy.boards, @r#"
    [
        Board {
            sprints: GitHubProject {
                project: Project {
                    owner: "acme",
                    number: 7,
                },
                iteration_field: Some(
                    "Iteration",
                ),
                points_field: Some(
                    "Estimate",
                ),
            },
            time_zone: Zone(
                TimeZone(
                    TZif(
                        "Europe/Vienna",
                    ),
                ),
            ),
            agreement: Some(
                Agreement {
                    share: Some(
                        Range(
                            Percent(
                                2000,
                            ),
                            Percent(
                                3000,
                            ),
                        ),
                    ),
                    weight: Points,
                    average_over: Some(
                        SprintCount(
                            3,
                        ),
                    ),
                    dedicated: Some(
                        DedicatedSprints {
                            every: SprintCount(
                                6,
                            ),
                            counted_from: 2026-01-05,
                            share: Fixed(
                                Percent(
                                    8000,
                                ),
                            ),
                        },
                    ),
                    outcomes: [
                        Outcome {
                            when: Condition {
                                measure: "deployments_per_week",
                                comparison: Below,
                                bound: 5.0,
                            },
                            share: Range(
                                Percent(
                                    3000,
                                ),
                                Percent(
                                    4000,
                                ),
                            ),
                        },
                    ],
                    thresholds: [
                        Threshold {
                            label: "severity-high",
                            category: Some(
                                CategoryName(
                                    "security",
                                ),
                            ),
                        },
                        Threshold {
                            label: "end-of-life",
                            category: None,
                        },
                    ],
                },
            ),
            report: Some(
                Auto,
            ),
        },
    ]
    "#);
}

#[test]
fn a_file_with_one_board_may_write_it_at_the_top() {
    let at_top =
        "version: 1\nsprints: { project: acme/7 }\nagreement: { share: 20% }\nreport: {}\ntime_zone: Europe/Vienna\n";
    let in_list = "version: 1\nboards:\n- sprints: { project: acme/7 }\n  agreement: { share: 20% }\n  report: {}\n  time_zone: Europe/Vienna\n";
    assert_eq!(repository(at_top).policy.boards, repository(in_list).policy.boards);
    assert_eq!(repository(at_top).policy.boards.len(), 1);
}

#[test]
fn the_version_names_the_content_and_not_its_spelling() {
    let version = |text: &str| repository(text).policy.version;
    let plain = version("version: 1\nclassification: { apply_at: 0.8, side_at: 0.9 }\n");
    assert_eq!(plain.0.len(), 12);
    assert_eq!(plain, version("# comment\nclassification:\n  side_at: 0.90\n  apply_at: 0.8\nversion: 1\n"));
    assert_eq!(version("version: 1"), version(""));
    assert_ne!(plain, version("version: 1"));
    assert_ne!(plain, version("version: 1\nclassification: { apply_at: 0.81, side_at: 0.9 }\n"));
}
