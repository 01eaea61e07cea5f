//! `/stale`.

use crate::command::meaning::Command;
use crate::command::right::Right;

use super::Spec;

pub(super) const SPEC: Spec = Spec {
    name: "stale",
    aliases: &[],
    usage: &["stale"],
    does: "marks the item as stale now, without waiting",
    details: "",
    right: Right::Edit,
    examples: &["stale"],
    parse: |arguments| arguments.expect_none("stale").map(|()| Command::Stale),
};
