//! Text → words, with the places where a phrase cannot go on.

/// A word, or a place that no phrase spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Letters and digits of any script, as they stand, with inner apostrophes and dots: `doesn't`, `node.js`,
    /// `NullPointerException`, `org.example.Thing` and `snake_case` are one word each, so that what a name is made of
    /// does not speak.
    Word(&'a str),
    /// Punctuation that ends a phrase.
    Break,
}

/// Calls `each` with every piece, in order.
pub(crate) fn pieces<'a>(text: &'a str, mut each: impl FnMut(Piece<'a>)) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == ' ' {
            rest = rest.get(1..).unwrap_or_default();
        } else if is_word(c) {
            let (word, after) = rest.split_at_checked(word_end(rest)).unwrap_or((rest, ""));
            let plain = word.trim_matches('_');
            if !plain.is_empty() {
                each(Piece::Word(plain));
            }
            rest = after;
        } else if let Some(after) = escaped_line_end(rest) {
            each(Piece::Break);
            rest = after;
        } else {
            if ends_phrase(c) {
                each(Piece::Break);
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
}

/// Where the word at the start of `text` ends.
fn word_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    while let Some(byte) = bytes.get(end) {
        if byte.is_ascii_alphanumeric() || *byte == b'_' {
            end += 1;
            continue;
        }
        let Some(c) = text.get(end..).and_then(|rest| rest.chars().next()) else { break };
        let inner = matches!(c, '\'' | '’' | '.') && end > 0;
        let next = end + c.len_utf8();
        let goes_on = || text.get(next..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphanumeric);
        if (!c.is_ascii() && is_word(c)) || (inner && goes_on()) {
            end = next;
        } else {
            break;
        }
    }
    end
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || (!c.is_ascii() && c.is_alphanumeric())
}

const fn ends_phrase(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '=' | '。' | '，' | '…')
}

/// Exports of trackers carry line ends as the letters `\r` and `\n`.
fn escaped_line_end(text: &str) -> Option<&str> {
    let after = text.strip_prefix("\\r").or_else(|| text.strip_prefix("\\n"))?;
    (!after.starts_with(char::is_alphanumeric)).then_some(after)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Piece, pieces};

    fn shown(text: &str) -> String {
        let mut out = Vec::new();
        pieces(text, |piece| {
            out.push(match piece {
                Piece::Word(word) => word.to_owned(),
                Piece::Break => "/".to_owned(),
            });
        });
        out.join(" ")
    }

    #[test]
    fn names_stay_whole_and_punctuation_ends_a_phrase() {
        assert_eq!(shown("It doesn't start, on node.js 1.2."), "It doesn't start / on node.js 1.2 /");
        assert_eq!(
            shown("tech-debt in org.acme.Security and user_test"),
            "tech debt in org.acme.Security and user_test"
        );
        assert_eq!(shown("_emphasis_ Straße, naïve’s 测试"), "emphasis Straße / naïve’s 测试");
        assert_eq!(shown(r"one\r \r two C:\new"), "one / / two C / new");
    }

    proptest! {
        #[test]
        fn every_word_is_a_part_of_the_text(text in "\\PC{0,200}") {
            pieces(&text, |piece| if let Piece::Word(word) = piece {
                assert!(!word.is_empty() && text.contains(word));
            });
        }
    }
}
