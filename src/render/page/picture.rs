//! The share as a bar against what was agreed, and the trend. A bar of characters is read in a mail and in the dark.

use super::super::document::{Block, Inline, Piece};
use super::super::figures::{agreed, chart_percent, percent, whole_percent};
use crate::allocation::{Bounds, Exact, Report, SprintRecord, Verdict};

/// A bar has so many characters: two percent each.
const WIDTH: i64 = 50;
/// So many sprints are shown, this one included.
pub(super) const SPRINTS_SHOWN: usize = 8;

pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(share) = &report.share {
        blocks.push(Block::Columns(bars(share, report)));
    }
    blocks.extend(trend(report));
    blocks
}

fn bars(share: &Exact, report: &Report) -> Vec<String> {
    let mut lines = vec![format!("technical  {}  {}", bar(share), percent(share))];
    if let Some(target) = &report.target {
        let words = if target.raised.is_some() { range(&target.bounds) } else { agreed(&target.share) };
        lines.push(format!("agreed     {}  {words}", mark(&target.bounds)));
    }
    lines
}

fn range(bounds: &Bounds) -> String {
    format!("{} to {}", percent(&bounds.min), percent(&bounds.max))
}

fn bar(share: &Exact) -> String {
    let filled = whole_percent(share).clamp(0, 100) * WIDTH / 100;
    (0..WIDTH).map(|at| if at < filled { '█' } else { '░' }).collect()
}

/// The agreed range as a line above which the bar should end.
fn mark(bounds: &Bounds) -> String {
    let from = whole_percent(&bounds.min).clamp(0, 100) * WIDTH / 100;
    let to = whole_percent(&bounds.max).clamp(0, 100) * WIDTH / 100;
    let from = from.min(WIDTH - 1);
    (0..WIDTH).map(|at| if at == from || (from..to).contains(&at) { '▀' } else { '·' }).collect()
}

/// The last sprints as a chart, and the same as a table for where no chart is drawn.
pub(super) fn trend(report: &Report) -> Vec<Block> {
    let known: Vec<SprintRecord> = report.earlier.iter().cloned().chain([report.record()]).collect();
    let shown = known.get(known.len().saturating_sub(SPRINTS_SHOWN)..).unwrap_or_default();
    if shown.len() < 2 {
        return Vec::new();
    }
    let head = vec!["Sprint", "Technical", "Agreed", ""];
    let rows = shown.iter().rev().map(row).collect();
    vec![
        Block::Mermaid(chart(shown)),
        Block::Details("The last sprints as a table".to_owned(), vec![Block::Table { head, rows }]),
    ]
}

fn row(record: &SprintRecord) -> Vec<Inline> {
    let share = record.share();
    let agreed = record.agreed.as_ref().map_or_else(String::new, range);
    let verdict = match (record.verdict, record.dedicated) {
        (Some(Verdict::Below), _) => "below",
        (Some(Verdict::Above), _) => "above",
        (Some(Verdict::Within), true) => "as agreed, given to technical work",
        (Some(Verdict::Within), false) => "as agreed",
        (Some(Verdict::Empty), _) => "nothing counted",
        (None, _) => "",
    };
    vec![
        Inline(vec![Piece::Foreign(record.sprint.name.clone(), 60)]),
        Inline::ours(share.as_ref().map_or_else(String::new, percent)),
        Inline::ours(agreed),
        Inline::ours(verdict),
    ]
}

/// Bars for the shares, a line for the least that was agreed.
fn chart(shown: &[SprintRecord]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (index, record) in shown.iter().enumerate() {
        let name = label(&record.sprint.name);
        // A chart draws one bar for all that have the same name.
        let is_unique = !name.is_empty() && !names.contains(&format!("\"{name}\""));
        names.push(if is_unique { format!("\"{name}\"") } else { format!("\"{name} ({})\"", index + 1) });
    }
    let shares: Vec<Exact> = shown.iter().map(|record| record.share().unwrap_or_default()).collect();
    let least: Vec<Option<Exact>> =
        shown.iter().map(|record| record.agreed.as_ref().map(|it| it.min.clone())).collect();
    let highest = shares.iter().chain(least.iter().flatten()).map(whole_percent).max().unwrap_or(0);
    let mut lines = vec![
        "xychart-beta".to_owned(),
        "    title \"Technical work in percent (bars) and the least agreed (line)\"".to_owned(),
        format!("    x-axis [{}]", names.join(", ")),
        format!("    y-axis 0 --> {}", ((highest + 10) / 10 * 10).clamp(10, 100)),
        format!("    bar [{}]", shares.iter().map(chart_percent).collect::<Vec<_>>().join(", ")),
    ];
    let least: Option<Vec<String>> = least.iter().map(|share| share.as_ref().map(chart_percent)).collect();
    lines.extend(least.map(|least| format!("    line [{}]", least.join(", "))));
    lines
}

/// A sprint's name as Mermaid takes it: letters, digits and a few signs.
fn label(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '.' | '/') { c } else { ' ' };
    let words: String = name.chars().map(plain).collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    words.join(" ").chars().take(16).collect::<String>().trim().to_owned()
}
