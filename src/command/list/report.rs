//! `/report`, `/report SPRINT`.

use crate::command::meaning::Command;
use crate::command::right::Right;

use super::{Arguments, Malformed, Spec};

/// The longest name of a sprint, in characters.
const LONGEST_NAME: usize = 100;

pub(super) const SPEC: Spec = Spec {
    name: "report",
    aliases: &[],
    usage: &["report", "report SPRINT"],
    does: "posts or refreshes the sprint comment here: for the present sprint, or for the one that is named",
    details: "The answer says where it is. A sprint that is over keeps the last report that it had.",
    right: Right::Manage,
    examples: &["report", "report Sprint 14"],
    parse,
};

fn parse(arguments: &Arguments<'_>) -> Result<Command, Malformed> {
    let name = arguments.text();
    if name.chars().count() > LONGEST_NAME {
        return Err(Malformed::new("nothing, or the name of a sprint", "report Sprint 14"));
    }
    Ok(Command::Report { sprint: Some(name).filter(|name| !name.is_empty()) })
}
