//! What is left of a text when the commands are taken out.

use proptest::prelude::*;

use crate::command::{Vocabulary, without_commands};

#[test]
fn what_is_said_to_people_stays() {
    let vocabulary = Vocabulary::default();
    for (text, left) in [
        ("", ""),
        ("Slow.\n\nSince Tuesday.", "Slow.\n\nSince Tuesday."),
        ("/infra", ""),
        ("Slow.\n/infra\nSince Tuesday.", "Slow.\n\nSince Tuesday."),
        ("Slow.\r\n/infra\r\n", "Slow.\n\n"),
        ("/impact Nobody\ncan deploy.\n/points 5\nThanks.", "\nThanks."),
        ("/impact Nobody\ncan deploy.\n\n## Steps\nOne.", "## Steps\nOne."),
        ("/infr\n/points many\nThanks.", "\n\nThanks."),
        ("/lgtm\n/etc/hosts\n`/infra`\n> /infra", "/lgtm\n/etc/hosts\n`/infra`\n> /infra"),
        ("```\n/infra\n```\r\n- /infra", "```\n/infra\n```\r\n- /infra"),
    ] {
        assert_eq!(without_commands(text, &vocabulary), left, "{text:?}");
    }
    let long = format!("/infra\n\n{}", "a\n".repeat(70 * 1024));
    assert_eq!(without_commands(&long, &vocabulary).len(), long.len() - "/infra".len(), "what is not read stays");
}

proptest! {
    #[test]
    fn nothing_comes_in(text in "(/infra|/impact|/infr|[ \r\n>`#a-]|\\PC){0,60}") {
        let plain = text.replace("\r\n", "\n").replace('\r', "\n");
        let left = without_commands(&text, &Vocabulary::default()).replace("\r\n", "\n").replace('\r', "\n");
        let mut rest = plain.chars();
        prop_assert!(left.chars().all(|c| rest.any(|other| other == c)), "{left:?} is no part of {text:?}");
    }
}
