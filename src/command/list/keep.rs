//! `/keep`, `/keep until DATE`.

use crate::command::meaning::Command;
use crate::command::right::Right;

use super::arguments::date;
use super::{Arguments, Malformed, Spec};

pub(super) const SPEC: Spec = Spec {
    name: "keep",
    aliases: &["not-stale"],
    usage: &["keep", "keep until DATE"],
    does: "keeps the item from ever being called stale, or until a date",
    details: "Holds as long as the comment does: deleting it, or taking the line out of it, withdraws that.",
    right: Right::Author,
    examples: &["keep", "keep until 2027-03-31"],
    parse,
};

fn parse(arguments: &Arguments<'_>) -> Result<Command, Malformed> {
    let value = arguments.value().to_lowercase();
    let mut words = value.split_whitespace();
    let until = match (words.next(), words.next(), words.next()) {
        (None, ..) => Some(None),
        (Some("until"), Some(day), None) | (Some(day), None, None) => date(day).map(Some),
        _ => None,
    };
    until
        .map(|until| Command::Keep { until })
        .ok_or_else(|| Malformed::new("nothing, or `until` and a date as year-month-day", "keep until 2027-03-31"))
}
