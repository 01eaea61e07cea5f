//! `/why`.

use crate::command::meaning::Command;
use crate::command::right::Right;

use super::Spec;

pub(super) const SPEC: Spec = Spec {
    name: "why",
    aliases: &[],
    usage: &["why"],
    does: "says how the item is classified and why: the evidence, how sure it is, who decided",
    details: "",
    right: Right::Anyone,
    examples: &["why"],
    parse: |arguments| arguments.expect_none("why").map(|()| Command::Why),
};
