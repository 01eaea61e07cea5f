//! `/backlog`.

use crate::command::meaning::Command;
use crate::command::right::Right;

use super::Spec;

pub(super) const SPEC: Spec = Spec {
    name: "backlog",
    aliases: &[],
    usage: &["backlog"],
    does: "sums up the technical backlog: how many items, how old, the top ones, growing or shrinking",
    details: "",
    right: Right::Manage,
    examples: &["backlog"],
    parse: |arguments| arguments.expect_none("backlog").map(|()| Command::Backlog),
};
