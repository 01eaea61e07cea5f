//! A body, line by line → its passages.

use super::inline::{self, Found};
use super::lines::{self, Tick};
use super::{Body, Passage, Role, Trace};

/// Reads a body until `kept` bytes of prose were found.
pub(super) fn read(body: &str, kept: usize) -> Body<'_> {
    let mut reader = Reader { left: kept, after_blank: true, ..Reader::default() };
    let mut rest = body;
    while !rest.is_empty() && reader.left > 0 {
        rest = reader.line(rest);
    }
    reader.body
}

/// An open code fence: its character and length.
#[derive(Clone, Copy)]
struct Fence {
    mark: char,
    len: usize,
}

/// What an indented line would belong to.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Context {
    #[default]
    Paragraph,
    List,
    Code,
}

#[derive(Default)]
struct Reader<'a> {
    body: Body<'a>,
    left: usize,
    fence: Option<Fence>,
    /// The line before was blank, or there was none.
    after_blank: bool,
    context: Context,
    /// The next prose goes on where the last one stopped.
    flows: bool,
    /// Kinds of hidden blocks that never end further on: not looked for twice.
    unclosed: [bool; HIDDEN.len()],
}

/// What hides text over several lines: how it begins and ends, and whether it hides the rest where the end is missing.
struct Hidden {
    open: &'static str,
    close: &'static str,
    to_the_end: bool,
}

const HIDDEN: [Hidden; 4] = [
    Hidden { open: "<!--", close: "-->", to_the_end: true },
    Hidden { open: "{code", close: "{code}", to_the_end: false },
    Hidden { open: "{noformat", close: "{noformat}", to_the_end: false },
    Hidden { open: "{quote", close: "{quote}", to_the_end: false },
];

