//! The sentences that say why, for people.

use crate::backlog::{Actor, CategoryName};
use crate::classify::{Classification, Evidence, Where};

/// Why a category was applied: what it looks like, how sure, and the strongest signs.
pub(super) fn looks_like(says: &Classification) -> String {
    let Some(best) = &says.best else { return "nothing speaks for a category".to_owned() };
    let signs: Vec<String> =
        says.evidence.iter().filter(|sign| sign.category == *best && sign.weight > 0.0).take(3).map(sign).collect();
    let percent = (says.confidence * 100.0).round();
    if signs.is_empty() {
        format!("looks like {best} ({percent} % sure)")
    } else {
        format!("looks like {best} ({percent} % sure): {}", signs.join(", "))
    }
}

/// Why the bot follows a person.
pub(super) fn person_decided(by: &Actor, category: &CategoryName) -> String {
    format!("{} decided {category}", by.name)
}

/// Why the bot's earlier mark goes.
pub(super) fn edited_since(category: &CategoryName) -> String {
    format!("the item was edited and looks like {category} now")
}

fn sign(evidence: &Evidence) -> String {
    let place = match evidence.place {
        Where::Type => "as the issue type",
        Where::Label => "as a label",
        Where::Prefix => "as the title's prefix",
        Where::Title => "in the title",
        Where::Body => "in the text",
        Where::Field => "as a heading",
    };
    format!("\u{201c}{}\u{201d} {place}", evidence.sign)
}
