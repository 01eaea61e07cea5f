//! Writes to standard output. A reader that goes away (`| head`) ends a command quietly.

use std::io::{self, Write as _};

use serde::Serialize;

use crate::backlog::steers_display;

/// Text that others wrote as a line may show it: what would steer the terminal is left out, line ends become blanks.
pub(super) fn printable(text: &str) -> String {
    let harmless = |c: char| match c {
        '\n' | '\r' | '\t' => Some(' '),
        c => (!steers_display(c)).then_some(c),
    };
    text.chars().filter_map(harmless).collect()
}

/// Prints a line each, or `nothing` where there are none.
pub(super) fn lines(lines: impl IntoIterator<Item = String>, nothing: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let mut any = false;
    for line in lines {
        any = true;
        if done_reading(writeln!(out, "{line}"))? {
            return Ok(());
        }
    }
    if !any && !nothing.is_empty() {
        done_reading(writeln!(out, "{nothing}"))?;
    }
    Ok(())
}

/// Prints one JSON document.
pub(super) fn json(value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    done_reading(writeln!(io::stdout().lock(), "{text}")).map(|_| ())
}

/// Whether the reader has gone; any other error stays one.
pub(super) fn done_reading(written: io::Result<()>) -> io::Result<bool> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(true),
        Err(error) => Err(error),
        Ok(()) => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn a_line_keeps_its_words_and_loses_what_steers_a_terminal() {
        assert_eq!(printable("\u{1b}[2J\u{7}\u{9b}1mred\u{202e}der\u{2066}\u{200f}\u{61c}"), "[2J1mredder");
        assert_eq!(printable("one\r\ntwo\tthree\u{2028}"), "one  two three");
        assert_eq!(printable("naïve — 漢字 👩‍💻"), "naïve — 漢字 👩‍💻");
    }
}
