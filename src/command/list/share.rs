//! `/share 30%`.

use crate::command::meaning::Command;
use crate::command::right::Right;
use crate::command::value::Share;

use super::{Malformed, Spec};

pub(super) const SPEC: Spec = Spec {
    name: "share",
    aliases: &[],
    usage: &["share PERCENT"],
    does: "says how much of the item is technical work: that much of its weight counts as technical",
    details: "Holds as long as the comment does: deleting it, or taking the line out of it, withdraws that.",
    right: Right::Edit,
    examples: &["share 30%"],
    parse: |arguments| {
        Share::parse(&arguments.value())
            .map(|share| Command::Share { share })
            .ok_or_else(|| Malformed::new("a percentage from 0% to 100%", "share 30%"))
    },
};
