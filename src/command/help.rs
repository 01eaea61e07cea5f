//! Help, made from the list: nothing is said here that does not stand with a command.

use super::list::category;
use super::quote::quoted;
use super::right::Rule;
use super::vocabulary::{Entry, Kind, Vocabulary};

/// The help text in Markdown: of all commands, or of one by its canonical name (one that is unknown gives the list).
#[must_use]
pub fn help(vocabulary: &Vocabulary, about: Option<&str>) -> String {
    match about.and_then(|name| vocabulary.entry(name)) {
        Some(entry) => about_one(vocabulary, entry),
        None => about_all(vocabulary),
    }
}

fn about_all(vocabulary: &Vocabulary) -> String {
    let (categories, others): (Vec<&Entry>, Vec<&Entry>) =
        vocabulary.entries().iter().filter(|entry| entry.on).partition(|entry| matches!(entry.kind, Kind::Category(_)));
    let category_rows = by_rule(&categories).into_iter().map(|(rule, group)| {
        let words: Vec<String> = group.iter().map(|entry| quoted(&vocabulary.spelled(&entry.name))).collect();
        row(&words.join(" "), "sets the category", rule)
    });
    let other_rows = others.iter().map(|entry| row(&usages(vocabulary, entry).join(" or "), &does(entry), &entry.rule));
    let head = [
        "Write a command at the start of a line; several may stand in one comment.",
        "",
        "| command | what it does | who may |",
        "|---|---|---|",
    ];
    let more = quoted(&vocabulary.spelled_with_prefix("help COMMAND"));
    let tail = [String::new(), format!("{more} says more of one; the prefix works with every command.")];
    let lines: Vec<String> =
        head.into_iter().map(str::to_owned).chain(category_rows).chain(other_rows).chain(tail).collect();
    lines.join("\n")
}

fn row(usage: &str, does: &str, rule: &Rule) -> String {
    format!("| {} | {} | {} |", in_cell(usage), in_cell(does), in_cell(&who_may(rule)))
}

/// A pipe would end a cell, even in code.
fn in_cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn by_rule<'a>(entries: &[&'a Entry]) -> Vec<(&'a Rule, Vec<&'a Entry>)> {
    let mut groups: Vec<(&Rule, Vec<&Entry>)> = Vec::new();
    for entry in entries {
        match groups.iter_mut().find(|(rule, _)| **rule == entry.rule) {
            Some((_, group)) => group.push(entry),
            None => groups.push((&entry.rule, vec![entry])),
        }
    }
    groups
}

fn about_one(vocabulary: &Vocabulary, entry: &Entry) -> String {
    let code = |words: &mut dyn Iterator<Item = &str>| {
        words.map(|word| quoted(&vocabulary.spelled(word))).collect::<Vec<_>>().join(", ")
    };
    let (details, examples) = match entry.kind {
        Kind::Listed(spec) => (spec.details, spec.examples),
        Kind::Category(_) => ("", [].as_slice()),
    };
    let first = format!("{}: {}. {details}", usages(vocabulary, entry).join(" or "), does(entry));
    let mut lines = vec![first.trim_end().to_owned(), String::new()];
    if !examples.is_empty() {
        lines.push(format!("- Examples: {}", code(&mut examples.iter().copied())));
    }
    if entry.words.len() > 1 {
        lines.push(format!("- Also: {}", code(&mut entry.words.iter().skip(1).map(String::as_str))));
    }
    lines.push(format!("- Who may: {}", who_may(&entry.rule)));
    if !entry.on {
        lines.push("- It is switched off here.".to_owned());
    }
    lines.join("\n")
}

fn usages(vocabulary: &Vocabulary, entry: &Entry) -> Vec<String> {
    let spelled = |usage: &str| quoted(&vocabulary.spelled(usage));
    match entry.kind {
        Kind::Listed(spec) => spec.usage.iter().map(|usage| spelled(usage)).collect(),
        Kind::Category(_) => vec![spelled(&entry.name)],
    }
}

fn does(entry: &Entry) -> String {
    match &entry.kind {
        Kind::Listed(spec) => spec.does.to_owned(),
        Kind::Category(name) => category::does(name),
    }
}

/// Who may, in words; accounts and teams are quoted, so that none of them is called.
fn who_may(rule: &Rule) -> String {
    let named: Vec<String> = rule.people.iter().chain(&rule.teams).map(|name| quoted(name)).collect();
    let holders = rule.right.holders();
    if named.is_empty() { holders.to_owned() } else { format!("{holders}, and {}", named.join(", ")) }
}
