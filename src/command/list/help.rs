//! `/help`, `/help COMMAND`.

use crate::command::meaning::Command;
use crate::command::right::Right;

use super::{Arguments, Malformed, Spec};

pub(super) const SPEC: Spec = Spec {
    name: "help",
    aliases: &[],
    usage: &["help", "help COMMAND"],
    does: "lists the commands, or says all about one",
    details: "",
    right: Right::Anyone,
    examples: &["help", "help points"],
    parse,
};

fn parse(arguments: &Arguments<'_>) -> Result<Command, Malformed> {
    let value = arguments.value();
    if value.is_empty() {
        return Ok(Command::Help { about: None });
    }
    match arguments.vocabulary.name_of(value.strip_prefix('/').unwrap_or(&value)) {
        Some(name) => Ok(Command::Help { about: Some(name.to_owned()) }),
        None => Err(Malformed::new("nothing, or the name of a command", "help points")),
    }
}
