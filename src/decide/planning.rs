//! What is remembered of an item, as a sprint's report wants it.

use crate::allocation::{Certainty, Exact, SprintItem};
use crate::command::{Command, Points};

use super::{ItemMemory, Verdict, wording};

/// The item with its side, category and what people told by command. Points, parent and what belongs to
/// the sprint are the tracker's to fill in.
#[must_use]
pub fn sprint_item(memory: &ItemMemory) -> SprintItem {
    let (category, certainty) = match &memory.verdict {
        Verdict::Person { category, .. } => (Some(category.clone()), Certainty::Person),
        Verdict::Bot { category } => (Some(category.clone()), Certainty::Bot(memory.confidence)),
        Verdict::Nobody if memory.side.is_some() => (None, Certainty::Bot(memory.confidence)),
        Verdict::Nobody => (None, Certainty::Nobody),
    };
    let mut item = SprintItem {
        id: memory.item.id.clone(),
        reference: memory.item.key.clone(),
        url: memory.item.url.clone(),
        title: memory.item.title.clone(),
        side: memory.side,
        category,
        certainty,
        evidence: wording::grounds(memory),
        state: memory.item.state,
        labels: memory.item.labels.clone(),
        reactions: memory.item.reactions,
        blocks: memory.item.blocks,
        impact: memory.impact.clone(),
        created_at: memory.item.created_at,
        ..SprintItem::default()
    };
    for statement in &memory.told.statements {
        match &statement.command {
            Command::Share { share } => item.share = Exact::from_decimal(share.ratio()),
            Command::Impact { text } => item.impact = Some(text.clone()),
            Command::Due { date, .. } => item.due = Some(*date),
            _ => {}
        }
    }
    item
}

/// `points/5`: where a tracker has no field for points.
#[must_use]
pub fn points_by_label(labels: &[String]) -> Option<Exact> {
    let points = labels.iter().find_map(|label| Points::parse(label.trim().strip_prefix("points/")?.trim()))?;
    Exact::from_decimal(points.value())
}
