//! How it was counted: every item, its side, its weight, and how that is known.

use super::super::document::{Block, Inline, Piece};
use super::super::figures::{amount, counted, number};
use super::{Room, kind, named};
use crate::allocation::{CategorySum, Certainty, Counting, Line, Report};

pub(super) fn blocks(report: &Report, room: Room) -> Vec<Block> {
    if report.lines.is_empty() {
        return Vec::new();
    }
    let mut inner = vec![Block::Paragraph(Inline::ours(sums(report)))];
    if !report.by_category.is_empty() {
        inner.push(Block::List(report.by_category.iter().map(|sum| Inline::ours(category(sum, report))).collect()));
    }
    if room.rows > 0 {
        let rows = report.lines.iter().take(room.rows).map(|line| row(line, report)).collect();
        inner.push(Block::Table { head: vec!["Item", "Side", "Weight", "How that is known"], rows });
    }
    if report.lines.len() > room.rows {
        let left_out = counted(report.lines.len() - room.rows, "item");
        inner.push(Block::Paragraph(
            Inline::ours(format!("{left_out} left out to keep this short; "))
                .and(Piece::Code("plimsoll report".to_owned()))
                .say(" shows all."),
        ));
    }
    vec![Block::Details("How it was counted".to_owned(), inner)]
}

fn sums(report: &Report) -> String {
    let totals = &report.totals;
    let mut said = vec![format!(
        "{} technical + {} product = {}.",
        number(&totals.technical),
        number(&totals.product),
        amount(&totals.counted(), report.unit)
    )];
    if totals.neutral.is_positive() {
        said.push(format!("Apart: {} neutral.", number(&totals.neutral)));
    }
    if totals.unknown.is_positive() {
        said.push(format!("Not known: {}.", number(&totals.unknown)));
    }
    said.join(" ")
}

fn category(sum: &CategorySum, report: &Report) -> String {
    let name = sum.category.as_ref().map_or_else(|| format!("{}, kind not known", sum.side), ToString::to_string);
    let part = if sum.technical.is_positive() && sum.technical != sum.weight {
        format!(", {} of it technical", number(&sum.technical))
    } else {
        String::new()
    };
    format!("{name}: {} in {}{part}", amount(&sum.weight, report.unit), counted(sum.items, "item"))
}

fn row(line: &Line, report: &Report) -> Vec<Inline> {
    let side = match line.counting {
        Counting::Counted if line.product.is_positive() && line.technical.is_positive() => "in part technical",
        Counting::Counted if line.technical.is_positive() => "technical",
        Counting::Counted => "product",
        Counting::Neutral => "neutral, apart",
        Counting::Unknown => "not known",
        Counting::Cancelled => "not counted: will not be done",
        Counting::Parent => "not counted: its parts are",
        Counting::PullRequest => "not counted: pull request",
    };
    let weight = match line.counting {
        Counting::Cancelled | Counting::Parent | Counting::PullRequest => String::new(),
        _ if line.is_unestimated => format!("{} (no estimate)", number(&line.weight)),
        Counting::Counted if line.product.is_positive() && line.technical.is_positive() => {
            format!("{} of {}", number(&line.technical), amount(&line.weight, report.unit))
        }
        _ => number(&line.weight),
    };
    vec![named(&line.item), Inline::ours(side), Inline::ours(weight), known(line)]
}

fn known(line: &Line) -> Inline {
    let kind = match (line.is_work(), &line.item.category) {
        (false, _) => return Inline::default(),
        (true, None) => String::new(),
        (true, Some(_)) => format!("{}: ", kind(&line.item)),
    };
    match line.item.certainty {
        Certainty::Person => Inline::ours(format!("{kind}somebody decided")),
        Certainty::Bot(_) if !line.item.evidence.is_empty() => {
            Inline::ours(kind).and(Piece::Foreign(line.item.evidence.clone(), 160))
        }
        #[expect(clippy::cast_possible_truncation, reason = "a probability in percent")]
        Certainty::Bot(sure) => {
            Inline::ours(format!("{kind}the bot thinks so ({} % sure)", (sure * 100.0).round() as i64))
        }
        Certainty::Nobody => Inline::ours("nobody has said it, and the text is not clear enough"),
    }
}
