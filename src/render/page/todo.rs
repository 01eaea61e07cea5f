//! What to do: what to pull in or to move out, how far each gets, why these, and how.

use super::super::document::{Block, Inline, Piece};
use super::super::figures::{amount, amount_needed, counted, percent};
use super::{Room, day, kind, named};
use crate::allocation::{Because, Exact, Phase, PlannedBy, Report, SuggestedAction, Suggestion, Verdict, WeightUnit};

/// The longest name of a sprint that is shown.
const LONGEST_NAME: usize = 60;

pub(super) fn blocks(report: &Report, room: Room) -> Vec<Block> {
    let Some(first) = report.suggestions.first() else {
        return nothing_fits(report).or_else(|| only_demanded(report)).map(Block::Paragraph).into_iter().collect();
    };
    let many = report.suggestions.len();
    let head = vec!["Item", "Weight", "Share then", "Why this one"];
    let rows = report.suggestions.iter().take(room.entries).map(|it| row(it, report, room)).collect();
    let mut blocks = vec![Block::Paragraph(in_short(first.action, report)), Block::Table { head, rows }];
    if many > room.entries {
        blocks.push(Block::Paragraph(Inline::ours(format!("and {} more", many - room.entries))));
    }
    blocks.push(Block::Paragraph(how(first.action, report)));
    blocks
}

/// `Pull in these 2 items, 7 points: the share is 34 % then, as agreed.` Where items are counted they are their weight.
fn in_short(action: SuggestedAction, report: &Report) -> Inline {
    let weight: Exact = report.suggestions.iter().map(|it| &it.weight).sum();
    let items = match report.suggestions.len() {
        1 => "this item".to_owned(),
        many => format!("these {many} items"),
    };
    let verb = match action {
        SuggestedAction::PullIn => "Pull in",
        SuggestedAction::MoveOut => "Move out",
    };
    let then = match (&report.share_after, &report.target) {
        (None, _) => String::new(),
        (Some(after), Some(target)) if !target.bounds.contains(after) => {
            format!(": the share is {} then, as near as the items at hand come", percent(after))
        }
        (Some(after), _) => format!(": the share is {} then, as agreed", percent(after)),
    };
    let weighing = match report.unit {
        WeightUnit::Points => format!(", {}", amount(&weight, report.unit)),
        WeightUnit::Items => String::new(),
    };
    Inline::strong("What to do: ").say(format!("{verb} {items}{weighing}{then}."))
}

fn how(action: SuggestedAction, report: &Report) -> Inline {
    let (line, instead) = match action {
        SuggestedAction::PullIn => {
            (how_to_pull_in(report).say("; other technical items from the backlog do as well"), less_product(report))
        }
        SuggestedAction::MoveOut => (how_to_move_out(report), more_product(report)),
    };
    let line = Inline::strong("How: ").join(line).say(". This comment follows.");
    match instead {
        Some(sentence) => line.say(format!(" {sentence}")),
        None => line,
    }
}

fn how_to_pull_in(report: &Report) -> Inline {
    let sprint = Piece::Foreign(report.sprint.name.clone(), LONGEST_NAME);
    match &report.planned_by {
        PlannedBy::Board => Inline::ours("put these into ").and(sprint).say(" on the board"),
        PlannedBy::Field(field) => {
            on_the_board(report).say("set ").and(Piece::Code(plain(field))).say(" to ").and(sprint)
        }
        PlannedBy::Milestone => Inline::ours("set the milestone to ").and(sprint),
        PlannedBy::Label => Inline::ours("put the label ").and(sprint),
    }
}

fn how_to_move_out(report: &Report) -> Inline {
    let sprint = Piece::Foreign(report.sprint.name.clone(), LONGEST_NAME);
    match &report.planned_by {
        PlannedBy::Board => Inline::ours("take these out of ").and(sprint).say(" on the board"),
        PlannedBy::Field(field) => {
            on_the_board(report).say("empty ").and(Piece::Code(plain(field))).say(", or set it to a later sprint")
        }
        PlannedBy::Milestone => Inline::ours("take the milestone ").and(sprint).say(" off"),
        PlannedBy::Label => Inline::ours("take the label ").and(sprint).say(" off"),
    }
}

