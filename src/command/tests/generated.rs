//! Ten thousand comments, put together from pieces of which it is known what they say: what was planted is found, nothing else.

use proptest::prelude::*;

use crate::command::{Vocabulary, commands, new_commands};

/// A piece of a comment, between blank lines.
#[derive(Clone, Debug)]
struct Block {
    /// Its lines.
    lines: Vec<String>,
    /// Which of its lines, from 0, say what.
    says: Vec<(usize, &'static str)>,
}

/// How a command may be written, and what it means.
const SPELLINGS: &[(&str, &str)] = &[
    ("/infra", "classify infrastructure"),
    ("/INFRA", "classify infrastructure"),
    ("/tech-debt", "classify technical-debt"),
    ("/classify spike", "classify spike"),
    ("/classify auto", "classify auto"),
    ("/why", "why"),
    ("/share 30%", "share 30%"),
    ("/points 5", "points 5"),
    ("/Points  0.5", "points 0.5"),
    ("/points clear", "points clear"),
    ("/due 2027-03-31 a law", "due 2027-03-31 a law"),
    ("/debt Remove the *old* queue", "debt Remove the *old* queue"),
    ("/keep until 2027-01-01", "keep until 2027-01-01"),
    ("/stale", "stale"),
    ("/duplicate #12", "duplicate #12"),
    ("/duplicate acme/shop#3", "duplicate acme/shop#3"),
    ("/report", "report"),
    ("/backlog", "backlog"),
    ("/help points", "help points"),
    ("/plimsoll", "help"),
    ("/plimsoll /bug", "classify bug"),
    ("/feature <!-- /why -->", "classify feature"),
];

/// Lines of prose that say nothing and open nothing.
const PROSE: &[&str] = &[
    "We saw this again on Monday.",
    "Either read/write or and/or, see https://example.org/infra for more.",
    "Costs $5 & more; 1 < 2 > 0.",
    "*Really* **every** `/infra` time.",
    "See [the page](https://example.org/why) and ![a picture](x.png).",
    "请看 /infra 🙂",
    "/etc/hosts is broken",
    "//infra",
    "/banana",
    "/lgtm",
    "\\/infra",
    "a \\* star",
    "Thanks, @ann!",
];

/// What is around a command that says nothing, `%` standing for it.
const MUTE: &[&str] = &[
    "```\n%\n```",
    "```text\nx\n\n%\n```",
    "~~~~\n```\n%\n~~~~",
    "    %",
    "> %",
    "> x\n%",
    "> > x\n> y\n%",
    "> [!WARNING]\n> %",
    "- %",
    "- x\n%",
    "* x\n\n  %",
    "1. x\n   - y\n%",
    "- [ ] x\n%",
    "# %",
    "%\n---",
    "x\n%\n===",
    "| a | b |\n|---|---|\n| % | x |",
    "| a | b |\n|---|---|\n%",
    "a | b\n--|--\n%",
    "x\na | b\n--|--\n%",
    "`a\n%\nb`",
    "x `` a ` b\n%\n`` y",
    "*a\n%\nb*",
    "x __a\n%\nb__",
    "~~a\n%\nb~~",
    "[a\n%\nb](https://example.org)",
    "![a\n%\nb](x.png)",
    "<!-- % -->",
    "<!--\n\n%\n\n-->",
    "x <!-- a\n%\n-->",
    "<pre>\n\n%\n\n</pre>",
    "<div>\n%\n</div>",
    "<blockquote>\n\n%\n\n</blockquote>",
    "x <code>\n%\n</code>",
    "<ul><li>\n\n%\n\n</li></ul>",
    "[^1]: %",
    "[^2]: x\n%",
    "please %",
    "\t%",
    "- > x\n%",
    "On Monday, Ann wrote:\n> %",
    "On Mon, 3 Mar 2025, Ann <ann@example.org>\nwrote:\n> x\n%",
];

/// As [`MUTE`], and nothing after it counts.
const FINAL: &[&str] = &[
    "On Monday, Ann wrote:\n\n%",
    "On Monday, Ann wrote:\n%",
    "-----Original Message-----\n\n%",
    "From: Ann\nSent: Monday\nTo: Bob\n\n%",
    "```\n%",
    "<!-- x\n\n%",
    "<pre>\n\n%",
];

fn block(text: &str) -> Block {
    Block { lines: text.split('\n').map(str::to_owned).collect(), says: Vec::new() }
}

fn spelling() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop::sample::select(SPELLINGS)
}

