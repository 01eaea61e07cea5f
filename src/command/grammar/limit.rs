//! How much of a text is read: enough for every comment that a person writes, little enough for any that a program does.

use std::borrow::Cow;

/// Texts are read up to this many bytes.
pub(in crate::command) const READ_UP_TO: usize = 64 * 1024;

/// Reading stops before a line that opens a quote, list or footnote beyond this column. Each such level costs the
/// Markdown parser a step on every following line; no person nests a hundred of them.
const DEEPEST_MARKER_COLUMN: usize = 200;

/// A text as it is read: line ends are `\n`, and it ends at a line end when it was cut.
#[derive(Debug)]
pub(in crate::command) struct Bounded<'a> {
    /// What is read.
    pub text: Cow<'a, str>,
    /// Whether something was left away after it.
    pub cut: bool,
}

/// Takes what may be read of a text.
pub(in crate::command) fn bounded(text: &str) -> Bounded<'_> {
    let mut end = text.floor_char_boundary(READ_UP_TO);
    let mut cut = end < text.len();
    let head = text.get(..end).unwrap_or_default();
    if cut {
        end = head.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    }
    let mut read = with_plain_line_ends(head.get(..end).unwrap_or_default());
    if let Some(deep) = first_too_deep_line(&read) {
        read = Cow::Owned(read.get(..deep).unwrap_or_default().to_owned());
        cut = true;
    }
    Bounded { text: read, cut }
}

/// The text with `\n` at every line's end.
pub(in crate::command) fn with_plain_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

fn first_too_deep_line(text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if marks_too_deep(line) {
            return Some(start);
        }
        start += line.len();
    }
    None
}

/// Whether a container's marker stands beyond the deepest column, after nothing but spaces and other markers.
fn marks_too_deep(line: &str) -> bool {
    if line.len() <= DEEPEST_MARKER_COLUMN || is_rule(line) {
        return false;
    }
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let Some(after) = after_marker(rest) else { return false };
        if line.len() - rest.len() > DEEPEST_MARKER_COLUMN {
            return true;
        }
        rest = after;
    }
}

/// A thematic break is no nest of lists, however long it is.
fn is_rule(line: &str) -> bool {
    let mut marks = line.chars().filter(|c| !c.is_whitespace());
    marks.next().is_some_and(|first| matches!(first, '*' | '-' | '_') && marks.all(|c| c == first))
}

/// What follows the marker of a quote, a list item or a footnote, if the text starts with one.
fn after_marker(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix('>') {
        return Some(after);
    }
    if let Some(label) = text.strip_prefix("[^") {
        return label.split_once("]:").filter(|(name, _)| !name.contains(['[', ']', ' '])).map(|(_, after)| after);
    }
    let after = match text.strip_prefix(['-', '+', '*']) {
        Some(after) => after,
        None => text.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(['.', ')'])?,
    };
    after.starts_with([' ', '\t', '\n']).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_read_to_its_last_whole_line() {
        let text = "é\n".repeat(READ_UP_TO);
        let read = bounded(&text);
        assert!(read.cut);
        assert!(read.text.len() <= READ_UP_TO && read.text.len() > READ_UP_TO - 4);
        assert!(read.text.ends_with('\n'));
        assert_eq!(bounded(&"x".repeat(READ_UP_TO + 1)).text, "");
    }

    #[test]
    fn all_three_line_ends_become_one() {
        let read = bounded("a\r\nb\rc\n\r\nd");
        assert_eq!(read.text, "a\nb\nc\n\nd");
        assert!(!read.cut);
    }

    #[test]
    fn reading_stops_before_a_nest_that_no_person_builds() {
        let nests =
            [">".repeat(300), "- ".repeat(150) + "a", "1. ".repeat(100), "[^a]:".repeat(60), " ".repeat(250) + "- a"];
        for nest in nests {
            let text = format!("/infra\n\n{nest}\n\n/dx");
            let read = bounded(&text);
            assert!(read.cut, "{nest}");
            assert_eq!(read.text, "/infra\n\n");
        }
        let harmless =
            [">".repeat(100), "- ".repeat(300), "-".repeat(300), " ".repeat(300) + "a - b", "x ".repeat(300)];
        for line in harmless {
            assert!(!bounded(&line).cut, "{line}");
        }
    }
}
