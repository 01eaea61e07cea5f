//! Files that want to do harm: each is answered, and soon.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::{WHOLE_FORM, errors};
use crate::policy::{json_schema, parse};

#[test]
fn a_file_that_is_too_large_is_not_read() {
    insta::assert_snapshot!(errors(&"[".repeat(800_000)), @"line 1, column 1: the file has more than 64 KiB: leave out what equals the defaults");
    insta::assert_snapshot!(errors(&format!("version: 1\n# {}", "x".repeat(64 * 1024))), @"line 1, column 1: the file has more than 64 KiB: leave out what equals the defaults");
}

#[test]
fn depth_is_bounded() {
    insta::assert_snapshot!(errors(&"[".repeat(60_000)), @"line 1, column 18: more than 16 levels stand in one another: no part of a policy is that deep");
    insta::assert_snapshot!(errors(&format!("version: 1\nboards: {}{}", "[".repeat(14), "]".repeat(14))), @"line 2, column 10: a list stands here: write keys and values: `sprints`, `time_zone`, `agreement`, `report`");
    let nested = (0..300).fold(String::new(), |mut text, depth| {
        let _ = writeln!(text, "{}a:", " ".repeat(depth));
        text
    });
    insta::assert_snapshot!(errors(&nested), @"line 17, column 17: more than 16 levels stand in one another: no part of a policy is that deep");
    insta::assert_snapshot!(errors(&"- ".repeat(30_000)), @"line 1, column 33: more than 16 levels stand in one another: no part of a policy is that deep");
    insta::assert_snapshot!(errors(&"? ".repeat(30_000)), @"line 1, column 33: more than 16 levels stand in one another: no part of a policy is that deep");
}

#[test]
fn laughs_are_not_expanded() {
    let mut text = "version: 1\na: &a [lol]\n".to_owned();
    for (name, before) in ('b'..='j').zip('a'..) {
        let _ = writeln!(
            text,
            "{name}: &{name} [*{before}, *{before}, *{before}, *{before}, *{before}, *{before}, *{before}, *{before}]"
        );
    }
    assert!(errors(&text).starts_with("line 2, column 7: an anchor"), "{}", errors(&text));
}

