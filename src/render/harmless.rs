//! Foreign text in Markdown: readable as its writer meant it, and doing nothing.
//!
//! A backslash takes away what a character does in Markdown. What trackers find in the rendered text afterwards
//! (mentions, references, addresses) survives that, so an invisible character stands in it. Controls and characters
//! that turn the direction of reading are left out; a text that runs from right to left is kept to its own place.

/// Invisible, and part of no name, number or address.
const GAP: char = '\u{200b}';
/// Keep a text's direction to itself.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// The text on one line, at most so many characters of it, escaped for Markdown (table cells included).
pub(super) fn markdown(text: &str, most: usize) -> String {
    let line = one_line(text, most);
    let mut shown = String::with_capacity(line.len() + 16);
    let mut before = ' ';
    for (index, c) in line.chars().enumerate() {
        let starts_block = index == 0 && matches!(c, '#' | '+' | '-' | '=' | ':');
        let ends_number = matches!(c, '.' | ')') && is_number(&shown);
        let opens_comment = c == '!' && before == '<';
        if starts_block
            || opens_comment
            || ends_number
            || matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$')
        {
            shown.push('\\');
        }
        if c == '/' && before == ':' {
            shown.push(GAP);
        }
        shown.push(c);
        if let '@' | '#' = c {
            shown.push(GAP);
        }
        let ends_with = |end: &str| {
            shown.get(shown.len().saturating_sub(end.len())..).is_some_and(|it| it.eq_ignore_ascii_case(end))
        };
        if ends_with("gh-") || ends_with("www") {
            shown.push(GAP);
        }
        before = c;
    }
    isolated(shown)
}

/// What people call an item, as the text of a link, where trackers look for nothing. Only names of the usual forms are
/// taken as they are.
pub(super) fn name(text: &str) -> String {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | '/' | '-' | '.');
    if !text.is_empty() && text.len() <= 100 && text.chars().all(is_usual) {
        text.to_owned()
    } else {
        markdown(text, 100)
    }
}

/// The text on one line of plain text, at most so many characters of it.
pub(super) fn plain(text: &str, most: usize) -> String {
    isolated(one_line(text, most))
}

/// An address for a Markdown link; none where it is no plain web address.
pub(super) fn address(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let mut shown = String::new();
    for c in url.as_str().chars() {
        match c {
            '(' => shown.push_str("%28"),
            ')' => shown.push_str("%29"),
            '|' => shown.push_str("%7C"),
            '\\' => shown.push_str("%5C"),
            '`' => shown.push_str("%60"),
            '[' => shown.push_str("%5B"),
            ']' => shown.push_str("%5D"),
            '<' => shown.push_str("%3C"),
            '>' => shown.push_str("%3E"),
            '*' => shown.push_str("%2A"),
            '&' => shown.push_str("&amp;"),
            c => shown.push(c),
        }
    }
    (shown.len() <= 500).then_some(shown)
}

fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let (mut kept, mut space_pending) = (0, false);
    for c in text.chars() {
        if c.is_whitespace() {
            space_pending = kept > 0;
            continue;
        }
        if c.is_control() || is_invisible(c) {
            continue;
        }
        if kept >= most {
            line.push('…');
            break;
        }
        if std::mem::take(&mut space_pending) {
            line.push(' ');
            kept += 1;
        }
        line.push(c);
        kept += 1;
    }
    line
}

/// Nothing to see, or a turn of the direction of reading. What joins emoji stays.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'
        | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_number(text: &str) -> bool {
    (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn isolated(text: String) -> String {
    let is_right_to_left = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    if text.chars().any(is_right_to_left) { format!("{}{text}{}", ISOLATE.0, ISOLATE.1) } else { text }
}
