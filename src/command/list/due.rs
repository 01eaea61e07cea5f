//! `/due DATE [REASON]`.

use crate::command::meaning::Command;
use crate::command::right::Right;

use super::arguments::{date, one_line};
use super::{Arguments, Malformed, Spec};

pub(super) const SPEC: Spec = Spec {
    name: "due",
    aliases: &["deadline"],
    usage: &["due DATE", "due DATE REASON"],
    does: "sets a date with consequences: an end of support, a certificate, a law",
    details: "The date is written year-month-day. Holds as long as the comment does: deleting it, or taking the line out of it, withdraws that.",
    right: Right::Manage,
    examples: &["due 2027-03-31", "due 2027-03-31 the certificate expires"],
    parse,
};

fn parse(arguments: &Arguments<'_>) -> Result<Command, Malformed> {
    let value = arguments.value();
    let (day, reason) = value.split_once(char::is_whitespace).unwrap_or((&value, ""));
    let date = date(day)
        .ok_or_else(|| Malformed::new("a date as year-month-day, then a reason if you like", "due 2027-03-31"))?;
    Ok(Command::Due { date, reason: Some(one_line(reason)).filter(|reason| !reason.is_empty()) })
}
