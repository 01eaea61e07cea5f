//! A line → its plain text: inline code, links' targets, images, tags, macros, mentions and addresses left out.

/// What the scanner found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// Plain text.
    Plain(&'a str),
    /// A picture stood here.
    Image(&'a str),
}

/// Calls `each` with the line's plain text, in order.
pub(super) fn scan<'a>(line: &'a str, mut each: impl FnMut(Found<'a>)) {
    let mut scanner = Scanner { line, plain_from: 0, ticks_without_end: 0 };
    let mut at = 0;
    while let Some(offset) = line.as_bytes().get(at..).and_then(|rest| rest.iter().position(|b| is_special(*b))) {
        at += offset;
        at = match scanner.skip_at(at) {
            Some(Skip { from, to, image }) => {
                scanner.flush(from, &mut each);
                if image {
                    each(Found::Image(line.get(from..to).unwrap_or_default()));
                }
                scanner.plain_from = to;
                to
            }
            None => at + 1,
        };
    }
    scanner.flush(line.len(), &mut each);
}

/// A stretch that is no plain text.
struct Skip {
    from: usize,
    to: usize,
    image: bool,
}

struct Scanner<'a> {
    line: &'a str,
    /// Where the plain text that was not handed out yet begins.
    plain_from: usize,
    /// Which lengths of backtick runs have no partner further on: not looked for twice.
    ticks_without_end: u64,
}

const fn is_special(byte: u8) -> bool {
    matches!(byte, b'`' | b'<' | b'{' | b'!' | b']' | b':' | b'@' | b'w')
}

/// How far the end of a tag, macro or link's target is looked for, in bytes.
const REACH: usize = 1024;

impl<'a> Scanner<'a> {
    fn flush(&mut self, to: usize, each: &mut impl FnMut(Found<'a>)) {
        if let Some(text) = self.line.get(self.plain_from..to).filter(|text| !text.trim().is_empty()) {
            each(Found::Plain(text));
        }
        self.plain_from = to;
    }

    fn skip_at(&mut self, at: usize) -> Option<Skip> {
        let rest = self.line.get(at..)?;
        let to = match rest.as_bytes().first()? {
            b'`' => self.inline_code(at, rest)?,
            b'<' => at + tag(rest)?,
            b'{' => at + jira_macro(rest)?,
            b'!' => return image(rest).map(|len| Skip { from: at, to: at + len, image: true }),
            b']' => at + link_target(rest)?,
            b':' if rest.starts_with("://") => return Some(self.around(at, rest)),
            b'@' => return Some(self.around(at, rest)),
            b'w' if rest.starts_with("www.") => at + address_len(rest),
            _ => return None,
        };
        Some(Skip { from: at, to, image: false })
    }

    /// A code span that starts here ends with the next run of as many backticks.
    fn inline_code(&mut self, at: usize, rest: &str) -> Option<usize> {
        let run = rest.bytes().take_while(|b| *b == b'`').count();
        let bit = 1u64.checked_shl(u32::try_from(run).ok()?)?;
        if self.ticks_without_end & bit != 0 {
            return None;
        }
        let bytes = rest.as_bytes();
        let mut from = run;
        while let Some(gap) = bytes.get(from..).and_then(|tail| tail.iter().position(|b| *b == b'`')) {
            from += gap;
            let len = bytes.get(from..).map_or(0, |tail| tail.iter().take_while(|b| **b == b'`').count());
            from += len;
            if len == run {
                return Some(at + from);
            }
        }
        self.ticks_without_end |= bit;
        None
    }

    /// An address or a mention, together with what stands before it without a space (`https`, a mailbox).
    fn around(&self, at: usize, rest: &str) -> Skip {
        let before = self.line.get(self.plain_from..at).unwrap_or_default();
        let word = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_'));
        Skip { from: self.plain_from + word.len(), to: at + address_len(rest), image: false }
    }
}

/// Up to the next space or closing bracket.
fn address_len(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || matches!(c, ')' | ']' | '>' | '|' | '"')).unwrap_or(text.len()).max(1)
}

/// `<b>`, `</b>`, `<https://example.org>`; with its content for code.
fn tag(text: &str) -> Option<usize> {
    let second = text.as_bytes().get(1)?;
    if !(second.is_ascii_alphabetic() || *second == b'/') {
        return None;
    }
    let end = find_within(text, '>')? + 1;
    for (open, close) in [("<code>", "</code>"), ("<pre>", "</pre>")] {
        if text.get(..end) == Some(open) {
            return Some(
                text.get(..text.floor_char_boundary(REACH))
                    .and_then(|near| near.find(close))
                    .map_or(end, |at| at + close.len()),
            );
        }
    }
    Some(end)
}

/// `{{monospaced}}`, `{color:red}`, `{panel}`: of the first the content goes too.
fn jira_macro(text: &str) -> Option<usize> {
    if text.starts_with("{{") {
        let near = super::beginning(text, REACH);
        return near.find("}}").map(|at| at + 2);
    }
    let len = text.bytes().take(64).position(|b| b == b'}')? + 1;
    let name = text.get(1..len - 1)?;
    (!name.contains(' ') && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '*')).then_some(len)
}

/// `![alt](target)` and Jira's `!picture.png|thumbnail!`.
fn image(text: &str) -> Option<usize> {
    if text.starts_with("![") {
        let near = super::beginning(text, REACH);
        let target = near.find("](")?;
        return near.get(target..)?.find(')').map(|close| target + close + 1);
    }
    let inner = super::beginning(text, 200).get(1..)?;
    let end = inner.find('!')?;
    let name = inner.get(..end)?;
    (name.contains('.') && !name.contains(' ') && !name.is_empty()).then_some(end + 2)
}

/// The target that follows a link's text: `](https://example.org)`.
fn link_target(text: &str) -> Option<usize> {
    text.starts_with("](").then(|| find_within(text, ')').map(|close| close + 1)).flatten()
}

fn find_within(text: &str, what: char) -> Option<usize> {
    super::beginning(text, REACH).find(what)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Found, scan};

    fn plain(line: &str) -> String {
        let mut out = Vec::new();
        scan(line, |found| {
            out.push(match found {
                Found::Plain(text) => text.trim().to_owned(),
                Found::Image(_) => "(image)".to_owned(),
            });
        });
        out.join(" ")
    }

    #[test]
    fn what_is_no_prose_is_left_out() {
        for (line, expected) in [
            ("run `npm test` twice", "run twice"),
            ("``a ` b`` stays out", "stays out"),
            ("an open ` stays", "an open ` stays"),
            ("see https://example.org/security/x?y=1 please", "see please"),
            ("see [the security page](https://example.org/a) please", "see [the security page please"),
            ("see www.example.org/test now", "see now"),
            ("![crash](https://example.org/a.png) seen", "(image) seen"),
            ("seen !crash.png|thumbnail! twice", "seen (image) twice"),
            ("wow! so nice!", "wow! so nice!"),
            ("in <b>bold</b> and <code>rm -rf</code> x < y", "in bold and x < y"),
            ("{{docker ps}} shows {color:red}red{color} text", "shows red text"),
            ("ask @security-team or ops@example.org now", "ask or now"),
            ("time: 10:30", "time: 10:30"),
        ] {
            assert_eq!(plain(line), expected, "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read(line in "([`<{!\\[\\]:@w(){}.>/ ab\u{e9}]|\\PC){0,300}") {
            scan(&line, |found| match found {
                Found::Plain(text) | Found::Image(text) => assert!(line.contains(text)),
            });
        }
    }
}
