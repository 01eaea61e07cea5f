//! Sprints of boards, who was in them, and what could be.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::convert::{self, corrupt, from_json, maybe_moment, millis, moment, to_json};
use super::statement;
use crate::allocation::BacklogFigures;
use crate::backlog::Subject;
use crate::store::{Candidate, SprintRow, Stay, StoreError};

/// Writes a sprint as it is now, and the stays that began, ended or changed.
pub(super) fn save(db: &Connection, board: &Subject, sprint: &SprintRow, stays: &[Stay]) -> Result<(), StoreError> {
    let baseline = sprint.baseline.as_ref().map(to_json).transpose()?;
    let record = sprint.record.as_ref().map(to_json).transpose()?;
    statement::execute(
        db,
        "INSERT INTO sprint (board_id, start, last, name, baseline, note, ended, record)
         SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM board WHERE subject = ?1
         ON CONFLICT (board_id, start) DO UPDATE SET last = excluded.last, name = excluded.name,
             baseline = excluded.baseline, note = excluded.note, ended = excluded.ended, record = excluded.record",
        params![
            board.to_string(),
            sprint.start.to_string(),
            sprint.last.to_string(),
            &sprint.name,
            baseline,
            &sprint.note,
            sprint.ended,
            record
        ],
        "noting a sprint",
    )?;
    for stay in stays {
        save_stay(db, board, sprint.start, stay)?;
    }
    Ok(())
}

fn save_stay(db: &Connection, board: &Subject, start: Date, stay: &Stay) -> Result<(), StoreError> {
    statement::execute(db, "INSERT INTO stay (board_id, start, item, came_at, left_at, member)
         SELECT id, ?2, ?3, ?4, ?5, ?6 FROM board WHERE subject = ?1
         ON CONFLICT (board_id, start, item, came_at) DO UPDATE SET left_at = excluded.left_at, member = excluded.member", params![board.to_string(), start.to_string(), &stay.item, millis(stay.came_at), stay.left_at.map(millis), to_json(&stay.member)?], "noting who is in a sprint")?;
    Ok(())
}

struct Row {
    start: String,
    last: String,
    name: String,
    baseline: Option<String>,
    note: Option<String>,
    ended: bool,
    record: Option<String>,
}

impl TryFrom<&rusqlite::Row<'_>> for Row {
    type Error = rusqlite::Error;

    fn try_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            start: row.get("start")?,
            last: row.get("last")?,
            name: row.get("name")?,
            baseline: row.get("baseline")?,
            note: row.get("note")?,
            ended: row.get("ended")?,
            record: row.get("record")?,
        })
    }
}

impl Row {
    fn into_sprint(self) -> Result<SprintRow, StoreError> {
        Ok(SprintRow {
            start: day(&self.start)?,
            last: day(&self.last)?,
            name: self.name,
            baseline: self.baseline.as_deref().map(from_json).transpose()?,
            note: self.note,
            ended: self.ended,
            record: self.record.as_deref().map(from_json).transpose()?,
        })
    }
}

fn day(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|error| corrupt("reading a day", &error))
}

/// The newest sprints of a board, oldest first.
pub(super) fn of_board(db: &Connection, board: &Subject, limit: u32) -> Result<Vec<SprintRow>, StoreError> {
    let rows: Vec<Row> = statement::rows(
        db,
        "SELECT start, last, sprint.name, baseline, note, ended, record
         FROM sprint JOIN board ON board.id = sprint.board_id
         WHERE board.subject = ?1 ORDER BY start DESC LIMIT ?2",
        params![board.to_string(), limit],
        "reading sprints",
    )?;
    rows.into_iter().rev().map(Row::into_sprint).collect()
}

/// Who is and was in a sprint, in the order in which they came.
pub(super) fn stays(db: &Connection, board: &Subject, start: Date) -> Result<Vec<Stay>, StoreError> {
    let rows: Vec<(String, i64, Option<i64>, String)> = statement::rows(
        db,
        "SELECT item, came_at, left_at, member FROM stay JOIN board ON board.id = stay.board_id
         WHERE board.subject = ?1 AND start = ?2 ORDER BY came_at, item",
        params![board.to_string(), start.to_string()],
        "reading who is in a sprint",
    )?;
    rows.into_iter()
        .map(|(item, came_at, left_at, member)| {
            Ok(Stay { item, came_at: moment(came_at)?, left_at: maybe_moment(left_at)?, member: from_json(&member)? })
        })
        .collect()
}

