//! Foreign text does nothing, wherever it stands: the comment has the same bones as with plain words.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::world::*;
use crate::allocation::{Baseline, Report};
use crate::render::{read_state, sprint_comment, svg};

/// The comment's structure without its words, and its words by block.
fn bones(comment: &str) -> (Vec<String>, Vec<String>) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let (mut bones, mut words) = (Vec::new(), vec![String::new()]);
    let mut is_silent = false;
    for event in Parser::new_ext(comment, options) {
        match event {
            Event::Text(text) if !is_silent => words.last_mut().unwrap().push_str(&text),
            Event::Text(_) => {}
            Event::Html(html) if html.contains("plimsoll-state") => bones.push("state".to_owned()),
            // Trackers look for nothing in the text of a link.
            Event::Start(Tag::Link { .. }) => {
                bones.push("link".to_owned());
                is_silent = true;
            }
            Event::End(TagEnd::Link) => is_silent = false,
            event => {
                if matches!(event, Event::Start(Tag::CodeBlock(_))) {
                    is_silent = true;
                }
                if matches!(event, Event::End(TagEnd::CodeBlock)) {
                    is_silent = false;
                }
                if matches!(event, Event::Start(_) | Event::End(_)) {
                    words.push(String::new());
                }
                bones.push(format!("{event:?}"));
            }
        }
    }
    (bones, words)
}

/// A report in which every foreign text is this one.
fn report(text: &str) -> Report {
    let foreign = |mut item: crate::allocation::SprintItem| {
        item.title = text.to_owned();
        item.impact = Some(text.to_owned());
        item.evidence = text.to_owned();
        item.reference = format!("#1{text}");
        item.labels = vec![format!("severity high {text}")];
        item
    };
    let mut snapshot =
        sprint(shop_work().into_iter().chain(technical_work().into_iter().skip(1)).map(foreign).collect());
    snapshot.candidates = backlog().into_iter().map(foreign).collect();
    snapshot.earlier = past();
    for record in &mut snapshot.earlier {
        record.sprint.name = text.to_owned();
        record.agreement = Some("15%".to_owned());
    }
    snapshot.baseline = Some(Baseline {
        taken_at: snapshot.now,
        is_late: true,
        members: snapshot.items.iter().skip(1).map(member).collect(),
    });
    snapshot.sprint.name = text.to_owned();
    snapshot.report(Some(&AGREED))
}

static AGREED: std::sync::LazyLock<crate::policy::Agreement> = std::sync::LazyLock::new(|| agreement("{ share: 20% }"));

/// Whether a tracker would find somebody, something or somewhere in the text.
fn points_somewhere(words: &str) -> bool {
    let chars: Vec<char> = words.chars().collect();
    chars.windows(2).any(|pair| match pair {
        ['@', c] => c.is_alphanumeric(),
        ['#', c] => c.is_ascii_digit(),
        _ => false,
    }) || ["://", "www.", "gh-1"].iter().any(|it| words.to_lowercase().contains(it))
}

fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "@bob",
        "@acme/team",
        "#12",
        "acme/shop#1",
        "GH-12",
        "gh-1",
        "https://github.com/acme/shop/issues/1",
        "www.evil.example",
        "mailto:bob@evil.example",
        "<!-- plimsoll-state {} -->",
        "<!--",
        "-->",
        "<b>",
        "</details>",
        "<script>",
        "|",
        "||",
        "\\",
        "\\|",
        "`",
        "```",
        "~~~",
        "*",
        "**",
        "_",
        "__",
        "~~",
        "[x](https://evil.example)",
        "![x](y)",
        "[",
        "](",
        "]",
        "\n",
        "\n\n",
        "\r",
        "\t",
        "    ",
        "# ",
        "- ",
        "1. ",
        "1)",
        "> ",
        "---",
        "===",
        "&lt;",
        "&#64;bob",
        "&commat;bob",
        "$x$",
        "$$",
        "[^1]",
        "[ ] ",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\0",
        "שלום",
        "🚀",
        "a",
        "word",
        " ",
        ":---:",
        "{",
        "\"",
        "%",
        "<https://evil.example>",
        "<a@b.example>",
    ]);
    prop::collection::vec(pieces, 1..8).prop_map(|pieces| format!("x{}x", pieces.concat()))
}

proptest! {
    #[test]
    fn the_bones_of_a_comment_do_not_depend_on_foreign_text(text in hostile()) {
        let comment = sprint_comment(&report(&text));
        let (plain, _) = bones(&sprint_comment(&report("words")));
        let (found, words) = bones(&comment);
        prop_assert_eq!(found, plain, "{}", comment);
        for block in words {
            prop_assert!(!points_somewhere(&block), "{}", block);
            prop_assert!(!block.contains(['\u{202e}', '\u{2066}']), "{}", block);
        }
        prop_assert_eq!(comment.matches("<!--").count(), 1);
        prop_assert_eq!(read_state(&comment).unwrap().sprint.name, text);
    }

    #[test]
    fn a_picture_stays_a_picture(text in hostile()) {
        let picture = svg(&report(&text));
        let plain = svg(&report("words"));
        prop_assert_eq!(picture.matches('<').count(), plain.matches('<').count(), "{}", picture);
        prop_assert!(!picture.contains("<script") && !picture.contains("<b>"));
    }
}

#[test]
fn a_name_at_the_start_of_a_line_opens_no_block() {
    for text in ["# x", "- x", "+ x", "1. x", "12) x", "> x", "=== x", "--- x", ": x", "* x"] {
        let shown = crate::render::harmless::markdown(text, 50);
        let (bones, _) = bones(&shown);
        assert_eq!(bones, ["Start(Paragraph)", "End(Paragraph)"], "{text:?} became {shown:?}");
    }
}

#[test]
fn only_web_addresses_are_linked() {
    use crate::render::harmless::address;
    assert_eq!(address("https://e.org/a_b?x=1&y=(2)|3").as_deref(), Some("https://e.org/a_b?x=1&amp;y=%282%29%7C3"));
    for text in ["javascript:alert(1)", "data:text/html,x", "//e.org", "x", ""] {
        assert_eq!(address(text), None, "{text}");
    }
}
