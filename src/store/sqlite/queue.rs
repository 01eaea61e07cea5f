//! The work table beside claims: schedules, rests, retries, and what people see of it.

use jiff::Timestamp;
use sqlx::{SqliteConnection, SqlitePool};

use super::convert::{self, Doing as _, PlaceColumns, count, millis, moment};
use super::dirty::enqueue;
use crate::backlog::{Lane, Subject, TrackerName};
use crate::store::{Signal, StoreError, WorkRow, WorkState};

/// Takes a tick; whoever is first enqueues.
pub(super) async fn tick(
    connection: &mut SqliteConnection,
    schedule: &str,
    at: Timestamp,
    signals: &[Signal],
) -> Result<bool, StoreError> {
    let first = sqlx::query("INSERT INTO tick (schedule, at) VALUES (?1, ?2) ON CONFLICT (schedule, at) DO NOTHING")
        .bind(schedule)
        .bind(millis(at))
        .execute(&mut *connection)
        .await
        .doing("taking a tick")?
        .rows_affected()
        > 0;
    if first {
        enqueue(connection, signals, at).await?;
    }
    Ok(first)
}

/// Forgets ticks and requests for redelivery from before this moment; returns how many.
pub(super) async fn prune_ticks(connection: &mut SqliteConnection, before: Timestamp) -> Result<u64, StoreError> {
    let mut pruned = 0;
    for statement in ["DELETE FROM tick WHERE at < ?1", "DELETE FROM redelivery WHERE asked_at < ?1"] {
        let rows = sqlx::query(statement).bind(millis(before)).execute(&mut *connection).await;
        pruned += rows.doing("pruning ticks")?.rows_affected();
    }
    Ok(pruned)
}

/// Lets an installation rest, at least until then.
pub(super) async fn pause(
    connection: &mut SqliteConnection,
    tracker: &TrackerName,
    installation: &str,
    until: Timestamp,
    why: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO pause (tracker, installation, paused_until, why) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tracker, installation) DO UPDATE SET paused_until = excluded.paused_until, why = excluded.why
         WHERE excluded.paused_until > pause.paused_until",
    )
    .bind(tracker.as_str())
    .bind(installation)
    .bind(millis(until))
    .bind(why)
    .execute(connection)
    .await
    .doing("pausing an installation")?;
    Ok(())
}

/// Makes a subject due now as if nothing had failed. One that is being worked on is run once more afterwards.
pub(super) async fn retry(
    connection: &mut SqliteConnection,
    subject: &Subject,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = sqlx::query(
        "UPDATE work SET revision = revision + 1,
             due_at = ?2, ready_at = CASE WHEN lease IS NULL THEN ?2 ELSE ready_at END,
             attempts = 0, dead_at = NULL, missing_since = NULL, note = NULL
         WHERE subject = ?1",
    )
    .bind(subject.to_string())
    .bind(millis(now))
    .execute(connection)
    .await
    .doing("trying work again")?
    .rows_affected();
    Ok(rows > 0)
}

/// Makes everything that is dead due now as if it had not failed.
pub(super) async fn retry_dead(connection: &mut SqliteConnection, now: Timestamp) -> Result<u64, StoreError> {
    let rows = sqlx::query(
        "UPDATE work SET revision = revision + 1, due_at = ?1, ready_at = ?1,
             attempts = 0, dead_at = NULL, missing_since = NULL, note = NULL
         WHERE dead_at IS NOT NULL",
    )
    .bind(millis(now))
    .execute(connection)
    .await
    .doing("trying dead work again")?;
    Ok(rows.rows_affected())
}

pub(super) async fn take_back_leases(connection: &mut SqliteConnection) -> Result<u64, StoreError> {
    let rows = sqlx::query("UPDATE work SET lease = NULL, ready_at = due_at WHERE lease IS NOT NULL")
        .execute(connection)
        .await
        .doing("taking back what was in hand")?;
    Ok(rows.rows_affected())
}

#[derive(sqlx::FromRow)]
struct Row {
    subject: String,
    #[sqlx(flatten)]
    place: PlaceColumns,
    lane: i64,
    due_at: i64,
    attempts: i64,
    leased: bool,
    dead: bool,
    note: Option<String>,
}

impl Row {
    fn into_work(self) -> Result<WorkRow, StoreError> {
        Ok(WorkRow {
            subject: convert::subject(&self.subject)?,
            place: self.place.into(),
            lane: Lane::from_rank(self.lane),
            state: match (self.dead, self.leased) {
                (true, _) => WorkState::Dead,
                (false, true) => WorkState::Leased,
                (false, false) => WorkState::Waiting,
            },
            due_at: moment(self.due_at)?,
            attempts: count(self.attempts),
            note: self.note,
        })
    }
}

/// What people see of a row.
const ROWS: &str = "SELECT work.subject, repository.tracker, repository.installation, repository.repository, work.lane,
        work.due_at, work.attempts, work.lease IS NOT NULL AS leased, work.dead_at IS NOT NULL AS dead, work.note
    FROM work JOIN repository ON repository.id = work.repository_id";

/// The row of one subject.
pub(super) async fn work_on(readers: &SqlitePool, subject: &Subject) -> Result<Option<WorkRow>, StoreError> {
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{ROWS} WHERE work.subject = ?1")))
        .bind(subject.to_string())
        .fetch_optional(readers)
        .await
        .doing("reading the work table")?;
    row.map(Row::into_work).transpose()
}

/// The work table, dead rows first, then by due time.
pub(super) async fn work(readers: &SqlitePool, limit: u32) -> Result<Vec<WorkRow>, StoreError> {
    let rows: Vec<Row> =
        sqlx::query_as(sqlx::AssertSqlSafe(format!("{ROWS} ORDER BY dead DESC, work.due_at, work.subject LIMIT ?1")))
            .bind(limit)
            .fetch_all(readers)
            .await
            .doing("reading the work table")?;
    rows.into_iter().map(Row::into_work).collect()
}
