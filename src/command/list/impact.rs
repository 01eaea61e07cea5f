//! `/impact TEXT…`, which may run over several lines.

use crate::command::meaning::Command;
use crate::command::right::Right;

use super::{Arguments, Malformed, Spec};

pub(super) const SPEC: Spec = Spec {
    name: "impact",
    aliases: &[],
    usage: &["impact TEXT"],
    does: "records what happens if nothing is done: the risk, the cost, what is blocked; the sprint comment shows it",
    details: "The text may run over the following lines, to the next command, heading or rule. \
              Holds as long as the comment does: deleting it, or taking the line out of it, withdraws that.",
    right: Right::Author,
    examples: &["impact Every deployment needs two people for an hour"],
    parse,
};

fn parse(arguments: &Arguments<'_>) -> Result<Command, Malformed> {
    let text = arguments.text_with_lines_below();
    if text.is_empty() {
        return Err(Malformed::new(
            "what happens if nothing is done, in a sentence or more",
            "impact Every deployment needs two people for an hour",
        ));
    }
    Ok(Command::Impact { text })
}
