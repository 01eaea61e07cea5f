//! What stands after a command's word, and the plain ways to read it.

use jiff::civil::Date;

use crate::command::grammar::{is_directional, is_invisible};
use crate::command::vocabulary::Vocabulary;

use super::Malformed;

/// What a command was given.
#[derive(Clone, Copy, Debug)]
pub(in crate::command) struct Arguments<'a> {
    /// The rest of its line, trimmed.
    pub line: &'a str,
    /// The text below its line, up to the next command, heading, rule or quoted e-mail.
    pub below: &'a str,
    /// What is known here.
    pub vocabulary: &'a Vocabulary,
}

impl Arguments<'_> {
    /// Refuses any argument: prose at the start of a line must not do anything.
    pub(in crate::command) fn expect_none(&self, name: &str) -> Result<(), Malformed> {
        if self.line.chars().all(is_invisible) {
            Ok(())
        } else {
            Err(Malformed::new("nothing after it on the same line", name))
        }
    }

    /// The line without characters that nobody sees.
    pub(super) fn value(&self) -> String {
        let visible: String = self.line.chars().filter(|c| !is_invisible(*c)).collect();
        visible.trim().to_owned()
    }

    /// The line as one line of plain text: white space collapsed, nothing in it that controls the page.
    pub(super) fn text(&self) -> String {
        one_line(self.line)
    }

    /// The line and what is below it, as plain text of several lines, at most one empty line between two others.
    pub(super) fn text_with_lines_below(&self) -> String {
        let all = printable(&format!("{}\n{}", self.line, self.below));
        let mut text = String::with_capacity(all.len());
        let mut empty_lines = 0;
        for line in all.trim_matches(is_margin).lines().map(str::trim_end) {
            if line.is_empty() {
                empty_lines += 1;
                continue;
            }
            if !text.is_empty() {
                text.push_str(if empty_lines > 0 { "\n\n" } else { "\n" });
            }
            empty_lines = 0;
            text.push_str(line);
        }
        text
    }
}

/// White space collapsed, nothing left that controls the page; empty when nothing of it can be seen.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    printable(&words.join(" ")).trim_matches(is_margin).to_owned()
}

/// What shows nothing at either end of a text. A selector of an emoji's form belongs to the character before it.
fn is_margin(c: char) -> bool {
    c.is_whitespace() || (is_invisible(c) && !matches!(c, '\u{fe00}'..='\u{fe0f}'))
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| (!c.is_control() || matches!(c, '\t' | '\n')) && !is_directional(*c)).collect()
}

/// Reads a date in the one form that all understand alike: `2027-03-31`.
pub(super) fn date(text: &str) -> Option<Date> {
    let is_shaped = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if is_shaped { text.parse().ok() } else { None }
}
