//! The verdict in one sentence, how sure it is, and why this was agreed.

use super::super::document::{Block, Inline, Piece};
use super::super::figures::{agreed, amount, amount_needed, counted, percent, percent_beside};
use super::day;
use crate::allocation::{Bounds, Counting, Phase, Report, Target, TargetReason, Verdict};

pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let mut first = verdict(report);
    if let Some(sure) = how_sure(report) {
        first = first.say(format!(" {sure}"));
    }
    let mut blocks = vec![Block::Paragraph(first)];
    blocks.extend(why(report).into_iter().map(Block::Paragraph));
    blocks
}

fn verdict(report: &Report) -> Inline {
    let Some(share) = &report.share else { return empty(report) };
    let is = if report.phase == Phase::Over { "was" } else { "is" };
    let whole = amount(&report.totals.counted(), report.unit);
    let Some(target) = &report.target else {
        return Inline::strong(format!("{} of {whole} {is} technical work.", percent(share)))
            .say(" No share was agreed for this board, so there is nothing to compare it with.");
    };
    let bounds = &target.bounds;
    let (words, shown) = match report.verdict {
        Some(Verdict::Below) => ("Less technical work than agreed", percent_beside(share, &bounds.min)),
        Some(Verdict::Above) => ("More technical work than agreed", percent_beside(share, &bounds.max)),
        _ => ("Technical work is as agreed", percent(share)),
    };
    let was = if is == "was" { "agreed were" } else { "agreed are" };
    let line = Inline::strong(format!("{words}: {shown} of {whole}; {was} {}.", in_words(target)));
    match missing(report) {
        Some(sentence) => line.say(format!(" {sentence}")),
        None => line,
    }
}

/// The agreed share: as the policy says it, and what its tolerance makes of it; where it was raised, from where to where.
fn in_words(target: &Target) -> String {
    let Bounds { min, max } = &target.bounds;
    if target.raised.is_some() {
        return range(&target.bounds);
    }
    let words = agreed(&target.share);
    let is_fixed = !target.share.contains("..") && min < max;
    if is_fixed { format!("{words} ({})", range(&target.bounds)) } else { words }
}

fn range(bounds: &Bounds) -> String {
    format!("{} to {}", percent(&bounds.min), percent(&bounds.max))
}

/// By how much the agreed share is missed.
fn missing(report: &Report) -> Option<String> {
    let would = if report.phase == Phase::Over { "would have done" } else { "would do" };
    match (report.verdict?, &report.points_to_target) {
        (Verdict::Below, Some(points)) => Some(format!("{} more {would}.", amount_needed(points, report.unit))),
        (Verdict::Below, None) => Some("All of it would have to be technical.".to_owned()),
        (Verdict::Above, Some(points)) => Some(format!("{} less {would}.", amount_needed(&points.abs(), report.unit))),
        _ => None,
    }
}

fn empty(report: &Report) -> Inline {
    let unknown = report.lines.iter().filter(|line| line.counting == Counting::Unknown).count();
    let line = Inline::strong("Nothing in this sprint counts yet.");
    let compared = report.target.as_ref().map_or_else(
        || " There is no share to show.".to_owned(),
        |target| format!(" So there is no share to compare with the agreed {}.", in_words(target)),
    );
    match unknown {
        0 if report.lines.is_empty() => line.say(format!(" No item is in it.{compared}")),
        0 => line.say(format!(" No item in it is technical or product work with a weight.{compared}")),
        1 => line.say(format!(" Nobody has said yet what kind of work its item is: a label does.{compared}")),
        _ => {
            line.say(format!(" Nobody has said yet what kind of work its {unknown} items are: a label does.{compared}"))
        }
    }
}

/// `Between 15 % and 24 %, however the 3 unclear items turn out.`
fn how_sure(report: &Report) -> Option<String> {
    let bounds = report.interval.as_ref().filter(|bounds| bounds.min < bounds.max)?;
    report.share.as_ref()?;
    let unclear = report.lines.iter().filter(|line| line.counting == Counting::Unknown || line.is_unestimated).count();
    Some(format!(
        "Between {} and {}, however the {} out.",
        percent(&bounds.min),
        percent(&bounds.max),
        if unclear == 1 {
            "1 unclear item turns".to_owned()
        } else {
            format!("{} turn", counted(unclear, "unclear item"))
        },
    ))
}

/// Why this was agreed for this sprint, where that is not plain.
fn why(report: &Report) -> Vec<Inline> {
    let mut said = Vec::new();
    if let Some(change) = &report.agreement_changed {
        said.push(
            Inline::ours(format!("The agreement changed: {} until ", agreed(&change.before)))
                .and(Piece::Foreign(change.until.clone(), 60))
                .say(format!(", {} since.", agreed(&change.since))),
        );
    }
    let Some(target) = &report.target else { return said };
    match &target.reason {
        TargetReason::Base => {}
        TargetReason::Dedicated => said.push(Inline::ours("This sprint is given to technical work.")),
        TargetReason::Outcome { condition, value, date } => said.push(
            Inline::ours(format!("{} are agreed while ", agreed(&target.share)))
                .and(Piece::Code(condition.clone()))
                .say(format!(": it was {value} on {}.", day(*date))),
        ),
    }
    if let Some(raise) = &target.raised {
        let agreed = agreed(&target.share);
        let capped = if raise.capped { " No sprint makes up for more than twice its share." } else { "" };
        said.push(Inline::ours(format!(
            "{agreed} are agreed on average. The last {} sprints, this one included, have {}, so this one makes up for it.{capped}",
            raise.sprints,
            percent(&raise.average),
        )));
    }
    for measure in &target.unusable_measures {
        let last = match measure.last {
            Some(date) => format!(" has no value newer than {}", day(date)),
            None => " has no value yet".to_owned(),
        };
        said.push(
            Inline(vec![Piece::Code(measure.name.clone())])
                .say(format!("{last}, so what was agreed for it is not in force. Set one with "))
                .and(Piece::Code(format!("plimsoll measure BOARD {} VALUE", measure.name)))
                .say("."),
        );
    }
    said
}
