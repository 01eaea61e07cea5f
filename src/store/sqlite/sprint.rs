//! Sprints of boards, who was in them, and what could be.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sqlx::{SqliteConnection, SqlitePool};

use super::convert::{self, Doing as _, corrupt, from_json, maybe_moment, millis, moment, to_json};
use crate::allocation::BacklogFigures;
use crate::backlog::Subject;
use crate::store::{Candidate, SprintRow, Stay, StoreError};

/// Writes a sprint as it is now, and the stays that began, ended or changed.
pub(super) async fn save(
    connection: &mut SqliteConnection,
    board: &Subject,
    sprint: &SprintRow,
    stays: &[Stay],
) -> Result<(), StoreError> {
    let baseline = sprint.baseline.as_ref().map(to_json).transpose()?;
    let record = sprint.record.as_ref().map(to_json).transpose()?;
    sqlx::query(
        "INSERT INTO sprint (board_id, start, last, name, baseline, note, ended, record)
         SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM board WHERE subject = ?1
         ON CONFLICT (board_id, start) DO UPDATE SET last = excluded.last, name = excluded.name,
             baseline = excluded.baseline, note = excluded.note, ended = excluded.ended, record = excluded.record",
    )
    .bind(board.to_string())
    .bind(sprint.start.to_string())
    .bind(sprint.last.to_string())
    .bind(&sprint.name)
    .bind(baseline)
    .bind(&sprint.note)
    .bind(sprint.ended)
    .bind(record)
    .execute(&mut *connection)
    .await
    .doing("noting a sprint")?;
    for stay in stays {
        save_stay(connection, board, sprint.start, stay).await?;
    }
    Ok(())
}

async fn save_stay(
    connection: &mut SqliteConnection,
    board: &Subject,
    start: Date,
    stay: &Stay,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO stay (board_id, start, item, came_at, left_at, member)
         SELECT id, ?2, ?3, ?4, ?5, ?6 FROM board WHERE subject = ?1
         ON CONFLICT (board_id, start, item, came_at) DO UPDATE SET left_at = excluded.left_at, member = excluded.member",
    )
    .bind(board.to_string())
    .bind(start.to_string())
    .bind(&stay.item)
    .bind(millis(stay.came_at))
    .bind(stay.left_at.map(millis))
    .bind(to_json(&stay.member)?)
    .execute(connection)
    .await
    .doing("noting who is in a sprint")?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    start: String,
    last: String,
    name: String,
    baseline: Option<String>,
    note: Option<String>,
    ended: bool,
    record: Option<String>,
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
pub(super) async fn of_board(readers: &SqlitePool, board: &Subject, limit: u32) -> Result<Vec<SprintRow>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT start, last, sprint.name, baseline, note, ended, record
         FROM sprint JOIN board ON board.id = sprint.board_id
         WHERE board.subject = ?1 ORDER BY start DESC LIMIT ?2",
    )
    .bind(board.to_string())
    .bind(limit)
    .fetch_all(readers)
    .await
    .doing("reading sprints")?;
    rows.into_iter().rev().map(Row::into_sprint).collect()
}

/// Who is and was in a sprint, in the order in which they came.
pub(super) async fn stays(readers: &SqlitePool, board: &Subject, start: Date) -> Result<Vec<Stay>, StoreError> {
    let rows: Vec<(String, i64, Option<i64>, String)> = sqlx::query_as(
        "SELECT item, came_at, left_at, member FROM stay JOIN board ON board.id = stay.board_id
         WHERE board.subject = ?1 AND start = ?2 ORDER BY came_at, item",
    )
    .bind(board.to_string())
    .bind(start.to_string())
    .fetch_all(readers)
    .await
    .doing("reading who is in a sprint")?;
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
pub(super) async fn candidates(
    readers: &SqlitePool,
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
    let rows: Vec<(String, String, String)> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(board.to_string())
        .bind(to_json(planned)?)
        .bind(limit)
        .fetch_all(readers)
        .await
        .doing("looking for technical items without a sprint")?;
    rows.into_iter()
        .map(|(subject, repository, memory)| {
            Ok(Candidate { subject: convert::subject(&subject)?, repository, memory: from_json(&memory)? })
        })
        .collect()
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The technical backlog of a board as a whole.
pub(super) async fn backlog(
    readers: &SqlitePool,
    board: &Subject,
    planned: &[String],
    now: Timestamp,
) -> Result<BacklogFigures, StoreError> {
    let opened: Vec<Option<i64>> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT created_at FROM item WHERE repository_id IN ({REPOSITORIES}) AND side = 'technical' AND state = 'open'
         ORDER BY created_at"
    )))
    .bind(board.to_string())
    .bind(to_json(planned)?)
    .fetch_all(readers)
    .await
    .doing("counting the technical backlog")?;
    let month_ago = millis(now.checked_sub(DAY * 30).unwrap_or(Timestamp::MIN));
    let (made, closed, never): (i64, i64, i64) = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT count(*) FILTER (WHERE created_at >= ?3),
                count(*) FILTER (WHERE state = 'closed' AND seen_at >= ?3),
                count(*) FILTER (WHERE state = 'open' AND item.subject NOT IN (SELECT value FROM json_each(?2))
                    AND NOT EXISTS (SELECT 1 FROM stay WHERE stay.item = item.subject))
         FROM item WHERE repository_id IN ({REPOSITORIES}) AND side = 'technical'"
    )))
    .bind(board.to_string())
    .bind(to_json(planned)?)
    .bind(month_ago)
    .fetch_one(readers)
    .await
    .doing("counting the technical backlog")?;
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