#[test]
fn lists_keys_and_problems_are_bounded() {
    let many = |count: usize, of: &str| (0..count).map(|i| of.replace('#', &i.to_string())).collect::<String>();
    let list = many(201, "a#,");
    insta::assert_snapshot!(errors(&format!("version: 1\ncategories: {{ bug: {{ aliases: [{list}] }} }}")), @"line 2, column 922: the list has 201 entries: 200 are allowed");
    let categories = many(4000, "  c#: {}\n");
    insta::assert_snapshot!(errors(&format!("version: 1\ncategories:\n{categories}")), @"line 103, column 3: there are 4000 entries: 100 are allowed");
    let unknown = many(5000, "k#: 1\n");
    let told = errors(&format!("version: 1\n{unknown}"));
    assert_eq!(told.lines().count(), 51);
    assert!(told.ends_with("and 4950 more"), "{told}");
    let key = "k".repeat(60_000);
    insta::assert_snapshot!(errors(&format!("version: 1\n{key}: 1\n")), @"line 2, column 1: this is not YAML (simple key expected ':'): check indentation, colons, brackets and quotes here and in the line above");
    insta::assert_snapshot!(errors(&format!("version: 1\n? {key}\n: 1\n")), @"line 2, column 3: `kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk…` is not known here: use one of `version`, `mode`, `categories`, `classification`, `hygiene`, `commands`, `boards`, `sprints`, `time_zone`, `agreement`, `report`");
    insta::assert_snapshot!(errors(&format!("version: 1\ntime_zone: {key}\n")), @"
    line 2, column 1: `time_zone` stands without `sprints`: add `sprints:` with `project: OWNER/NUMBER` or `milestones: true`
    line 2, column 12: `kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk…` is no time zone: write region and city, e.g. `Europe/Vienna`, or `UTC`
    ");
}

#[test]
fn odd_characters_do_no_harm() {
    insta::assert_snapshot!(errors("version: 1\n\0: 1\n"), @r#"line 2, column 1: this is not YAML (unexpected character: `\u{0}'): check indentation, colons, brackets and quotes here and in the line above"#);
    insta::assert_snapshot!(errors("version: 1\n\"\\0\\e[31m`@all`\\u202e\": 1\n"), @"line 2, column 1: `··[31m·@all··` is not known here: use one of `version`, `mode`, `categories`, `classification`, `hygiene`, `commands`, `boards`, `sprints`, `time_zone`, `agreement`, `report`");
    insta::assert_snapshot!(errors("version: 1\r\nfoo: 1\r\n"), @"line 2, column 1: `foo` is not known here: use one of `version`, `mode`, `categories`, `classification`, `hygiene`, `commands`, `boards`, `sprints`, `time_zone`, `agreement`, `report`");
    insta::assert_snapshot!(errors("\u{feff}version: 1\nfoo: 1\n"), @"line 2, column 1: `foo` is not known here: use one of `version`, `mode`, `categories`, `classification`, `hygiene`, `commands`, `boards`, `sprints`, `time_zone`, `agreement`, `report`");
    insta::assert_snapshot!(errors("version: 1\n\u{feff}foo: 1\n"), @"line 2, column 1: this is not YAML (a BOM must not appear inside a document): check indentation, colons, brackets and quotes here and in the line above");
    insta::assert_snapshot!(errors("%YAML 1.1\n---\nversion: 1\n"), @"line 1, column 1: this is not YAML (YAML directives are disallowed): check indentation, colons, brackets and quotes here and in the line above");
    insta::assert_snapshot!(errors("version: 1\n🦀: 1\n"), @"line 2, column 1: `🦀` is not known here: use one of `version`, `mode`, `categories`, `classification`, `hygiene`, `commands`, `boards`, `sprints`, `time_zone`, `agreement`, `report`");
}

/// Pieces that YAML and the policy are made of, in any order.
fn yaml_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("version: 1\n".to_owned()),
        "[a-z_]{1,12}: ",
        prop::sample::select(vec![
            "categories:",
            "hygiene:",
            "boards:",
            "agreement:",
            "share: ",
            "aliases: ",
            "remove: ",
            "bug:",
            "off",
            "all",
            "20%",
            "\n",
            "\n  ",
            "\n    ",
            "- ",
            "{",
            "}",
            "[",
            "]",
            ", ",
            ": ",
            "? ",
            "| \n",
            "> \n",
            "\"",
            "'",
            "&a ",
            "*a",
            "<<: ",
            "!!str ",
            "# ",
            "---\n",
            "...\n",
            "\t",
            "\r\n",
            "\u{feff}",
            "\0",
            "~",
            "null",
            "1e999",
            ".nan",
            "0x1",
            "🦀",
            "%TAG ! x\n",
            "\\x",
            "@",
            "`",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// What every answer holds.
fn assert_answered(text: &str) -> Result<(), TestCaseError> {
    match parse(text) {
        Ok(policy) => {
            prop_assert_eq!(policy.version.0.len(), 12);
            prop_assert_eq!(parse(text), Ok(policy));
        }
        Err(errors) => {
            prop_assert!(!errors.problems().is_empty());
            prop_assert!(errors.one_line().chars().count() <= 140);
            for problem in errors.problems() {
                prop_assert!(problem.at.line >= 1 && problem.at.column >= 1, "{:?}", problem);
                prop_assert!(problem.at.offset <= text.len(), "{:?}", problem);
                prop_assert!(!problem.to_string().contains(|c: char| c.is_control()), "{:?}", problem);
                prop_assert!(!problem.what.is_empty() && !problem.advice.is_empty(), "{:?}", problem);
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "\\PC{0,200}|(.|\n){0,200}") {
        assert_answered(&text)?;
    }

    #[test]
    fn anything_like_yaml_is_answered(text in yaml_like()) {
        assert_answered(&text)?;
    }

    #[test]
    fn a_mutated_policy_is_answered(at in any::<prop::sample::Index>(), cut in 0usize..12, put in yaml_like()) {
        let characters: Vec<char> = WHOLE_FORM.chars().collect();
        let at = at.index(characters.len());
        let before: String = characters[..at].iter().collect();
        let after: String = characters[(at + cut).min(characters.len())..].iter().collect();
        assert_answered(&format!("{before}{}{after}", put.chars().take(20).collect::<String>()))?;
    }
}

#[test]
fn the_schema_is_json() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    assert_eq!(schema["title"], "Plimsoll policy");
}
