//! Texts that are made to hurt: nothing panics, and twice the text is at most twice the work.
//!
//! Work is counted, not timed. The parser's own cost per line is bounded by the depth of open containers, which
//! `grammar::limit` cuts off; these tests count what is left after that: events, open containers, and found commands.

use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::command::grammar::bounded;
use crate::command::{Vocabulary, commands};

/// The unit of text that is repeated, by name.
const SHAPES: &[(&str, &str)] = &[
    ("quotes", ">"),
    ("spaced quotes", "> "),
    ("quotes of a letter", ">a\n"),
    ("lists", "- "),
    ("mixed lists", "+ - "),
    ("ordered lists", "1. "),
    ("list items", "- a\n"),
    ("alternating lists", "- a\n+ a\n"),
    ("tasks", "- [ ] "),
    ("opening brackets", "["),
    ("closing brackets", "]"),
    ("links", "[]("),
    ("images", "![[]()"),
    ("pointed links", "[a](<b"),
    ("titled links", "[x](a \""),
    ("labels", "[a\n"),
    ("definitions", "[a]: x\n"),
    ("definitions with open titles", "[a]: x \"\n"),
    ("references", "[a]"),
    ("footnotes", "[^a]:"),
    ("footnotes with references", "[^a]: [^b]\n"),
    ("stars", "*"),
    ("emphasis", "*a_ "),
    ("open emphasis", "_a *b ~c "),
    ("strong emphasis", "**a *b "),
    ("strikethrough", "~a ~~b "),
    ("backticks", "`"),
    ("code", "`a``b"),
    ("tags", "<a "),
    ("attributes", "<a b=\""),
    ("angles", "<"),
    ("pre", "<pre>\n"),
    ("pre in lines", "x <pre>"),
    ("blocks of HTML", "<div>\n\n"),
    ("quotes of HTML", "<blockquote>\n\n"),
    ("comments", "<!--"),
    ("closed comments", "x <!-- --> "),
    ("comments in lines", "/dx <!-- a\n"),
    ("open comments", "<!-- x ->\n"),
    ("declarations", "a <!A"),
    ("instructions", "a <?"),
    ("character data", "a <![CDATA["),
    ("autolinks", "<a:"),
    ("entities", "&#1"),
    ("tables", "a|b\n-|-\n\n"),
    ("table headers", "|a"),
    ("delimiter rows", "-|-\n"),
    ("one-column tables", "a\n:-:\n"),
    ("headings", "# a #"),
    ("setext", "a\n-\n"),
    ("fences", "```\n"),
    ("rules", "***\n"),
    ("tabs", "\t"),
    ("blank lines", " \n"),
    ("backslashes", "\\\n"),
    ("alerts", "> [!NOTE]\n"),
    ("attributions", "On x\n"),
    ("mail fields", "From: a\n"),
    ("zero width", "\u{200b}"),
    ("slashes", "/"),
    ("commands", "/dx\n"),
    ("near misses", "/infr\n"),
    ("texts", "/impact a\n"),
    ("errors", "/points x\n"),
    ("long words", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"),
];

/// Put before and behind what is repeated.
const FRAMES: &[(&str, &str)] =
    &[("", ""), ("", "a\n\n/infra\n"), ("> a\n", ""), ("- a\n\n", "\n\n/infra"), ("x <!-- ", "-->")];

fn framed(unit: &str, (before, behind): (&str, &str), length: usize) -> String {
    let mut text = before.to_owned();
    text.push_str(&unit.repeat(length / unit.len()));
    text.push_str(behind);
    text
}

/// An upper bound of the parser's work on what is read of a text: each event once, and for each line the containers that
/// are open there.
fn work(text: &str) -> usize {
    let bounded = bounded(text);
    let lines: Vec<usize> = bounded.text.match_indices('\n').map(|(at, _)| at).collect();
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES | Options::ENABLE_TASKLISTS;
    let mut work = bounded.text.len();
    for (event, range) in Parser::new_ext(&bounded.text, options).into_offset_iter() {
        work += 1;
        if matches!(&event, Event::Start(tag) if !matches!(tag, Tag::Paragraph)) {
            let first = lines.partition_point(|at| *at < range.start);
            let last = lines.partition_point(|at| *at < range.end);
            work += last - first;
        }
    }
    work
}

#[test]
fn twice_the_text_is_at_most_twice_the_work() {
    for (name, unit) in SHAPES {
        for frame in FRAMES {
            let once = work(&framed(unit, *frame, 16 * 1024));
            let twice = work(&framed(unit, *frame, 32 * 1024));
            assert!(twice <= once * 9 / 4 + 1000, "{name} in {frame:?}: {once} → {twice}");
        }
    }
}

#[test]
fn lazy_lines_below_deep_nests_are_no_square() {
    for marker in [">", "> ", "+ - ", "1. ", "[^a]:"] {
        let text = |length: usize| marker.repeat(length / 2 / marker.len()) + "a\n" + &"a\n".repeat(length / 4);
        let (once, twice) = (work(&text(16 * 1024)), work(&text(32 * 1024)));
        assert!(twice <= once * 9 / 4 + 1000, "{marker:?}: {once} → {twice}");
        // Just below the limit the factor is the depth: a hundred steps for each line.
        let nest = marker.repeat(190 / marker.len());
        let text = |length: usize| nest.clone() + "a\n" + &"a\n".repeat(length / 2);
        let (once, twice) = (work(&text(16 * 1024)), work(&text(32 * 1024)));
        assert!(twice <= once * 9 / 4, "{marker:?}: {once} → {twice}");
    }
}

#[test]
fn hostile_texts_are_survived() {
    let vocabulary = Vocabulary::default();
    for (name, unit) in SHAPES {
        for frame in FRAMES {
            let text = framed(unit, *frame, 70 * 1024);
            let found = commands(&text, &vocabulary);
            assert!(found.len() <= 64 * 1024 / 3, "{name}");
        }
    }
}
