//! What to do: what to pull in or to move out, why these, and how.

use super::super::document::{Block, Inline, Piece};
use super::super::figures::{amount, amount_needed, counted, percent};
use super::{Room, day, kind, named};
use crate::allocation::{Because, Exact, Phase, Report, SuggestedAction, Suggestion, Verdict};

pub(super) fn blocks(report: &Report, room: Room) -> Vec<Block> {
    let Some(first) = report.suggestions.first() else {
        return nothing_fits(report).map(Block::Paragraph).into_iter().collect();
    };
    let many = report.suggestions.len();
    let weight: Exact = report.suggestions.iter().map(|it| &it.weight).sum();
    let items = if many == 1 { "this item".to_owned() } else { format!("these {many} items") };
    let verb = match first.action {
        SuggestedAction::PullIn => "Pull in",
        SuggestedAction::MoveOut => "Move out",
    };
    let then = report.share_after.as_ref().map_or_else(String::new, |share| format!(": {} then", percent(share)));
    let fits = match (&report.share_after, &report.target) {
        (Some(after), Some(target)) if !target.bounds.contains(after) => ", as near as the items at hand come",
        _ => "",
    };
    let mut blocks = vec![Block::Paragraph(
        Inline::strong("What to do: ").say(format!("{verb} {items} ({}){then}{fits}.", amount(&weight, report.unit))),
    )];
    let mut list: Vec<Inline> = report.suggestions.iter().take(room.entries).map(|it| entry(it, report)).collect();
    if many > room.entries {
        list.push(Inline::ours(format!("and {} more", many - room.entries)));
    }
    blocks.push(Block::List(list));
    blocks.push(Block::Paragraph(how(first.action, report)));
    blocks
}

fn how(action: SuggestedAction, report: &Report) -> Inline {
    match action {
        SuggestedAction::PullIn => Inline::ours("Put them into ")
            .and(Piece::Foreign(report.sprint.name.clone(), 60))
            .say(" on the board, or choose others from the backlog; this comment follows."),
        SuggestedAction::MoveOut => Inline::ours("Take them out of ")
            .and(Piece::Foreign(report.sprint.name.clone(), 60))
            .say(more_product(report).map_or_else(
                || " on the board; this comment follows.".to_owned(),
                |points| format!(" on the board, or add {points} of product work; this comment follows."),
            )),
    }
}

/// Product work that would bring the share down to what was agreed: T / max − D.
fn more_product(report: &Report) -> Option<String> {
    let all = report.totals.technical.over(&report.target.as_ref()?.bounds.max)?;
    let more = all - report.totals.counted();
    more.is_positive().then(|| amount_needed(&more, report.unit))
}

/// `#12 Title: 5 points, security; due 1 February 2026, blocks 2 items`.
fn entry(suggestion: &Suggestion, report: &Report) -> Inline {
    let weight = amount(&suggestion.weight, report.unit);
    let line = named(&suggestion.item).say(format!(": {weight}, {}", kind(&suggestion.item)));
    suggestion
        .because
        .iter()
        .enumerate()
        .fold(line, |line, (index, because)| reason(line.say(if index == 0 { "; " } else { ", " }), because))
}

fn reason(line: Inline, because: &Because) -> Inline {
    match because {
        Because::Demanded(label) => line.say("demanded by ").and(Piece::Code(label.replace('`', "'"))),
        Because::Due(date) => line.say(format!("due {}", day(*date))),
        Because::Severe(label) => line.say("labelled ").and(Piece::Foreign(label.clone(), 50)),
        Because::Impact => line.say("impact known"),
        Because::Wanted(1) => line.say("1 person wants it"),
        Because::Wanted(people) => line.say(format!("{people} people want it")),
        Because::Blocks(items) => line.say(format!("blocks {}", counted(*items as usize, "item"))),
        Because::Waiting(since) => line.say(format!("waits since {}", since.strftime("%B %Y"))),
    }
}

/// Off the agreed share, and nothing at hand that would help.
fn nothing_fits(report: &Report) -> Option<Inline> {
    if report.phase == Phase::Over {
        return None;
    }
    match report.verdict? {
        Verdict::Below => Some(
            Inline::strong("What to do: ")
                .say("No technical item outside of a sprint fits here. Estimate or split what is in the backlog, or record what slows you down with ")
                .and(Piece::Code("/debt".to_owned()))
                .say("."),
        ),
        Verdict::Above => {
            let or = more_product(report).map_or_else(String::new, |points| format!(", or {points} more of product work"));
            Some(Inline::strong("What to do: ").say(format!(
                "No open technical item can go without missing the agreed share on the other side. Smaller items would help{or}."
            )))
        }
        Verdict::Within | Verdict::Empty => None,
    }
}
