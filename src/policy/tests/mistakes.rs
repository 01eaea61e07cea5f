//! The messages for what people get wrong.

use super::errors;
use crate::policy::parse;

#[test]
fn words_that_are_no_commands_are_told() {
    insta::assert_snapshot!(errors("version: 1\ncommands:\n  short_form: maybe\n  aliases: { fix: bugg, a b: bug }\n  off: [stael]\n  people: { reprot: [ann] }\n"), @"
    line 3, column 15: `maybe` is no switch: use one of `on`, `off`
    line 4, column 19: `bugg` is no command: docs/commands.md names them; each category has one
    line 4, column 25: `a b` cannot be a command's word: use letters, digits, hyphens and underscores, without a slash
    line 5, column 9: `stael` is no command: docs/commands.md names them; each category has one
    line 6, column 13: `reprot` is no command: did you mean `report`?
    ");
}

#[test]
fn of_the_file_as_such() {
    insta::assert_snapshot!(errors("version: 1\ncategories:\n\tspike: off\n"), @"line 3, column 2: this line is indented with a tab: indent it with spaces; YAML takes no tabs there");
    insta::assert_snapshot!(errors("version: 1\n---\nversion: 1\n"), @"line 2, column 1: a second document begins here: remove `---`; a policy is one document");
    insta::assert_snapshot!(errors("version: 1\nhygiene: &h { vague: {} }\ncommands: *h\n"), @"
    line 2, column 13: an anchor (`&name`) stands here: remove it; anchors and aliases are not read
    line 3, column 11: an alias (`*name`) stands here: write the value itself; aliases are not read
    ");
    insta::assert_snapshot!(errors("version: 1\nhygiene: { <<: { vague: {} } }\n"), @"line 2, column 12: a merge key (`<<`) stands here: write the keys themselves; merge keys are not read");
    insta::assert_snapshot!(errors("version: 1\nhygiene: !!map {}\n"), @"line 2, column 16: a tag (`!name`) stands here: remove it, or put a text that begins with `!` in quotes");
    insta::assert_snapshot!(errors("version: 1\nhygiene: {}\nhygiene: { vague: {} }\n"), @"line 3, column 1: `hygiene` stands here twice: keep one of the two");
    insta::assert_snapshot!(errors("version: 1\ncategories: { spike: off\n"), @"line 2, column 13: this is not YAML (unclosed bracket '{'): check indentation, colons, brackets and quotes here and in the line above");
    insta::assert_snapshot!(errors("version: 1\ncategories\n"), @"line 2, column 1: this is not YAML (simple key expected ':'): check indentation, colons, brackets and quotes here and in the line above");
    insta::assert_snapshot!(errors("version: 1\n  categories: {}\n"), @"line 2, column 13: this is not YAML (mapping values are not allowed in this context): check indentation, colons, brackets and quotes here and in the line above");
    insta::assert_snapshot!(errors("just a text\n"), @"line 1, column 1: a single value stands here: a policy is keys and values, first `version: 1`");
    insta::assert_snapshot!(errors("version: 1\nhygiene:\n  stale: 90d\n"), @"line 3, column 10: `90d` stands here: write a group of keys (`{}` for the defaults), or `off`");
}

#[test]
fn of_the_version() {
    insta::assert_snapshot!(errors("categories: {}\nnonsense: 1\n"), @"line 1, column 1: `version` is missing: add `version: 1` as the first line");
    insta::assert_snapshot!(errors("verison: 1\n"), @"line 1, column 1: `version` is missing: write `version: 1` instead of `verison`");
    insta::assert_snapshot!(errors("version: 2\nnonsense: 1\n"), @"line 1, column 10: version `2` is not understood: this build understands version 1: write `version: 1`, or upgrade Plimsoll");
    insta::assert_snapshot!(errors("version:\n"), @"line 1, column 8: a value is missing: write `1`");
}

#[test]
fn of_keys_and_words() {
    insta::assert_snapshot!(errors("version: 1\ncategoreis: {}\nfoo: 1\n"), @"
    line 2, column 1: `categoreis` is not known here: did you mean `categories`?
    line 3, column 1: `foo` is not known here: use one of `version`, `mode`, `categories`, `classification`, `hygiene`, `commands`, `boards`, `sprints`, `time_zone`, `agreement`, `report`
    ");
    insta::assert_snapshot!(errors("version: 1\ncategories: { bug: { lable: defect, side: techncial, colour: brown } }\n"), @r#"
    line 2, column 22: `lable` is not known here: did you mean `label`?
    line 2, column 43: `techncial` is no side: did you mean `technical`?
    line 2, column 62: `brown` is no colour: write six hexadecimal digits in quotes, e.g. `"8b5a2b"`
    "#);
    insta::assert_snapshot!(errors("version: 1\ncommands: { rights: { reprot: manage, keep: everyone, why: [edit] } }\n"), @"
    line 2, column 23: `reprot` is no command: did you mean `report`?
    line 2, column 45: `everyone` is no right: use one of `anyone`, `author`, `edit`, `manage`
    line 2, column 60: a list stands here: write `anyone`, `author`, `edit` or `manage`
    ");
    insta::assert_snapshot!(errors("version: 1\ncategories: { Infra Stuff: { side: technical }, infrastucture: { label: infra } }\n"), @"
    line 2, column 15: `Infra Stuff` is no category name: use lower-case letters, digits and single hyphens, e.g. `technical-debt`
    line 2, column 49: `infrastucture` is a new category and has no side: did you mean `infrastructure`? else add `side: technical`, `product` or `neutral`
    ");
    insta::assert_snapshot!(errors("version: 1\ncategories: { spkie: off, bug: on, feature: [a] }\n"), @"
    line 2, column 22: there is no category `spkie` to switch off: did you mean `spike`?
    line 2, column 32: `on` stands here: write a group of keys (`{}` for the defaults), or `off`
    line 2, column 45: a list stands here: write keys and values: `side`, `label`, `colour`, `description`, `aliases`, `prefixes`, `types`, `keywords`, `remove`
    ");
    insta::assert_snapshot!(errors("version: 1\nhygiene: { vague: { strict: true } }\n"), @"line 2, column 21: `strict` is not known here: remove it; there is nothing to set here yet");
}

#[test]
fn of_labels() {
    insta::assert_snapshot!(
        errors("version: 1\ncategories:\n  a: { side: neutral, aliases: [Foo Bar] }\n  b: { side: neutral, aliases: [foo-bar] }\n  c: { side: product, label: security }\n"),
        @"
    line 4, column 33: `foo-bar` is already an alias of `a` (line 3): a label marks one category: keep it at one of the two
    line 5, column 30: `security` is already the label of `security`: choose another, or give `security` another label, or write `security: off`
    "
    );
    insta::assert_snapshot!(errors("version: 1\ncategories: { bug: { label: \"\u{1f41b}\", aliases: ['', \"a\\tb\"] } }\n"), @"
    line 2, column 29: `🐛` holds no letter or digit: name the label with words; emoji alone cannot be told apart
    line 2, column 44: the text is empty: write something, or leave it out
    line 2, column 48: `a·b` holds control characters: write it without them, in one line
    ");
    insta::assert_snapshot!(errors(&format!("version: 1\ncategories: {{ bug: {{ description: {} }} }}\n", "x".repeat(101))), @"line 2, column 35: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` has 101 characters: 100 are allowed");
}

#[test]
fn of_numbers() {
    insta::assert_snapshot!(errors("version: 1\nclassification: { apply_at: 75, suggest_at: 50%, side_at: high }\n"), @"
    line 2, column 29: `75` is not between 0 and 1: did you mean `0.75`?
    line 2, column 45: `50%` is not between 0 and 1: did you mean `0.5`?
    line 2, column 59: `high` is no number from 0 to 1: write e.g. `0.75`
    ");
    insta::assert_snapshot!(errors("version: 1\nclassification: { suggest_at: 0.9 }\n"), @"line 2, column 31: `suggest_at` (0.9) is above `apply_at` (0.75): what is applied must be surer than what is suggested");
    insta::assert_snapshot!(errors("version: 1\ncategories: { bug: { keywords: [{ text: crash, weight: 100 }, { weight: 1 }] } }\n"), @"
    line 2, column 56: `100` is no weight: write a number from -10 to 10 such as `1.5`
    line 2, column 63: `text` is missing: add `text:` with a text of 1 to 100 characters
    ");
    insta::assert_snapshot!(errors("version: 1\nhygiene: { stale: { after: 3 months, close_after: 0d } }\n"), @"
    line 2, column 28: `3 months` is no length of time: write days or weeks, e.g. `90d` or `12w`
    line 2, column 51: `0d` is too short or too long: write 1 to 3650 days, or `never`
    ");
}

#[test]
fn of_boards() {
    insta::assert_snapshot!(errors("version: 1\nsprints: { project: acme }\nagreement: { share: 20 }\ntime_zone: Europe/Wien\n"), @"
    line 2, column 21: `acme` names no project: write OWNER/NUMBER, e.g. `acme/7` for github.com/orgs/acme/projects/7
    line 3, column 21: `20` is no share: write it like `20%`, or as a range like `20%..30%`
    line 4, column 12: `Europe/Wien` is no time zone: write region and city, e.g. `Europe/Vienna`, or `UTC`
    ");
    insta::assert_snapshot!(errors("version: 1\nagreement: { share: 30%..20%, average_over: 3 }\n"), @"
    line 2, column 1: `agreement` stands without `sprints`: add `sprints:` with `project: OWNER/NUMBER` or `milestones: true`
    line 2, column 21: the range `30%..20%` does not go upwards: write the smaller share first, or a single one like `20%`
    line 2, column 45: `3` is no number of sprints: write 1 to 52 and the word, e.g. `3 sprints`
    ");
    insta::assert_snapshot!(errors("version: 1\nsprints: { project: acme/7 }\nagreement: { average_over: 3 sprints }\n"), @"line 3, column 28: `average_over` needs a base share: add e.g. `share: 20%` to the agreement");
    insta::assert_snapshot!(errors("version: 1\nsprints: { project: acme/7 }\nagreement: { dedicated: { every: 6, counted_from: 5.1.2026 } }\n"), @"
    line 3, column 25: `share` is missing: add `share:` with a share such as `20%` or `20%..30%`
    line 3, column 34: `6` is no number of sprints: write 1 to 52 and the word, e.g. `3 sprints`
    line 3, column 51: `5.1.2026` is no date: write year, month and day, e.g. `2026-01-05`
    ");
    insta::assert_snapshot!(errors("version: 1\nsprints: { project: acme/7 }\nagreement: { thresholds: [{ label: eol, category: securty }] }\nreport: { issue: '#12' }\n"), @"
    line 3, column 51: `securty` is no category: did you mean `security`?
    line 4, column 18: `#12` names no issue: write `auto`, a number (17) or a key (ABC-17)
    ");
    insta::assert_snapshot!(errors("version: 1\nboards:\n- sprints: { project: acme/7 }\n- sprints: { project: Acme/7 }\nagreement: { share: 20% }\n"), @"
    line 4, column 12: the board `Acme/7` is declared twice: keep one of the two; a board has one agreement
    line 5, column 1: `agreement` stands beside `boards`: move it into the board it belongs to; at the top level it is for a file with one board
    ");
    insta::assert_snapshot!(errors("version: 1\nsprints: { project: acme/7 }\nagreement: { share: 20%, outcomes: [{ when: often, share: 1% }] }\ntime_zone: Mars/Olympus\n"), @"
    line 3, column 45: `often` is no condition: write NAME < NUMBER, e.g. `deployments_per_week < 5` (also <=, >, >=)
    line 4, column 12: `Mars/Olympus` is no time zone: write region and city, e.g. `Europe/Vienna`, or `UTC`
    ");
}

#[test]
fn in_one_line_for_a_commit_status() {
    let text = format!("version: 1\n{}: 1\nfoo: 1\nbar: 2\n", "categories-and-what-else-there-may-be-".repeat(10));
    let line = parse(&text).unwrap_err().one_line();
    assert!(line.chars().count() <= 140);
    insta::assert_snapshot!(line, @"line 2, column 1: `categories-and-what-else-there-may-be-c…` is not known here: use one of `version`, `mode`, `categories`, `c… (and 2 more)");
    insta::assert_snapshot!(parse("version: 1\nlables: 1\n").unwrap_err().one_line(), @"line 2, column 1: `lables` is not known here: use one of `version`, `mode`, `categories`, `classification`, `hygiene`, `commands`, `boards`…");
}
