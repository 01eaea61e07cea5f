//! All that people read of a decision: why something was done, and answers to commands.
//!
//! Whatever somebody wrote is quoted in code form, so that no answer mentions anybody, gives a command or links an item.

use jiff::Timestamp;

use crate::backlog::{Actor, CategoryName, Item, ItemState, Side, Standing};
use crate::classify::{Classification, Evidence, Where};
use crate::command::{Command, joined, quoted};

use super::{ItemMemory, Spoken, Statement, Verdict};

/// The label of an item that another one stands for.
pub(super) const DUPLICATE: &str = "duplicate";
/// What a label begins with that holds an item's weight.
pub(super) const POINTS: &str = "points/";

/// So many signs are named in an answer.
const SIGNS_NAMED: usize = 5;
/// So many items are named in a summary.
const ITEMS_NAMED: usize = 5;
/// Over so many days a summary looks back.
const LOOKS_BACK_DAYS: i64 = 30;

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

/// Why an item counts as what it counts, for a sprint's report; empty where nobody says anything.
pub(super) fn grounds(memory: &ItemMemory) -> String {
    let percent = (memory.confidence * 100.0).round();
    let (what, best) = match &memory.verdict {
        Verdict::Person { category, by } => return person_decided(by, category),
        Verdict::Bot { category } => (category.to_string(), Some(category)),
        Verdict::Nobody => match memory.side {
            Some(side) => (format!("{side} work of some kind"), None),
            None => return String::new(),
        },
    };
    let speaks = |evidence: &&Evidence| evidence.weight > 0.0 && best.is_none_or(|best| evidence.category == *best);
    let signs: Vec<String> = memory.evidence.iter().filter(speaks).take(3).map(sign).collect();
    let sure = if best.is_some() { format!(" ({percent} % sure)") } else { String::new() };
    if signs.is_empty() {
        format!("looks like {what}{sure}")
    } else {
        format!("looks like {what}{sure}: {}", signs.join(", "))
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

/// Why the bot's earlier mark goes when somebody asked it to look again.
pub(super) fn looked_again(category: &CategoryName) -> String {
    format!("looked at again, it looks like {category}")
}

/// Why the bot's earlier mark goes although nobody edited the item.
pub(super) fn given_back() -> String {
    "the decision was given back to the bot".to_owned()
}

/// Why something is done that a command asked for.
pub(super) fn ordered(by: &Actor, command: &Command) -> String {
    format!("{} gave the command {}", by.name, quoted(&format!("/{command}")))
}

/// Why a command is acknowledged.
pub(super) fn acknowledged(by: &Actor) -> String {
    format!("{} gave a command", by.name)
}

/// Why somebody is told that a command was not obeyed.
pub(super) fn not_obeyed(by: &Actor) -> String {
    format!("{} gave a command that cannot be obeyed", by.name)
}

/// Why what was said about a text goes.
pub(super) fn put_right(by: &Actor) -> String {
    format!("{} put right what could not be obeyed", by.name)
}

/// Why what was said about a comment goes with it.
pub(super) fn deleted(by: &Actor) -> String {
    format!("{} deleted the comment", by.name)
}

/// What the label for duplicates says.
pub(super) fn duplicates() -> String {
    "Another item stands for it".to_owned()
}

/// What a label with an item's weight says.
pub(super) fn weight() -> String {
    "The item's weight in story points".to_owned()
}

/// One note for all that went wrong.
pub(super) fn complaint(sentences: &[String]) -> String {
    joined(sentences).unwrap_or_default()
}

/// A command that makes no sense where it was given.
#[must_use]
pub fn not_in_pull_requests(written: &str) -> String {
    format!(
        "{} works on issues only; in a pull request there are {}, {} and {}.",
        quoted(written),
        quoted("/debt TITLE"),
        quoted("/backlog"),
        quoted("/help")
    )
}

/// An item that is called a duplicate of itself.
#[must_use]
pub fn of_itself(written: &str) -> String {
    format!("{} names this item itself; expected another one, as in {}.", quoted(written), quoted("/duplicate #12"))
}

/// More commands in one text than are obeyed.
#[must_use]
pub fn too_many(obeyed: usize, left_out: usize) -> String {
    let were = if left_out == 1 { "1 more was" } else { &format!("{left_out} more were") };
    format!("One comment gives at most {obeyed} commands: {were} left out.")
}

/// The description of an item that was opened by a command.
pub(super) fn debt(from: &Item, said: &Spoken) -> String {
    let place = match said.url.as_deref().filter(|url| is_plain_url(url)) {
        Some(url) => format!("[at this place]({url}) in {}", from.key),
        None => format!("in {}", from.key),
    };
    format!("Technical debt that {} noticed {place}.", quoted(&said.by.name))
}

fn is_plain_url(url: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'*+,;=%".contains(c);
    (url.starts_with("https://") || url.starts_with("http://")) && url.chars().all(plain)
}

/// How an item is classified and why.
pub(super) fn why(memory: &ItemMemory) -> String {
    let mut lines = vec![verdict(memory)];
    let signs: Vec<String> =
        memory.evidence.iter().filter(|sign| !is_decision(sign)).take(SIGNS_NAMED).map(quoted_sign).collect();
    if signs.is_empty() {
        lines.push("The text gives no sign of any category.".to_owned());
    } else {
        lines.push(format!("Signs in the text:\n{}", signs.join("\n")));
    }
    let told: Vec<String> = memory.told.statements.iter().map(statement).collect();
    if !told.is_empty() {
        lines.push(format!("On record:\n{}", told.join("\n")));
    }
    lines.join("\n\n")
}

fn verdict(memory: &ItemMemory) -> String {
    let side = |side: Option<Side>| side.map_or_else(String::new, |side| format!(", {side} work"));
    match &memory.verdict {
        Verdict::Person { category, by } => {
            format!("This is **{category}**{}: {} decided that.", side(memory.side), quoted(&by.name))
        }
        Verdict::Bot { category } => {
            let percent = (memory.confidence * 100.0).round();
            format!("This is **{category}**{}: that is what the text looks like, {percent} % sure.", side(memory.side))
        }
        Verdict::Nobody => [Some(no_category(memory)), suggestion(memory), known_side(memory)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n\n"),
    }
}

fn no_category(memory: &ItemMemory) -> String {
    match Standing::of(&memory.decisions).vetoed.last() {
        Some(category) => format!("This has no category: somebody took **{category}** away, so the bot puts none."),
        None => "This has no category: nobody decided one, and the text is not clear enough.".to_owned(),
    }
}

/// What it most likely is, with the command that accepts it.
fn suggestion(memory: &ItemMemory) -> Option<String> {
    let category = memory.suggestion.as_ref()?;
    let percent = (memory.confidence * 100.0).round();
    let command = quoted(&format!("/{}", Command::SetCategory { category: category.clone() }));
    Some(format!("It looks most like **{category}**, {percent} % sure: {command} accepts that."))
}

/// The side may be sure where the category is not.
fn known_side(memory: &ItemMemory) -> Option<String> {
    memory.side.map(|side| format!("Whatever its category, it counts as {side} work."))
}

/// Decisions are shown as signs that are stronger than any of the classifier's.
fn is_decision(sign: &Evidence) -> bool {
    sign.weight >= super::item::DECISION_WEIGHT
}

fn quoted_sign(evidence: &Evidence) -> String {
    let against = if evidence.weight < 0.0 { "against" } else { "for" };
    format!("- {} {} speaks {against} {}", quoted(&evidence.sign), place(evidence.place), evidence.category)
}

fn statement(statement: &Statement) -> String {
    format!("- {} ({})", quoted(&format!("/{}", statement.command)), quoted(&statement.by.name))
}

/// The technical backlog in a few lines: how many, how old, the top ones, and whether it grows.
#[must_use]
pub fn backlog_summary(items: &[ItemMemory], now: Timestamp) -> String {
    let technical = || items.iter().filter(|memory| memory.side == Some(Side::Technical));
    let mut open: Vec<&ItemMemory> = technical().filter(|memory| memory.item.state == ItemState::Open).collect();
    open.sort_by_key(|memory| memory.item.created_at.unwrap_or(now));
    if open.is_empty() {
        return "The technical backlog is empty, as far as the bot has seen this repository.".to_owned();
    }
    let days = |at: Option<Timestamp>| at.map_or(0, |at| now.duration_since(at).as_hours() / 24);
    let lately = |at: Option<Timestamp>| at.is_some() && days(at) < LOOKS_BACK_DAYS;
    let opened = technical().filter(|memory| lately(memory.item.created_at)).count();
    // What was last read before closing times were kept is taken to have been closed when it last changed.
    let went = |item: &Item| item.closed_at.or(item.updated_at);
    let closed =
        technical().filter(|memory| memory.item.state != ItemState::Open && lately(went(&memory.item))).count();
    let trend = match opened.cmp(&closed) {
        std::cmp::Ordering::Greater => "it grows",
        std::cmp::Ordering::Less => "it shrinks",
        std::cmp::Ordering::Equal => "it stays as it is",
    };
    let middle = open.get((open.len() - 1) / 2).map_or(0, |memory| days(memory.item.created_at));
    let mut lines = vec![
        match open.as_slice() {
            [_] => format!("The technical backlog has 1 open item; it is {} old.", counted_days(middle)),
            open => format!(
                "The technical backlog has {}; half of them are at least {} old.",
                counted(open.len(), "open item"),
                counted_days(middle)
            ),
        },
        format!("In the last {LOOKS_BACK_DAYS} days {opened} came and {closed} went: {trend}."),
        String::new(),
        "First those with a date, then the oldest:".to_owned(),
    ];
    // Stable: among those without a date, and on the same date, the oldest stay first.
    open.sort_by_key(|memory| due(memory).map_or((true, None), |date| (false, Some(date))));
    lines.extend(open.iter().take(ITEMS_NAMED).map(|memory| {
        let item = &memory.item;
        let due = due(memory).map_or_else(String::new, |date| format!(", due {date}"));
        format!("- {} {}, {}{due}", quoted(&item.key), quoted(&item.title), counted_days(days(item.created_at)))
    }));
    lines.join("\n")
}

/// The date with consequences that holds, if people named one.
fn due(memory: &ItemMemory) -> Option<jiff::civil::Date> {
    memory.told.statements.iter().rev().find_map(|statement| match &statement.command {
        Command::Due { date, .. } => Some(*date),
        _ => None,
    })
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn counted_days(days: i64) -> String {
    counted(usize::try_from(days).unwrap_or(0), "day")
}

fn sign(evidence: &Evidence) -> String {
    format!("\u{201c}{}\u{201d} {}", evidence.sign, place(evidence.place))
}

const fn place(place: Where) -> &'static str {
    match place {
        Where::Type => "as the issue type",
        Where::Label => "as a label",
        Where::Prefix => "as the title's prefix",
        Where::Title => "in the title",
        Where::Body => "in the text",
        Where::Field => "as a heading",
        Where::Parent => "at its parent",
    }
}