/// The repositories of a board (?1): its own, and those of which something was ever in one of its sprints, or is planned
/// for one (?2).
const REPOSITORIES: &str = "SELECT repository_id FROM board WHERE subject = ?1
    UNION SELECT item.repository_id FROM stay JOIN board ON board.id = stay.board_id
        JOIN item ON item.subject = stay.item WHERE board.subject = ?1
    UNION SELECT repository_id FROM item WHERE subject IN (SELECT value FROM json_each(?2))";

/// Open technical items without an unfinished sprint: those with a due date first, then those with an impact, then the
/// oldest.
pub(super) fn candidates(
    db: &Connection,
    board: &Subject,
    planned: &[String],
    limit: u32,
) -> Result<Vec<Candidate>, StoreError> {
    let said = |word: &str| {
        format!(
            "EXISTS (SELECT 1 FROM json_each(item.memory, '$.told.statements') AS said
                     WHERE said.value ->> 'command' = '{word}')"
        )
    };
    let query = format!(
        "SELECT item.subject, coalesce(repository.name, ''), item.memory
         FROM item JOIN repository ON repository.id = item.repository_id
         WHERE item.repository_id IN ({REPOSITORIES}) AND item.side = 'technical' AND item.state = 'open'
           AND item.subject NOT IN (SELECT value FROM json_each(?2))
           AND NOT EXISTS (SELECT 1 FROM stay
               JOIN sprint ON sprint.board_id = stay.board_id AND sprint.start = stay.start
               WHERE stay.item = item.subject AND stay.left_at IS NULL AND sprint.ended = 0)
         ORDER BY {due} DESC, {impact} DESC, item.created_at, item.subject LIMIT ?3",
        due = said("due"),
        impact = said("impact"),
    );
    let rows: Vec<(String, String, String)> = statement::rows(
        db,
        &query,
        params![board.to_string(), to_json(planned)?, limit],
        "looking for technical items without a sprint",
    )?;
    rows.into_iter()
        .map(|(subject, repository, memory)| {
            Ok(Candidate { subject: convert::subject(&subject)?, repository, memory: from_json(&memory)? })
        })
        .collect()
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The technical backlog of a board as a whole.
pub(super) fn backlog(
    db: &Connection,
    board: &Subject,
    planned: &[String],
    now: Timestamp,
) -> Result<BacklogFigures, StoreError> {
    let opened: Vec<Option<i64>> = statement::values(
        db,
        &format!(
        "SELECT created_at FROM item WHERE repository_id IN ({REPOSITORIES}) AND side = 'technical' AND state = 'open'
         ORDER BY created_at"
    ),
        params![board.to_string(), to_json(planned)?],
        "counting the technical backlog",
    )?;
    let month_ago = millis(now.checked_sub(DAY * 30).unwrap_or(Timestamp::MIN));
    let (made, closed, never): (i64, i64, i64) = statement::row(
        db,
        &format!(
            "SELECT count(*) FILTER (WHERE created_at >= ?3),
                count(*) FILTER (WHERE state = 'closed' AND seen_at >= ?3),
                count(*) FILTER (WHERE state = 'open' AND item.subject NOT IN (SELECT value FROM json_each(?2))
                    AND NOT EXISTS (SELECT 1 FROM stay WHERE stay.item = item.subject))
         FROM item WHERE repository_id IN ({REPOSITORIES}) AND side = 'technical'"
        ),
        params![board.to_string(), to_json(planned)?, month_ago],
        "counting the technical backlog",
    )?
    .unwrap_or_default();
    let days = |since: Option<&Option<i64>>| {
        let age = since.copied().flatten().map_or(0, |since| (millis(now) - since).max(0) / 86_400_000);
        u32::try_from(age).unwrap_or(u32::MAX)
    };
    let size = |count: i64| usize::try_from(count).unwrap_or_default();
    Ok(BacklogFigures {
        open: opened.len(),
        median_age_days: days(opened.get(opened.len() / 2)),
        oldest_age_days: days(opened.iter().find(|at| at.is_some())),
        opened: size(made),
        closed: size(closed),
        never_scheduled: size(never),
    })
}
