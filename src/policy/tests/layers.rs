//! What happens when files are laid over one another.

use super::*;

const ORGANISATION: &str = "\
version: 1
categories:
  infrastructure: { label: infra, keywords: [terraform] }
  compliance: { side: technical }
hygiene: { stale: { after: 60d }, vague: {} }
sprints: { project: acme/1 }
";

#[test]
fn what_a_file_does_not_mention_stays() {
    let policy = repository("version: 1\ncategories: { security: { colour: '#AABBCC' } }\n").policy;
    let security = category(&policy, "security");
    assert_eq!((security.label.as_str(), security.colour.as_str()), ("security", "aabbcc"));
    assert_eq!(security.aliases, ["sec"]);
    assert_eq!(policy.categories.iter().len(), 14);
}

#[test]
fn lists_of_a_category_add_and_a_keyword_gets_the_higher_weight() {
    let text = "version: 1\ncategories: { infrastructure: { aliases: [platform], keywords: [nomad, { text: CI, weight: 2.5 }] } }\n";
    let policy = repository(text).policy;
    let infrastructure = category(&policy, "infrastructure");
    assert_eq!(infrastructure.aliases, ["infra", "ops", "area/infra", "platform"]);
    let keywords: Vec<(&str, f64)> = infrastructure.keywords.iter().map(|it| (it.text.as_str(), it.weight)).collect();
    assert_eq!(keywords, [("nomad", 1.5), ("CI", 2.5)]);
}

#[test]
fn a_label_that_got_another_name_still_counts() {
    let policy = repository("version: 1\ncategories: { infrastructure: { label: chores } }\n").policy;
    assert_eq!(policy.categories.marked_by("Infrastructure").unwrap().name.as_str(), "infrastructure");
    assert_eq!(policy.categories.marked_by("chores").unwrap().name.as_str(), "infrastructure");
}

#[test]
fn inherited_entries_can_be_removed_and_categories_switched_off() {
    let text = "version: 1\ncategories:\n  infrastructure: { remove: { aliases: [Area Infra], keywords: all, prefixes: [infar] } }\n  spike: off\n";
    let reading = repository(text);
    let infrastructure = category(&reading.policy, "infrastructure");
    assert_eq!(infrastructure.aliases, ["infra", "ops"]);
    assert!(infrastructure.keywords.is_empty());
    assert_eq!(reading.policy.categories.iter().len(), 13);
    insta::assert_snapshot!(reading.notes[0].text, @"`infar` is not among the inherited prefixes; did you mean `infra`?");
}

#[test]
fn a_higher_layer_takes_an_alias_over_and_is_told_so() {
    let reading = repository("version: 1\ncategories: { operations: { side: technical, label: OPS } }\n");
    assert_eq!(reading.policy.categories.marked_by("ops").unwrap().name.as_str(), "operations");
    assert_eq!(category(&reading.policy, "infrastructure").aliases, ["infra", "area/infra"]);
    insta::assert_snapshot!(reading.notes[0].text, @"`ops` now marks `operations`; in the shipped defaults it marks `infrastructure`");
}

#[test]
fn the_organisation_lies_between_and_hands_no_board_down() {
    let own = "version: 1\ncategories: { infrastructure: { keywords: [nomad] }, compliance: { label: audit } }\nhygiene: { stale: { close_after: 2w }, vague: off }\n";
    let reading = read_full(&[(LayerName::Organisation, ORGANISATION), (LayerName::Repository, own)]).unwrap();
    let policy = &reading.policy;
    assert_eq!(category(policy, "infrastructure").label, "infra");
    assert_eq!(category(policy, "compliance").label, "audit");
    let stale = policy.hygiene.stale.as_ref().unwrap();
    assert_eq!((stale.after.days(), stale.close_after.unwrap().days()), (60, 14));
    assert!(!policy.hygiene.vague);
    assert!(policy.boards.is_empty());
    let from = |path: &str| {
        let origins = reading.origins().into_iter().filter(|it| it.path == path);
        origins.map(|it| format!("{}: {} line {}", it.value, it.at.layer, it.at.line)).collect::<Vec<_>>()
    };
    insta::assert_debug_snapshot!(from("categories.infrastructure.keywords"), @r#"
    [
        "ci: the shipped defaults line 7",
        "terraform: the organisation's file line 3",
        "nomad: the repository's file line 2",
    ]
    "#);
    insta::assert_debug_snapshot!(from("hygiene.stale.after"), @r#"
    [
        "60d: the organisation's file line 5",
    ]
    "#);
}

#[test]
fn a_problem_in_the_organisations_file_names_it() {
    let layers = [(LayerName::Organisation, "version: 1\nhygeine: {}\n"), (LayerName::Repository, "version: 1\n")];
    insta::assert_snapshot!(read_full(&layers).unwrap_err(), @"the organisation's file, line 2, column 1: `hygeine` is not known here: did you mean `hygiene`?");
}
