//! How the report's item and its comments are called, and what a comment tells of its sprint when the database is lost.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::allocation::{Baseline, Member, SprintRecord};
use crate::backlog::{Repository, Subject};
use crate::store::SprintRow;
use crate::tracker::ReportNote;

use super::snapshot::{self, Planned};

/// Names the report's item of a board.
pub(super) fn report_key(board: &Subject) -> String {
    format!("report/{}", board.id)
}

/// Names a sprint's comment.
pub(super) fn sprint_key(start: Date) -> String {
    format!("sprint/{start}")
}

/// The sprints that the bot's own comments tell of, oldest first. They count as over, but for the newest: whether its last
/// report was written is not known, and writing it again changes nothing.
pub(super) fn remembered(comments: &[(ReportNote, SprintRecord)], zone: &TimeZone) -> Vec<SprintRow> {
    let mut rows: Vec<SprintRow> = comments.iter().filter_map(|(note, record)| row(note, record, zone)).collect();
    rows.sort_by_key(|row| row.start);
    rows.dedup_by_key(|row| row.start);
    if let Some(newest) = rows.last_mut() {
        newest.ended = false;
    }
    rows
}

fn row(note: &ReportNote, record: &SprintRecord, zone: &TimeZone) -> Option<SprintRow> {
    let (start, last) = (record.sprint.start?, record.sprint.end?);
    // The key is the bot's own; what stands in the text must agree with it.
    if note.key != sprint_key(start) {
        return None;
    }
    let began = start.to_zoned(zone.clone()).ok()?.timestamp();
    let is_late = record.seen_late;
    let baseline = record.committed.clone().map(|members| Baseline { taken_at: began, is_late, members });
    Some(SprintRow {
        start,
        last,
        name: record.sprint.name.clone(),
        baseline,
        note: Some(note.id.clone()),
        ended: true,
        record: Some(record.clone()),
    })
}

/// Gives those who were there at the start their names again, as far as they are still there: comments keep only ids.
pub(super) fn name_again(members: &mut [Member], planned: &[Planned], home: &Repository) {
    for member in members.iter_mut().filter(|member| member.reference.is_empty() && member.title.is_empty()) {
        if let Some(one) = planned.iter().find(|one| snapshot::id(&one.read) == member.id) {
            member.reference = snapshot::reference(&one.read.item, &one.read.repository, home);
            member.title.clone_from(&one.read.item.title);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::allocation::Sprint;

    fn comment(day: i8, key: &str) -> (ReportNote, SprintRecord) {
        let (start, end) = (Some(date(2026, 3, day)), Some(date(2026, 3, day + 6)));
        let sprint = Sprint { name: format!("from {day}"), start, end, ..Sprint::default() };
        let member = Member { id: "a".into(), ..Member::default() };
        let committed = Some(vec![member]);
        let record = SprintRecord { sprint, committed, seen_late: day == 8, ..SprintRecord::default() };
        (ReportNote { id: day.to_string(), key: key.into(), markdown: String::new() }, record)
    }

    #[test]
    fn comments_tell_of_their_sprints() {
        let comments =
            [comment(8, "sprint/2026-03-08"), comment(1, "sprint/2026-03-01"), comment(15, "sprint/2026-01-01")];
        let rows = remembered(&comments, &TimeZone::UTC);
        let told: Vec<_> = rows.iter().map(|row| (row.start.day(), row.ended, row.note.as_deref())).collect();
        assert_eq!(told, [(1, true, Some("1")), (8, false, Some("8"))]);
        let baselines: Vec<_> = rows.iter().filter_map(|row| row.baseline.as_ref()).collect();
        assert_eq!(
            baselines.iter().map(|it| (it.members.len(), it.is_late)).collect::<Vec<_>>(),
            [(1, false), (1, true)]
        );
    }
}
