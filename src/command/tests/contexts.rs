//! Where a command counts and where not.

use super::{Vocabulary, commands, said};

const INFRA: &str = "classify infrastructure";

/// Texts that say `/infra` once, and nothing else.
const SPEAKING: &[(&str, &str)] = &[
    ("alone", "/infra"),
    ("at the end of a line", "/infra\n"),
    ("one space", " /infra"),
    ("three spaces", "   /infra"),
    ("trailing white space", "/infra  \t "),
    ("upper case", "/INFRA"),
    ("mixed case", "/InFra"),
    ("its category's full name", "/infrastructure"),
    ("carriage returns and line feeds", "Hello\r\n/infra\r\nbye\r\n"),
    ("carriage returns alone", "Hello\r/infra\rbye\r"),
    ("below a line of its paragraph", "Hello\n/infra"),
    ("between lines of its paragraph", "Hello\n/infra\nbye"),
    ("after a hard break", "Hello\\\n/infra"),
    ("after a hard break of spaces", "Hello  \n/infra"),
    ("before a hard break", "/infra\\\nbye"),
    ("before a hard break of spaces", "/infra  \nbye"),
    ("in a later paragraph", "Hello\n\n/infra\n\nbye"),
    ("below a heading", "# Hello\n/infra"),
    ("below a setext heading", "Hello\n===\n/infra"),
    ("above a heading", "/infra\n# bye"),
    ("above a rule that is no heading", "/infra\n***"),
    ("below a rule", "---\n/infra"),
    ("above a list", "/infra\n- x"),
    ("above a quote", "/infra\n> x"),
    ("above a fence", "/infra\n```\n/security\n```"),
    ("below a fence", "```\n/security\n```\n/infra"),
    ("below a list and a blank line", "- x\n\n/infra"),
    ("below a quote and a blank line", "> x\n\n/infra"),
    ("above a table", "/infra\n\n| a |\n|---|"),
    ("below a table and a blank line", "| a |\n|---|\n| b |\n\n/infra"),
    ("above a table with pipes that has no gap", "/infra\n| a | b |\n|---|---|\n| c | d |"),
    ("above a comment", "/infra\n<!-- /security -->"),
    ("below a comment", "<!-- /security -->\n/infra"),
    ("beside a comment", "/infra <!-- /security -->"),
    ("beside a comment that goes on", "/infra <!-- a\n/security -->"),
    ("in details", "<details><summary>more</summary>\n\n/infra\n\n</details>"),
    ("after a closed pre", "<pre>\n/security\n</pre>\n\n/infra"),
    ("after emphasis on the line above", "*Hello*\n/infra"),
    ("below an unclosed star", "a *b\n/infra"),
    ("below an unclosed backtick", "a `b\n/infra"),
    ("below an unclosed bracket", "a [b\n/infra"),
    ("below an unclosed comment in a line", "a <!-- b\n/infra"),
    ("below a link definition", "[a]: /url\n/infra"),
    ("below a footnote and a blank line", "[^1]: x\n\n/infra"),
    ("below an anchor that was left open", "see <a name=\"top\"> here\n\n/infra"),
    ("above a signature", "/infra\n\n-- \nAnn"),
    ("above an e-mail quote", "/infra\n\nOn Mon, 3 Mar 2025 at 10:00, Ann <a@example.org> wrote:\n\n/security"),
    ("above an e-mail quote with marks", "/infra\n\nOn Monday, Ann wrote:\n> /security"),
    ("below an e-mail quote with marks", "On Monday, Ann wrote:\n> /security\n\n/infra"),
    ("above an original message", "/infra\n\n-----Original Message-----\n/security"),
    ("below a sentence about writing", "On Monday we wrote: a lot\n/infra"),
    ("a zero-width space before it", "\u{200b}/infra"),
    ("a byte order mark before it", "\u{feff}/infra"),
    ("a zero-width space in it", "/in\u{200b}fra"),
    ("a zero-width space after it", "/infra\u{200b}"),
    ("a left-to-right mark before it", "\u{200e}/infra"),
    ("a no-break space after it", "/infra\u{a0}"),
    ("with the prefix", "/plimsoll infra"),
    ("with the prefix and a slash", "/PLIMSOLL  /Infra"),
    ("a line separator does not start a line", "/infra\n\na\u{2028}/security"),
    ("a form feed does not start a line", "/infra\n\na\u{c}/security"),
    ("dollar signs", "costs $5\n/infra\nand $6"),
];

