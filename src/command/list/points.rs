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
    details: "The board's field is the policy's `points_field`, else Estimate, Points, Story Points or Size, where the item is on \
              the board's project; of a field with options the one that begins with the number. The item's own field is \
              the organisation's issue field of that name. The label is `points/5`.",
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
