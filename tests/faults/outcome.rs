//! What people see in the end: labels, the bot's comments, what it opened, and what it says about commits. Numbers, ids,
//! ports and the order of comments are left out, since they depend on who was faster.

use plimsoll::sandbox::github::{Issue, PullOrIssue};

use crate::action::People;

const BOT: &str = "plimsoll[bot]";

/// One line for each thing that is seen.
pub(crate) fn outcome(people: &People) -> Vec<String> {
    let mut lines: Vec<String> = people.items.iter().map(|(number, item)| seen(*number, &item.issue)).collect();
    for repository in &people.repositories {
        let opened = repository.issues().into_iter().filter_map(|issue| issue.view().map(|view| (issue, view)));
        let mut by_bot: Vec<String> = opened
            .filter(|(_, view)| view.author == BOT && view.kind == PullOrIssue::Issue)
            .map(|(issue, view)| {
                let body = without_numbers(view.body.as_deref().unwrap_or_default());
                format!("{}: opened {:?} {body:?} {:?}", repository.full_name(), view.title, sorted(issue.labels()))
            })
            .collect();
        by_bot.sort();
        lines.extend(by_bot);
    }
    for (repository, commit) in &people.commits {
        // Of each check the newest counts.
        let statuses = people.repositories[*repository].statuses(commit);
        let newest = statuses.last().map(|one| format!("{} {:?}", one.state, one.description));
        lines.push(format!("commit {repository}: {newest:?}"));
    }
    lines
}

fn seen(number: usize, issue: &Issue) -> String {
    let Some(view) = issue.view() else { return format!("item {number}: gone") };
    let comments = issue.comments().into_iter().filter(|one| one.author == BOT);
    let comments = sorted(comments.map(|one| without_numbers(&one.body)).collect());
    let state = if view.open { "open" } else { "closed" };
    format!("item {number}: {state} {:?} {comments:?}", sorted(view.labels))
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}

/// Of a hidden marker the kind stays. Every run of digits that stands for an id, a number or a port becomes one sign; small
/// numbers of a text stay.
fn without_numbers(text: &str) -> String {
    let text = match text.strip_prefix("<!-- plimsoll:").and_then(|rest| rest.split_once("-->")) {
        Some((marker, rest)) => format!("{}:{rest}", marker.split(':').next().unwrap_or_default()),
        None => text.to_owned(),
    };
    let mut shown = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(std::iter::once('\n')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            let names = digits.len() > 3 || shown.ends_with(['#', '/', '-', ':']);
            shown.push_str(if names { "N" } else { &digits });
            digits.clear();
        }
        shown.push(c);
    }
    shown
}