fn on_the_board(report: &Report) -> Inline {
    Inline::ours("on the board ").and(Piece::Foreign(report.board.clone(), LONGEST_NAME)).say(" ")
}

/// A field's name as something to type.
fn plain(field: &str) -> String {
    field.chars().filter(|c| !c.is_control()).map(|c| if c == '`' { '\'' } else { c }).take(LONGEST_NAME).collect()
}

/// A full sprint takes nothing more in: min · D − T in exchange for as much product work does as well.
fn less_product(report: &Report) -> Option<String> {
    let missing =
        report.target.as_ref()?.bounds.min.clone() * report.totals.counted() - report.totals.technical.clone();
    missing.is_positive().then(|| {
        let amount = amount_needed(&missing, report.unit);
        format!("If the sprint is full, exchange {amount} of product work for technical work instead.")
    })
}

/// Product work that would bring the share down to what was agreed: T / max − D.
fn more_product(report: &Report) -> Option<String> {
    product_to_add(report).map(|amount| format!("Or add {amount} of product work."))
}

fn product_to_add(report: &Report) -> Option<String> {
    let all = report.totals.technical.over(&report.target.as_ref()?.bounds.max)?;
    let more = all - report.totals.counted();
    more.is_positive().then(|| amount_needed(&more, report.unit))
}

fn row(suggestion: &Suggestion, report: &Report, room: Room) -> Vec<Inline> {
    vec![
        named(&suggestion.item),
        Inline::ours(amount(&suggestion.weight, report.unit)),
        Inline::ours(suggestion.share_after.as_ref().map_or_else(String::new, |share| reached(share, report))),
        why(suggestion, room),
    ]
}

/// `24 %`, and whether that is enough.
fn reached(share: &Exact, report: &Report) -> String {
    let is_agreed = report.target.as_ref().is_some_and(|target| target.bounds.contains(share));
    format!("{}{}", percent(share), if is_agreed { ", as agreed" } else { "" })
}

/// `security: Anybody can take over an account; due 1 February 2026; blocks 2 items`
fn why(suggestion: &Suggestion, room: Room) -> Inline {
    let item = &suggestion.item;
    let mut line = Inline::ours(kind(item));
    if let Some(impact) = &item.impact {
        line = line.say(": ").and(Piece::Foreign(impact.clone(), room.impact));
    }
    let because = suggestion.because.iter();
    let is_demanded = because.clone().any(|because| matches!(because, Because::Demanded(_)));
    // What demands it is what makes it severe.
    let because = because.filter(|because| !(is_demanded && matches!(because, Because::Severe(_))));
    because.filter_map(reason).fold(line, |line, reason| line.say("; ").join(reason))
}

/// None: the impact stands there in its writer's words.
fn reason(because: &Because) -> Option<Inline> {
    Some(match because {
        Because::Impact => return None,
        Because::Demanded(label) => Inline::ours("demanded by ").and(Piece::Code(label.replace('`', "'"))),
        Because::Due(date) => Inline::ours(format!("due {}", day(*date))),
        Because::Severe(label) => Inline::ours("labelled ").and(Piece::Foreign(label.clone(), 50)),
        Because::Wanted(1) => Inline::ours("1 person wants it"),
        Because::Wanted(people) => Inline::ours(format!("{people} people want it")),
        Because::Blocks(items) => Inline::ours(format!("blocks {}", counted(*items as usize, "item"))),
        Because::Waiting(since) => Inline::ours(format!("open since {}", since.strftime("%B %Y"))),
    })
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
            let or = product_to_add(report).map_or_else(String::new, |points| format!(", or {points} more of product work"));
            Some(Inline::strong("What to do: ").say(format!(
                "No open technical item can go without missing the agreed share on the other side. Smaller items would help{or}."
            )))
        }
        Verdict::Within | Verdict::Empty => None,
    }
}

/// The share needs nothing, but the agreement demands some items.
fn only_demanded(report: &Report) -> Option<Inline> {
    (!report.demanded.is_empty()).then(|| {
        Inline::strong("What to do: ").say("Plan what the agreement demands: ").join(how_to_pull_in(report)).say(".")
    })
}
