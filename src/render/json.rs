//! A report in the stable form for programs (docs/formats.md): numbers unrounded, ids as their source gives them.

use serde_json::{Map, Value, json};

use crate::allocation::{Bounds, Exact, Line, Member, Report, Suggestion};

/// The report. `id` says how an item's id is written: as a text, or as the number that a file gave.
#[must_use]
pub fn json(report: &Report, id: &dyn Fn(&str) -> Value) -> Value {
    let ids = |all: &[String]| -> Vec<Value> { all.iter().map(|one| id(one)).collect() };
    let target = report.target.as_ref();
    let record = report.record();
    json!({
        "board": report.board,
        "sprint": report.sprint,
        "date": report.today,
        "phase": report.phase,
        "share": report.share,
        "interval": report.interval.as_ref().map(|bounds| [&bounds.min, &bounds.max]),
        "agreed": target.map(|target| bounds(&target.bounds)),
        "verdict": report.verdict,
        "points_to_target": report.points_to_target,
        "weight": report.unit,
        "technical": report.totals.technical,
        "product": report.totals.product,
        "counted": report.totals.counted(),
        "neutral": report.totals.neutral,
        "unknown": report.totals.unknown,
        "agreement": report.agreement,
        "dedicated": record.dedicated,
        "by_category": by_category(report),
        "demanded": report.demanded.iter()
            .map(|it| json!({ "id": id(&it.item.id), "label": it.label, "title": it.item.title }))
            .collect::<Vec<_>>(),
        "suggestions": report.suggestions.iter().map(|it| suggestion(it, id)).collect::<Vec<_>>(),
        "share_after": report.share_after,
        "unsure": report.lines.iter().filter_map(|line| unsure(line, id)).collect::<Vec<_>>(),
        "added": ids(&report.changes.added),
        "removed": report.changes.removed.iter().map(|it| id(&it.id)).collect::<Vec<_>>(),
        "delivered": ids(&report.changes.delivered),
        "unfinished": ids(&report.changes.unfinished),
        "carried_over": ids(&report.carried_over),
        "committed": report.changes.committed.as_ref()
            .map(|there| there.iter().map(|it| member(it, id)).collect::<Vec<_>>()),
        "seen_late": record.seen_late,
        "members": record.members.iter().map(|it| member(it, id)).collect::<Vec<_>>(),
    })
}

fn bounds(bounds: &Bounds) -> Value {
    json!({ "min": bounds.min, "max": bounds.max })
}

/// By the category's name, else by the side's.
fn by_category(report: &Report) -> Map<String, Value> {
    let mut sums: Map<String, Value> = Map::new();
    for sum in &report.by_category {
        let name = sum.category.as_ref().map_or_else(|| sum.side.to_string(), ToString::to_string);
        let value = json!({
            "side": sum.side, "items": sum.items, "weight": sum.weight, "technical": sum.technical,
        });
        sums.insert(name, value);
    }
    sums
}

fn suggestion(suggestion: &Suggestion, id: &dyn Fn(&str) -> Value) -> Value {
    json!({
        "action": suggestion.action,
        "id": id(&suggestion.item.id),
        "reference": suggestion.item.reference,
        "title": suggestion.item.title,
        "category": suggestion.item.category,
        "weight": suggestion.weight,
        "technical": suggestion.technical,
        "share_after": suggestion.share_after,
        "because": suggestion.because,
    })
}

fn unsure(line: &Line, id: &dyn Fn(&str) -> Value) -> Option<Value> {
    use crate::allocation::Counting;
    let reasons: Vec<&str> = [
        (line.counting == Counting::Unknown, "unclassified"),
        (line.is_unestimated, "unestimated"),
        (line.is_work() && line.item.is_vague, "vague"),
    ]
    .into_iter()
    .filter_map(|(holds, reason)| holds.then_some(reason))
    .collect();
    (!reasons.is_empty()).then(|| json!({ "id": id(&line.item.id), "reasons": reasons }))
}

fn member(member: &Member, id: &dyn Fn(&str) -> Value) -> Value {
    let number = |number: &Option<Exact>| number.as_ref().map_or(Value::Null, |it| json!(it));
    json!({
        "id": id(&member.id),
        "reference": member.reference,
        "title": member.title,
        "weight": number(&member.weight),
        "technical": number(&member.technical),
        "done": member.done,
    })
}
