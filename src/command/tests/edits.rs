//! After an edit only what is new counts.

use crate::backlog::TrackerName;
use crate::command::{Vocabulary, commands, new_commands};

fn new(previous: &str, text: &str) -> Vec<String> {
    new_commands(Some(previous), text, &Vocabulary::default()).iter().map(super::shown).collect()
}

#[test]
fn only_what_was_not_there_before_is_new() {
    let none: [&str; 0] = [];
    for (name, previous, text, expected) in [
        ("the same text", "/infra", "/infra", none.as_slice()),
        ("a typo elsewhere", "Helo\n\n/infra", "Hello\n\n/infra", &none),
        ("a line added above", "/infra", "Hello\n\n/infra", &none),
        ("another spelling", "/infra", "/plimsoll Infrastructure", &none),
        ("another command for the same", "/infra", "/classify infra", &none),
        ("another order", "/infra\n/points 5", "/points 5\n/infra", &none),
        ("one taken away", "/infra\n/points 5", "/infra", &none),
        ("one of two taken away", "/infra\n/infra", "/infra", &none),
        ("put into a fence", "/infra", "```\n/infra\n```", &none),
        ("other line ends", "/impact a\r\nb", "/impact a\nb", &none),
        ("the same error", "/points x", "Hello\n\n/points x", &none),
        ("one added", "/infra", "/infra\n/security", &["classify security"]),
        ("another argument", "/points 5", "/points 8", &["points 8"]),
        ("said once more", "/why", "/why\n/why", &["why"]),
        ("taken out of a fence", "```\n/infra\n```", "/infra", &["classify infrastructure"]),
        ("taken out of a quote", "> /infra", "/infra", &["classify infrastructure"]),
        ("corrected", "/infr", "/infra", &["classify infrastructure"]),
        ("another text below", "/impact a\nb", "/impact a\nc", &["impact a\nc"]),
    ] {
        assert_eq!(new(previous, text), expected, "{name}");
    }
}

#[test]
fn without_a_text_before_all_is_new() {
    assert_eq!(new_commands(None, "/infra\n/infra", &Vocabulary::default()).len(), 2);
}

#[test]
fn a_key_names_a_command_for_good() {
    let github = TrackerName::new("github");
    let keys = |text: &str| -> Vec<String> {
        commands(text, &Vocabulary::default())
            .iter()
            .map(|found| found.key(github.clone(), "IC_1").to_string())
            .collect()
    };
    insta::assert_debug_snapshot!(
        keys("/infra\n/plimsoll infrastructure\n/points x\n/infr\n/impact one\ntwo\n/classify auto"), @r#"
    [
        "github:IC_1:1:classify infrastructure",
        "github:IC_1:2:classify infrastructure",
        "github:IC_1:1:malformed points x",
        "github:IC_1:1:unknown /infr",
        "github:IC_1:1:impact sha256:081110008829955818e0c52b66daab54",
        "github:IC_1:1:classify auto",
    ]
    "#);
    assert_eq!(keys("/impact one\ntwo")[0], keys("Hello\n\n/impact  one\r\ntwo")[0]);
    assert_ne!(keys("/impact one\ntwo")[0], keys("/impact one\nthree")[0]);
}