impl<'a> Reader<'a> {
    /// Reads the next line of `rest` and returns what comes after it.
    fn line(&mut self, rest: &'a str) -> &'a str {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if let Some(fence) = self.fence {
            if closes(line, fence) {
                self.fence = None;
            }
            return after;
        }
        if let Some(fence) = opens_fence(line) {
            self.fence = Some(fence);
            self.flows = false;
            return after;
        }
        let Some((before, behind)) = self.hidden_in(line, rest) else {
            self.visible(line);
            return after;
        };
        self.visible(before);
        self.flows = false;
        behind
    }

    /// The text before and after the first hidden block that begins on this line.
    fn hidden_in(&mut self, line: &'a str, rest: &'a str) -> Option<(&'a str, &'a str)> {
        let mut from = 0;
        while let Some(gap) = line.get(from..)?.find(['<', '{']) {
            let at = from + gap;
            let here = line.get(at..)?;
            for (hidden, unclosed) in HIDDEN.iter().zip(&mut self.unclosed) {
                let Some(tail) = here.strip_prefix(hidden.open) else { continue };
                if *unclosed || (hidden.open.starts_with('{') && !tail.starts_with(['}', ':'])) {
                    continue;
                }
                let parameters = if hidden.open.starts_with('{') { parameters_len(tail) } else { 0 };
                let inside = at + hidden.open.len() + parameters;
                match rest.get(inside..)?.find(hidden.close) {
                    Some(end) => return Some((line.get(..at)?, rest.get(inside + end + hidden.close.len()..)?)),
                    None if hidden.to_the_end => return Some((line.get(..at)?, "")),
                    None => *unclosed = true,
                }
            }
            from = at + 1;
        }
        None
    }

    /// Reads a line, or the part of one, that is neither fenced nor hidden.
    fn visible(&mut self, line: &'a str) {
        let line = line.trim_end();
        if line.trim_start().is_empty() {
            self.after_blank = true;
            self.flows = false;
            return;
        }
        let after_blank = std::mem::replace(&mut self.after_blank, false);
        if self.is_indented_code(line, after_blank) {
            return;
        }
        if let Some(trace) = trace(line) {
            self.note(trace, line.trim_start());
            self.flows = false;
            return;
        }
        if is_left_out(line) {
            self.flows = false;
            return;
        }
        self.text(line);
    }

    fn is_indented_code(&mut self, line: &str, after_blank: bool) -> bool {
        let indented = line.starts_with("    ") || line.starts_with('\t');
        self.context = match self.context {
            Context::List if indented || !after_blank || lines::without_marker(line).1 => Context::List,
            Context::Code if indented => Context::Code,
            Context::Paragraph if indented && after_blank => Context::Code,
            _ => Context::Paragraph,
        };
        self.context == Context::Code
    }

    fn text(&mut self, line: &'a str) {
        let (item, is_item) = lines::without_marker(line);
        if is_item {
            self.context = Context::List;
            self.flows = false;
            match lines::tick(item) {
                Some(Tick::No) => return,
                Some(Tick::Yes(text)) => {
                    self.passages(text, Role::Ticked);
                    return;
                }
                None => {}
            }
        }
        if let Some(heading) = lines::heading(item) {
            self.alone(heading, Role::Heading);
        } else if let Some((key, value)) = lines::key_and_value(item) {
            self.alone(key, Role::Key);
            self.alone(value, Role::Value);
        } else {
            self.passages(item, Role::Prose);
            self.flows = true;
        }
    }

    /// A passage that flows neither into the one before nor into the one after.
    fn alone(&mut self, text: &'a str, role: Role) {
        self.flows = false;
        self.passages(text, role);
        self.flows = false;
    }

    fn passages(&mut self, text: &'a str, role: Role) {
        let mut continues = self.flows;
        let mut images = None;
        let (passages, left) = (&mut self.body.passages, &mut self.left);
        inline::scan(text, |found| match found {
            Found::Plain(text) => {
                *left = left.saturating_sub(text.len());
                passages.push(Passage { text, role, continues });
                continues = false;
            }
            Found::Image(text) => {
                images.get_or_insert(text);
                continues = false;
            }
        });
        if let Some(text) = images {
            self.note(Trace::Image, text);
        }
    }

    fn note(&mut self, trace: Trace, line: &'a str) {
        if !self.body.traces.iter().any(|(known, _)| *known == trace) {
            self.body.traces.push((trace, line));
        }
    }
}

/// How long the rest of a macro's opening is: `:java|title=Shop.java}`.
fn parameters_len(tail: &str) -> usize {
    tail.bytes().take(200).position(|byte| byte == b'}').map_or(0, |end| end + 1)
}

fn trace(line: &str) -> Option<Trace> {
    if lines::is_stack_trace(line) {
        Some(Trace::Exception)
    } else if lines::is_log(line) {
        Some(Trace::Log)
    } else {
        None
    }
}

/// Quotes, tables, rules and e-mail headers.
fn is_left_out(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(['>', '|']) || line.starts_with("bq. ") || lines::is_rule(line) || lines::opens_mail_quote(line)
}

fn opens_fence(line: &str) -> Option<Fence> {
    let (line, _) = lines::without_marker(line);
    let line = line.trim_start();
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let len = line.len() - line.trim_start_matches(mark).len();
    let info = line.get(len..)?;
    (len >= 3 && !(mark == '`' && info.contains('`'))).then_some(Fence { mark, len })
}

fn closes(line: &str, fence: Fence) -> bool {
    let line = line.trim();
    line.len() >= fence.len && line.chars().all(|c| c == fence.mark)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::super::{Role, read_body};

    /// One line a passage: its role's initial, `+` where it continues, its text.
    fn shown(body: &str) -> String {
        let body = read_body(body);
        let mut out = String::new();
        for passage in &body.passages {
            let role = match passage.role {
                Role::Heading => "H",
                Role::Key => "K",
                Role::Value => "V",
                Role::Ticked => "X",
                Role::Prose => "P",
            };
            let flow = if passage.continues { "+" } else { " " };
            writeln!(out, "{role}{flow} {}", passage.text.trim()).unwrap();
        }
        for (trace, line) in &body.traces {
            writeln!(out, "{trace:?}: {line}").unwrap();
        }
        out
    }

    #[test]
    fn a_bug_report_from_a_template() {
        let body = "<!-- Thanks! Is this about\nsecurity? Then write to us. -->\n\
            ### Describe the bug\nThe cart forgets\nits `items`.\n\n```sh\nnpm test\n```\n\
            **Expected behavior**\n> somebody said performance\nIt keeps them.\n\n\
            - OS: Linux\n- [ ] I want a refactoring\n- [x] I searched\n\n\
            java.lang.NullPointerException\n\tat org.acme.Cart.get(Cart.java:3)\n\n\
            | version | 1.2 |\n\n![shot](https://example.org/a.png)\n";
        insta::assert_snapshot!(shown(body), @r"
        H  Describe the bug
        P  The cart forgets
        P+ its
        P  .
        H  Expected behavior
        P  It keeps them.
        K  OS
        V  Linux
        X  I searched
        Exception: java.lang.NullPointerException
        Image: ![shot](https://example.org/a.png)
        ");
    }

    #[test]
    fn a_ticket_in_wiki_markup() {
        let body = "h3. Steps\n# Open the shop {code:java}\nfoo.security();\n{code} and wait\n\
            {noformat}log{noformat} then\n{quote}deploy{quote}\n*Actual result:* it is closed\nbq. old words\n{code never closed\n";
        insta::assert_snapshot!(shown(body), @r"
        H  Steps
        H  Open the shop
        P  and wait
        P  then
        K  Actual result
        V  it is closed
        P  {code never closed
        ");
    }

    #[test]
    fn indented_code_is_no_prose_but_an_indented_list_is() {
        let body = "First:\n\n    rm -rf security\n    more code\n\nThen text.\n\n- item\n\n    its second paragraph\n\nEnd.\n";
        insta::assert_snapshot!(shown(body), @r"
        H  First
        P  Then text.
        P  item
        P  its second paragraph
        P  End.
        ");
    }

    #[test]
    fn a_megabyte_of_anything_is_read_in_no_time() {
        for hostile in [
            "`", "<!--", "{code}", "[", "![](", "<", "> ", "- [ ] ", "{", "at (", "é", "@", "://", "**", "\t\n", "a:b ",
        ] {
            let body = hostile.repeat(1_000_000 / hostile.len());
            let kept: usize = read_body(&body).passages.iter().map(|passage| passage.text.len()).sum();
            assert!(kept <= 64 * 1024, "{hostile:?}");
        }
    }

    proptest! {
        #[test]
        fn any_body_is_read(body in "([`~<>{}!\\[\\]:@#*_|()\\-\n \t]|code|<!--|-->|http://|\\PC){0,400}") {
            let read = read_body(&body);
            for passage in read.passages {
                prop_assert!(body.contains(passage.text));
            }
        }
    }
}