/// Texts that say nothing.
const SILENT: &[(&str, &str)] = &[
    ("nothing", ""),
    ("white space", " \n\t\n"),
    ("four spaces", "    /infra"),
    ("a tab", "\t/infra"),
    ("four spaces below a line", "Hello\n    /infra"),
    ("in a line", "please /infra"),
    ("a fence", "```\n/infra\n```"),
    ("a fence with tildes", "~~~\n/infra\n~~~"),
    ("a fence with a language", "```sh\n/infra\n```"),
    ("a fence that never ends", "```\n/infra\n\n/infra"),
    ("a longer fence", "````\n```\n/infra\n````"),
    ("an indented fence", "  ```\n  /infra\n  ```"),
    ("indented code", "Hello\n\n    /infra"),
    ("inline code", "`/infra`"),
    ("inline code over lines", "`a\n/infra\nb`"),
    ("double backticks over lines", "``a ` b\n/infra``"),
    ("a quote", "> /infra"),
    ("a quote without a space", ">/infra"),
    ("a nested quote", "> > /infra"),
    ("a lazy quote", "> Hello\n/infra"),
    ("a lazy quote further down", "> Hello\nthere\n/infra"),
    ("a lazy nested quote", "> > Hello\n/infra"),
    ("an alert", "> [!NOTE]\n> /infra"),
    ("a lazy alert", "> [!NOTE]\n> x\n/infra"),
    ("a list", "- /infra"),
    ("a list with a star", "* /infra"),
    ("an ordered list", "1. /infra"),
    ("a list's paragraph", "- x\n\n  /infra"),
    ("a lazy list", "- x\n/infra"),
    ("a lazy ordered list", "1. x\n/infra"),
    ("a lazy nested list", "- x\n  - y\n/infra"),
    ("a task", "- [ ] /infra"),
    ("a lazy task", "- [x] y\n/infra"),
    ("a quote in a list", "- > x\n/infra"),
    ("a heading", "# /infra"),
    ("a heading by dashes", "/infra\n---"),
    ("a heading by one dash", "/infra\n-"),
    ("a heading by equals signs", "/infra\n==="),
    ("a heading of two lines", "Hello\n/infra\n---"),
    ("a table", "| a |\n|---|\n| /infra |"),
    ("a table's row without pipes", "| a | b |\n|---|---|\n/infra"),
    ("a table's header", "/infra | b\n---|---"),
    ("a table's header of one column", "/infra\n|---|"),
    ("a table's header without pipes", "/infra\n:-:"),
    ("a table's header below text", "Hello\n/infra | b\n---|---\n/security"),
    ("a comment", "<!-- /infra -->"),
    ("a comment over lines", "<!--\n/infra\n-->"),
    ("a comment with blank lines", "<!--\n\n/infra\n\n-->"),
    ("a comment that never ends", "<!--\n\n/infra"),
    ("a comment in a paragraph", "Hello <!--\n/infra\n-->"),
    ("pre", "<pre>\n/infra\n</pre>"),
    ("pre with blank lines", "<pre>\n\n/infra\n\n</pre>"),
    ("pre in a div", "<div><pre>\n\n/infra\n\n</pre></div>"),
    ("pre in a paragraph", "Hello <pre>\n/infra\n</pre>"),
    ("a div", "<div>\n/infra\n</div>"),
    ("HTML code", "Hello <code>\n/infra\n</code>"),
    ("an HTML quote", "<blockquote>\n\n/infra\n\n</blockquote>"),
    ("an HTML list", "<ul><li>\n\n/infra\n\n</li></ul>"),
    ("an HTML table", "<table><tr><td>\n\n/infra\n\n</td></tr></table>"),
    ("an HTML link", "see <a href='x'>\n/infra\n</a>"),
    ("an attribute", "see <img alt=\"\n/infra\n\">"),
    ("an HTML comment that a blank line cuts and that never ends", "<div>\n<!-- x\n\n/infra\n\n-->\n</div>"),
    ("bold HTML", "Hello <b>\n/infra\n</b>"),
    ("a processing instruction", "<?php\n/infra\n?>"),
    ("a script", "<script>\n/infra\n</script>"),
    ("link text", "[\n/infra\n](x)"),
    ("link text behind text", "see [a\n/infra](x)"),
    ("reference link text", "see [a\n/infra][b]\n\n[b]: x"),
    ("an image's text", "![a\n/infra](x)"),
    ("a link's title", "[a](x\n\"\n/infra\n\")"),
    ("a link definition", "[a]:\n/infra"),
    ("a link definition's title", "[a]: x '\n/infra\n'"),
    ("emphasis over lines", "a *b\n/infra\nc* d"),
    ("strong emphasis over lines", "**a\n/infra\nb**"),
    ("strikethrough over lines", "~~a\n/infra\nb~~"),
    ("nested emphasis over lines", "*a **b** c\n/infra\nd*"),
    ("code in emphasis", "*a `b\n/infra` c*"),
    ("a footnote", "a[^1]\n\n[^1]: /infra"),
    ("a footnote's second line", "a[^1]\n\n[^1]: x\n/infra"),
    ("a footnote's paragraph", "a[^1]\n\n[^1]: x\n\n    /infra"),
    ("an e-mail quote", "On Mon, 3 Mar 2025 at 10:00, Ann <a@example.org> wrote:\n\n/infra"),
    ("an e-mail quote with marks", "On Monday, Ann wrote:\n> /infra"),
    ("an e-mail quote with lazy marks", "On Monday, Ann wrote:\n> Hello\n/infra"),
    ("an e-mail quote in one paragraph", "On Monday, Ann wrote:\n/infra"),
    ("an e-mail quote with a broken attribution", "On Monday, Ann <a@example.org>\nwrote:\n\n/infra"),
    ("an e-mail quote in German", "Am 03.03.2025 um 10:00 schrieb Ann:\n\n/infra"),
    ("an original message", "-----Original Message-----\nFrom: Ann\n\n/infra"),
    ("mail fields", "From: Ann\nSent: Monday\nTo: Bob\nSubject: x\n\n/infra"),
    ("escaped", "\\/infra"),
    ("an entity", "&#47;infra"),
    ("bold", "**/infra**"),
    ("two slashes", "//infra"),
    ("a path", "/infra/foo"),
    ("another path", "/etc/passwd"),
    ("a file", "/infra.md"),
    ("a URL", "https://example.org/infra"),
    ("a or b", "a/b"),
    ("either slash", "and/or\n/"),
    ("a full stop and more", "/infra. Then more"),
    ("a comma", "/infra, as we said"),
    ("a space after the slash", "/ infra"),
    ("a word that nobody knows", "/banana split"),
    ("a full-width slash", "／infra"),
    ("right-to-left override", "\u{202e}arfni/"),
    ("right-to-left override before it", "\u{202e}/infra"),
    ("an isolate in it", "/in\u{2068}fra"),
    ("a vertical tab before it", "a\u{b}/infra"),
    ("/test", "/test all"),
    ("/retest", "/retest"),
    ("/lgtm", "/lgtm cancel"),
    ("/assign", "/assign @ann"),
    ("/close", "/close"),
    ("/cc", "/cc @ann"),
    ("/hold", "/hold"),
    ("/approve", "/approve"),
    ("/label", "/label infra"),
    ("/deploy", "/deploy prod"),
];

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
