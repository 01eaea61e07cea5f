//! Where a command counts and where not.

use super::table::{SILENT, SPEAKING};
use super::{Vocabulary, commands, said};

const INFRA: &str = "classify infrastructure";

#[test]
fn a_command_counts_where_its_writer_says_it() {
    let wrong: Vec<_> =
        SPEAKING.iter().filter(|(_, text)| said(text) != [INFRA]).map(|row| (row, said(row.1))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_command_does_not_count_where_it_is_quoted_shown_or_hidden() {
    let wrong: Vec<_> =
        SILENT.iter().filter(|(_, text)| !said(text).is_empty()).map(|row| (row, said(row.1))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn contexts_do_not_reach_over_the_blank_line_behind_them() {
    // What never ends, or ends the writer's own words, is told by its name.
    let open = ["never ends", "e-mail quote", "original message", "mail fields"];
    for (name, context) in SILENT.iter().filter(|(name, _)| !open.iter().any(|word| name.contains(word))) {
        let text = format!("{context}\n\n/security\n\n{context}");
        assert_eq!(said(&text), ["classify security"], "{name}: {text:?}");
    }
}

#[test]
fn line_ends_make_no_difference() {
    for (name, text) in SPEAKING.iter().chain(SILENT) {
        if !text.contains('\r') {
            assert_eq!(said(&text.replace('\n', "\r\n")), said(text), "{name}");
            assert_eq!(said(&text.replace('\n', "\r")), said(text), "{name}");
        }
    }
}

#[test]
fn several_commands_stand_in_one_comment_each_with_its_line() {
    let text = "Thanks!\n/infra\n   /Points 5\n\n> /bug\n\n```\n/bug\n```\n/share 30%\n/infra";
    let found: Vec<(usize, String, u32)> = commands(text, &Vocabulary::default())
        .into_iter()
        .map(|found| (found.line, found.understood(), found.occurrence))
        .collect();
    let expected =
        [(2, INFRA, 1), (3, "points 5", 1), (10, "share 30%", 1), (11, INFRA, 2)].map(|(l, c, o)| (l, c.to_owned(), o));
    assert_eq!(found, expected);
}

#[test]
fn of_a_long_text_the_beginning_is_read() {
    let before = "/infra\n\n";
    let filler = "word ".repeat(20) + "\n\n";
    let text = before.to_owned() + &filler.repeat(1000) + "/security\n";
    assert!(text.len() > 65_536);
    assert_eq!(said(&text), [INFRA]);
}

#[test]
fn what_is_cut_off_cannot_turn_something_into_a_command() {
    // The line below the cut would make a heading of the last line that is read.
    let filler = "x\n\n".repeat(21_842);
    let text = format!("{filler}\n/infra\n---\n");
    assert!(text.len() > 65_536 && filler.len() + 8 < 65_536);
    assert_eq!(said(&text), Vec::<String>::new());
}
