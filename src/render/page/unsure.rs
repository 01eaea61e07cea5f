//! What makes the figure unsure, and what was added after the start.

use super::super::document::{Block, Inline};
use super::super::figures::{amount, counted, number};
use super::{Room, items, listed};
use crate::allocation::{Counting, ItemKind, Line, Phase, Report};

pub(super) fn blocks(report: &Report, room: Room) -> Vec<Block> {
    let mut list = Vec::new();
    if report.fell_back_to_count {
        list.push(Inline::ours("Nothing in it has an estimate, so items are counted instead of points."));
    }
    let mut name = |what: &str, wanted: &dyn Fn(&Line) -> bool| {
        let found: Vec<&Line> = report.lines.iter().filter(|line| wanted(line)).collect();
        if !found.is_empty() {
            list.push(
                Inline::ours(format!("{} {what}: ", counted(found.len(), "item"))).join(listed(items(&found), room)),
            );
        }
    };
    name("of a kind that nobody knows (a label settles it)", &|line| line.counting == Counting::Unknown);
    if let Some(median) = &report.median {
        let what = format!("without an estimate, each taken for {}", number(median));
        name(&what, &|line| line.is_unestimated);
    }
    name("too vague to plan with", &|line| line.is_work() && line.item.is_vague);
    name("on the board only, as a draft", &|line| line.item.kind == ItemKind::Draft && line.is_work());
    if report.phase != Phase::Over {
        name("added after the start", &|line| line.is_added);
    }
    if report.changes.baseline_is_late {
        list.push(Inline::ours("The start was seen late: what came or went before that is not known."));
    }
    let removed = &report.changes.removed;
    if !removed.is_empty() && report.phase != Phase::Over {
        let weight = removed.iter().filter_map(|member| member.weight.as_ref()).sum();
        list.push(Inline::ours(format!(
            "{} taken out after the start ({}).",
            counted(removed.len(), "item"),
            amount(&weight, report.unit)
        )));
    }
    if list.is_empty() {
        return Vec::new();
    }
    vec![Block::Paragraph(Inline::strong("What makes the figure unsure")), Block::List(list)]
}