/// A paragraph of prose and commands, each command after up to three spaces.
fn paragraph() -> impl Strategy<Value = Block> {
    let line = prop_oneof![
        prop::sample::select(PROSE).prop_map(|prose| (prose.to_owned(), None)),
        (spelling(), 0..=3_usize, prop::sample::select(vec!["", " ", "\t", "  ", "\u{200b}"])).prop_map(
            |((written, meant), indent, behind)| (format!("{}{written}{behind}", " ".repeat(indent)), Some(meant))
        ),
    ];
    prop::collection::vec(line, 1..6).prop_map(|lines| Block {
        says: lines.iter().enumerate().filter_map(|(at, (_, meant))| Some((at, (*meant)?))).collect(),
        lines: lines.into_iter().map(|(line, _)| line).collect(),
    })
}

fn muted(frames: &'static [&'static str]) -> impl Strategy<Value = Block> {
    (prop::sample::select(frames), spelling())
        .prop_map(move |(frame, (written, _))| block(&frame.replace('%', written)))
}

fn a_block() -> impl Strategy<Value = Block> {
    let harmless =
        prop::sample::select(vec!["***", "# A heading", "<details><summary>More</summary>", "</details>", "<br>"]);
    prop_oneof![6 => paragraph(), 6 => muted(MUTE), 1 => harmless.prop_map(block)]
}

/// What silences the rest of a comment, and some paragraphs after it.
fn ending() -> impl Strategy<Value = Vec<Block>> {
    let closes_nothing = |block: &Block| !block.lines.iter().any(|line| line.contains("-->"));
    let end = muted(FINAL).prop_filter("ends the comment it is in", closes_nothing);
    let rest = prop::collection::vec(paragraph().prop_filter("ends the comment it is in", closes_nothing), 0..3);
    (end, rest).prop_map(|(end, rest)| {
        let silent = rest.into_iter().map(|block| Block { says: Vec::new(), ..block });
        std::iter::once(end).chain(silent).collect()
    })
}

/// A comment, and what it says: line and meaning.
fn comment() -> impl Strategy<Value = (String, Vec<(usize, String)>)> {
    let blocks = prop::collection::vec((a_block(), 1..3_usize), 0..8);
    let line_end = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    (blocks, prop::option::weighted(0.3, ending()), line_end).prop_map(|(blocks, ending, line_end)| {
        let mut lines: Vec<String> = Vec::new();
        let mut says = Vec::new();
        for (block, blank_lines) in blocks {
            says.extend(block.says.iter().map(|(at, meant)| (lines.len() + at + 1, (*meant).to_owned())));
            lines.extend(block.lines);
            lines.extend(std::iter::repeat_n(String::new(), blank_lines));
            // Ends a list or footnote, which would go on in indented lines.
            lines.extend(["<!-- -->".to_owned(), String::new()]);
        }
        for block in ending.unwrap_or_default() {
            lines.extend(block.lines);
            lines.push(String::new());
        }
        (lines.join(line_end), says)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn planted_commands_are_found_and_nothing_else((text, planted) in comment()) {
        let vocabulary = Vocabulary::default();
        let found: Vec<(usize, String)> =
            commands(&text, &vocabulary).iter().map(|found| (found.line, super::shown(found))).collect();
        prop_assert_eq!(found, planted);
        prop_assert_eq!(new_commands(Some(&text), &text, &vocabulary), vec![]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_at_all_is_survived(text in "[/a-z \n\r\t>`*_~\\[\\]()<!\\-|:#.\u{200b}\u{202e}é\\\\&;\"']{0,400}") {
        let found = commands(&text, &Vocabulary::default());
        let lines = text.replace("\r\n", "\n").replace('\r', "\n");
        for command in found {
            let line = lines.split('\n').nth(command.line - 1).unwrap_or_default();
            prop_assert!(line.contains('/'), "{:?} on {:?}", command, line);
        }
    }
}
