//! `/points 5`, `/points clear`.

use crate::command::meaning::Command;
use crate::command::right::Right;
use crate::command::value::Points;

use super::{Arguments, Malformed, Spec};

pub(super) const SPEC: Spec = Spec {
    name: "points",
    aliases: &["story-points"],
    usage: &["points NUMBER", "points clear"],
    does: "sets the item's weight where it is read: the board's field, else the item's field, else a label; `clear` takes it away",
    details: "The field is the one that the policy's board names as its `points_field`; without one it is a label such as `points/5`.",
    right: Right::Edit,
    examples: &["points 5", "points 0.5", "points clear"],
    parse,
};

fn parse(arguments: &Arguments<'_>) -> Result<Command, Malformed> {
    let value = arguments.value();
    if value.eq_ignore_ascii_case("clear") {
        return Ok(Command::Points { points: None });
    }
    Points::parse(&value)
        .map(|points| Command::Points { points: Some(points) })
        .ok_or_else(|| Malformed::new("a number from 0 to 1000 with at most two decimals, or `clear`", "points 5"))
}
