//! `/classify CATEGORY`, `/classify auto`.

use crate::command::meaning::Command;
use crate::command::quote::quoted;
use crate::command::right::Right;

use super::{Arguments, Malformed, Spec};

/// How many of a team's categories an error names.
const NAMED_IN_ERRORS: usize = 20;

pub(super) const SPEC: Spec = Spec {
    name: "classify",
    aliases: &["category"],
    usage: &["classify CATEGORY", "classify auto"],
    does: "sets the category by its name or any of its words; `auto` gives the decision back to the bot",
    details: "A category that somebody set stays until somebody changes it. After `auto` the bot decides as if nobody had.",
    right: Right::Edit,
    examples: &["classify infrastructure", "classify auto"],
    parse,
};

fn parse(arguments: &Arguments<'_>) -> Result<Command, Malformed> {
    let value = arguments.value();
    if value.eq_ignore_ascii_case("auto") {
        return Ok(Command::GiveBack);
    }
    let vocabulary = arguments.vocabulary;
    vocabulary.category(&value).map(|category| Command::SetCategory { category: category.clone() }).ok_or_else(|| {
        let categories = vocabulary.categories();
        let example = vocabulary.category_close_to(&value).or(categories.first());
        let example = example.map_or("auto", |category| category.as_str());
        let mut names: Vec<String> =
            categories.iter().take(NAMED_IN_ERRORS).map(|category| quoted(category.as_str())).collect();
        if categories.len() > NAMED_IN_ERRORS {
            names.push("…".to_owned());
        }
        Malformed::new(format!("a category ({}) or `auto`", names.join(", ")), format!("classify {example}"))
    })
}
