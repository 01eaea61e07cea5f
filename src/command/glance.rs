//! What the intake of webhooks asks of a text before anybody parses it.

use super::grammar::{READ_UP_TO, is_invisible};

/// Whether a text is worth being looked at for commands: some line begins with a slash. Cheap, and never says no to a
/// text that holds a command.
#[must_use]
pub fn may_hold_commands(text: &str) -> bool {
    let begins = |line: &str| line.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c)).starts_with('/');
    text.split(['\n', '\r']).any(begins)
}

/// The part of a text that commands are looked for in, and a little more where there is more: whoever reads it then can
/// still tell that it was cut.
#[must_use]
pub fn worth_keeping(mut text: String) -> String {
    let end = text.ceil_char_boundary(READ_UP_TO + 1);
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use super::{may_hold_commands, worth_keeping};
    use crate::command::{Vocabulary, commands};

    #[test]
    fn a_glance_misses_nothing_and_lets_most_texts_pass() {
        for text in ["/infra", "hi\r/infra", "hi\n   /infra", "\u{feff}/infra", "> x\n\n\t/usr/bin"] {
            assert!(may_hold_commands(text), "{text:?}");
        }
        for text in ["", "and/or", "see https://example.com", "> /infra", "`/infra`"] {
            assert!(!may_hold_commands(text), "{text:?}");
            assert_eq!(commands(text, &Vocabulary::default()), []);
        }
    }

    #[test]
    fn what_is_kept_reads_as_the_whole() {
        let vocabulary = Vocabulary::default();
        for filler in ["a\n", "ä\n", "a"] {
            let text = format!("/infra\n{}\n/security", filler.repeat(70 * 1024));
            let kept = worth_keeping(text.clone());
            assert!(kept.len() < 66 * 1024);
            assert_eq!(commands(&kept, &vocabulary), commands(&text, &vocabulary));
        }
    }
}
