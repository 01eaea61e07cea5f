//! The bot's comment as GitHub shows it, and what a reader takes from it. Whatever stands in it, only a few harmless tags
//! of its own come through.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

/// The tags of its own that GitHub takes from a comment of the bot's.
const TAGS: [&str; 4] = ["<details>", "</details>", "<summary>", "</summary>"];
/// The words before what is to be done.
const TO_DO: &str = "What to do:";

/// The comment as HTML. `chart`: the picture that stands for what GitHub draws from Mermaid.
pub(super) fn html(markdown: &str, chart: Option<&str>) -> String {
    let chart = chart.map(|svg| {
        let data = BASE64_STANDARD.encode(svg);
        format!("<p><img class=\"chart\" alt=\"The last sprints\" src=\"data:image/svg+xml;base64,{data}\"></p>\n")
    });
    let mut in_chart = false;
    let shown = events(markdown).filter_map(|event| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &*language == "mermaid" && chart.is_some() => {
            in_chart = true;
            chart.clone().map(|chart| Event::Html(CowStr::from(chart)))
        }
        Event::End(TagEnd::CodeBlock) if in_chart => {
            in_chart = false;
            None
        }
        _ if in_chart => None,
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Html(CowStr::from(tags_only(&text)))),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { link_type, dest_url, id, .. }) => {
            Some(Event::Start(Tag::Link { link_type, dest_url: address(&dest_url), title: CowStr::from(""), id }))
        }
        event => Some(event),
    });
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, shown);
    out
}

/// The comment as plain lines, without what is folded away.
pub(super) fn text(markdown: &str) -> Vec<String> {
    let (mut lines, mut line, mut folded, mut skipped) = (Vec::new(), String::new(), 0_usize, false);
    for event in events(markdown) {
        match event {
            Event::Html(tags) => {
                folded += tags.matches("<details>").count();
                folded = folded.saturating_sub(tags.matches("</details>").count());
            }
            _ if folded > 0 => {}
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => skipped = &*language == "mermaid",
            Event::End(TagEnd::CodeBlock) if skipped => skipped = false,
            _ if skipped => {}
            Event::Text(text) | Event::Code(text) => line.push_str(&text),
            Event::Start(Tag::TableCell) if !line.is_empty() => line.push_str(" | "),
            Event::SoftBreak | Event::HardBreak => line.push(' '),
            Event::Start(Tag::Item) => line.push_str("- "),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::TableHead
                | TagEnd::TableRow
                | TagEnd::CodeBlock,
            ) => lines.extend(std::mem::take(&mut line).trim_end().lines().map(str::to_owned)),
            _ => {}
        }
    }
    lines
}

/// The numbers of the issues that the comment asks to move: those in the table below its "What to do".
pub(super) fn asked_for(markdown: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    let (mut told, mut in_table) = (false, false);
    for event in events(markdown) {
        match event {
            Event::Text(text) if text.starts_with(TO_DO) => told = true,
            Event::Start(Tag::Table(_)) if told => in_table = true,
            Event::End(TagEnd::Table) if in_table => break,
            Event::Start(Tag::Link { dest_url, .. }) if in_table => numbers.extend(issue_number(&dest_url)),
            _ => {}
        }
    }
    numbers
}

fn events(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

/// Raw HTML with nothing left of it but the few tags; comments vanish, all else is shown as text.
fn tags_only(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        if let Some((tag, after)) = TAGS.iter().find_map(|tag| Some((tag, rest.strip_prefix(tag)?))) {
            out.push_str(tag);
            rest = after;
            continue;
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    out
}

/// The simulated GitHub has no pages: an issue is on this one. What is no web address leads nowhere.
fn address(url: &str) -> CowStr<'static> {
    match issue_number(url) {
        Some(number) => CowStr::from(format!("#issue-{number}")),
        None if url.starts_with("https://") || url.starts_with("http://") => CowStr::from(url.to_owned()),
        None => CowStr::from("#"),
    }
}

fn issue_number(url: &str) -> Option<u64> {
    let (_, number) = url.rsplit_once("/issues/")?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMENT: &str = "### Sprint 8\n\n**What to do:** Pull in this item.\n\n| Item | Why |\n| --- | --- |\n| [#6](http://127.0.0.1:1/spokes/shop/issues/6) Tokens | security |\n\n```mermaid\nxychart-beta\n```\n\n<details><summary>How it was counted</summary>\n\n| Item |\n| --- |\n| [#7](http://127.0.0.1:1/spokes/shop/issues/7) |\n\n</details>\n\n<!-- plimsoll-state {} -->\n";

    #[test]
    fn a_comment_is_shown_as_github_shows_it() {
        insta::assert_snapshot!(html(COMMENT, Some("<svg/>")), @r##"
        <h3>Sprint 8</h3>
        <p><strong>What to do:</strong> Pull in this item.</p>
        <table><thead><tr><th>Item</th><th>Why</th></tr></thead><tbody>
        <tr><td><a href="#issue-6">#6</a> Tokens</td><td>security</td></tr>
        </tbody></table>
        <p><img class="chart" alt="The last sprints" src="data:image/svg+xml;base64,PHN2Zy8+"></p>
        <details><summary>How it was counted</summary>
        <table><thead><tr><th>Item</th></tr></thead><tbody>
        <tr><td><a href="#issue-7">#7</a></td></tr>
        </tbody></table>
        </details>
        "##);
        insta::assert_snapshot!(text(COMMENT).join("\n"), @"
        Sprint 8
        What to do: Pull in this item.
        Item | Why
        #6 Tokens | security
        ");
        assert_eq!(asked_for(COMMENT), [6]);
    }

    #[test]
    fn nothing_in_a_comment_is_executed() {
        for hostile in [
            "<script>alert(1)</script>",
            "<details open ontoggle=alert(1)>",
            "a <img src=x onerror=alert(1)> b",
            "[x](javascript:alert(1))",
            "![x](javascript:alert(1))",
            "<javascript:alert(1)>",
            "[x](<http://a/\" onclick=alert(1)>)",
            "[x](http://a 'a\" onclick=\"alert(1)')",
            "<!-- --><script>alert(1)</script>",
            "<!-- \n--><script>alert(1)</script>",
            "<details><script>alert(1)</script></details>",
            "```mermaid\n</code><script>alert(1)</script>\n```",
            "```\"><script>\nx\n```",
        ] {
            let shown = html(hostile, None);
            let tags: Vec<&str> = shown.split('<').skip(1).filter_map(|tag| tag.split('>').next()).collect();
            let harmless = |tag: &&str| {
                let link = tag.strip_prefix("a href=\"").is_some_and(|it| {
                    it.strip_suffix('"').is_some_and(|it| (it.starts_with("http") || it == "#") && !it.contains('"'))
                });
                let code = tag.strip_prefix("code class=\"language-").is_some_and(|it| it.matches('"').count() == 1);
                link || code
                    || matches!(tag.trim_start_matches('/'), "p" | "a" | "pre" | "code" | "details" | "summary")
            };
            assert_eq!(tags.iter().find(|tag| !harmless(tag)), None, "{hostile} became {shown}");
        }
    }
}
