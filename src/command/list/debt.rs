//! `/debt TITLE…`.

use crate::command::meaning::Command;
use crate::command::right::Right;

use super::{Arguments, Malformed, Spec};

/// What trackers take as a title, in characters.
const LONGEST_TITLE: usize = 256;

pub(super) const SPEC: Spec = Spec {
    name: "debt",
    aliases: &[],
    usage: &["debt TITLE"],
    does: "opens a new technical-debt item that links back to this place in the discussion; in pull requests too",
    details: "In a pull request it works in the description, in comments, in reviews and in comments on lines.",
    right: Right::Edit,
    examples: &["debt Remove the retry workaround in the uploader"],
    parse,
};

fn parse(arguments: &Arguments<'_>) -> Result<Command, Malformed> {
    let title = arguments.text();
    if title.is_empty() || title.chars().count() > LONGEST_TITLE {
        return Err(Malformed::new(
            format!("a title of at most {LONGEST_TITLE} characters for the new item"),
            "debt Remove the retry workaround in the uploader",
        ));
    }
    Ok(Command::Debt { title })
}
