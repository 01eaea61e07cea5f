//! `/duplicate #12`.

use crate::command::meaning::Command;
use crate::command::right::Right;
use crate::command::value::{Naming, Reference};

use super::{Arguments, Malformed, Spec};

pub(super) const SPEC: Spec = Spec {
    name: "duplicate",
    aliases: &["dup", "dupe"],
    usage: &["duplicate ITEM"],
    does: "marks the item as a duplicate of another one, and closes it where the policy allows",
    details: "The other item is named as the tracker names it (`#12`, `acme/shop#12`, `ABC-12`) or by its address. \
              The policy allows it with `hygiene: { duplicates: { close: on } }`; who may only edit items closes none.",
    right: Right::Edit,
    examples: &["duplicate #12"],
    parse,
};

fn parse(arguments: &Arguments<'_>) -> Result<Command, Malformed> {
    let value = arguments.value();
    let named = match value.split_once(char::is_whitespace) {
        Some((of, rest)) if of.eq_ignore_ascii_case("of") => rest.trim(),
        _ => value.as_str(),
    };
    let sites = arguments.vocabulary.sites();
    Reference::parse(named, sites).map(|of| Command::Duplicate { of }).ok_or_else(|| {
        if sites.iter().any(|site| site.naming == Naming::Numbers) {
            Malformed::new("one other item, as `#12`, `acme/shop#12` or its address", "duplicate #12")
        } else {
            Malformed::new("one other item, as `ABC-12` or its address", "duplicate ABC-12")
        }
    })
}
